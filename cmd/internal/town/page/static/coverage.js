import { el, id, state, unit } from "./dom.js";
import { clock, count, distance, fixed, millis, plural, short, signed } from "./format.js";
import { follow } from "./live.js";
import { map, steps } from "./map.js";
import { changed, columns, empty, replace, stat, verdict } from "./parts.js";

let places = new Map(); // by EUI
let chosen = null; // tag; null: the newest that is judged
let now = null;

const phone = matchMedia("(max-width: 640px)");

const nameOf = (eui) => places.get(eui)?.name || short(eui);
const person = (eui) => el("span", { class: places.get(eui)?.name ? undefined : "mono", title: eui }, places.get(eui)?.foe ? `${nameOf(eui)}, the forger` : nameOf(eui));

function render(s) {
  now = s;
  const c = s.coverage;
  id("all").hidden = !c;
  if (!c) {
    verdict({ state: "off", word: "Off", text: "This town runs without proof of coverage: start it without --no-coverage, and without --broker." });
    id("facts").textContent = s.name;
    return;
  }
  places = new Map(c.places.map((p) => [p.eui, p]));
  document.title = `${c.verdict.word}: coverage · hexspot`;
  verdict(c.verdict);
  id("facts").textContent = [s.name, s.region, `network ${c.network}`, `rules ${c.rules}`].join(" · ");
  strip(c, s.now);
  const beacon = pick(c);
  if (changed("map", [c.places.map((p) => [p.eui, p.waits]), beacon, phone.matches])) drawMap(c, beacon);
  if (changed("one", beacon)) one(beacon);
  if (changed("beacons", [c.beacons, chosen])) beacons(c, beacon);
  if (changed("attacks", c.attacks)) attacks(c);
  if (changed("why", [c.skips, c.faults, c.refusals])) why(c);
  if (changed("epochs", c.epochs)) epochs(c);
  if (changed("spots", c.places)) spots(c);
}

// pick is the chosen beacon, or else the newest that somebody heard and that was judged.
function pick(c) {
  const mine = chosen && c.beacons.find((b) => b.tag === chosen);
  if (mine) return mine;
  chosen = null;
  const honest = c.beacons.filter((b) => !b.attack && b.links.length);
  return honest.find((b) => b.stage !== "on_air" && b.state !== "off") ?? honest[0] ?? c.beacons[0] ?? null;
}

const seconds = (iso, from) => Math.max(0, Math.ceil((Date.parse(iso) - Date.parse(from)) / 1000));

function strip(c, at) {
  const t = c.clock, v = t.value;
  replace("strip", ...[
    ["Slot", [count(t.slot)], `${t.slot_in_window + 1} of ${t.window_slots} in its window, ${t.slot_ms / 1000} s each`],
    ["Entropy", v ? [el("span", { class: "mono hexes" }, v.hex.slice(0, 8))] : ["none yet"], v ? `of slot …${String(v.slot).slice(-3)}, ${count(v.late_ms)} ms after its start` : "comes at each slot's start"],
    ["Epoch ends in", unit(count(seconds(t.epoch_ends, at)), "s"), `${count(t.epoch)}, frozen ${t.report_ms / 1000} s later`],
    ["Beacons sent", [count(c.counts.emitted)], `${count(c.counts.skipped)} not sent, with reason`],
    ["Beacons valid", [count(c.counts.held), el("span", { class: "u" }, `of ${count(c.counts.closed)}`)], c.counts.early ? `of those judged, ${count(c.counts.early)} too early` : "of those judged"],
    ["Witnesses valid", [count(c.counts.witnesses_valid), el("span", { class: "u" }, `of ${count(c.counts.witnesses)}`)], `${count(c.counts.receipts)} receipts`],
  ].map(stat));
}

