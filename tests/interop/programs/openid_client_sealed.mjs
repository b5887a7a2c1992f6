// openid-client: everything that comes is encrypted, and opened with the one key that the client has for it.
import { createInterface } from "node:readline";
import * as client from "openid-client";

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const read = async () => JSON.parse((await lines.next()).value);
const say = (said) => process.stdout.write(`${JSON.stringify(said)}\n`);

const told = await read();

async function imported({ use, alg, key_ops, ...jwk }, name, uses) {
  return { key: await crypto.subtle.importKey("jwk", jwk, { name, namedCurve: "P-256" }, false, uses), kid: jwk.kid };
}

const config = await client.discovery(
  new URL(told.issuer),
  told.client_id,
  told.metadata,
  client.PrivateKeyJwt(await imported(told.key, "ECDSA", ["sign"])),
  { execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks] },
);
client.useJwtResponseMode(config);
client.enableDecryptingResponses(config, undefined, await imported(told.opener, "ECDH", ["deriveBits"]));

const code_verifier = client.randomPKCECodeVerifier();
const state = client.randomState();
const nonce = client.randomNonce();
const resource = ["urn:example:sealed", told.issuer];
const parameters = new URLSearchParams({
  redirect_uri: told.redirect_uri,
  scope: told.scope,
  code_challenge: await client.calculatePKCECodeChallenge(code_verifier),
  code_challenge_method: "S256",
  state,
  nonce,
});
for (const one of resource) parameters.append("resource", one);
say({ authorize: client.buildAuthorizationUrl(config, parameters).href });
const answer = new URL((await read()).answer);
const checks = { pkceCodeVerifier: code_verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
const tokens = await client.authorizationCodeGrant(config, answer, checks);
const claims = tokens.claims();
const userinfo = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
const introspected = await client.tokenIntrospection(config, tokens.access_token);
const parts = (token) => token.split(".").length;

say({
  result: {
    claims, userinfo, introspected,
    parts: { id_token: parts(tokens.id_token), answer: parts(answer.searchParams.get("response")) },
  },
});
process.exit(0);
