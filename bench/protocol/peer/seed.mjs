// Answers each line of stdin, {"what", ...}, with a line of JSON: what the peer's own flow
// would have put into its store, put there by its own models. A code of a real request tells what codes are like.
import { createHmac } from "node:crypto";
import { createInterface } from "node:readline";
import { provider, setting } from "./provider.mjs";

const ACCOUNT = "the-person";
const SCOPE = "openid profile offline_access";
const HOUR = 3600;

async function session({ clients }) {
  const made = new provider.Session({});
  made.loginAccount({ accountId: ACCOUNT, acr: "urn:yitong:acr:2", amr: ["pwd"] });
  for (const id of clients) {
    const grant = new provider.Grant({ accountId: ACCOUNT, clientId: id });
    grant.addOIDCScope(SCOPE);
    grant.addResourceScope(setting.resource, SCOPE);
    made.ensureClientContainer(id);
    made.grantIdFor(id, await grant.save());
  }
  await made.save(HOUR);
  const name = provider.cookieName("session");
  // As the `cookies` package of koa signs them.
  const signature = createHmac("sha1", setting.cookieKey).update(`${name}=${made.jti}`).digest("base64url");
  return `${name}=${made.jti}; ${name}.sig=${signature}`;
}

async function codes({ client, count, like, scope }) {
  const { jti, iat, exp, kind, clientId, ...rest } = await provider.AuthorizationCode.find(like);
  const owner = await provider.Client.find(client);
  // As the peer decides by itself: what is good offline does not end with the session.
  const expiresWithSession = !scope.includes("offline_access");
  const saved = [];
  for (let i = 0; i < count; i += 1) {
    saved.push(new provider.AuthorizationCode({ ...rest, scope, expiresWithSession, client: owner }).save());
  }
  return Promise.all(saved);
}

const DEEDS = { session, codes };

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  console.log(JSON.stringify(await DEEDS[asked.what](asked)));
}
process.exit(0);
