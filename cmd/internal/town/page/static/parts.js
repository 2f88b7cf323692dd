// Parts that views share.
import { el, icon, id } from "./dom.js";
import { count } from "./format.js";

export const columns = (list) => el("tr", {}, ...list.map(([name, kind, u]) =>
  el("th", { scope: "col", class: kind }, name, u ? el("span", { class: "u" }, u) : "")));

export const empty = (n, text) => [el("tr", {}, el("td", { class: "empty", colspan: n }, text))];

export const pairs = (rows) => rows.flatMap(([k, n, code]) => [el("dt", { title: code }, k), el("dd", {}, count(n))]);

export const stat = ([k, v, d]) => el("div", { class: "stat" }, el("p", { class: "k" }, k), el("p", { class: "v" }, ...v), el("p", { class: "d" }, d));

// verdict answers the view's question at its head.
export function verdict(v) {
  const pill = id("state");
  pill.className = `st fill ${v.state}`;
  pill.replaceChildren(icon(v.state), v.word);
  if (id("sentence").textContent !== v.text) id("sentence").textContent = v.text;
}

// changed says whether a part's data is other than at the last call, and keeps it.
const shown = new Map();
export function changed(part, data) {
  const text = JSON.stringify(data);
  if (shown.get(part) === text) return false;
  shown.set(part, text);
  return true;
}

// replace puts new children into a part; what had the focus has it again, what was open
// stays open. Both are known by data-key.
export function replace(name, ...children) {
  const node = id(name), focused = node.contains(document.activeElement) ? document.activeElement.closest("[data-key]")?.dataset.key : undefined;
  const open = new Set([...node.querySelectorAll("[data-key][aria-expanded=true]")].map((n) => n.dataset.key));
  node.replaceChildren(...children);
  for (const n of node.querySelectorAll("[data-key]")) {
    if (open.has(n.dataset.key) && n.getAttribute("aria-expanded") === "false") n.click();
    if (focused !== undefined && n.dataset.key === focused) n.focus({ preventScroll: true });
  }
}
