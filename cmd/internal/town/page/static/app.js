import { el, id, state, unit } from "./dom.js";
import { clock, count, fixed, mhz, millis, percent, plural, short, span } from "./format.js";
import { follow } from "./live.js";
import { columns, empty, pairs, stat, verdict } from "./parts.js";
import { histogram } from "./plot.js";

let names = new Map(); // of hotspots, by EUI

const nameOf = (eui) => names.get(eui) || short(eui);
const share = (x) => (x === null ? "none yet" : `${percent(100 * x)} %`);

function render(s) {
  names = new Map(s.hotspots.filter((h) => h.name).map((h) => [h.eui, h.name]));
  head(s);
  strip(s);
  packets(s);
  leads(s);
  recent(s);
  fates(s);
  bands(s);
  hotspots(s);
}

function head(s) {
  document.title = `${s.verdict.word}: ${s.name} · hexspot`;
  id("name").textContent = s.name;
  verdict(s.verdict);
  id("facts").textContent = [
    s.region, plural(s.hotspots.length, "hotspot"), plural(s.devices.total, "device"),
    `${{ starting: "starting for", running: "running for", ended: "ended after" }[s.phase]} ${span(s.elapsed_s)}`,
  ].join(" · ");
}

function strip(s) {
  const d = s.downlinks;
  id("strip").replaceChildren(...[
    ["Devices joined", [count(s.devices.joined), el("span", { class: "u" }, `of ${count(s.devices.total)}`)], `${plural(s.devices.join_requests, "request")}`],
    ["Messages", [count(s.uplinks.messages)], `${count(s.uplinks.receptions)} receptions`],
    ["Confirmed", [count(s.devices.acked), el("span", { class: "u" }, `of ${count(s.devices.confirmed)}`)], `${count(s.devices.unacked)} given up`],
    ["Downlinks emitted", [count(d.emitted), el("span", { class: "u" }, `of ${count(d.accepted)}`)], `${count(d.refused)} refused`],
    ["In RX1", d.first_share === null ? ["none yet"] : unit(percent(100 * d.first_share), "%"), "of class A"],
    ["Median lead", s.leads.count ? unit(count(s.leads.p50_ms), "ms") : ["none yet"], s.leads.count ? `least ${count(s.leads.least_ms)} ms` : ""],
  ].map(stat));
}

function packets(s) {
  id("packets-note").textContent = s.packets.length ? "newest first" : "";
  id("packets-head").replaceChildren(columns([
    ["Heard, UTC"], ["Device"], ["Kind", "wide"], ["Rate", "wide"], ["RSSI", "num edge", "dBm"], ["SNR", "num wide", "dB"], ["Hotspot", "wide"], ["Heard by", "num wide"],
  ]));
  id("packets").replaceChildren(...(s.packets.length ? s.packets.map((p, i) =>
    el("tr", { class: i ? undefined : "new" },
      el("td", { class: "mono", title: p.at }, clock(p.at), el("span", { class: "wide" }, "." + millis(p.at))),
      el("td", {}, p.device ? el("span", { class: "mono", title: p.device }, short(p.device)) : el("span", { class: "faint" }, "Not ours"),
        el("span", { class: "why phone" }, `${p.kind}, ${p.rate.replace("BW125", "")}, by ${nameOf(p.hotspot)}`)),
      el("td", { class: "wide nowrap" }, p.kind),
      el("td", { class: "wide", title: `${mhz(p.mhz * 1e6)} MHz` }, p.rate.replace("BW125", "")),
      el("td", { class: "num edge" }, fixed(p.rssi_dbm, 0)),
      el("td", { class: "num wide" }, fixed(p.snr_db, 0)),
      el("td", { class: "wide nowrap" }, hotspotName(p.hotspot)),
      el("td", { class: "num wide" }, count(p.gateways))))
    : empty(8, "No packet yet. Devices begin to join within seconds of the start.")));
}

const hotspotName = (eui) => el("span", { class: names.has(eui) ? undefined : "mono", title: eui }, nameOf(eui));

function leads(s) {
  const l = s.leads;
  id("leads-note").textContent = l.count ? `${count(l.count)} emitted` : "";
  id("leads-sentence").textContent = l.count
    ? `Half reach the radio ${count(l.p50_ms)} ms or more before it must start, 99 % at least ${count(l.p1_ms)} ms.${late(s)}`
    : "No downlink has been emitted yet.";
  id("leads").replaceChildren(histogram(l));
}

function late(s) {
  const n = (s.refusals.find((r) => r.code === "TOO_LATE")?.count ?? 0) + (s.failures.find((r) => r.code === "MISSED")?.count ?? 0);
  return n ? ` ${count(n)} came too late for the window asked for.` : "";
}

