const { UserManager } = window.oidc;
const told = (name) => document.querySelector(`meta[name="${name}"]`).content;
const say = (text) => (document.getElementById("person").textContent = text);
const level = (acr) => Number(acr?.split(":").at(-1));
const here = `${location.origin}/`;

const users = new UserManager({
  authority: told("issuer"),
  client_id: told("client-id"),
  redirect_uri: here,
  post_logout_redirect_uri: here,
  scope: "openid profile",
  filterProtocolClaims: ["at_hash"], // the library would drop acr, which says the level
  // state and PKCE are the library's; tokens stay in this tab (sessionStorage).
});

const signIn = (acr) =>
  users.signinRedirect({ acr_values: acr, nonce: crypto.randomUUID(), state: { acr } });

// The library compares state and nonce. What else OpenID Connect Core 3.1.3.7 asks for is ours.
function isOurs({ profile, state }) {
  const { iss, aud, iat, exp, acr } = profile;
  const now = Date.now() / 1000;
  const isForUs = iss === told("issuer") && [aud].flat().join() === told("client-id");
  return isForUs && iat - 60 < now && now < exp && level(acr) >= level(state.acr);
}

async function named(user) {
  const address = await users.metadataService.getUserInfoEndpoint();
  const headers = { Authorization: `Bearer ${user.access_token}` };
  const claims = await (await fetch(address, { headers })).json();
  if (claims.sub !== user.profile.sub) throw new Error("These are somebody else's claims.");
  user.profile.name = claims.name;
  await users.storeUser(user);
}

// Back from the provider.
async function takeAnswer(answer) {
  history.replaceState({}, "", here); // the code out of the address
  // RFC 9207: before the code goes anywhere.
  if (answer.searchParams.get("iss") !== told("issuer")) throw new Error("This answer is not the provider's.");
  const user = await users.signinRedirectCallback(answer.href);
  if (!isOurs(user)) throw new Error("This ID token is not for us, or not enough.");
  await named(user);
}

async function show() {
  const user = await users.getUser();
  say(user ? `${user.profile.name}, level ${level(user.profile.acr)}` : "Nobody is signed in.");
}

document.getElementById("sign-in").onclick = () => signIn("urn:yitong:acr:2");
document.getElementById("step-up").onclick = () => signIn("urn:yitong:acr:3");
document.getElementById("sign-out").onclick = () => users.signoutRedirect();

const answer = new URL(location);
try {
  if (answer.searchParams.has("code") || answer.searchParams.has("error")) await takeAnswer(answer);
  await show();
} catch (problem) {
  await users.removeUser();
  say(`Not signed in: ${problem.message}`);
}
