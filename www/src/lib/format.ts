// Numbers, sizes and times for people, in the language shown. Times stay in UTC and say so.

import type { Language } from "./shell";

const STEPS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

export function number(language: Language, value: number): string {
  return value.toLocaleString(language);
}

/** The number of a line; `?` where what stands before it was not read, and so not counted. */
export const lineSaid = (language: Language, line: number): string =>
  line > 0 ? number(language, line) : "?";

/** `12.3 MiB`. */
export function bytes(language: Language, value: number): string {
  let step = 0;
  let left = value;
  while (left >= 1024 && step < STEPS.length - 1) {
    left /= 1024;
    step++;
  }
  const digits = step > 0 && left < 100 ? 1 : 0;
  return `${left.toLocaleString(language, { maximumFractionDigits: digits })} ${STEPS[step]}`;
}

/** `99.2 %`; never rounded up to the whole nor down to nothing. */
export function percent(language: Language, part: number, whole: number): string {
  // Cut, not rounded, as the report's own sentences do: one fact has one figure.
  const cut = whole > 0 ? Math.floor((part / whole) * 1000) / 10 : 0;
  const shown = part > 0 ? Math.max(cut, 0.1) : cut;
  return `${shown.toLocaleString(language, { maximumFractionDigits: 1 })} %`;
}

/** `2021-05-06 01:02:03` out of RFC 3339 in UTC; the caller says UTC once. */
export function moment(time: string): string {
  return time.replace("T", " ").replace(/(\.\d+)?(Z|\+00:00)$/, "");
}

/** `2021-05-06 01:02:03 UTC`. */
export function momentUtc(time: string | null | undefined): string {
  return time ? `${moment(time)} UTC` : "–";
}

/** `2021-05-06 01:02:03 – 04:05:06 UTC`, the day said once where it is one day. */
export function period(first: string | null | undefined, last: string | null | undefined): string {
  if (!first || !last) return momentUtc(first ?? last);
  const [from, until] = [moment(first), moment(last)];
  if (from === until) return `${from} UTC`;
  const sameDay = from.slice(0, 10) === until.slice(0, 10);
  return `${from} – ${sameDay ? until.slice(11) : until} UTC`;
}

/** A length of time in its two largest units: `2 d 3 h`, `2 日 3 時間`. */
export function duration(language: Language, seconds: number): string {
  const names = language === "ja" ? ["日", "時間", "分", "秒"] : ["d", "h", "min", "s"];
  const widths = [86_400, 3_600, 60, 1];
  let left = Math.max(0, Math.round(seconds));
  const parts: string[] = [];
  for (const [at, width] of widths.entries()) {
    const count = Math.floor(left / width);
    left -= count * width;
    if (count > 0) parts.push(`${count} ${names[at]}`);
  }
  return parts.slice(0, 2).join(" ") || `0 ${names[3]}`;
}
