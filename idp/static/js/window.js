/* Looks every other second whether the other side has gone on, and loads the page again when it has.
   Without this script there is a link that does the same. */
(function () {
  "use strict";

  var watch = document.getElementById("watch");
  if (!watch) return;
  var left = document.getElementById("seconds-left");
  var ends = left ? Date.now() + 1000 * Number(left.dataset.seconds) : 0;

  function leave() {
    // By its address: a page that answers a form must not send the form again.
    window.location.replace(watch.dataset.page);
  }

  function look() {
    fetch(watch.dataset.stateUrl, { credentials: "same-origin", headers: { "Accept": "application/json" } })
      .then(function (response) { return response.ok ? response.json() : { state: "over" }; })
      .then(function (body) {
        if (body.state !== watch.dataset.state) leave(); else window.setTimeout(look, 2000);
      })
      .catch(function () { window.setTimeout(look, 4000); });
  }

  function count() {
    var seconds = Math.max(0, Math.ceil((ends - Date.now()) / 1000));
    left.textContent = String(seconds);
    if (seconds > 0) window.setTimeout(count, 1000);
  }

  if (left) count();
  window.setTimeout(look, 2000);
})();
