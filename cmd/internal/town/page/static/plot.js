import { svg } from "./dom.js";
import { count, fixed } from "./format.js";

const width = 720, height = 136, top = 18, base = height - 0.5;

// histogram draws lead times with the limit as a shaded region; the last bin has all
// beyond.
export function histogram(leads) {
  const bins = leads.bins, step = width / bins.length, most = Math.max(1, ...bins);
  const limit = (leads.limit_ms / leads.bin_ms) * step;
  const drawing = svg("svg", { class: "plot", viewBox: `0 0 ${width} 170`, role: "img", "aria-label": label(leads) });
  if (limit > 0) {
    drawing.append(
      svg("rect", { class: "limit", x: 0, y: 4, width: limit, height: base - 4 }),
      svg("path", { class: "limit-line", d: `M${limit} 4V${base}` }),
      svg("text", { x: limit + 6, y: 14 }, `${count(leads.limit_ms)} ms: least the radio needs`),
    );
  }
  bins.forEach((n, i) => {
    if (n === 0) return;
    const h = Math.max(2, ((base - top - 14) * n) / most);
    drawing.append(
      svg("rect", { class: "bar", x: i * step + 1.5, y: base - h, width: step - 3, height: h }),
      svg("text", { class: "count", x: (i + 0.5) * step, y: base - h - 4, "text-anchor": "middle" }, count(n)),
    );
  });
  drawing.append(svg("path", { class: "axis", d: `M0 ${base}H${width}` }));
  for (let i = 0; i < bins.length - 1; i += 4) {
    drawing.append(svg("text", { x: i * step, y: height + 15, "text-anchor": i ? "middle" : "start" }, count(i * leads.bin_ms)));
  }
  drawing.append(
    svg("text", { x: width, y: height + 15, "text-anchor": "end" }, `${count((bins.length - 1) * leads.bin_ms)} +`),
    svg("text", { x: width, y: height + 31, "text-anchor": "end" }, "ms before the radio must start"),
  );
  return drawing;
}

function label(leads) {
  if (leads.count === 0) return "No downlink has been emitted yet";
  return `Lead time of ${count(leads.count)} downlinks: median ${fixed(leads.p50_ms, 0)} ms, least ${fixed(leads.least_ms, 0)} ms, limit ${leads.limit_ms} ms`;
}
