/* Sends frames as they come: numbered batches of at most four, at most two under way.
   A batch whose answer is lost is sent again under its number; the server counts a number once. A live one
   goes with fresh frames, since frames that come in much later than they were taken are distrusted. */
(function () {
  "use strict";

  var BATCH = 4;
  var LEAST = 2;
  var UNDER_WAY = 2;
  var QUEUE = 10;
  var STALE_MS = 2500;
  var LOST_MS = 12000;
  var ANSWER_MS = 10000;

  /* handlers: answer(body), problem(code, next), slow(isSlow). mode: "live" or "recorded". */
  function Sender(url, csrf, mode, handlers) {
    this.url = url;
    this.csrf = csrf;
    this.mode = mode;
    this.handlers = handlers;
    this.queue = [];
    this.again = [];
    this.batch = 0;
    this.underWay = 0;
    this.answered = -1;
    this.pausedUntil = 0;
    this.troubleSince = 0;
    this.ending = false;
    this.stopped = false;
  }

  Sender.prototype.stop = function () {
    this.stopped = true;
    this.queue = [];
  };

  /* No frame follows: what is left goes, too. */
  Sender.prototype.finish = function () {
    this.ending = true;
    this.flush();
  };

  Sender.prototype.isIdle = function () {
    return this.queue.length === 0 && this.underWay === 0 && this.again.length === 0;
  };

  Sender.prototype.hasRoom = function () {
    return this.queue.length < QUEUE;
  };

  /* now: the page's clock in ms, the same that frame.t was read from. screen: the colour shown, or null. */
  Sender.prototype.add = function (blob, t, now, screen) {
    this.queue.push({ blob: blob, t: t, screen: screen });
    if (this.mode === "live") {
      this.queue = this.queue.filter(function (frame) { return now - frame.t < STALE_MS; });
      if (this.queue.length > QUEUE) this.queue.shift();
    }
    this.flush();
  };

  Sender.prototype.flush = function () {
    var least = this.ending ? 1 : this.mode === "live" ? LEAST : BATCH;
    while (!this.stopped && this.underWay < UNDER_WAY && performance.now() >= this.pausedUntil) {
      var lost = this.again[0];
      if (lost && lost.frames) {
        this.again.shift();
        this.send(lost.number, lost.frames);
      } else if (this.queue.length >= least) {
        if (lost) this.again.shift();
        this.send(lost ? lost.number : this.batch++, this.queue.splice(0, BATCH));
      } else {
        return;
      }
    }
  };

  Sender.prototype.send = function (number, frames) {
    var self = this;
    var form = new FormData();
    form.append("mode", this.mode);
    form.append("batch", String(number));
    form.append("times", JSON.stringify(frames.map(function (frame) { return frame.t; })));
    if (frames.some(function (frame) { return frame.screen; })) {
      form.append("screens", JSON.stringify(frames.map(function (frame) { return frame.screen; })));
    }
    frames.forEach(function (frame) { form.append("frame", frame.blob, "frame.jpg"); });
    this.underWay += 1;
    post(this.url, this.csrf, form).then(function (answer) {
      self.underWay -= 1;
      if (!self.stopped) self.receive(number, frames, answer.status, answer.body);
    }, function () {
      self.underWay -= 1;
      if (!self.stopped) self.retry(number, frames, 0.8, "network");
    });
  };

  Sender.prototype.receive = function (number, frames, status, body) {
    if (status === 429 || status === 503 || (body.wait && !body.done && !body.refused)) {
      this.retry(number, frames, body.wait || 1, "server");
    } else if (status === 404 || status === 410) {
      this.handlers.problem("expired", body.next);
    } else if (status !== 200) {
      if (body.next) this.handlers.problem("server", body.next);
      else this.retry(number, frames, 1, "server");
    } else {
      this.troubleSince = 0;
      this.handlers.slow(false);
      // Answers of two requests may overtake each other; the older one says nothing new.
      if (number > this.answered || body.done || body.refused) {
        this.answered = Math.max(this.answered, number);
        this.handlers.answer(body);
      }
      this.flush();
    }
  };

  Sender.prototype.retry = function (number, frames, seconds, why) {
    var self = this;
    var now = performance.now();
    this.troubleSince = this.troubleSince || now;
    if (now - this.troubleSince > LOST_MS) {
      this.handlers.problem(why, null);
      return;
    }
    this.handlers.slow(true);
    this.again.push({ number: number, frames: this.mode === "recorded" ? frames : null });
    this.again.sort(function (a, b) { return a.number - b.number; });
    this.pausedUntil = Math.max(this.pausedUntil, now + seconds * 1000);
    setTimeout(function () { self.flush(); }, seconds * 1000 + 20);
  };

  function post(url, csrf, form) {
    var control = "AbortController" in window ? new AbortController() : null;
    var timer = setTimeout(function () { if (control) control.abort(); }, ANSWER_MS);
    var options = { method: "POST", body: form, credentials: "same-origin", headers: { "X-CSRF-Token": csrf, "Accept": "application/json" } };
    if (control) options.signal = control.signal;
    return fetch(url, options).then(function (response) {
      return response.json().then(
        function (body) { return { status: response.status, body: body || {} }; },
        function () { return { status: response.status === 200 ? 500 : response.status, body: {} }; });
    }).then(function (answer) {
      clearTimeout(timer);
      return answer;
    }, function (failure) {
      clearTimeout(timer);
      throw failure;
    });
  }

  window.CaptureSender = Sender;
})();
