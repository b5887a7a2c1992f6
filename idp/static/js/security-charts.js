/* Draws each table of a chart: what the table says is all there is, and without this script the table stays open.
   uPlot sets styles by the object model, which the page's policy allows; nothing is written into the markup. */
(function () {
  "use strict";

  if (typeof window.uPlot !== "function") return;
  var language = document.documentElement.lang;
  var CHINA = "Asia/Shanghai";
  var HEIGHT = 240;
  var DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3]];
  var THEN = [4, 4];
  var BORDERS = ["solid", "dashed", "dotted", "double"];
  var numbers = new Intl.NumberFormat(language);
  var short = new Intl.NumberFormat(language, { notation: "compact" });
  var times = new Intl.DateTimeFormat(language, { timeZone: CHINA, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  var days = new Intl.DateTimeFormat(language, { timeZone: CHINA, month: "numeric", day: "numeric" });
  var both = new Intl.DateTimeFormat(language, { timeZone: CHINA, month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

  function colour(name) {
    return getComputedStyle(document.getElementById("content")).getPropertyValue(name).trim();
  }

  /* Where the table has no number the line has a gap. */
  function count(text) {
    var found = Number(text);
    return Number.isNaN(found) ? null : found;
  }

  function read(section) {
    var table = section.querySelector(".desk-table");
    var rows = Array.from(table.querySelectorAll("tbody tr"));
    var heads = Array.from(table.querySelectorAll("thead th")).slice(1);
    return {
      time: table.querySelector("thead th").textContent,
      at: rows.map(function (row) { return Number(row.querySelector("th").dataset.at); }),
      series: heads.map(function (head, place) {
        return {
          words: head.textContent,
          colour: head.dataset.colour,
          then: "then" in head.dataset,
          counts: rows.map(function (row) { return count(row.querySelectorAll("td")[place].textContent); })
        };
      })
    };
  }

  function tick(_chart, splits, _axis, _space, step) {
    return splits.map(function (at) {
      var moment = new Date(1000 * at);
      if (step >= 86400) return days.format(moment);
      return times.format(moment) === "00:00" ? days.format(moment) : times.format(moment);
    });
  }

  function axis(extra) {
    return Object.assign({
      stroke: colour("--ink-soft"),
      grid: { stroke: colour("--line"), width: 1 },
      ticks: { stroke: colour("--line"), width: 1 },
      font: "12px system-ui, sans-serif"
    }, extra);
  }

  function options(found, width) {
    var told = { label: found.time, value: function (_chart, at) { return at === null ? "–" : both.format(new Date(1000 * at)); } };
    return {
      width: width,
      height: HEIGHT,
      tzDate: function (at) { return window.uPlot.tzDate(new Date(1000 * at), CHINA); },
      legend: { markers: { dash: function (_chart, place) {
        var one = found.series[place - 1];
        return one && one.then ? "dotted" : BORDERS[(place - 1) % BORDERS.length];
      } } },
      cursor: { drag: { x: false, y: false } },
      scales: { y: { range: function (_chart, _low, high) { return [0, Math.max(4, high * 1.05)]; } } },
      axes: [
        axis({ values: tick, space: 64 }),
        axis({ size: 56, values: function (_chart, splits) { return splits.map(function (one) { return Number.isInteger(one) ? short.format(one) : ""; }); } })
      ],
      series: [told].concat(found.series.map(function (one, place) {
        return {
          label: one.words,
          stroke: colour("--chart-" + one.colour),
          width: one.then ? 1 : 2.5,
          dash: one.then ? THEN : DASHES[place % DASHES.length],
          points: { show: found.at.length < 2 },
          value: function (_chart, count) { return count === null ? "–" : numbers.format(count); }
        };
      }))
    };
  }

  function draw(section) {
    var place = section.querySelector(".chart-drawn");
    var found = read(section);
    place.textContent = "";
    if (!found.at.length) return;
    place.style.display = "block";
    var data = [found.at].concat(found.series.map(function (one) { return one.counts; }));
    var chart = new window.uPlot(options(found, place.clientWidth), data, place);
    section.querySelector("details").open = false;
    return chart;
  }

  Array.from(document.querySelectorAll(".desk-chart")).forEach(function (section) {
    var chart = draw(section);
    if (!chart) return;
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", function () {
      chart.destroy();
      chart = draw(section);
    });
    new ResizeObserver(function (seen) {
      var width = Math.floor(seen[0].contentRect.width);
      if (width && width !== chart.width) chart.setSize({ width: width, height: HEIGHT });
    }).observe(section);
  });
})();
