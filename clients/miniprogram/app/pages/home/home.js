"use strict";

const session = require("../../lib/session.js");
const { problem, words } = require("../../lib/words.js");

const NEEDS_SIGN_IN = ["sign_in_needed", "level_too_low"];

Component({
  data: { t: {}, state: "loading", person: null, problem: "", opened: "" },

  lifetimes: {
    attached() {
      this.setData({ t: words() });
    },
  },

  pageLifetimes: {
    show() {
      this.refresh();
    },
  },

  methods: {
    async refresh() {
      this.setData({ problem: "", opened: "" });
      try {
        this.setData({ person: await session.me(), state: "ready" });
      } catch (refused) {
        this.setData({ state: "problem", problem: problem(refused.error) });
      }
    },

    signIn() {
      return this.lead(() => session.beginSignIn(2));
    },

    async openService(tapped) {
      const { key } = tapped.currentTarget.dataset;
      this.setData({ problem: "", opened: "" });
      try {
        await session.service(key);
        this.setData({ opened: this.data.t.opened[key] });
      } catch (refused) {
        if (NEEDS_SIGN_IN.includes(refused.error)) {
          await this.lead(() => session.beginSignIn(refused.level));
        } else {
          this.setData({ problem: problem(refused.error) });
        }
      }
    },

    async signOut() {
      await this.lead(() => session.signOut());
    },

    // `begin` has an address ready for the web-view, or says false where there is none.
    async lead(begin) {
      try {
        const leads = await begin();
        if (leads === false) {
          await this.refresh();
        } else {
          wx.navigateTo({ url: "/pages/sign-in/sign-in" });
        }
      } catch (refused) {
        this.setData({ problem: problem(refused.error) });
      }
    },
  },
});
