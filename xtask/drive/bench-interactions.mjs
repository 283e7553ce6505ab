// How soon the page shows what somebody did, with a report of 10,000 findings on a million events: real
// clicks and keys in Chromium, and what the browser itself measures from each to the next paint; how far
// apart frames are while long lists scroll; and how soon all events answer a query.

import { launch, until } from "../../tests/web/lib/browser.mjs";
import { PAGE_URL } from "../../tests/web/lib/places.mjs";
import { there } from "../../tests/web/lib/frame.mjs";
import { focused } from "../../tests/web/lib/keyboard.mjs";
import { state } from "../../tests/web/lib/sekisho.mjs";

const [log, list] = process.argv.slice(2);
/** The last finds the most, which are scrolled through then. A word alone is looked for in the files. */
const QUERIES = [
  { query: "ip:198.18.7.0/24" },
  { query: "docs/12", isSought: true },
  { query: "status>=400 -url~docs" },
  { query: "(status:200 or status:404) url:/docs/*" },
];
/** What the browser does not list took less than this. */
const LEAST_MS = 16;

const browser = await launch("chromium");
const measured = [];
const scrolls = [];
const answers = [];
try {
  const tab = await browser.open();
  await tab.load(PAGE_URL);
  await there(tab, "[data-choose=lists]");
  await tab.choose("[data-choose=lists]", [list]);
  await there(tab, "[data-swept]");
  await tab.give([log]);
  await until(async () => (await state(tab)) === "done", { what: "the report", limit: 900_000, pause: 250 });
  await tab.frame(observe, LEAST_MS);
  const report = await tab.outer(() => {
    const { findings, coverage } = window.sekisho.report();
    return { findings: findings.length, records: coverage?.records };
  });
  await focused(tab);
  await ofReport(tab);
  await ofEvents(tab);
  console.log(JSON.stringify({ ...report, interactions: measured, scrolls, answers }));
} finally {
  await browser.close();
}

/** In the page: keeps the longest that each interaction took. */
function observe(least) {
  const longest = new Map();
  const take = (entries) => {
    for (const { interactionId, duration } of entries)
      if (interactionId) longest.set(interactionId, Math.max(duration, longest.get(interactionId) ?? 0));
  };
  const observer = new PerformanceObserver((list) => take(list.getEntries()));
  observer.observe({ type: "event", durationThreshold: least });
  globalThis.taken = async () => {
    // Two frames: the first paints, and the entries are there by the second.
    for (let frame = 0; frame < 2; frame++) await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    take(observer.takeRecords());
    const all = [...longest.values()];
    longest.clear();
    return all;
  };
}

/** Does something, and notes how long it took to show. */
async function interact(tab, what, act) {
  await act();
  const found = await tab.frame(() => globalThis.taken());
  measured.push({ what, ms: found.length > 0 ? Math.max(...found) : 0 });
}

function click(tab, what, selector, nth = 0) {
  return interact(tab, what, () => tab.inner().locator(selector).nth(nth).click({ timeout: 30_000 }));
}

function press(tab, what, key) {
  return interact(tab, what, () => tab.press(key));
}

async function type(tab, what, text) {
  for (const letter of text) await press(tab, what, letter);
}

async function ofReport(tab) {
  for (let at = 0; at < 7; at++) await click(tab, "open a finding", "[data-finding-head]", at);
  await click(tab, "list all findings", "[data-action=all-findings]");
  for (let at = 0; at < 60; at++) await click(tab, "open a finding", "[data-finding-head][aria-expanded=false]", 1);
  await click(tab, "into the filter", ".section input[type=search]");
  await type(tab, "filter findings", "198.18.7.7");
  for (let at = 0; at < 10; at++) await press(tab, "filter findings", "Backspace");
  for (let at = 0; at < 10; at++) await judge(tab, at);
  for (let round = 0; round < 3; round++) {
    await press(tab, "open the palette", "Control+k");
    await type(tab, "type in the palette", "print");
    await press(tab, "close the palette", "Escape");
  }
  await scroll(tab, "findings", "html", "#findings");
  for (const choice of ["dark", "light", "contrast", "auto"]) await click(tab, "theme", `[data-choice=${choice}]`);
  for (const choice of ["ja", "en"]) await click(tab, "language", `[data-choice=${choice}]`);
}

async function judge(tab, at) {
  const how = Math.floor(at / 3) % 2 === 0 ? "confirmed" : "open";
  await click(tab, "judge a finding", `.judge-how input[value=${how}]`, at % 3);
}

async function ofEvents(tab) {
  await click(tab, "explore", "[data-action=explore]");
  await until(() => tab.frame(() => !!document.querySelector("[data-found]")), { what: "the events", limit: 300_000 });
  for (let at = 0; at < 8; at++) await click(tab, "sort", "[data-sort]", at % 4);
  for (let at = 0; at < 10; at++) await click(tab, "take a value of a facet", ".facet-value", 0);
  await click(tab, "into the query", "[data-field=query]");
  await press(tab, "into the query", "Control+a");
  await type(tab, "type a query", "status:404");
  await press(tab, "ask", "Enter");
  await there(tab, "[data-found]");
  for (const of of QUERIES) answers.push({ ...of, ms: await tab.frame(answeredIn, of.query) });
  await scroll(tab, "events", "[role=grid]", "[role=grid] [role=row]");
  await click(tab, "open an event", "[data-row]", 2);
  for (let at = 0; at < 8; at++) await click(tab, "next event", "[data-action=next-event]");
  await press(tab, "close the event", "Escape");
  for (let at = 0; at < 20; at++) await press(tab, "next row", "ArrowDown");
  for (let at = 0; at < 5; at++) await press(tab, "next page of rows", "PageDown");
  for (let at = 0; at < 6; at++) await click(tab, "tab", "[data-tab]", (at + 1) % 2);
  await click(tab, "back to the report", "[data-action=report]");
}

/** Runs in the frame: milliseconds from Enter until other events are found. */
function answeredIn(query) {
  const shown = () => document.querySelector("[data-found]")?.dataset.found;
  const before = shown();
  const field = document.querySelector("[data-field=query]");
  // Written and asked at once: a pause in typing asks as well.
  field.value = query;
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  const asked = performance.now();
  field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
  return new Promise((done, fail) => {
    const look = () => {
      const now = shown();
      if (now && now !== before) done(performance.now() - asked);
      else if (performance.now() - asked > 30_000) fail(new Error(`no other events for ${query}`));
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}

/** Scrolls a list from somewhere on at three speeds, and notes the time from each frame to the next. */
async function scroll(tab, what, selector, from) {
  for (const by of [120, 400, 1200]) scrolls.push({ what, by, gaps: await tab.frame(gapsOf, { selector, from, by, frames: 400 }) });
}

/** Runs in the frame. */
function gapsOf({ selector, from, by, frames }) {
  return new Promise((done) => {
    const list = document.querySelector(selector);
    const gaps = [];
    let last;
    list.scrollTop = 0;
    document.querySelector(from).scrollIntoView({ behavior: "instant" });
    const step = (now) => {
      if (last !== undefined) gaps.push(now - last);
      last = now;
      list.scrollBy({ top: by, behavior: "instant" });
      if (gaps.length < frames) requestAnimationFrame(step);
      else done(gaps);
    };
    requestAnimationFrame(step);
  });
}
