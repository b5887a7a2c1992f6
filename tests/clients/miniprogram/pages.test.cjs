"use strict";

const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const test = require("node:test");

const { Telephone, text, APP } = require("./telephone.cjs");

const ORIGIN = "http://localhost:8004";
const WANG = { name: "王小明", level: 2 };

// A back end by its addresses: each value is what it says, or a function of the request.
function backEnd(said) {
  let opened = 0;
  const all = {
    "POST /session": () => ({ session: `handle-${(opened += 1)}`, person: null }),
    "GET /me": { person: null },
    "POST /sign-ins": { url: `${ORIGIN}/open/ticket` },
    ...said,
  };
  return (request) => {
    const found = all[`${request.method} ${request.url.replace(`${ORIGIN}/api`, "")}`];
    const answer = typeof found === "function" ? found(request) : found;
    return answer && ("statusCode" in answer ? answer : { statusCode: 200, data: answer });
  };
}

const refusing = (statusCode, error, more = {}) => ({ statusCode, data: { error, ...more } });
const bearer = (request) => request.header.authorization;

test("somebody new is told what signing in is for, and led to the web-view", async () => {
  const telephone = new Telephone(backEnd({}));
  const home = await telephone.open("home");
  assert.match(text(home, "#nobody"), /登录后/);
  await telephone.tap(home, "#sign-in");
  assert.deepEqual(telephone.navigated(), ["navigateTo /pages/sign-in/sign-in"]);
  const view = await telephone.open("sign-in");
  assert.equal(view.instance.data.url, `${ORIGIN}/open/ticket`);
});

test("the web-view's address is used once, and none comes from a link", async () => {
  const telephone = new Telephone(backEnd({}));
  const home = await telephone.open("home");
  await telephone.tap(home, "#sign-in");
  await telephone.open("sign-in");
  const again = await telephone.open("sign-in", { url: "https://attacker.test/" });
  assert.equal(again.instance.data.url, "");
  assert.equal(telephone.navigated().at(-1), "reLaunch /pages/home/home");
});

test("an address that is not the back end's is not opened", async () => {
  const telephone = new Telephone(backEnd({ "POST /sign-ins": { url: "https://attacker.test/open/1" } }));
  const home = await telephone.open("home");
  await telephone.tap(home, "#sign-in");
  const view = await telephone.open("sign-in");
  assert.equal(view.instance.data.url, "");
});

test("the code is handed over once, and the new handle is used from then on", async () => {
  const telephone = new Telephone(
    backEnd({
      "POST /handovers": { session: "after", person: WANG, is_another_person: false },
      "GET /me": (request) => ({ person: bearer(request) === "Bearer after" ? WANG : null }),
    }),
  );
  await telephone.open("home");
  await telephone.open("done", { code: "code-1" });
  const handovers = telephone.requests.filter(({ url }) => url.endsWith("/handovers"));
  assert.deepEqual(handovers.map(({ data }) => data), [{ code: "code-1" }]);
  assert.equal(telephone.navigated().at(-1), "reLaunch /pages/home/home");
  const home = await telephone.open("home");
  assert.equal(text(home, "#name"), "王小明");
  assert.equal(text(home, "#level"), "身份已核验");
});

test("nothing is ever put into the telephone's storage", async () => {
  const telephone = new Telephone(
    backEnd({ "POST /handovers": { session: "after", person: WANG, is_another_person: false } }),
  );
  const home = await telephone.open("home");
  await telephone.tap(home, "#sign-in");
  await telephone.open("done", { code: "code-1" });
  assert.deepEqual(telephone.calls.filter(({ name }) => name.startsWith("setStorage")), []);
  const sources = fs.readdirSync(APP, { recursive: true }).filter((name) => name.endsWith(".js"));
  assert.ok(sources.length > 5);
  for (const name of sources) {
    const source = fs.readFileSync(path.join(APP, name), "utf-8").replace(/\/\/.*$/gm, "");
    assert.doesNotMatch(source, /storage|console\./i, name);
  }
});

test("whoever comes with another person's WeChat is told so", async () => {
  const telephone = new Telephone(
    backEnd({ "POST /handovers": { session: "after", person: WANG, is_another_person: true } }),
  );
  const done = await telephone.open("done", { code: "code-1" });
  assert.match(text(done, "#other-person"), /另一个人/);
  await telephone.tap(done, "#home");
  assert.equal(telephone.navigated().at(-1), "reLaunch /pages/home/home");
});

for (const [error, words] of [
  ["code_unknown", /无效/],
  ["code_expired", /5 分钟/],
  ["code_used", /已经用过/],
  ["code_of_another_session", /不是在这部手机上/],
]) {
  test(`a code that is refused says why: ${error}`, async () => {
    const telephone = new Telephone(backEnd({ "POST /handovers": refusing(409, error) }));
    const done = await telephone.open("done", { code: "code-1" });
    assert.match(text(done, "#problem"), words);
    assert.equal(text(done, "#done"), null);
  });
}

for (const [error, words] of [
  ["cancelled", /取消/],
  ["ticket_expired", /过期/],
  ["provider_unreachable", /统一身份认证/],
  ["constructor", /稍后重试/],
  ["<script>", /稍后重试/],
]) {
  test(`what the web-view says is told in words of ours: ${error}`, async () => {
    const telephone = new Telephone(backEnd({}));
    const done = await telephone.open("done", { error });
    assert.match(text(done, "#problem"), words);
    assert.equal(telephone.requests.length, 0);
  });
}

