const { UserManager } = window.oidc;
const told = (name) => document.querySelector(`meta[name="${name}"]`).content;
const here = `${location.origin}/`;

const users = new UserManager({
  authority: told("issuer"),
  client_id: told("client-id"),
  redirect_uri: here,
  post_logout_redirect_uri: here,
  scope: "openid profile",
  loadUserInfo: true,
  filterProtocolClaims: ["nonce", "at_hash"], // the library would drop acr, which says the level
  // state, nonce and PKCE are the library's; tokens stay in this tab (sessionStorage).
});

// Back from the provider: the library compares state and takes the code. RFC 9207: and iss is ours to compare.
const answer = new URLSearchParams(location.search);
if (answer.has("state") && answer.has("iss")) {
  if (answer.get("iss") !== told("issuer")) throw new Error("This answer is not the provider's.");
  await users.signinRedirectCallback();
  history.replaceState({}, "", here); // the code out of the address
}

async function show() {
  const user = await users.getUser();
  const level = user?.profile.acr?.split(":").at(-1);
  document.getElementById("person").textContent = user
    ? `${user.profile.name}, level ${level}`
    : "Nobody is signed in.";
}

document.getElementById("sign-in").onclick = () => users.signinRedirect({ acr_values: "urn:yitong:acr:2" });
document.getElementById("step-up").onclick = () => users.signinRedirect({ acr_values: "urn:yitong:acr:3" });
document.getElementById("sign-out").onclick = () => users.signoutRedirect();
await show();
