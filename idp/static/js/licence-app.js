/* Asks what has become of the code on this page, puts the next one in its place before it runs out, and loads
   the page again when a telephone has moved on. Without this script the page loads itself. */
(function () {
  "use strict";

  var place = document.getElementById("licence-app");
  if (!place || !place.dataset.stateUrl || !window.fetch) return;
  var state = place.dataset.state;
  var seconds = Number(place.dataset.pollSeconds);
  var wait = seconds;
  var LONGEST = 30;
  var leaves = false;

  /* What the form takes would look like a change to the next question, and a reload would break it off. */
  document.addEventListener("submit", function () { leaves = true; });

  function reload() {
    if (!leaves) location.replace(place.dataset.pageUrl);
  }

  function show(code) {
    place.dataset.generation = String(code.generation);
    document.getElementById("qr").src = code.qr;
    document.getElementById("link-code").textContent = code.code;
    document.getElementById("app-link").href = code.link;
    document.getElementById("link-text").value = code.link;
  }

  /* checking follows scanned and looks the same. */
  function differs(now) {
    return now !== state && !(state === "scanned" && now === "checking") && !(state === "checking" && now === "scanned");
  }

  function look(response) {
    if (response.status === 429) {
      wait = Math.min(wait + 5, LONGEST);
      return null;
    }
    if (!response.ok) {
      reload();
      return null;
    }
    wait = seconds;
    return response.json().then(function (found) {
      if (differs(found.state)) {
        reload();
      } else if (found.code) {
        show(found.code);
      }
    });
  }

  function ask() {
    if (leaves) return null;
    var url = place.dataset.stateUrl + "&generation=" + (place.dataset.generation || "");
    return fetch(url, { credentials: "same-origin", headers: { "Accept": "application/json" }, redirect: "manual" })
      .then(function (response) {
        if (response.type === "opaqueredirect") {
          reload();
          return null;
        }
        return look(response);
      })
      .catch(function () { wait = Math.min(wait * 2, LONGEST); })
      .then(function () { window.setTimeout(ask, wait * 1000); });
  }

  window.setTimeout(ask, wait * 1000);
})();
