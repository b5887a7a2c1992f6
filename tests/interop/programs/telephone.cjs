// A telephone with the mini-program on it, for whoever writes a line of JSON: {"open": page, "query": {...}} or
// {"tap": "#id"}. It answers with what the page says now, and what it asked WeChat to do.
"use strict";

const readline = require("node:readline");

const { Telephone } = require("../../clients/miniprogram/telephone.cjs");
const CONFIG = "../../../clients/miniprogram/app/lib/config.js";

let telephone = null;
let shown = null;

async function overHttp({ url, method, data, header }) {
  try {
    const answer = await fetch(url, {
      method,
      headers: header,
      body: data === undefined ? undefined : JSON.stringify(data),
    });
    return { statusCode: answer.status, data: await answer.json() };
  } catch {
    return undefined;
  }
}

async function done({ origin, start, open, query, tap }) {
  if (start) {
    telephone = new Telephone(overHttp, { code: start });
    // Before a page has read it.
    require(CONFIG).origin = origin;
    return {};
  }
  const before = telephone.calls.length;
  if (open) shown = await telephone.open(open, query);
  if (tap) await telephone.tap(shown, tap);
  // The network takes longer than a page of the tests does.
  await telephone.settled(300);
  return {
    text: shown.dom.textContent,
    webView: shown.instance.data.url || null,
    calls: telephone.calls.slice(before),
  };
}

readline.createInterface({ input: process.stdin }).on("line", async (line) => {
  try {
    process.stdout.write(`${JSON.stringify(await done(JSON.parse(line)))}\n`);
  } catch (problem) {
    process.stdout.write(`${JSON.stringify({ problem: String(problem.stack) })}\n`);
  }
});
