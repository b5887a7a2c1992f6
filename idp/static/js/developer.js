// Copies ids, addresses and code, in the console and in the documentation. Without it they are marked and copied by hand.
"use strict";

const SHOWN_MILLISECONDS = 2000;
const copying = document.querySelectorAll("button[data-copy]");

// What the button says changes for who sees it; whoever listens hears it from here.
const status = document.createElement("div");
status.setAttribute("role", "status");
status.className = "heard";

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.textContent);
  } catch {
    getSelection().selectAllChildren(source); // the browser forbids it: one key less to press
    return;
  }
  const before = button.dataset.before ?? button.textContent;
  button.dataset.before = before;
  button.textContent = button.dataset.copied;
  status.textContent = button.dataset.copied;
  setTimeout(() => {
    button.textContent = before;
    status.textContent = "";
  }, SHOWN_MILLISECONDS);
}

if (navigator.clipboard && copying.length) {
  document.body.append(status);
  for (const button of copying) {
    button.hidden = false;
    button.addEventListener("click", () => copy(button));
  }
}
