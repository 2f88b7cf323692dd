// What every view has: data as it comes, the live dot and the theme.
import { id } from "./dom.js";
import { clock } from "./format.js";

// The live dot tells whether data comes; old data stays, dated.
let last = "";

// follow renders each snapshot.
export function follow(render) {
  const events = new EventSource("events");
  events.onmessage = (m) => {
    const s = JSON.parse(m.data);
    last = s.now;
    live(true, s.phase === "ended" ? "Ended" : "Live");
    render(s);
  };
  events.onerror = () => {
    live(false, last ? `No data since ${clock(last)} UTC` : "No data");
    if (events.readyState === EventSource.CLOSED) setTimeout(() => follow(render), 5000);
  };
}

function live(on, word) {
  id("live").classList.toggle("on", on);
  if (id("live-word").textContent !== word) id("live-word").textContent = word;
}

id("theme").addEventListener("click", () => {
  const root = document.documentElement;
  const dark = (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  root.dataset.theme = dark ? "light" : "dark";
  try { localStorage.setItem("theme", root.dataset.theme); } catch { /* lasts for this window only */ }
});
