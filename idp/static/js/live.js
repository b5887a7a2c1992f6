/* Adds events to the table as they come. The server ends each stream after some seconds, and the browser asks for
   the next one with the place where it was. Without this script there is a link that loads the page again. */
(function () {
  "use strict";

  var live = document.getElementById("live");
  var table = document.getElementById("live-events");
  if (!live || !table || !window.EventSource) return;
  var body = table.tBodies[0];
  var state = document.getElementById("live-state");
  var said = document.getElementById("live-said");
  var cut = document.getElementById("live-cut");
  var pause = document.getElementById("live-pause");
  var announce = document.getElementById("live-announce");
  var MOST_ROWS = 200, SAY_EVERY_MS = 5000;
  var held = [], paused = false, unsaid = 0, known = {};

  Array.prototype.forEach.call(body.rows, function (row) { known[row.dataset.id] = true; });

  function add(event) {
    if (known[event.id]) return;
    known[event.id] = true;
    var made = document.createElement("template");
    made.innerHTML = event.html;
    body.insertBefore(made.content, body.firstChild);
    while (body.rows.length > MOST_ROWS) {
      delete known[body.rows[body.rows.length - 1].dataset.id];
      body.deleteRow(-1);
    }
    var nothing = document.getElementById("nothing");
    if (nothing) nothing.hidden = true;
    unsaid += 1;
  }

  function counted(text, count) { return text.replace("{count}", String(count)); }

  function hold(event) {
    held.push(event);
    if (held.length > MOST_ROWS) held.shift();
    state.textContent = counted(live.dataset.waiting, held.length);
  }

  pause.addEventListener("click", function () {
    paused = !paused;
    pause.setAttribute("aria-pressed", String(paused));
    pause.textContent = paused ? live.dataset.goOn : live.dataset.pause;
    if (!paused) { held.forEach(add); held = []; state.textContent = live.dataset.on; }
  });

  // Off by default: a flood of events would talk over everything else.
  announce.addEventListener("change", function () {
    said.setAttribute("aria-live", announce.checked ? "polite" : "off");
  });
  window.setInterval(function () {
    if (unsaid) said.textContent = counted(live.dataset.new, unsaid);
    unsaid = 0;
  }, SAY_EVERY_MS);

  var source = new EventSource(live.dataset.streamUrl);
  document.getElementById("live-controls").hidden = false;
  source.addEventListener("open", function () { if (!paused) state.textContent = live.dataset.on; });
  source.addEventListener("error", function () {
    // Between two streams the browser is connecting; that is as it should be, and not said.
    if (source.readyState === EventSource.CLOSED) state.textContent = live.dataset.over;
  });
  source.addEventListener("audit", function (message) {
    var event = JSON.parse(message.data);
    if (paused) hold(event); else add(event);
  });
  source.addEventListener("cut", function () { cut.textContent = live.dataset.cut; cut.hidden = false; });
  source.addEventListener("over", function () { source.close(); state.textContent = live.dataset.over; });
})();
