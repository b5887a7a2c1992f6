// A page that signs people in by itself with oidc-client-ts, told what is told and nothing more.
const show = (what, user) => {
  document.querySelector("#done").textContent = JSON.stringify({ what, user });
};
const attempt = (act) => () => {
  document.querySelector("#done").textContent = "";
  return act().catch((error) => {
    document.querySelector("#problem").textContent = `${error.name}: ${error.message}`;
  });
};

async function start() {
  const told = await (await fetch("/told.json")).json();
  const manager = new oidc.UserManager({
    authority: told.issuer,
    client_id: told.client_id,
    redirect_uri: told.redirect_uri,
    post_logout_redirect_uri: told.post_logout_redirect_uri,
    scope: told.scope,
    loadUserInfo: true,
    automaticSilentRenew: false,
  });
  const on = (name, act) => document.querySelector(`#${name}`).addEventListener("click", attempt(act));
  on("sign-in", () => manager.signinRedirect());
  on("sign-in-popup", async () => show("signed in", await manager.signinPopup()));
  on("renew", async () => show("renewed", await manager.signinSilent()));
  on("revoke", async () => {
    await manager.revokeTokens(["refresh_token"]);
    show("revoked", await manager.getUser());
  });
  on("sign-out", () => manager.signoutRedirect({ state: "leaving" }));
  // Pressed before they listen, they would do nothing.
  document.querySelector("#controls").disabled = false;
  const query = new URLSearchParams(location.search);
  if (location.pathname === "/callback") show("signed in", await manager.signinCallback());
  else if (query.has("state")) show("signed out", await manager.signoutCallback().then(() => manager.getUser()));
  else show("ready", await manager.getUser());
}

attempt(start)();
