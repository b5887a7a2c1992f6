import express from "express";
import session from "express-session";
import * as client from "openid-client";

const { ISSUER, CLIENT_ID, CLIENT_SECRET, ORIGIN, PORT = "5000", SESSION_SECRET } = process.env;
const ACR = "urn:yitong:acr:";
const PRESENT_SECONDS = 15 * 60; // level 3 is level 2 again after that

const config = await client.discovery(
  new URL(ISSUER),
  CLIENT_ID,
  { id_token_signed_response_alg: "ES256" }, // as registered
  client.ClientSecretBasic(CLIENT_SECRET),
  {
    execute: [
      client.enableNonRepudiationChecks, // check the id_token's signature, too
      // For a provider at http://localhost alone; leave it out elsewhere.
      ...(ISSUER.startsWith("http://localhost") ? [client.allowInsecureRequests] : []),
    ],
  },
);

const app = express();
// In memory, for this quick start. In earnest: a store that all your processes share.
app.use(session({ secret: SESSION_SECRET, resave: false, saveUninitialized: false, cookie: { sameSite: "lax" } }));

const level = ({ person }) =>
  !person ? 0 : Date.now() < person.presentUntil ? person.level : Math.min(person.level, 2);

/** Lead to the provider, for this level at least, and back to this page. */
const needs = (wanted) => async (request, response, next) => {
  if (level(request.session) >= wanted) return next();
  const asked = {
    pkceCodeVerifier: client.randomPKCECodeVerifier(),
    expectedState: client.randomState(),
    expectedNonce: client.randomNonce(),
  };
  request.session.asked = { ...asked, wanted, to: request.originalUrl };
  const address = client.buildAuthorizationUrl(config, {
    redirect_uri: `${ORIGIN}/callback`,
    scope: "openid profile",
    acr_values: `${ACR}${wanted}`,
    state: asked.expectedState,
    nonce: asked.expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(asked.pkceCodeVerifier),
    code_challenge_method: "S256",
  });
  response.redirect(address.href);
};

app.get("/", (_request, response) => response.send('<a href="/me">Sign in</a>'));

app.get("/me", needs(2), (request, response) => response.type("text").send(request.session.person.name));

app.get("/filing", needs(3), (_request, response) => response.send("You are here in person."));

app.get("/callback", async (request, response) => {
  const { wanted, to, ...checks } = request.session.asked ?? {};
  if (!to) return response.status(400).send("Begin again: no sign-in was begun in this browser.");
  delete request.session.asked; // once
  try {
    // state, iss, signature, aud, exp and nonce are the library's to check.
    const answer = new URL(request.originalUrl, ORIGIN);
    const tokens = await client.authorizationCodeGrant(config, answer, { ...checks, idTokenExpected: true });
    const claims = tokens.claims();
    const person = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
    const reached = Number(claims.acr.replace(ACR, ""));
    if (reached < wanted) return response.status(403).send("The level was not reached.");
    request.session.regenerate(() => { // a new session id for who has signed in
      const { sub, name } = person; // key your records on sub
      request.session.person = { sub, name, level: reached, presentUntil: Date.now() + PRESENT_SECONDS * 1000 };
      response.redirect(to);
    });
  } catch (error) {
    response.status(400).type("text").send(`Not signed in: ${error.error ?? error.code}`);
  }
});

app.listen(Number(PORT), "127.0.0.1");
