/* Says how far the verification is, and loads the page again when it is over. Without this script there is a link. */
(function () {
  "use strict";

  var place = document.getElementById("verifying");
  if (!place) return;
  var bar = document.getElementById("verified");
  var words = document.getElementById("verified-words");
  var numbers = new Intl.NumberFormat(document.documentElement.lang);

  function look() {
    fetch(place.dataset.stateUrl, { credentials: "same-origin", headers: { "Accept": "application/json" } })
      .then(function (response) {
        if (!response.ok) throw new Error("gone");
        return response.json();
      })
      .then(function (run) {
        if (!run.running) return window.location.replace("/security/integrity");
        if (run.size) {
          bar.max = run.size;
          bar.value = run.looked;
          words.textContent = words.dataset.words.replace("{looked}", numbers.format(run.looked)).replace("{size}", numbers.format(run.size));
        }
        window.setTimeout(look, 3000);
      })
      .catch(function () { window.setTimeout(look, 10000); });
  }

  window.setTimeout(look, 2000);
})();
