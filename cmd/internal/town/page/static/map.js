import { svg } from "./dom.js";
import { count, fixed } from "./format.js";

// A plan is as wide as its place, so that dots and words keep their size.
const wide = { width: 720, height: 540, pad: 34 }, narrow = { width: 340, height: 340, pad: 22 };
let { width, height, pad } = wide;

// The signal ramp's steps, dBm.
export const steps = [-120, -110, -100, -90];
export const step = (rssi) => 1 + steps.filter((limit) => rssi >= limit).length;

// map draws hotspots in their hexes, and who heard the chosen beacon.
export function map(places, beacon, small) {
  ({ width, height, pad } = small ? narrow : wide);
  const project = projection(places);
  const drawing = svg("svg", { class: "plan", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label(places, beacon) });
  const links = new Map((beacon?.links ?? []).map((l) => [l.hotspot, l]));
  const at = new Map(places.map((p) => [p.eui, project([p.x, p.y])]));
  drawing.append(grid(project));
  const byHex = new Map();
  for (const p of places) {
    const l = links.get(p.eui), best = byHex.get(p.hex);
    if (!best || (l && (!best.link || l.rssi_dbm > best.link.rssi_dbm))) byHex.set(p.hex, { outline: p.outline, link: l });
  }
  for (const { outline, link } of byHex.values()) {
    drawing.append(svg("path", { class: link ? `hex sig-${step(link.rssi_dbm)}` : "hex", d: path(outline.map(project)) }));
  }
  const from = beacon && at.get(beacon.hotspot);
  if (from) {
    for (const [eui, l] of links) if (at.has(eui)) drawing.append(...arc(from, at.get(eui), kind(l)));
  }
  for (const p of places) {
    if (beacon && p.eui === beacon.hotspot) continue;
    drawing.append(dot(p, at.get(p.eui), links.get(p.eui)));
  }
  if (from) drawing.append(...pin(from, places.find((p) => p.eui === beacon.hotspot)));
  drawing.append(...scale(project));
  return drawing;
}

const kind = (l) => (l.counted ? "counted" : l.state === "ok" ? "valid" : l.state === "bad" ? "bad" : "open");

// projection fits all hexes into the drawing, north up.
function projection(places) {
  const xs = places.flatMap((p) => p.outline.map((c) => c[0])), ys = places.flatMap((p) => p.outline.map((c) => c[1]));
  const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const k = Math.min((width - 2 * pad) / (x1 - x0), (height - 2 * pad) / (y1 - y0));
  const project = ([x, y]) => [width / 2 + (x - (x0 + x1) / 2) * k, height / 2 - (y - (y0 + y1) / 2) * k];
  project.metre = k;
  return project;
}

const round = (n) => Math.round(n * 10) / 10;
const path = (corners) => "M" + corners.map(([x, y]) => `${round(x)} ${round(y)}`).join("L") + "Z";

// grid has a line every five kilometres.
function grid(project) {
  const lines = [];
  for (let m = -100_000; m <= 100_000; m += 5000) {
    const [x, y] = project([m, m]);
    if (x > 0 && x < width) lines.push(`M${round(x)} 0V${height}`);
    if (y > 0 && y < height) lines.push(`M0 ${round(y)}H${width}`);
  }
  return svg("path", { class: "grid", d: lines.join("") });
}

function arc([x0, y0], [x1, y1], what) {
  const bend = 0.08, cx = (x0 + x1) / 2 - (y1 - y0) * bend, cy = (y0 + y1) / 2 + (x1 - x0) * bend;
  const d = `M${round(x0)} ${round(y0)}Q${round(cx)} ${round(cy)} ${round(x1)} ${round(y1)}`;
  return [svg("path", { class: "casing", d }), svg("path", { class: `link ${what}`, d })];
}

function dot(p, [x, y], link) {
  const title = svg("title", {}, `${p.name}${link ? `: heard it at ${fixed(link.rssi_dbm, 0)} dBm, ${link.word}` : ""}`);
  if (p.foe) return svg("path", { class: "foe", d: `M${round(x - 5)} ${round(y - 5)}l10 10m0 -10l-10 10` }, title);
  return svg("circle", { class: p.waits ? "spot-off" : "spot-on", cx: round(x), cy: round(y), r: link ? 5.5 : 4.5 }, title);
}

// pin is the chosen beacon's sender, with its name.
function pin([x, y], p) {
  const hex = [[0, -11], [9.5, -5.5], [9.5, 5.5], [0, 11], [-9.5, 5.5], [-9.5, -5.5]].map(([dx, dy]) => [x + dx, y + dy]);
  const long = p.name.length * 6.9 + 20, left = Math.min(Math.max(x - long / 2, 4), width - long - 4), below = y + 44 < height;
  const top = below ? y + 18 : y - 40;
  return [
    svg("path", { class: "pin", d: path(hex) }), svg("circle", { class: "pin-eye", cx: round(x), cy: round(y), r: 3.4 }),
    svg("rect", { class: "pill", x: round(left), y: round(top), width: round(long), height: 22, rx: 11 }),
    svg("text", { class: "name", x: round(left + long / 2), y: round(top + 15.5), "text-anchor": "middle" }, p.name),
  ];
}

function scale(project) {
  const long = 5000 * project.metre;
  return [
    svg("path", { class: "scale", d: `M14 ${height - 20}v6h${round(long)}v-6` }),
    svg("text", { class: "unit", x: round(14 + long / 2), y: height - 20, "text-anchor": "middle" }, "5 km"),
  ];
}

function label(places, beacon) {
  const all = `Plan of ${count(places.length)} places`;
  if (!beacon) return `${all}; no beacon is chosen`;
  const sender = places.find((p) => p.eui === beacon.hotspot);
  return `${all}; the beacon of ${sender ? sender.name : "a sender without a place"} was heard by ${count(beacon.links.length)} hotspots: ${beacon.word}`;
}
