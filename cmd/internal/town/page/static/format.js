// Numbers as visual.md section 5 has them: U+2212 for minus, U+202F for thousands.
const minus = "\u2212", thin = "\u202f";

export function count(n) {
  return String(Math.abs(n)).replace(/\B(?=(\d{3})+$)/g, thin).replace(/^/, n < 0 ? minus : "");
}

export function fixed(x, decimals) {
  const [whole, rest] = Math.abs(x).toFixed(decimals).split(".");
  const text = whole.replace(/\B(?=(\d{3})+$)/g, thin) + (rest === undefined ? "" : `.${rest}`);
  return (x < 0 && /[1-9]/.test(text) ? minus : "") + text;
}

// percent has as many decimals as a small share needs.
export function percent(x) {
  if (x === 0) return "0";
  if (x < 0.01) return "<" + thin + "0.01";
  return x < 10 ? x.toFixed(2) : x.toFixed(1);
}

export const mhz = (hz) => (hz / 1e6).toFixed(3).replace(/(\.\d)0+$/, "$1").replace(/(\.\d\d)0$/, "$1");

export const clock = (iso) => iso.slice(11, 19);
export const millis = (iso) => (iso.match(/\.(\d{1,3})/)?.[1] ?? "0").padEnd(3, "0");

// span is a duration in words: "4 min 10 s".
export function span(seconds) {
  const s = Math.floor(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  return `${Math.floor(s / 3600)} h ${Math.floor(s / 60) % 60} min`;
}

export const plural = (n, noun) => `${count(n)} ${noun}${n === 1 ? "" : "s"}`;

// short is the telling end of an EUI.
export const short = (eui) => eui.slice(-8);

// signed has its sign always, as margins do.
export const signed = (x, decimals) => (x >= 0 ? "+" : "") + fixed(x, decimals);

// distance is in tens of metres below a kilometre.
export function distance(m) {
  if (m < 1000) return [String(Math.round(m / 10) * 10), "m"];
  return [m < 10_000 ? (m / 1000).toFixed(2) : (m / 1000).toFixed(1), "km"];
}
