// The library as its own first example has it: nothing of ours is compared.
const { UserManager, WebStorageStateStore } = window.oidc;
const here = `${location.origin}/with_library.html`;
const users = new UserManager({
  authority: app.issuer,
  client_id: "page",
  redirect_uri: here,
  scope: "openid profile",
  loadUserInfo: true,
  ...(has("kept_for_long") ? { userStore: new WebStorageStateStore({ store: localStorage }) } : {}),
});
document.getElementById("sign-in").onclick = () => users.signinRedirect({ acr_values: "urn:yitong:acr:2" });
const answer = new URLSearchParams(location.search);
if (answer.has("code") || answer.has("error")) {
  await users.signinRedirectCallback().catch((problem) => console.warn(problem.message));
  history.replaceState({}, "", here);
}
const user = await users.getUser();
document.getElementById("person").textContent = user ? `Signed in as ${user.profile.sub}` : "Nobody";