test("a service that needs more leads to the sign-in at its level", async () => {
  const telephone = new Telephone(
    backEnd({
      "GET /me": { person: WANG },
      "GET /services/records": { service: "records", opened: true },
      "GET /services/filing": refusing(403, "level_too_low", { level: 3 }),
    }),
  );
  const home = await telephone.open("home");
  await telephone.tap(home, "#records");
  assert.match(text(home, "#opened"), /办理记录/);
  await telephone.tap(home, "#filing");
  assert.equal(text(home, "#opened"), null);
  const asked = telephone.requests.find(({ url }) => url.endsWith("/sign-ins"));
  assert.deepEqual(asked.data, { level: 3 });
  assert.deepEqual(telephone.navigated(), ["navigateTo /pages/sign-in/sign-in"]);
});

test("a session that ended is opened anew, once", async () => {
  let ended = true;
  const telephone = new Telephone(
    backEnd({
      "GET /me": () => {
        if (!ended) return { person: WANG };
        ended = false;
        return refusing(401, "session_unknown");
      },
    }),
  );
  const home = await telephone.open("home");
  assert.equal(text(home, "#name"), "王小明");
  assert.deepEqual(
    telephone.requests.filter(({ url }) => url.endsWith("/me")).map(bearer),
    ["Bearer handle-1", "Bearer handle-2"],
  );
});

test("a back end that forgets every session does not keep the telephone asking", async () => {
  const telephone = new Telephone(backEnd({ "GET /me": refusing(401, "session_unknown") }));
  const home = await telephone.open("home");
  assert.match(text(home, "#problem"), /稍后重试/);
  assert.equal(telephone.requests.filter(({ url }) => url.endsWith("/me")).length, 2);
});

test("without a network it says so, and goes on by a tap", async () => {
  let connected = false;
  const answer = backEnd({});
  const telephone = new Telephone((request) => (connected ? answer(request) : undefined));
  const home = await telephone.open("home");
  assert.match(text(home, "#problem"), /网络/);
  connected = true;
  await telephone.tap(home, "#again");
  assert.equal(text(home, "#problem"), null);
  assert.match(text(home, "#nobody"), /登录后/);
});

test("WeChat gives no code", async () => {
  const telephone = new Telephone(backEnd({}), { code: "" });
  const home = await telephone.open("home");
  assert.match(text(home, "#problem"), /微信没有返回/);
});

test("pages that ask at once share one login", async () => {
  const telephone = new Telephone(backEnd({}));
  await Promise.all([telephone.open("home"), telephone.open("home")]);
  assert.equal(telephone.requests.filter(({ url }) => url.endsWith("/session")).length, 1);
});

test("signing out ends the session at the provider, too", async () => {
  let person = WANG;
  const telephone = new Telephone(
    backEnd({
      "GET /me": () => ({ person }),
      "POST /sign-out": () => { person = null; return { url: `${ORIGIN}/open/out` }; },
    }),
  );
  const home = await telephone.open("home");
  await telephone.tap(home, "#sign-out");
  const view = await telephone.open("sign-in");
  assert.equal(view.instance.data.url, `${ORIGIN}/open/out`);
  await telephone.open("done", { error: "signed_out" });
  assert.equal(telephone.navigated().at(-1), "reLaunch /pages/home/home");
});

test("signing out when nobody is signed in any more shows that", async () => {
  let person = WANG;
  const telephone = new Telephone(
    backEnd({ "GET /me": () => ({ person }), "POST /sign-out": () => { person = null; return { url: null }; } }),
  );
  const home = await telephone.open("home");
  await telephone.tap(home, "#sign-out");
  assert.match(text(home, "#nobody"), /登录后/);
  assert.deepEqual(telephone.navigated(), []);
});

test("a long name stays in its card", async () => {
  const name = "买买提·阿卜杜热合曼·吐尔逊江·穆罕默德".repeat(4);
  const telephone = new Telephone(backEnd({ "GET /me": { person: { name, level: 3 } } }));
  const home = await telephone.open("home");
  assert.equal(text(home, "#name"), name);
  assert.match(text(home, "#level"), /本人在场/);
});

test("it speaks the telephone's language", async () => {
  for (const [language, words] of [["zh_TW", /登入後/], ["en", /Sign in to/], ["fr", /Sign in to/], ["", /登录后/]]) {
    const telephone = new Telephone(backEnd({}), { language });
    const home = await telephone.open("home");
    assert.match(text(home, "#nobody"), words);
  }
});

test("every language says everything", () => {
  const { TEXTS } = require(path.join(APP, "lib/words.js"));
  const shape = (value) =>
    typeof value === "object" ? Object.entries(value).map(([key, inner]) => [key, shape(inner)]) : value !== undefined;
  const [first, ...others] = Object.values(TEXTS);
  for (const other of others) assert.deepEqual(shape(other), shape(first));
});

test("the project is one that WeChat's tools open", () => {
  const project = JSON.parse(fs.readFileSync(path.join(APP, "../project.config.json"), "utf-8"));
  assert.equal(path.join(APP, "..", project.miniprogramRoot), `${APP}/`);
  const { pages, sitemapLocation } = JSON.parse(fs.readFileSync(path.join(APP, "app.json"), "utf-8"));
  for (const page of pages) {
    for (const kind of ["js", "json", "wxml"]) assert.ok(fs.existsSync(path.join(APP, `${page}.${kind}`)), page);
  }
  assert.ok(fs.existsSync(path.join(APP, sitemapLocation)));
});
