"use strict";

const session = require("../../lib/session.js");

Component({
  data: { url: "" },

  lifetimes: {
    attached() {
      const url = session.takeWebView();
      if (url) {
        this.setData({ url });
      } else {
        // A link from elsewhere, or the page once more: there is nothing to open.
        wx.reLaunch({ url: "/pages/home/home" });
      }
    },
  },
});
