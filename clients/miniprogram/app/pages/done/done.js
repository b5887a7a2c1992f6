"use strict";

const session = require("../../lib/session.js");
const { problem, words } = require("../../lib/words.js");

Component({
  data: { t: {}, state: "working", problem: "", isAnotherPerson: false },

  lifetimes: {
    attached() {
      this.setData({ t: words() });
    },
  },

  methods: {
    // WeChat calls it with what stands behind the page's address.
    async onLoad({ code = "", error = "" }) {
      if (error === "signed_out") {
        this.goHome();
        return;
      }
      if (error || !code) {
        this.setData({ state: "problem", problem: problem(error || "refused") });
        return;
      }
      try {
        const said = await session.handOver(code);
        this.setData({ isAnotherPerson: said.is_another_person, state: "done" });
        if (!said.is_another_person) this.goHome();
      } catch (refused) {
        this.setData({ state: "problem", problem: problem(refused.error) });
      }
    },

    goHome() {
      wx.reLaunch({ url: "/pages/home/home" });
    },
  },
});
