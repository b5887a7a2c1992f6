/* Asks the signing agent on this computer to sign the page's text, and sends what it says as the form.
   Protocol: docs/licences.md, "The signing agent". Without an agent the page's files do the same. */
(function () {
  "use strict";

  var form = document.getElementById("agent-form");
  if (!form || !window.fetch || !window.Promise) return;
  var button = document.getElementById("agent-sign");
  var waiting = document.getElementById("agent-waiting");
  var problem = document.getElementById("agent-problem");
  var FIELDS = ["certificate", "chain", "signature", "algorithm"];
  form.hidden = false;

  function Failure(code) {
    this.code = code;
  }

  function ask() {
    return fetch(form.dataset.agent + "/sign", {
      method: "POST",
      mode: "cors",
      credentials: "omit",
      cache: "no-store",
      redirect: "error",
      referrerPolicy: "no-referrer",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ challenge: form.elements.challenge.value })
    }).catch(function () {
      throw new Failure("absent");
    }).then(function (response) {
      if (response.status === 404) throw new Failure("old");
      if (!response.ok) throw new Failure("declined");
      return response.json().catch(function () { throw new Failure("old"); });
    });
  }

  function fill(answer) {
    FIELDS.forEach(function (name) {
      form.elements[name].value = typeof answer[name] === "string" ? answer[name] : "";
    });
    if (!form.elements.signature.value) throw new Failure("declined");
  }

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    button.disabled = true;
    problem.hidden = true;
    waiting.hidden = false;
    ask().then(fill).then(function () {
      form.submit();
    }).catch(function (failure) {
      problem.textContent = problem.dataset[failure instanceof Failure ? failure.code : "declined"];
      problem.hidden = false;
      waiting.hidden = true;
      button.disabled = false;
    });
  });
}());
