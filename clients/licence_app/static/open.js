/* The link's code stands behind the #, which no server sees. Nothing is sent before somebody presses the button. */
(function () {
  "use strict";
  if (location.hash.length > 1) document.getElementById("link").value = location.href;
})();
