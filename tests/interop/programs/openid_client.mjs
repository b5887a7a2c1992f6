// openid-client: one sign-in and what follows from it, told what is told and nothing more.
import { createInterface } from "node:readline";
import { CompactEncrypt, importJWK } from "jose";
import * as client from "openid-client";

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const read = async () => JSON.parse((await lines.next()).value);
const say = (said) => process.stdout.write(`${JSON.stringify(said)}\n`);
const refusal = async (attempt) => attempt.then(() => "accepted", (error) => error.code ?? error.name);

const told = await read();
const wanted = new Set(told.wanted);

async function authentication() {
  if (wanted.has("mac")) return client.ClientSecretJwt(told.client_secret);
  if (!told.key) return undefined; // the library's own choice
  return client.PrivateKeyJwt(await privateKey());
}

async function privateKey() {
  const curve = { name: "ECDSA", namedCurve: "P-256" };
  const { use, ...jwk } = told.key;
  return { key: await crypto.subtle.importKey("jwk", jwk, curve, false, ["sign"]), kid: told.key.kid };
}

const config = await client.discovery(
  new URL(told.issuer),
  told.client_id,
  { client_secret: told.client_secret, ...told.metadata },
  await authentication(),
  { execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks] },
);
if (wanted.has("jarm")) client.useJwtResponseMode(config);

const bound = wanted.has("dpop") ? { DPoP: client.getDPoPHandle(config, await client.randomDPoPKeyPair()) } : {};

const code_verifier = client.randomPKCECodeVerifier();
const state = client.randomState();
const nonce = client.randomNonce();
const parameters = {
  redirect_uri: told.redirect_uri,
  scope: told.scope,
  code_challenge: await client.calculatePKCECodeChallenge(code_verifier),
  code_challenge_method: "S256",
  state,
  nonce,
  max_age: "600",
};

// RFC 9101 section 6.1, which openid-client leaves to its sibling jose: to the key that discovery leads to.
async function encrypted(signed) {
  const { jwks_uri, request_object_encryption_alg_values_supported: offered } = config.serverMetadata();
  const { keys } = await (await fetch(jwks_uri)).json();
  const jwk = keys.find(({ use, alg }) => use === "enc" && alg === offered[0]);
  const header = { alg: jwk.alg, enc: "A256GCM", kid: jwk.kid, cty: "JWT" };
  return new CompactEncrypt(new TextEncoder().encode(signed)).setProtectedHeader(header).encrypt(await importJWK(jwk));
}

async function address() {
  let found = wanted.has("jar")
    ? await client.buildAuthorizationUrlWithJAR(config, parameters, await privateKey())
    : client.buildAuthorizationUrl(config, parameters);
  if (wanted.has("jwe")) found.searchParams.set("request", await encrypted(found.searchParams.get("request")));
  if (wanted.has("par")) found = await client.buildAuthorizationUrlWithPAR(config, found.searchParams, bound);
  return found;
}

const authorize = await address();
say({ authorize: authorize.href });
const answer = new URL((await read()).answer);
const checks = {
  pkceCodeVerifier: code_verifier,
  expectedState: state,
  expectedNonce: nonce,
  idTokenExpected: true,
  maxAge: 600,
};

// What discovery says makes the library look for iss (RFC 9207): an answer without it must not pass.
const withoutIssuer = new URL(answer);
withoutIssuer.searchParams.delete("iss");
const withoutIss = wanted.has("jarm")
  ? "inside the JWT"
  : await refusal(client.authorizationCodeGrant(config, withoutIssuer, checks, undefined, bound));

const tokens = await client.authorizationCodeGrant(config, answer, checks, undefined, bound);
const claims = tokens.claims();
const userinfo = await client.fetchUserInfo(config, tokens.access_token, claims.sub, bound);
const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, bound);
const again = await client.fetchUserInfo(config, refreshed.access_token, claims.sub, bound);
const before = await client.tokenIntrospection(config, refreshed.access_token);
await client.tokenRevocation(config, refreshed.refresh_token ?? tokens.refresh_token);
const after = await client.tokenIntrospection(config, refreshed.access_token);
const afterwards = await refusal(client.fetchUserInfo(config, refreshed.access_token, claims.sub, bound));
const end_session = client.buildEndSessionUrl(config, {
  id_token_hint: tokens.id_token,
  post_logout_redirect_uri: told.post_logout_redirect_uri,
  state,
}).href;

say({
  result: {
    parameters: [...authorize.searchParams.keys()],
    answer: [...answer.searchParams.keys()],
    withoutIss, claims, userinfo, again, before, after, afterwards, end_session, state,
    scope: tokens.scope,
    token_type: tokens.token_type,
    refreshed: refreshed.claims()?.sub,
  },
});
process.exit(0);
