// Nothing leaves the page. Every known way out is tried from the outer page, from the
// application's frame and from a worker, at file:// and over http, while a listener outside the
// browser and, in Chromium, the browser's own log of the network watch. A control page without
// policy and sandbox makes the same attempts, so that the test is known to see what it looks for.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { describe, test } from "node:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { LEADING, lead, quiet, quietInWorker } from "./lib/attempts.mjs";
import { BROWSERS, atMost, launch, sleep, until } from "./lib/browser.mjs";
import { listen } from "./lib/listener.mjs";
import { CLI, PAGE, PAGE_URL, temporary } from "./lib/places.mjs";
import { host } from "./lib/site.mjs";

/** The same shape as the page, with nothing that protects it. */
const CONTROL = `<!doctype html><html data-state="ready"><meta charset="utf-8"><title>Control</title>
<iframe id="app" srcdoc="<!doctype html><title>Control frame</title><body>"></iframe>`;

/**
 * What the control page must get through, or the test would not be known to see anything. The
 * attempts beyond these depend on a browser's version and settings.
 */
const MUST_BE_SEEN = {
  page: [
    "fetch", "xhr", "websocket", "eventsource", "beacon", "image", "style-link", "style-import",
    "import", "script", "frame-source", "blank-frame-fetch", "blank-frame-location",
    "form-get", "form-post", "link", "link-blank", "link-detached", "link-download",
    "location-assign", "open", "open-then-lead", "meta-refresh",
  ],
  frame: ["fetch", "xhr", "image", "link", "location-assign", "open", "top-location", "meta-refresh"],
  worker: ["fetch", "xhr", "websocket", "eventsource", "import", "importscripts"],
};

/**
 * Leading the frame elsewhere: Chromium begins such a request, and may connect, before it finds
 * that the policy forbids it. Nothing is sent. Every other attempt ends before that.
 */
const MAY_BEGIN = new RegExp(`/leak/(file|http)-(page/child-location|frame/(${LEADING.join("|")}))$`);

/**
 * Where a browser has no Navigation API (Firefox ESR 140), nothing can stop a script of the outer
 * page itself from leading that page away at file://. The policy lets no such script run.
 */
const MAY_LEAD_AWAY = /\/leak\/file-page\/(location-(assign|href|replace)|top-location|parent-location)(\?| |$)/;

for (const name of BROWSERS) describe(name, () => {
  test("the control page gets out, and is seen", async () => {
    const site = await host({ "/control": CONTROL });
    const file = join(temporary("control"), "control.html");
    writeFileSync(file, CONTROL);
    const addresses = { http: `${site.url}control`, file: pathToFileURL(file).href };
    const seen = await watch(name, addresses, MUST_BE_SEEN).finally(() => site.close());
    for (const origin of ["file", "http"]) {
      for (const [where, names] of Object.entries(MUST_BE_SEEN)) {
        const missing = names.filter((attempt) => !seen.paths.has(`/leak/${origin}-${where}/${attempt}`));
        assert.deepEqual(missing, [], `not seen from the control's ${where} at ${origin}`);
      }
    }
    assert.ok(seen.listener.packets.length > 0, "no packet of WebRTC was seen");
    if (name === "chromium") {
      assert.ok(seen.paths.has("/leak/http-page/prefetch"), "no prefetch was seen");
      assert.ok(seen.log.sent.length > 0, "the network log shows requests");
      assert.ok(seen.log.names.length > 0, "the network log shows names that were looked up");
    }
  });

  test("nothing leaves the page", async () => {
    const site = await host();
    const seen = await watch(name, { http: site.url, file: PAGE_URL }).finally(() => site.close());
    nothingLeft(name, seen, site, ["/"]);
  });

  // The same scripts under the same policy; what a vendor put in is new. It shows in the frame.
  test("nothing leaves a vendor's checker", async () => {
    const checker = makeChecker();
    const site = await host({ "/checker": readFileSync(checker) });
    const addresses = { http: `${site.url}checker`, file: pathToFileURL(checker).href };
    const leading = { file: ["frame"] };
    const seen = await watch(name, addresses, {}, leading).finally(() => site.close());
    nothingLeft(name, seen, site, ["/checker"]);
  });
});

