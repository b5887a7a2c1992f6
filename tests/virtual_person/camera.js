// The browser's camera, replaced by clips of the virtual person. Runs before every page's own scripts.
// Python answers two bindings: __virtualCameraClip(subject, motion) with base64 JPEGs, and
// __virtualCameraOrders() with the settings in force, which survive from page to page.
(() => {
  "use strict";
  const FPS = 15;
  const WIDTH = 480;
  const HEIGHT = 640;
  const IDLE = "idle";
  const MOTIONS = ["turn_left", "turn_right", "nod", "blink", "open_mouth"];
  const REPEAT_AFTER_MS = 1200; // a person whom the page did not understand tries again
  const REFUSALS = {
    refuse: ["Permission denied", "NotAllowedError"],
    missing: ["Requested device not found", "NotFoundError"],
    busy: ["Could not start video source", "NotReadableError"],
  };

  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  let orders = window.__virtualCameraOrders();
  const clips = new Map();

  const load = async (subject, motion) => {
    const frames = await window.__virtualCameraClip(subject, motion);
    return frames.map((text) => {
      const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
      return new Blob([bytes], { type: "image/jpeg" });
    });
  };
  const clip = (subject, motion) => {
    const name = `${subject}/${motion}`;
    if (!clips.has(name)) clips.set(name, load(subject, motion));
    return clips.get(name);
  };

  // What is before the lens: a clip that began at some moment; idling starts over for ever.
  let scene = null;
  const show = async (motion) => {
    const { subject } = await orders;
    const frames = await clip(subject, motion);
    return new Promise((ended) => {
      scene = { frames, since: performance.now(), loop: motion === IDLE, ended };
    });
  };
  const idle = () => {
    show(IDLE);
  };
  const play = async (motion) => {
    await show(motion);
    idle();
  };

  const picture = () => {
    if (scene === null) return null;
    const { frames, since, loop, ended } = scene;
    const at = Math.floor(((performance.now() - since) * FPS) / 1000);
    if (at >= frames.length && !loop) {
      ended();
      return frames[frames.length - 1];
    }
    return frames[at % frames.length];
  };

  // Clips repeat, the sensor's noise never does: fresh grain over every frame.
  const GRAIN_MARGIN = 97;
  const grain = () => {
    const sheet = new OffscreenCanvas(WIDTH + GRAIN_MARGIN, HEIGHT + GRAIN_MARGIN);
    const pixels = new ImageData(sheet.width, sheet.height);
    for (let at = 0; at < pixels.data.length; at += 4) {
      pixels.data.fill(Math.random() * 256, at, at + 3);
      pixels.data[at + 3] = 5;
    }
    sheet.getContext("2d").putImageData(pixels, 0, 0);
    return sheet;
  };
  const shift = () => -Math.floor(Math.random() * GRAIN_MARGIN);

  // Skin gives back what the page shines on it: brightest in the middle of the face, nothing beside it.
  const SHINE = 0.15;
  const reflected = new OffscreenCanvas(WIDTH, HEIGHT);
  const reflect = (paper, bitmap) => {
    const flash = document.querySelector("#flash");
    if (!flash || flash.hidden) return;
    const sheet = reflected.getContext("2d");
    sheet.globalCompositeOperation = "copy";
    sheet.drawImage(bitmap, 0, 0, WIDTH, HEIGHT);
    sheet.globalCompositeOperation = "multiply";
    sheet.fillStyle = getComputedStyle(flash).backgroundColor;
    sheet.fillRect(0, 0, WIDTH, HEIGHT);
    const near = sheet.createRadialGradient(WIDTH / 2, 0.45 * HEIGHT, 0, WIDTH / 2, 0.45 * HEIGHT, 0.3 * HEIGHT);
    near.addColorStop(0, "black");
    near.addColorStop(0.6, "black");
    near.addColorStop(1, "transparent");
    sheet.globalCompositeOperation = "destination-in";
    sheet.fillStyle = near;
    sheet.fillRect(0, 0, WIDTH, HEIGHT);
    paper.globalCompositeOperation = "lighter";
    paper.globalAlpha = SHINE;
    paper.drawImage(reflected, 0, 0);
    paper.globalAlpha = 1;
    paper.globalCompositeOperation = "source-over";
  };

  let unplug = () => {};
  const film = (canvas) => {
    const paper = canvas.getContext("2d", { alpha: false });
    const noise = grain();
    let busy = false;
    return setInterval(async () => {
      const frame = picture();
      if (busy || frame === null) return;
      busy = true;
      const bitmap = await createImageBitmap(frame);
      paper.drawImage(bitmap, 0, 0, WIDTH, HEIGHT);
      if (!(await orders).injected) reflect(paper, bitmap);
      paper.drawImage(noise, shift(), shift());
      bitmap.close();
      busy = false;
    }, 1000 / FPS);
  };

  const getUserMedia = async (constraints) => {
    const { mode } = await orders;
    if (!constraints || !constraints.video) throw new TypeError("At least one of audio and video must be requested");
    if (mode in REFUSALS) throw new DOMException(...REFUSALS[mode]);
    const canvas = document.createElement("canvas");
    canvas.width = WIDTH;
    canvas.height = HEIGHT;
    if (scene === null) idle();
    const timer = film(canvas);
    const stream = canvas.captureStream(FPS);
    const [track] = stream.getVideoTracks();
    const stop = track.stop.bind(track);
    track.stop = () => {
      clearInterval(timer);
      stop();
    };
    // What a page hears when the camera is pulled out; its own stop() is silent.
    unplug = () => {
      track.stop();
      track.dispatchEvent(new Event("ended"));
    };
    return stream;
  };
  const enumerateDevices = async () => {
    const { mode } = await orders;
    return mode === "missing" ? [] : [{ kind: "videoinput", deviceId: "virtual", groupId: "", label: "" }];
  };

  // A person reads the instruction, needs a moment, moves, and looks what is asked next.
  const asked = () => document.querySelector("#instruction")?.dataset.action || null;
  const obey = async () => {
    let done = null;
    for (;;) {
      await pause(50);
      const { answers, reaction_ms: reaction } = await orders;
      const action = asked();
      // Told to look at the camera and the like, the person goes on doing just that.
      if (!MOTIONS.includes(action) || scene === null || answers === null) {
        done = null;
        continue;
      }
      if (done !== null && done.action === action && performance.now() < done.at + REPEAT_AFTER_MS) continue;
      await pause(reaction);
      const motion = action in answers ? answers[action] : action;
      if (motion !== null) await play(motion);
      done = { action, at: performance.now() };
    }
  };

  window.__virtualCamera = {
    play,
    idle,
    unplug: () => unplug(),
    set: (changed) => {
      orders = Promise.resolve(changed);
      if (scene !== null) idle();
    },
  };
  // In a page without a secure origin there is no mediaDevices, and none is invented.
  if (navigator.mediaDevices) Object.assign(navigator.mediaDevices, { getUserMedia, enumerateDevices });
  obey();
})();