function drawMap(c, beacon) {
  id("map-note").textContent = beacon ? `${clock(beacon.at)} UTC` : "";
  id("map-sentence").textContent = !beacon ? "No beacon yet. Each hotspot owes one a window, in the slot drawn for it."
    : places.has(beacon.hotspot) ? `${nameOf(beacon.hotspot)} was heard by ${plural(beacon.links.length, "hotspot")}; ${beacon.stage === "on_air" ? "their reports are sealed until its case closes" : `${count(beacon.links.filter((l) => l.state === "ok").length)} of their reports hold`}.`
      : "This frame was sent by nobody of this network.";
  id("map").replaceChildren(map(c.places, beacon, phone.matches));
  const box = (kind, text) => el("span", {}, el("i", { class: kind }), text);
  id("legend").replaceChildren(
    el("span", { class: "ramp" }, ...[1, 2, 3, 4, 5].map((n) => el("i", { class: `sig-${n}` })), el("span", { class: "ticks" }, steps.map((n) => fixed(n, 0)).join("  "), el("span", { class: "u" }, "dBm, at the hotspot that heard it"))),
    box("line counted", "counted"), box("line valid", "holds"), box("line bad", "not valid"), box("line open", "open"), box("key-dot", "hotspot"), box("key-foe", "forger"),
  );
}

function one(b) {
  if (!b) {
    id("one-state").replaceChildren();
    id("one-words").textContent = "None yet.";
    id("one-facts").textContent = "";
    for (const part of ["one-rules", "heard-head", "heard"]) id(part).replaceChildren();
    return;
  }
  id("one-state").replaceChildren(state(b.state, b.word, true));
  id("one-words").replaceChildren(el("b", {}, person(b.hotspot)), ` ${sentence(b)}`);
  id("one-facts").textContent = [
    `${clock(b.at)}.${millis(b.at)} UTC`, `slot ${count(b.slot)}`, b.mhz ? `${b.mhz.toFixed(1)} MHz` : "", b.sf ? `SF${b.sf}` : "",
    b.sf ? `${fixed(b.eirp_dbm, 0)} dBm EIRP` : "", `tag ${b.tag.slice(0, 8)}…`, b.share ? `share ${b.share.toFixed(4)}` : "",
  ].filter(Boolean).join(" · ");
  replace("one-rules", rulesOf("the beacon", b));
  id("heard-head").replaceChildren(columns([["Heard by"], ["Distance", "num wide"], ["RSSI", "num", "dBm"], ["SNR", "num wide", "dB"], ["Margin", "num wide", "dB"], ["Verdict"]]));
  replace("heard", ...(b.links.length ? b.links.flatMap((l) => heard(b, l)) : empty(6, b.stage === "on_air" ? "Nobody has heard it so far." : "Nobody heard it. That is no fault of the beacon.")));
}

function sentence(b) {
  if (b.attack === "foreign_beacon") return "sent a beacon with the mark of another network. Hotspots drop it.";
  if (b.stage === "on_air") return `sent a beacon. What was reported of it is sealed until ${clock(b.closes)} UTC, when its case closes.`;
  if (b.words) return `sent a beacon. ${b.words}.`;
  return b.stage === "final" ? "sent a beacon, which counts." : "sent a beacon, which holds; the epoch's end will say what it counts for.";
}

// rulesOf is a button with the rules behind it: those with figures in a table, the others
// by name.
function rulesOf(key, r) {
  if (!r.rules.length) return el("span");
  const failed = r.rules.filter((f) => f.outcome === "failed");
  const plain = r.rules.filter((f) => !f.unit && f.outcome === "passed").map((f) => f.rule);
  const box = el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `Rules on ${key}, with value, limit and margin`, hidden: "" },
    el("table", { class: "rules" },
      el("thead", {}, columns([["Rule"], ["Value", "num"], ["Limit", "num"], ["Margin", "num"]])),
      el("tbody", {}, ...r.rules.filter((f) => f.unit || f.outcome === "failed").map(rule))),
    plain.length ? el("p", { class: "xs faint" }, "Also hold: ", el("span", { class: "mono" }, plain.join(", "))) : "");
  const button = el("button", { class: "link", type: "button", "data-key": `rules-${key}`, "aria-expanded": "false" },
    failed.length ? `${plural(r.rules.length, "rule")} looked at, fails by ${failed[0].rule}` : `${plural(r.rules.length, "rule")} looked at, all hold`);
  button.addEventListener("click", () => {
    box.hidden = !box.hidden;
    button.setAttribute("aria-expanded", String(!box.hidden));
  });
  return el("div", { class: "rulebox" }, button, r.cure ? el("span", { class: "xs faint cure" }, `Cure: ${r.cure}.`) : "", box);
}

