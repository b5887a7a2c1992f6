/* The camera page: opens the camera on request, shows one instruction at a time, sends frames, says what
   went wrong. What is asked and when it is done, the server says. Plain ES2017 for older web-views. */
(function () {
  "use strict";

  var FRAME_MS = 110;
  var LONGEST_SIDE = 640;
  var JPEG_QUALITY = 0.8;

  var page = document.getElementById("capture");
  var words = new window.CaptureWords(byId("words"), document.documentElement.lang);
  var canvas = document.createElement("canvas");
  var loadedAt = performance.now();
  var state = { stream: null, sender: null, timer: 0, startedAt: 0, askedAt: 0, action: "", lastT: -1, retry: "camera", flash: null, over: false };

  function byId(id) { return document.getElementById(id); }

  function show(section) {
    ["capture-prepare", "capture-live", "capture-recorded"].forEach(function (id) { byId(id).hidden = id !== section; });
    byId("capture-title").hidden = section === "capture-live";
  }

  /* Frames */

  function shrink(video) {
    if (!canvas.width || !state.sized) {
      var scale = Math.min(1, LONGEST_SIDE / Math.max(video.videoWidth, video.videoHeight));
      canvas.width = Math.round(video.videoWidth * scale);
      canvas.height = Math.round(video.videoHeight * scale);
      state.sized = video.videoWidth + "x" + video.videoHeight;
    }
    canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
    return new Promise(function (resolve, reject) {
      canvas.toBlob(function (blob) { if (blob) resolve(blob); else reject(new Error("no picture")); }, "image/jpeg", JPEG_QUALITY);
    });
  }

  function now() { return Math.round(performance.now() - state.startedAt); }

  function tick() {
    var video = byId("preview");
    var t = now();
    if (state.over) return;
    state.timer = setTimeout(tick, FRAME_MS);
    countDown();
    if (secondsLeft() <= 0) { fail("expired", null); return; }
    if (video.readyState < 2 || !video.videoWidth || t <= state.lastT) return;
    if (!state.action) lookStraight();
    var screen = state.flash ? state.flash.screen() : null;
    if (state.sized && state.sized !== video.videoWidth + "x" + video.videoHeight) { fail("turned", null); return; }
    state.lastT = t;
    shrink(video).then(function (blob) { if (!state.over) state.sender.add(blob, t, now(), screen); }, function () { fail("stopped", null); });
  }

  function secondsLeft() { return Number(page.dataset.seconds) - (performance.now() - loadedAt) / 1000; }

  /* What the person sees */

  function instruct(action) {
    if (action === state.action) return;
    state.action = action;
    state.askedAt = performance.now();
    var text = words.find("action", action);
    byId("instruction").textContent = text;
    byId("instruction").dataset.action = action;
    byId("picture").dataset.action = action;
    words.say(text);
    if (navigator.vibrate && action !== "look_straight") navigator.vibrate(60);
  }

  function lookStraight() {
    byId("stage").dataset.state = "good";
    instruct("look_straight");
  }

  function advise(code) {
    var text = code ? words.find("advice", code) : "";
    var line = byId("advice");
    byId("stage").dataset.state = code ? "advice" : "good";
    line.dataset.advice = code || "";
    if (line.textContent !== text) {
      line.textContent = text;
      if (text) words.say(text);
    }
  }

  function countDown() {
    var isAsked = state.action && state.action !== "look_straight";
    var left = Number(page.dataset.windowSeconds) - (performance.now() - state.askedAt) / 1000;
    byId("countdown").textContent = isAsked ? String(Math.max(0, Math.ceil(left))) : "";
    byId("countdown").hidden = !isAsked;
  }

  function mark(step, steps) {
    Array.prototype.forEach.call(byId("dots").children, function (dot, index) { dot.className = index < step ? "done" : ""; });
    var text = words.filled("step", { step: Math.min(step + 1, steps), steps: steps });
    if (byId("progress").textContent !== text) byId("progress").textContent = text;
  }

  /* Answers */

  function receive(body) {
    if (state.over) return;
    if (body.done || body.refused) { leave(body.next || page.dataset.finishUrl); return; }
    if (body.steps) mark(body.step, body.steps);
    if (body.flash && !state.flash) showColours(body.flash);
    if (state.flash) return;
    instruct(body.action || "look_straight");
    advise(body.advice);
  }

  function showColours(order) {
    state.flash = new window.CaptureFlash(byId("flash"), byId("flash-stop"), order, now, function () {
      if (!state.over) byId("instruction").textContent = words.find("word", "checking");
    });
    advise(null);
    instruct("watch_colours");
    state.flash.begin();
  }

  function leave(url) {
    if (state.stream) freeze();
    end();
    var text = words.find("word", "checking");
    byId("instruction").textContent = text;
    byId("advice").textContent = "";
    byId("recorded-progress").textContent = text;
    words.say(text);
    window.location.replace(url);
  }

  /* The last picture stays while the verdict is made: a stage that goes black looks like a failure. */
  function freeze() {
    canvas.className = "still";
    byId("stage").insertBefore(canvas, byId("preview").nextSibling);
    byId("stage").dataset.state = "";
    byId("countdown").hidden = true;
    delete byId("instruction").dataset.action;
    delete byId("picture").dataset.action;
  }

  function end() {
    state.over = true;
    clearTimeout(state.timer);
    if (state.sender) state.sender.stop();
    if (state.flash) state.flash.end();
    if (state.stream) state.stream.getTracks().forEach(function (track) { track.onended = null; track.stop(); });
    state.stream = null;
  }

  /* retry: "camera" opens it again here; "session" needs a new one, since frames were sent already. */
  function fail(code, next) {
    var wasSending = state.sender !== null;
    end();
    if (next) { window.location.replace(next); return; }
    show("");
    byId("problem-words").textContent = words.find("problem", code);
    byId("problem").dataset.problem = code;
    byId("problem").hidden = false;
    state.retry = wasSending || code === "expired" ? "session" : "camera";
    byId("again").hidden = code === "insecure";
    words.say(words.find("problem", code));
    byId("problem").focus();
  }

  function again() {
    if (state.retry === "session") window.location.replace(page.dataset.againUrl);
    else start();
  }

  /* Starting */

  var CAMERA_PROBLEMS = {
    NotAllowedError: "denied", PermissionDeniedError: "denied", SecurityError: "denied",
    NotFoundError: "missing", DevicesNotFoundError: "missing", OverconstrainedError: "missing",
    NotReadableError: "busy", TrackStartError: "busy", AbortError: "busy"
  };

  function start() {
    byId("problem").hidden = true;
    byId("camera-start").disabled = true;
    byId("camera-start").textContent = words.find("word", "starting");
    state.over = false;
    var wish = { audio: false, video: { facingMode: "user", width: { ideal: 640 }, height: { ideal: 480 } } };
    navigator.mediaDevices.getUserMedia(wish).then(run, function (failure) {
      fail(CAMERA_PROBLEMS[failure.name] || "failed", null);
    });
  }

  function run(stream) {
    var video = byId("preview");
    state.stream = stream;
    stream.getVideoTracks()[0].onended = function () { if (!state.over) fail("stopped", null); };
    show("capture-live");
    video.srcObject = stream;
    Promise.resolve(video.play()).catch(function () { fail("failed", null); });
    state.startedAt = performance.now();
    state.sender = sender("live", page.dataset.framesUrl);
    mark(0, Number(page.dataset.steps));
    // Some cameras take a second to show anything: until then nothing is asked.
    byId("stage").dataset.state = "starting";
    byId("instruction").textContent = words.find("word", "starting");
    byId("instruction").focus();
    if (window.innerWidth < 600) byId("capture").scrollIntoView();
    tick();
  }

  function sender(mode, url) {
    return new window.CaptureSender(url, page.dataset.csrf, mode, {
      answer: receive,
      problem: fail,
      slow: function (isSlow) { if (isSlow) advise("slow_network"); }
    });
  }

  function offerFilm() {
    show("capture-recorded");
    byId("recorded-file").addEventListener("change", function (event) {
      var file = event.target.files[0];
      if (!file) return;
      event.target.disabled = true;
      state.sender = sender("recorded", page.dataset.recordedUrl);
      window.captureRecorded(file, shrink, state.sender, function (part) {
        byId("recorded-progress").textContent = words.filled("reading-film", { percent: Math.round(part * 100) + "%" });
      }).then(finishFilm, function () { if (!state.over) fail("film", null); });
    });
  }

  function finishFilm() {
    if (state.over) return;
    state.sender.finish();
    if (state.sender.isIdle()) leave(page.dataset.finishUrl);
    else setTimeout(finishFilm, 100);
  }

  function offerVoice() {
    var button = byId("voice");
    button.hidden = !words.canSpeak();
    button.addEventListener("click", function () {
      var aloud = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(aloud));
      words.setAloud(aloud);
    });
  }

  function init() {
    var hasCamera = window.isSecureContext !== false && navigator.mediaDevices && navigator.mediaDevices.getUserMedia;
    if (page.dataset.withoutColoursUrl && window.matchMedia("(prefers-reduced-motion: reduce)").matches) {
      window.location.replace(page.dataset.withoutColoursUrl);
      return;
    }
    byId("again").addEventListener("click", again);
    offerVoice();
    document.addEventListener("visibilitychange", function () {
      if (document.hidden && state.stream && !state.over) fail("hidden", null);
    });
    window.addEventListener("pagehide", end);
    // Brought back from memory by the back button: its session has gone on or is over.
    window.addEventListener("pageshow", function (event) { if (event.persisted) fail("expired", null); });
    if (page.dataset.recordedUrl) {
      offerFilm();
    } else if (hasCamera) {
      byId("camera-start").hidden = false;
      byId("camera-start").addEventListener("click", start);
    } else if (page.dataset.filmPageUrl) {
      // The movements of a film are told beforehand, so they stand on a page of their own.
      byId("camera-start").hidden = false;
      byId("camera-start").addEventListener("click", function () { window.location.replace(page.dataset.filmPageUrl); });
    } else {
      fail("insecure", null);
    }
  }

  init();
})();