/** Asserts that nothing was asked for but the pages. */
function nothingLeft(name, seen, site, pages) {
  assert.deepEqual(seen.listener.requests, []);
  assert.equal(seen.listener.bytes(), 0, "bytes over TCP");
  assert.deepEqual(seen.listener.packets, [], "packets over UDP");
  assert.deepEqual(site.asked.filter((path) => !pages.includes(path)), [], "the host was asked for more");
  if (name === "chromium") {
    assert.deepEqual(seen.log.sent, [], "requests in the network log");
    assert.deepEqual(seen.log.names, [], "names looked up in the network log");
    assert.deepEqual(seen.log.begun.filter((url) => !MAY_BEGIN.test(url) && !pages.includes(new URL(url).pathname)), []);
  }
  if (name === "firefox") assert.deepEqual(seen.connections, [], "connections over TCP, and the attempts under way at each");
  if (seen.away) {
    const { requests, packets } = seen.away;
    console.log(`${name} has no Navigation API: ${requests.length} attempts led the outer page away at file://`);
    assert.deepEqual(requests.filter((request) => !MAY_LEAD_AWAY.test(request)), []);
    assert.deepEqual(packets, []);
  }
}

/** A checker whose words are as hostile as those of a log. */
function makeChecker() {
  const folder = temporary("checker");
  const run = (...command) => execFileSync(CLI, command, { cwd: folder, stdio: "ignore" });
  const markup = "<img src=x onerror=alert(1)><meta http-equiv=refresh content=0>";
  writeFileSync(
    join(folder, "checker.toml"),
    `[about]\ntitle = "${markup}"\nvendor = "${markup}"\ninstructions.en = "1. **${markup}**"\n`,
  );
  run("key", "--out", "vendor.key");
  run("bundle", "checker.toml", "--key", "vendor.key", "--page", PAGE, "--out", "checker.html");
  return join(folder, "checker.html");
}

/** From where the attempts are made that may lead a page away. */
const LEADING_FROM = { file: ["page", "frame"], http: ["page", "frame"] };

/**
 * Makes every attempt on the pages at the addresses, and gives what was seen of them. Attempts that
 * may lead the outer page away have a listener of their own, `away`, so that nothing excuses the rest.
 * An attempt that must be seen is waited for, and made again if a busy machine lost it.
 */
async function watch(name, addresses, mustBeSeen = {}, leading = LEADING_FROM) {
  const listener = await listen();
  const seen = (origin, where, attempts) => arrives(listener, origin, where, mustBeSeen[where]?.filter((one) => attempts.includes(one)) ?? []);
  let away = null;
  const tries = [];
  const netLog = join(temporary("net-log"), "log.json");
  const browser = await launch(name, { netLog });
  try {
    for (const [origin, address] of Object.entries(addresses)) {
      await tryQuiet(browser, listener, origin, address, tries, seen);
      const from = leading[origin] ?? [];
      const mayLeadAway = from.includes("page") && origin === "file" && address === PAGE_URL && !(await knowsNavigation(browser, address));
      if (mayLeadAway) away = await listen();
      const listenerFor = (where) => (mayLeadAway && where === "page" ? away : listener);
      await tryLeading(browser, listenerFor, origin, address, from, tries, seen);
    }
    await sleep(1500);
  } finally {
    await browser.close();
    listener.close();
    away?.close();
  }
  const paths = new Set(listener.requests.map((request) => request.split(/[ ?]/)[1]));
  if (process.env.SEKISHO_SHOW) console.log([...paths].sort().join("\n"), listener.packets);
  const connections = listener.connections().map((at) => tries.filter(({ from, to }) => from <= at && at <= to));
  return { listener, away, paths, connections, log: name === "chromium" ? networkLog(netLog, listener) : null };
}

/** Whether all the attempts reach the listener, within a time that a busy machine needs. */
async function arrives(listener, origin, where, attempts) {
  const asked = (attempt) => listener.requests.some((request) => request.split(/[ ?]/)[1] === `/leak/${origin}-${where}/${attempt}`);
  for (let left = 100; left > 0; left--) {
    if (attempts.every(asked)) return true;
    await sleep(50);
  }
  return false;
}

async function knowsNavigation(browser, address) {
  const tab = await browser.open();
  await atMost(20_000, tab.load(address));
  const knows = await tab.outer(() => "navigation" in window);
  await atMost(5000, tab.close());
  return knows;
}

