/* The colours that the server drew, one after the other all over the screen. Each is noted with the time at
   which it was painted, by the page's clock; capture.js sends that beside the frames. */
(function () {
  "use strict";

  /* order: { colours, step_ms }; now() -> ms; over(): after the last one, or when the person stops them. */
  function Flash(overlay, stop, order, now, over) {
    this.overlay = overlay;
    this.order = order;
    this.now = now;
    this.over = over;
    this.shown = null;
    this.ended = false;
    stop.onclick = this.end.bind(this);
  }

  Flash.prototype.begin = function () {
    this.overlay.hidden = false;
    requestAnimationFrame(this.paint.bind(this));
  };

  Flash.prototype.paint = function () {
    if (this.ended) return;
    var t = this.now();
    if (this.shown === null || t - this.shown[1] >= this.order.step_ms) {
      var place = this.shown === null ? 0 : this.shown[0] + 1;
      if (place >= this.order.colours.length) { this.end(); return; }
      this.overlay.dataset.colour = this.order.colours[place];
      this.shown = [place, t];
    }
    requestAnimationFrame(this.paint.bind(this));
  };

  /* What is on the screen: the place in the sequence and since when, or null. */
  Flash.prototype.screen = function () { return this.shown; };

  Flash.prototype.end = function () {
    if (this.ended) return;
    this.ended = true;
    this.shown = null;
    this.overlay.hidden = true;
    this.over();
  };

  window.CaptureFlash = Flash;
})();
