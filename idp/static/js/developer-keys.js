// Makes a pair of keys in the browser. The private half is offered as a file and goes nowhere else.
"use strict";

(() => {
  const part = document.getElementById("pair");
  const subtle = window.crypto && window.crypto.subtle;
  if (!part || !subtle) return;
  part.hidden = false;
  document.getElementById("pair-without-script").hidden = true;

  const base64url = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

  // RFC 7638 section 3: the members that make the key, in this order.
  const thumbprint = async (jwk) => base64url(await subtle.digest("SHA-256",
    new TextEncoder().encode(JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y }))));

  const pem = (der) => {
    const lines = btoa(String.fromCharCode(...new Uint8Array(der))).match(/.{1,64}/g).join("\n");
    return `-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----\n`;
  };

  const offer = (id, text, type, name) => {
    const link = document.getElementById(id);
    if (link.href) URL.revokeObjectURL(link.href);
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.download = name;
  };

  document.getElementById("make-pair").addEventListener("click", async () => {
    const pair = await subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
    const whole = await subtle.exportKey("jwk", pair.privateKey);
    const { kty, crv, x, y, d } = whole;
    const kid = await thumbprint(whole);
    const shared = { kty, crv, x, y, kid, use: "sig", alg: "ES256" };
    const file = `${part.dataset.file}-${kid.slice(0, 8)}`;
    offer("private-jwk", JSON.stringify({ ...shared, d }, null, 2), "application/json", `${file}.private.json`);
    offer("private-pem", pem(await subtle.exportKey("pkcs8", pair.privateKey)), "application/x-pem-file", `${file}.private.pem`);
    document.getElementById("jwks").value = JSON.stringify({ keys: [shared] }, null, 2);
    document.getElementById("jwks-part").open = true;
    document.getElementById("pair-made").hidden = false;
  });
})();