async function tryQuiet(browser, listener, origin, address, tries, seen) {
  const argument = (where) => ({ base: listener.base, udpPort: listener.udpPort, where: `${origin}-${where}` });
  const one = async (where, run, left = 3) => {
    const from = Date.now();
    const tab = await browser.open();
    await tab.load(address);
    await settle(tab);
    await opened(tab);
    const results = await atMost(45_000, run(tab));
    if (process.env.SEKISHO_SHOW) console.log(origin, results);
    await sleep(500);
    const all = await seen(origin, where, typeof results === "object" ? Object.keys(results) : []);
    await atMost(5000, tab.close());
    tries.push({ attempt: `${origin}: ${where}`, from, to: Date.now() });
    if (typeof results === "object" && all) return;
    // An attempt that led the document away took the answer with it, and what came after it.
    assert.ok(left > 1 || typeof results === "object", `the attempts did not run: ${results}`);
    if (left > 1) await one(where, run, left - 1);
  };
  await one("page", (tab) => tab.outer(quiet, argument("page")));
  await one("frame", (tab) => tab.frame(quiet, argument("frame")));
  await one("worker", (tab) => tab.frame(quietInWorker, { argument: argument("worker"), code: String(quiet) }));
}

/** Each attempt has a page of its own, since it may lose it; four at a time. */
async function tryLeading(browser, listenerFor, origin, address, from, tries, seen) {
  const work = from.flatMap((where) => LEADING.map((attempt) => [where, attempt]));
  const lane = async () => {
    for (let next = work.shift(); next; next = work.shift()) {
      const from = Date.now();
      for (let left = 3; left > 0; left--) {
        const arrived = () => seen(origin, next[0], [next[1]]);
        if (await tryOne(browser, listenerFor(next[0]), origin, address, next, arrived)) break;
      }
      tries.push({ attempt: `${origin}-${next.join("/")}`, from, to: Date.now() });
    }
  };
  await Promise.all([lane(), lane(), lane(), lane()]);
}

async function tryOne(browser, listener, origin, address, [where, attempt], arrived) {
  const tab = await browser.open();
  await atMost(20_000, tab.load(address));
  await settle(tab);
  const argument = { base: listener.base, where: `${origin}-${where}`, name: attempt };
  const run = where === "page" ? tab.outer(lead, argument) : tab.frame(lead, argument);
  const result = await atMost(2000, run);
  if (process.env.SEKISHO_SHOW) console.log(origin, where, attempt, result);
  await sleep(400);
  const seen = await arrived();
  await atMost(5000, tab.close());
  return seen;
}

/** Waits until a checker shows what the vendor put into it. */
async function opened(tab) {
  const isChecker = await tab.outer(() => document.getElementById("checker") !== null);
  const shows = () => tab.frame(() => !!document.querySelector("[data-checker=opened]"));
  if (isChecker) await until(shows, { what: "the checker to be opened" });
}

/** Waits for the application's frame to be there. */
async function settle(tab) {
  for (let left = 100; left > 0; left--) {
    if (tab.inner() && (await atMost(1000, tab.frame(() => !!document.body))) === true) return;
    await sleep(30);
  }
  throw new Error("the page has no frame");
}

/**
 * What Chromium's own log of the network says: requests that were begun for the listener, those of
 * them that were sent, and look-ups of the made-up names.
 */
function networkLog(path, listener) {
  // A browser that ends may leave the file unclosed, but each event is whole on its line.
  const lines = readFileSync(path, "utf8").split("\n");
  const { constants } = JSON.parse(`${lines[0].replace(/,$/, "")}}`);
  const events = lines.slice(2).flatMap((line) => event(line));
  const sending = new Set(
    Object.entries(constants.logEventTypes).filter(([name]) => /SEND_REQUEST/.test(name)).map(([, id]) => id),
  );
  const sent = new Set(events.filter(({ type }) => sending.has(type)).map(({ source }) => source.id));
  const requests = events.filter(({ params }) => typeof params?.url === "string" && params.url.includes(`:${listener.port}/`));
  const names = events.map(({ params }) => JSON.stringify(params ?? "")).filter((params) => params.includes("leak-test.invalid"));
  return {
    begun: requests.map(({ params }) => params.url),
    sent: requests.filter(({ source }) => sent.has(source.id)).map(({ params }) => params.url),
    names,
  };
}

/** The event of a line, if it holds one. */
function event(line) {
  try {
    const value = JSON.parse(line.replace(/,$/, ""));
    return value.source ? [value] : [];
  } catch {
    return [];
  }
}
