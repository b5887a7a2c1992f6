/* The words of the camera page: what is asked, advice, problems; read aloud on request.
   The page holds every sentence in #words, in the person's language. */
(function () {
  "use strict";

  function Words(list, language) {
    this.list = list;
    this.language = language;
    this.aloud = false;
    this.last = "";
  }

  Words.prototype.find = function (kind, code) {
    var found = this.list.querySelector("[data-" + kind + '="' + code + '"]');
    return found ? found.textContent.trim() : "";
  };

  Words.prototype.filled = function (code, values) {
    return Object.keys(values).reduce(function (text, name) {
      return text.replace("{" + name + "}", String(values[name]));
    }, this.find("word", code));
  };

  Words.prototype.canSpeak = function () {
    return "speechSynthesis" in window && "SpeechSynthesisUtterance" in window;
  };

  Words.prototype.setAloud = function (aloud) {
    this.aloud = aloud;
    if (aloud) {
      this.speak(this.last);
    } else if (this.canSpeak()) {
      window.speechSynthesis.cancel();
    }
  };

  Words.prototype.say = function (text) {
    this.last = text;
    if (this.aloud) this.speak(text);
  };

  Words.prototype.speak = function (text) {
    if (!text || !this.canSpeak()) return;
    var utterance = new window.SpeechSynthesisUtterance(text);
    utterance.lang = this.language === "zh-Hant" ? "zh-TW" : this.language;
    window.speechSynthesis.cancel();
    window.speechSynthesis.speak(utterance);
  };

  window.CaptureWords = Words;
})();
