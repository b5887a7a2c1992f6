// The session with our back end. Its handle lives in this variable alone, never in wx.setStorage: what lies in
// the storage outlives the person who held the telephone. After a cold start wx.login makes a new one.
"use strict";

const { origin } = require("./config.js");

const TIMEOUT_MS = 10000;
let handle = null;
let opening = null;
let webView = null;

class Refused extends Error {
  constructor(error, level) {
    super(error);
    this.error = error;
    this.level = level;
  }
}

function ask(method, path, data) {
  return new Promise((resolve, reject) => {
    wx.request({
      url: `${origin}/api${path}`,
      method,
      data,
      timeout: TIMEOUT_MS,
      header: {
        "content-type": "application/json",
        ...(handle ? { authorization: `Bearer ${handle}` } : {}),
      },
      success: ({ statusCode, data: said }) => {
        if (statusCode >= 200 && statusCode < 300) {
          resolve(said);
        } else {
          reject(new Refused((said && said.error) || "unavailable", said && said.level));
        }
      },
      fail: () => reject(new Refused("offline")),
    });
  });
}

function login() {
  return new Promise((resolve, reject) => {
    wx.login({
      success: ({ code }) => (code ? resolve(code) : reject(new Refused("login_failed"))),
      fail: () => reject(new Refused("login_failed")),
    });
  });
}

// Several pages may ask at once: one opens for all.
function open() {
  if (!opening) {
    handle = null;
    opening = login()
      .then((code) => ask("POST", "/session", { code }))
      .then((said) => { handle = said.session; })
      .finally(() => { opening = null; });
  }
  return opening;
}

async function call(method, path, data) {
  if (!handle) await open();
  try {
    return await ask(method, path, data);
  } catch (problem) {
    if (problem.error !== "session_unknown") throw problem;
    // It ended while the mini-program lay in the background.
    await open();
    return ask(method, path, data);
  }
}

const me = () => call("GET", "/me").then((said) => said.person);

const service = (key) => call("GET", `/services/${encodeURIComponent(key)}`);

// The address goes to the page by this variable and not as its parameter: a link into the mini-program could
// open any page of anybody's in our frame otherwise.
async function beginSignIn(level) {
  webView = (await call("POST", "/sign-ins", { level })).url;
}

async function signOut() {
  webView = (await call("POST", "/sign-out", {})).url;
  return webView !== null;
}

function takeWebView() {
  const url = webView;
  webView = null;
  return url && url.startsWith(`${origin}/open/`) ? url : null;
}

async function handOver(code) {
  const said = await call("POST", "/handovers", { code });
  handle = said.session;
  return said;
}

module.exports = { Refused, beginSignIn, handOver, me, service, signOut, takeWebView };
