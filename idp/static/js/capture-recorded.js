/* Where a page cannot open the camera: a short film from the system's camera, cut into frames here. */
(function () {
  "use strict";

  var FRAMES_PER_SECOND = 8;
  var LONGEST_SECONDS = 26;
  var SHORTEST_SECONDS = 3;

  /* shrink(video) -> Promise of a JPEG blob; progress(part of 1). Resolves when every frame is handed on. */
  function cut(file, shrink, sender, progress) {
    var video = document.createElement("video");
    var url = URL.createObjectURL(file);
    video.muted = true;
    video.playsInline = true;
    video.preload = "auto";
    video.src = url;
    return once(video, "loadeddata").then(function () {
      // Films from a browser's recorder may not know their length before they were searched to the end.
      return isFinite(video.duration) ? video.duration : lengthBySeeking(video);
    }).then(function (seconds) {
      if (!(seconds >= SHORTEST_SECONDS)) throw new Error("too short");
      var last = Math.min(seconds, LONGEST_SECONDS) - 0.05;
      return frameAt(video, 0, last, shrink, sender, progress);
    }).then(function () {
      URL.revokeObjectURL(url);
    }, function (failure) {
      URL.revokeObjectURL(url);
      throw failure;
    });
  }

  function frameAt(video, index, last, shrink, sender, progress) {
    var at = index / FRAMES_PER_SECOND;
    if (at > last || sender.stopped) return Promise.resolve();
    return seek(video, at).then(function () { return shrink(video); }).then(function (blob) {
      sender.add(blob, Math.round(at * 1000), 0, null);
      progress(at / last);
      return room(sender);
    }).then(function () {
      return frameAt(video, index + 1, last, shrink, sender, progress);
    });
  }

  function room(sender) {
    if (sender.hasRoom() || sender.stopped) return Promise.resolve();
    return new Promise(function (resolve) { setTimeout(resolve, 60); }).then(function () { return room(sender); });
  }

  function seek(video, at) {
    var done = once(video, "seeked");
    video.currentTime = at;
    return done;
  }

  function lengthBySeeking(video) {
    return seek(video, 1e7).then(function () { return video.currentTime; });
  }

  function once(target, name) {
    return new Promise(function (resolve, reject) {
      target.addEventListener(name, resolve, { once: true });
      target.addEventListener("error", function () { reject(new Error("cannot be read")); }, { once: true });
    });
  }

  window.captureRecorded = cut;
})();
