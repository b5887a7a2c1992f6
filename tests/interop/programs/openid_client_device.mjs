// openid-client: a program on a device without a browser.
import { createInterface } from "node:readline";
import * as client from "openid-client";

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const read = async () => JSON.parse((await lines.next()).value);
const say = (said) => process.stdout.write(`${JSON.stringify(said)}\n`);

const told = await read();
const config = await client.discovery(new URL(told.issuer), told.client_id, undefined, client.None(), {
  execute: [client.allowInsecureRequests],
});
const bound = told.wanted.includes("dpop")
  ? { DPoP: client.getDPoPHandle(config, await client.randomDPoPKeyPair()) }
  : {};
const device = await client.initiateDeviceAuthorization(config, { scope: told.scope });
// The library polls while the person answers.
const polled = client.pollDeviceAuthorizationGrant(config, device, undefined, bound).then(
  (tokens) => ({ tokens }),
  (error) => ({ error: error.error ?? error.code }),
);
say({ authorize: device.verification_uri_complete });
await read();
const { tokens, error } = await polled;
if (error) {
  say({ result: { error } });
} else {
  const claims = tokens.claims();
  const userinfo = await client.fetchUserInfo(config, tokens.access_token, claims.sub, bound);
  const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, bound);
  const { token_type, scope } = tokens;
  say({ result: { device, claims, userinfo, token_type, scope, refreshed: refreshed.claims().sub } });
}
process.exit(0);