const decimals = { dBm: 1, m: 0, MHz: 3 };

function rule(f) {
  const bad = f.outcome === "failed";
  const text = (x, sign) => (f.unit ? [sign ? signed(x, decimals[f.unit] ?? 0) : fixed(x, decimals[f.unit] ?? 0), el("span", { class: "u" }, f.unit)] : [""]);
  return el("tr", {},
    el("td", {}, state(bad ? "bad" : "ok", el("span", { class: "mono" }, f.rule, el("span", { class: "away" }, bad ? " fails" : " holds")))),
    el("td", { class: "num" }, ...big(f, f.value ?? 0, text)), el("td", { class: "num" }, ...big(f, f.limit ?? 0, text)),
    el("td", { class: bad ? "num badly" : "num" }, ...big(f, f.margin ?? 0, (x) => text(x, true))));
}

// big is a number that is a time or a slot shown by its end, which is all that differs.
function big(f, x, text) {
  if (Math.abs(x) < 1e9 || (f.unit !== "ms" && f.unit !== "slot")) return text(x);
  return f.unit === "ms" ? [new Date(x).toISOString().slice(11, 23)] : [`…${String(x).slice(-4)}`];
}

// heard is a witness in a row, and its rules in the next.
function heard(b, l) {
  const [d, du] = distance(l.distance_m), weak = l.rules.find((f) => f.rule === "too_weak");
  const level = l.rules.find((f) => f.outcome === "failed" && f.unit === "dBm") ?? weak;
  const known = l.distance_m > 0;
  const row = el("tr", {},
    el("td", {}, person(l.hotspot), el("span", { class: "why" }, l.words || (l.counted ? `Drawn in its hex, weight ${l.weight.toFixed(2)}, share ${l.share.toFixed(4)}` : "")),
      el("span", { class: "why phone" }, known ? `${d} ${du}, SNR ${fixed(l.snr_db, 1)} dB` : `SNR ${fixed(l.snr_db, 1)} dB`)),
    el("td", { class: "num wide" }, ...(known ? unit(d, du) : [""])),
    el("td", { class: "num" }, fixed(l.rssi_dbm, 0)),
    el("td", { class: "num wide" }, fixed(l.snr_db, 1)),
    el("td", { class: level && level.margin < 0 ? "num wide badly" : "num wide" }, level ? signed(level.margin, 1) : ""),
    el("td", {}, state(l.state, l.word)));
  if (!l.rules.length) return [row];
  return [row, el("tr", { class: "more" }, el("td", { colspan: 6 }, rulesOf(`the report of ${nameOf(l.hotspot)}`, l)))];
}

const attackTitle = (c, kind) => c.attacks.find((a) => a.kind === kind)?.title ?? kind;

function beacons(c, shown) {
  id("follow").hidden = !chosen;
  id("beacons-note").textContent = chosen ? "" : "newest first";
  id("beacons-head").replaceChildren(columns([["Sent, UTC"], ["By"], ["On", "wide", "MHz"], ["Rate", "wide"], ["Heard by", "num"], ["Hold", "num wide"], ["Verdict"]]));
  replace("beacons", ...(c.beacons.length ? c.beacons.map((b) => {
    const button = el("button", { class: "link", type: "button", "data-key": b.tag, "aria-pressed": String(b.tag === shown?.tag) }, places.get(b.hotspot)?.foe ? "The forger" : nameOf(b.hotspot));
    button.addEventListener("click", () => {
      chosen = b.tag;
      render(now);
    });
    const good = b.links.filter((l) => l.state === "ok").length;
    return el("tr", { class: b.tag === shown?.tag ? "chosen" : undefined },
      el("td", { class: "mono", title: b.at }, clock(b.at)),
      el("td", {}, button, el("span", { class: "why" }, b.attack ? attackTitle(c, b.attack) : b.words)),
      el("td", { class: "wide" }, b.mhz ? b.mhz.toFixed(1) : ""), el("td", { class: "wide" }, b.sf ? `SF${b.sf}` : ""),
      el("td", { class: "num" }, count(b.links.length)), el("td", { class: "num wide" }, b.stage === "on_air" || b.attack ? "" : count(good)),
      el("td", {}, state(b.state, b.word)));
  }) : empty(7, "No beacon yet. Each hotspot owes one a window, in the slot drawn for it.")));
}

