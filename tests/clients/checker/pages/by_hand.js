// What is right is the plain path; what is wrong stands behind has("...").
const here = `${location.origin}/by_hand.html`;
const store = has("kept_for_long") ? localStorage : sessionStorage;
const person = document.getElementById("person");
const message = document.getElementById("message");
const random = () => crypto.randomUUID() + crypto.randomUUID();
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (part) => JSON.parse(new TextDecoder().decode(bytes(part)));
const base64url = (octets) =>
  btoa(String.fromCharCode(...octets)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const sha256 = async (given) => new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(given)));
const metadata = await (await fetch(`${app.issuer}/.well-known/openid-configuration`)).json();

function refuse(fault, isWrong) {
  if (isWrong && !has(fault)) throw new Error(`refused: ${fault}`);
}

async function signIn() {
  const begun = { state: random(), nonce: has("same_nonce") ? "always-the-same" : random(), verifier: random() };
  store.setItem(`begun:${begun.state}`, JSON.stringify(begun));
  const asked = new URLSearchParams({
    response_type: "code",
    client_id: "page",
    redirect_uri: here,
    scope: "openid profile",
    state: begun.state,
    nonce: begun.nonce,
    acr_values: "urn:yitong:acr:2",
    ...(has("in_fragment") ? { response_mode: "fragment" } : {}),
    ...(has("no_pkce") ? {} : { code_challenge: base64url(await sha256(begun.verifier)), code_challenge_method: "S256" }),
  });
  const address = `${metadata.authorization_endpoint}?${asked}`;
  if (has("in_a_window")) window.open(address, "sign-in");
  else location.assign(address);
}

function begunBy(state) {
  const names = Object.keys(store).filter((name) => name.startsWith("begun"));
  const found = names.find((name) => JSON.parse(store.getItem(name)).state === state);
  const name = found ?? (has("state_unchecked") ? names.at(-1) : undefined);
  if (name === undefined) throw new Error("refused: state");
  const begun = JSON.parse(store.getItem(name));
  if (!has("state_kept")) store.removeItem(name);
  return begun;
}

async function claimsOf(tokens, begun) {
  const [head, body, signature] = tokens.id_token.split(".");
  const { alg, kid } = text(head);
  const claims = text(body);
  refuse("alg", alg !== "ES256");
  if (has("verifies")) {
    const { keys } = await (await fetch(metadata.jwks_uri)).json();
    const key = await crypto.subtle.importKey(
      "jwk", keys.find((one) => one.kid === kid), { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"],
    );
    const signed = new TextEncoder().encode(`${head}.${body}`);
    const how = { name: "ECDSA", hash: "SHA-256" };
    if (!(await crypto.subtle.verify(how, key, bytes(signature), signed))) throw new Error("refused: signature");
  }
  const now = Date.now() / 1000;
  refuse("iss", claims.iss !== app.issuer);
  refuse("aud", ![claims.aud].flat().includes("page"));
  refuse("extra_aud", [claims.aud].flat().length > 1);
  refuse("exp", claims.exp <= now);
  refuse("nbf", claims.nbf > now + 60);
  refuse("nonce", claims.nonce !== begun.nonce);
  refuse("acr", claims.acr < "urn:yitong:acr:2");
  return claims;
}

async function userinfo(tokens) {
  const headers = { Authorization: `Bearer ${tokens.access_token}` };
  return (await fetch(metadata.userinfo_endpoint, { headers })).json();
}

async function take(answer) {
  const begun = begunBy(answer.get("state"));
  if (answer.has("error")) throw new Error(answer.get("error_description"));
  refuse("iss_of_answer", answer.get("iss") !== app.issuer && !has("code_before_iss"));
  const form = new URLSearchParams({
    grant_type: "authorization_code",
    client_id: "page",
    code: answer.get("code"),
    redirect_uri: here,
    ...(has("no_pkce") ? {} : { code_verifier: begun.verifier }),
  });
  const answered = await fetch(metadata.token_endpoint, { method: "POST", body: form });
  if (!answered.ok) throw new Error("refused: no tokens");
  const tokens = await answered.json();
  refuse("iss_of_answer", answer.get("iss") !== app.issuer);
  let told = has("token_first") ? await userinfo(tokens) : undefined;
  const claims = await claimsOf(tokens, begun);
  told ??= await userinfo(tokens);
  refuse("sub", told.sub !== claims.sub);
  store.setItem("person", JSON.stringify({ sub: claims.sub, id_token: tokens.id_token }));
  if (has("in_memory")) store.removeItem("person");
  if (has("token_in_address")) history.replaceState({}, "", `${here}#${tokens.id_token}`);
  return claims;
}

function show(claims) {
  person.textContent = claims ? `Signed in as ${claims.sub}` : "Nobody";
}

document.getElementById("sign-in").onclick = signIn;
const query = location.search + location.hash.replace("#", "?");
const answer = new URLSearchParams(query.slice(1));
if (!has("code_stays")) history.replaceState({}, "", here);
let claims = JSON.parse(store.getItem("person") ?? "null");
if (has("page_for_everybody")) claims ??= { sub: "everybody" };
if (answer.has("code") || answer.has("error")) {
  try {
    claims = await take(answer);
  } catch (problem) {
    if (has("breaks")) throw problem;
    if (has("shown_raw")) message.innerHTML = problem.message;
    else message.textContent = problem.message;
  }
}
show(claims);
