// Says what is wrong while somebody types, in the words of the server; without it the page says so after sending.
"use strict";

for (const form of document.querySelectorAll("form[data-check]")) {
  let timer = 0;
  let asked = 0;
  const touched = new Set();

  const line = (problem) => {
    const item = document.createElement("li");
    item.className = problem.is_grave ? "field-error" : "field-remark";
    const add = (text, tag) => item.append(tag ? Object.assign(document.createElement(tag), { textContent: text }) : text);
    if (problem.typed !== null && form.querySelector(`textarea[name="${CSS.escape(problem.field)}"]`)) {
      add(problem.typed, "code");
      add(" ");
    }
    add(`${problem.wrong} ${problem.mend}`);
    if (problem.better) {
      add(` ${form.dataset.better} `);
      add(problem.better, "code");
    }
    return item;
  };

  const show = (problems) => {
    for (const list of form.querySelectorAll("[data-problems]")) {
      const name = list.dataset.problems;
      const others = (list.dataset.touchedBy || "").split(" ");
      if (![name, ...others].some((one) => touched.has(one))) continue;
      const found = problems[name] || [];
      list.replaceChildren(...found.map(line));
      list.hidden = found.length === 0;
      const isWrong = found.some((one) => one.is_grave);
      for (const control of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
        if (control.type === "checkbox") continue;
        if (isWrong) control.setAttribute("aria-invalid", "true");
        else control.removeAttribute("aria-invalid");
      }
    }
  };

  const ask = async () => {
    const mine = ++asked;
    try {
      const answer = await fetch(form.dataset.check, {
        method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "error", headers: { Accept: "application/json" },
      });
      if (answer.ok && mine === asked) show((await answer.json()).problems);
    } catch {
      // Not reached: the page says it after sending.
    }
  };

  form.addEventListener("input", (event) => {
    if (!event.target.name) return;
    touched.add(event.target.name);
    clearTimeout(timer);
    timer = setTimeout(ask, 700);
  });
}
