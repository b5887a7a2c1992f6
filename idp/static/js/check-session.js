/* Tells a portal's page whether the sign-in that it knows is still the one of this browser, without a request
   (OpenID Connect Session Management 1.0 section 3.2). The page holds this text itself, under its digest. */
(function () {
  "use strict";

  const COOKIE = "__Host-browser-state=";
  const MESSAGE = /^([A-Za-z0-9._~-]{1,64}) ([A-Za-z0-9_-]{43}\.([A-Za-z0-9_-]{1,64}))$/;

  /* That nobody is signed in is a secret of the browser's, too; none at all may mean that the browser hides it. */
  function cookie() {
    const found = document.cookie.split("; ").filter((one) => one.startsWith(COOKIE));
    return found.length === 1 ? found[0].slice(COOKIE.length) : null;
  }

  async function isHidden() {
    return document.hasStorageAccess !== undefined && !(await document.hasStorageAccess());
  }

  async function sessionState(clientId, origin, state, salt) {
    const text = new TextEncoder().encode([clientId, origin, state, salt].join(" "));
    const digest = new Uint8Array(await window.crypto.subtle.digest("SHA-256", text));
    const base64 = window.btoa(String.fromCharCode(...digest));
    return `${base64.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "")}.${salt}`;
  }

  /* The frame of the portal asks, or the page around both; Firefox names the page by the referrer alone. */
  function comesFromThePageAround(event) {
    if (event.source === window.parent) {
      return true;
    }
    const around = window.location.ancestorOrigins;
    if (around !== undefined) {
      return around[0] === event.origin;
    }
    return document.referrer !== "" && new URL(document.referrer).origin === event.origin;
  }

  async function answer(event) {
    const parts = typeof event.data === "string" ? MESSAGE.exec(event.data) : null;
    if (parts === null || !comesFromThePageAround(event) || window.crypto.subtle === undefined) {
      return "error";
    }
    const state = cookie();
    if (state === null && await isHidden()) {
      /* "changed" would have the portal ask for ever. */
      return "error";
    }
    /* Where there is none, no text fits: a stranger's page would make one for what it can guess. */
    const nobodys = window.crypto.getRandomValues(new Uint32Array(4)).join(".");
    const now = await sessionState(parts[1], event.origin, state || nobodys, parts[3]);
    return now === parts[2] ? "unchanged" : "changed";
  }

  window.addEventListener("message", async function (event) {
    if (/^https?:/.test(event.origin) && event.source) {
      event.source.postMessage(await answer(event), event.origin);
    }
  });
})();
