/* Passkeys: asks the browser for one with the server's options and puts the answer into the form.
   W3C Web Authentication Level 3; JSON forms of section 5.1 by hand, since older browsers lack them. */
(function () {
  "use strict";

  var form = document.getElementById("passkey-form");
  if (!form || !window.PublicKeyCredential || !navigator.credentials) return;
  var part = document.getElementById("passkey-part");
  var problem = document.getElementById("passkey-problem");
  form.hidden = false;
  if (part) part.hidden = false;

  function bytes(text) {
    var plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (char) { return char.charCodeAt(0); });
  }

  function text(buffer) {
    var plain = String.fromCharCode.apply(null, new Uint8Array(buffer));
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function withBytes(list) {
    return (list || []).map(function (one) { return Object.assign({}, one, { id: bytes(one.id) }); });
  }

  function ask(options) {
    var wish = Object.assign({}, options, { challenge: bytes(options.challenge) });
    if (form.dataset.mode === "create") {
      wish.user = Object.assign({}, options.user, { id: bytes(options.user.id) });
      wish.excludeCredentials = withBytes(options.excludeCredentials);
      return navigator.credentials.create({ publicKey: wish });
    }
    wish.allowCredentials = withBytes(options.allowCredentials);
    return navigator.credentials.get({ publicKey: wish });
  }

  function toJson(credential) {
    var given = credential.response;
    var response = { clientDataJSON: text(given.clientDataJSON) };
    if (given.attestationObject) {
      response.attestationObject = text(given.attestationObject);
      response.transports = given.getTransports ? given.getTransports() : [];
    } else {
      response.authenticatorData = text(given.authenticatorData);
      response.signature = text(given.signature);
      response.userHandle = given.userHandle ? text(given.userHandle) : null;
    }
    return JSON.stringify({
      id: credential.id, rawId: text(credential.rawId), type: credential.type, response: response,
      authenticatorAttachment: credential.authenticatorAttachment || null,
      clientExtensionResults: credential.getClientExtensionResults()
    });
  }

  function fetchOptions() {
    var headers = { "X-CSRF-Token": form.dataset.csrf, "Accept": "application/json" };
    return fetch(form.dataset.optionsUrl, { method: "POST", credentials: "same-origin", headers: headers })
      .then(function (response) {
        if (!response.ok) throw new TypeError("status " + response.status);
        return response.json();
      })
      .then(function (body) { return body.publicKey || body; });
  }

  function explain(failure) {
    var code = failure instanceof TypeError ? "network" : failure.name === "InvalidStateError" ? "known" : "cancelled";
    problem.textContent = problem.dataset[code];
    problem.hidden = false;
  }

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    var button = form.querySelector("button[type=submit]");
    button.disabled = true;
    problem.hidden = true;
    fetchOptions().then(ask).then(function (credential) {
      document.getElementById("passkey-credential").value = toJson(credential);
      form.submit();
    }).catch(function (failure) {
      button.disabled = false;
      explain(failure);
    });
  });
})();