function attacks(c) {
  const done = c.attacks.filter((a) => a.state === "ok").length, bad = c.attacks.filter((a) => a.state === "bad").length;
  id("attacks-sentence").textContent = bad ? `${plural(bad, "kind")} of attack did not end as it must.`
    : done === 0 ? "None made yet: attackers wait until sites count." : `${count(done)} of ${count(c.attacks.length)} kinds were made and ended as they must.`;
  replace("attacks", ...c.attacks.map((a) => el("li", {},
    el("div", { class: "row apart" }, el("b", {}, a.title), state(a.state, a.word)),
    el("p", { class: "xs faint" }, a.does),
    el("p", { class: "small" }, [
      a.kind === "resent" || a.kind === "foreign_report" ? `Sent ${plural(a.sent, "time")}` : `Sent ${plural(a.sent, "time")}, taken by chips ${plural(a.taken, "time")}`,
      ...a.fates.map((f) => `${f.words}: ${count(f.count)}`)].join(". ") + "."),
    a.fates.length ? el("p", { class: "xs faint" }, "Reasons by name: ", el("span", { class: "mono" }, a.fates.map((f) => f.code).join(", "))) : "")));
}

function why(c) {
  const list = (name, rows, none) => id(name).replaceChildren(...(rows.length ? rows.flatMap((r) => [el("dt", {}, r.words, el("span", { class: "why mono" }, r.code)), el("dd", {}, count(r.count))]) : [el("dt", {}, none), el("dd", {}, "0")]));
  list("skips", c.skips, "None: every due beacon was sent.");
  list("faults", c.faults, "None so far.");
  list("refusals", c.refusals, "None so far.");
}

function epochs(c) {
  id("epochs-note").textContent = `sites count from ${clock(c.clock.sites_from)} UTC`;
  id("epochs-head").replaceChildren(columns([["Epoch"], ["Valid", "num"], ["Witnesses", "num"], ["Counted", "num"]]));
  replace("epochs", ...c.epochs.map((e) => el("tr", {},
    el("td", {}, el("span", { title: e.begins }, `${clock(e.begins)} to ${clock(e.ends)}`), el("span", { class: "why" }, state(e.state, e.number < c.clock.sites_epoch ? `${e.word}, before sites count` : e.word), e.root ? el("span", { class: "mono", title: `root ${e.root}` }, ` ${e.root.slice(0, 10)}…`) : "")),
    el("td", { class: "num" }, count(e.valid), el("span", { class: "u" }, `of ${count(e.beacons)}`)),
    el("td", { class: "num" }, count(e.witnesses)),
    el("td", { class: "num" }, e.word === "Verified" ? count(e.counted) : ""))));
}

function spots(c) {
  const waits = c.places.filter((p) => p.waits && !p.foe).length, own = c.places.filter((p) => !p.foe);
  id("spots-note").textContent = waits ? `${count(waits)} cannot send now` : `all ${count(own.length)} can send`;
  id("spots-head").replaceChildren(columns([["Hotspot"], ["Sent", "num"], ["Heard", "num"]]));
  replace("spots", ...own.map((p) => el("tr", {},
    el("td", {}, person(p.eui), el("span", { class: "why" }, p.waits ? state("warn", p.waits) : p.skipped.length ? p.skipped.map((r) => `${r.words}: ${count(r.count)}`).join(", ") : el("span", { class: "mono", title: "Published cell" }, p.cell))),
    el("td", { class: "num" }, count(p.sent)), el("td", { class: "num" }, count(p.heard)))));
}

id("follow").addEventListener("click", () => {
  chosen = null;
  render(now);
});

follow(render);