function recent(s) {
  id("down-note").textContent = s.recent.length ? "newest first" : "";
  id("down-head").replaceChildren(columns([
    ["Ended, UTC"], ["Device"], ["For", "wide"], ["Sent in", "wide"], ["Lead", "num wide", "ms"], ["Hotspot", "wide"], ["Outcome"],
  ]));
  id("down").replaceChildren(...(s.recent.length ? s.recent.map((d) =>
    el("tr", {},
      el("td", { class: "mono", title: d.at }, clock(d.at)),
      el("td", {}, el("span", { class: "mono", title: d.device }, short(d.device)), el("span", { class: "why phone" }, `${d.purpose}${d.slot ? ", " + d.slot : ""}`)),
      el("td", { class: "wide" }, d.purpose),
      el("td", { class: "wide" }, d.slot),
      el("td", { class: "num wide" }, d.lead_ms === null ? "" : fixed(d.lead_ms, 0)),
      el("td", { class: "wide nowrap" }, hotspotName(d.hotspot)),
      el("td", { title: d.code }, state(d.state, d.words))))
    : empty(7, "No downlink has ended yet.")));
}

function fates(s) {
  const d = s.downlinks, lost = d.silent + d.unanswered;
  id("why-sentence").textContent = d.commanded === 0 ? "No downlink has been asked for yet."
    : lost ? `${plural(lost, "downlink")} ended in silence. Look at the hotspots below.`
      : "Every downlink was emitted, is on its way, or has its reason.";
  id("why").replaceChildren(...pairs([
    ["Asked for", d.commanded], ["Emitted", d.emitted], ["Refused", d.refused], ["Accepted, not emitted", d.failed],
    ["Accepted, then nothing", d.silent], ["No answer", d.unanswered], ["On their way", d.open],
    ["Not asked for: no hotspot had time", d.withheld],
  ]));
  const reasons = [...s.refusals, ...s.failures];
  id("reasons-head").hidden = reasons.length === 0;
  id("reasons").replaceChildren(...pairs(reasons.map((r) => [r.words, r.count, r.code])));
}

function bands(s) {
  const limited = s.bands.filter((b) => b.limit_percent < 100);
  const most = limited.reduce((a, b) => (a && a.used_percent / a.limit_percent >= b.used_percent / b.limit_percent ? a : b), null);
  id("air-sentence").textContent = !limited.length ? `${s.region} has no duty cycle.`
    : most.used_percent === 0 ? "No hotspot has used a limited sub-band yet."
      : `The closest to a limit: ${nameOf(most.hotspot)}, ${percent((100 * most.used_percent) / most.limit_percent)} % of what ${range(most)} MHz allows.`;
  id("bands").replaceChildren(...s.bands.filter((b) => b.limit_percent < 100 || b.airtime_s > 0 || !limited.length).flatMap(band));
}

const range = (b) => `${mhz(b.min_hz)} – ${mhz(b.max_hz)}`;

function band(b) {
  const name = el("span", { title: `Sub-band ${b.name}` }, range(b));
  if (b.limit_percent >= 100) return [name, el("span", { class: "nolimit" }, ...unit(fixed(b.airtime_s, 1), "s, no limit"))];
  const filled = el("i");
  filled.style.width = `${Math.min(100, (100 * b.used_percent) / b.limit_percent)}%`;
  const tight = b.used_percent > 0.8 * b.limit_percent;
  return [
    name, el("span", { class: `meter${tight ? " warn" : ""}` }, filled),
    el("span", { class: "num" }, percent(b.used_percent), el("span", { class: "u" }, `of ${b.limit_percent} %`)),
  ];
}

function hotspots(s) {
  const all = s.receiving === s.hotspots.length;
  id("spots-note").textContent = all ? `all ${count(s.receiving)} receive` : `${count(s.receiving)} of ${count(s.hotspots.length)} receive`;
  id("spots-head").replaceChildren(columns([["Hotspot"], ["Heard", "num"], ["Sent", "num"], ["Air", "num", "s"]]));
  id("spots").replaceChildren(...s.hotspots.map((h) =>
    el("tr", {},
      el("td", {}, hotspotName(h.eui), el("span", { class: "why" }, trouble(h))),
      el("td", { class: "num" }, count(h.heard)),
      el("td", { class: "num" }, count(h.emitted)),
      el("td", { class: "num" }, fixed(h.airtime_s, 1)))));
}

function trouble(h) {
  if (!h.receiving) return state("off", "Does not receive");
  const parts = [h.refused && `${count(h.refused)} refused`, h.failed && `${count(h.failed)} not emitted`].filter(Boolean);
  return parts.length ? parts.join(", ") : state("ok", "Receives");
}

follow(render);
