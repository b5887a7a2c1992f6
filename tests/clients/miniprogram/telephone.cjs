// A telephone that the mini-program's own pages run on: rendered by miniprogram-simulate, with a `wx` of ours
// that asks the back end over HTTP. What a page asks of WeChat besides is kept in `calls`.
"use strict";

const path = require("node:path");
const { JSDOM } = require("jsdom");

const { window } = new JSDOM("<!doctype html><html><body></body></html>", { url: "https://mini.test" });
Object.assign(globalThis, { window, document: window.document, Event: window.Event, CustomEvent: window.CustomEvent });
for (const name of ["HTMLElement", "Node", "MutationObserver", "TouchEvent"]) {
  globalThis[name] = window[name] || class {};
}
const simulate = require("miniprogram-simulate");

const APP = path.resolve(__dirname, "../../../clients/miniprogram/app");

class Telephone {
  // `answer(request)`: what the back end says, as {statusCode, data}, or nothing when there is no network.
  constructor(answer, { language = "zh_CN", code = "login-code" } = {}) {
    this.calls = [];
    this.requests = [];
    const kept = (name) => (given) => { this.calls.push({ name, ...given }); };
    globalThis.wx = {
      request: ({ success, fail, ...request }) => {
        this.requests.push(request);
        Promise.resolve(answer(request)).then((said) => (said ? success(said) : fail({ errMsg: "request:fail" })));
      },
      login: ({ success, fail }) => (code ? success({ code }) : fail({})),
      getAppBaseInfo: () => ({ language }),
      navigateTo: kept("navigateTo"),
      reLaunch: kept("reLaunch"),
      // Nothing of ours asks for these: a test would see it.
      setStorage: kept("setStorage"),
      setStorageSync: (key, value) => this.calls.push({ name: "setStorageSync", key, value }),
    };
    // A cold start: no page and no module remembers anything.
    for (const file of Object.keys(require.cache)) if (file.startsWith(APP)) delete require.cache[file];
  }

  async open(page, query = {}) {
    const id = simulate.load(path.join(APP, "pages", page, page), `page-${page}`, { compiler: "simulate", rootPath: APP });
    const shown = simulate.render(id);
    shown.attach(document.body);
    if (shown.instance.onLoad) await shown.instance.onLoad(query);
    shown.triggerPageLifeTime("show", {});
    await this.settled();
    return shown;
  }

  async tap(shown, selector) {
    const found = shown.querySelector(selector);
    if (!found) throw new Error(`there is no ${selector} on ${shown.dom.innerHTML}`);
    found.dispatchEvent("tap");
    await this.settled();
  }

  // Until what was asked has been answered.
  async settled(ms = 20) {
    let before;
    do {
      before = this.requests.length + this.calls.length;
      await new Promise((done) => { setTimeout(done, ms); });
    } while (before !== this.requests.length + this.calls.length);
  }

  navigated() {
    return this.calls.map(({ name, url }) => `${name} ${url}`);
  }
}

const text = (shown, selector) => {
  const found = shown.querySelector(selector);
  return found ? found.dom.textContent.trim() : null;
};

module.exports = { APP, Telephone, text };
