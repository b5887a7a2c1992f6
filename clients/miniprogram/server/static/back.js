// From the web-view back into the mini-program that opened it. Outside of WeChat there is none, and the page
// says so; the code is not shown anywhere, as nobody is to read it out to anybody.
"use strict";

(() => {
  const { code, error } = document.body.dataset;
  const said = code ? `code=${encodeURIComponent(code)}` : `error=${encodeURIComponent(error)}`;
  const button = document.getElementById("back");
  const bridge = () => window.wx && window.wx.miniProgram;

  function outside() {
    document.getElementById("going").hidden = true;
    document.getElementById("outside").hidden = false;
  }

  function goBack() {
    bridge().redirectTo({ url: `/pages/done/done?${said}`, fail: () => { button.hidden = false; } });
  }

  if (!bridge()) {
    outside();
    return;
  }
  button.addEventListener("click", goBack);
  bridge().getEnv((found) => {
    if (!found.miniprogram) {
      outside();
      return;
    }
    button.hidden = false;
    goBack();
  });
})();
