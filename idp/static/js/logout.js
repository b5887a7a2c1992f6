/* Back to the portal once every frame has answered, or soon enough without those that do not. */
(function () {
  "use strict";

  const LONGEST_MS = 3000;
  const frames = Array.from(document.querySelectorAll("iframe"));
  let left = frames.length;
  let gone = false;

  function goOn() {
    if (!gone) {
      gone = true;
      window.location.replace(document.getElementById("back-to-portal").href);
    }
  }

  for (const frame of frames) {
    frame.addEventListener("load", function () {
      left -= 1;
      if (left === 0) {
        goOn();
      }
    }, { once: true });
  }
  window.setTimeout(goOn, LONGEST_MS);
})();
