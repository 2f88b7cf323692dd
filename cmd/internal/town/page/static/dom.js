// Elements are made by hand and texts are only ever texts: what hotspots and devices
// say cannot become markup.
export function el(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value !== undefined && value !== null && value !== false) node.setAttribute(name, value);
  }
  node.append(...children.filter((c) => c !== null && c !== undefined && c !== ""));
  return node;
}

export const id = (name) => document.getElementById(name);

// unit is a number with its unit, thin.
export const unit = (value, name) => [value, el("span", { class: "u" }, name)];

const shapes = {
  ok: "M3 8.5l3.2 3.2L13 4.8",
  warn: "M8 2.2L14.6 13.6H1.4zM8 6.4v3.4M8 11.9v.01",
  bad: "M4 4l8 8M12 4l-8 8",
  off: "M4 8h8",
};

// state is a shape and a word.
export function state(kind, word, filled) {
  return el("span", { class: `st ${kind}${filled ? " fill" : ""}` }, icon(kind), word);
}

export function icon(kind) {
  return svg("svg", { class: "i", viewBox: "0 0 16 16", "aria-hidden": "true" }, svg("path", { d: shapes[kind] ?? shapes.off }));
}
