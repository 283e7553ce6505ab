// One way to drive both browsers: Chromium by playwright-core, Firefox by puppeteer-core over
// WebDriver BiDi. A `Tab` has the outer page and the application's frame inside it.

import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fromPage, temporary } from "./places.mjs";

const PROGRAMS = {
  chromium: [process.env.SEKISHO_CHROMIUM, "/usr/bin/chromium", "/usr/bin/google-chrome"],
  firefox: [process.env.SEKISHO_FIREFOX, "/usr/bin/firefox-esr", "/usr/bin/firefox"],
};

/** The browsers that a test runs in: the one that SEKISHO_BROWSER names, or both. */
export const BROWSERS = process.env.SEKISHO_BROWSER
  ? [process.env.SEKISHO_BROWSER]
  : ["chromium", "firefox"];

const CHROMIUM_ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // The tests' own listener is on loopback, and their clicks are made by script.
  "--disable-features=LocalNetworkAccessChecks",
  "--disable-popup-blocking",
  "--allow-loopback-in-peer-connection",
];

const FIREFOX_PREFERENCES = {
  "dom.disable_open_during_load": false,
  "ui.prefersReducedMotion": 1,
  "dom.block_download_insecure": false,
  "browser.download.folderList": 2,
  "browser.download.useDownloadDir": true,
  "browser.download.alwaysOpenPanel": false,
  "browser.helperApps.neverAsk.saveToDisk": "application/json,text/html,text/csv,application/toml,application/octet-stream",
  "media.peerconnection.ice.loopback": true,
  "media.peerconnection.ice.obfuscate_host_addresses": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  // Having seen a page try to load from a host, it connects there at the next visit, be the page
  // allowed to load or not. SECURITY.md says so.
  "network.predictor.enabled": false,
  "network.lna.enabled": false,
  "network.lna.blocking": false,
};

/** Colours of the document give way to others, as under high contrast. */
const FORCED_COLOURS = { "browser.display.document_color_use": 2 };

function program(name) {
  const found = PROGRAMS[name].find((path) => path && existsSync(path));
  if (!found) throw new Error(`no ${name} here; name it in SEKISHO_${name.toUpperCase()}`);
  return found;
}

/**
 * Starts a browser with a new profile, whose person reads a language. `netLog` is a file for Chromium's
 * log of the network. Firefox takes from the start that the system sets the colours; Chromium's tabs are
 * told it later.
 */
export async function launch(name, { netLog, language = "en", forcesColours = false } = {}) {
  return name === "chromium" ? launchChromium(language, netLog) : launchFirefox(language, forcesColours);
}

const LOCALES = { en: "en-GB", ja: "ja-JP" };

async function launchChromium(language, netLog) {
  const { chromium } = fromPage("playwright-core");
  // The driver's own setting of the language can reach a frame after its scripts.
  const args = [...CHROMIUM_ARGUMENTS, `--lang=${LOCALES[language]}`, `--accept-lang=${LOCALES[language]}`];
  if (netLog) args.push(`--log-net-log=${netLog}`);
  const profile = temporary("chromium");
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: program("chromium"),
    headless: true,
    args,
    // Colours that still change are none that anybody reads.
    reducedMotion: "reduce",
    acceptDownloads: true,
    viewport: { width: 1280, height: 900 },
  });
  return {
    name: "chromium",
    context,
    profile,
    open: async () => chromiumTab(await context.newPage(), context),
    close: () => context.close(),
  };
}

async function launchFirefox(language, forcesColours) {
  const downloads = temporary("downloads");
  const { default: puppeteer } = await import(fromPage.resolve("puppeteer-core"));
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: program("firefox"),
    headless: true,
    protocol: "webDriverBiDi",
    extraPrefsFirefox: {
      ...FIREFOX_PREFERENCES,
      "browser.download.dir": downloads,
      "intl.accept_languages": LOCALES[language],
      ...(forcesColours && FORCED_COLOURS),
    },
    defaultViewport: null,
  });
  return {
    name: "firefox",
    browser,
    open: async () => firefoxTab(await newFirefoxPage(browser), downloads),
    // It can go away without an answer, and its driver waits for one for minutes.
    close: async () => {
      await atMost(10_000, browser.close());
      browser.process()?.kill("SIGKILL");
    },
  };
}

/** A page that is just closing can make the next one fail to open, or open without ever taking its size. */
async function newFirefoxPage(browser) {
  for (let left = 3; ; left--) {
    const page = await until(() => browser.newPage(), { what: "a new page" });
    const limit = left > 1 ? 8_000 : 30_000;
    const problem = await setFirefoxViewport(page, 1280, 900, limit).then(() => null, (error) => error);
    if (!problem) return page;
    if (left === 1) throw problem;
    await atMost(5000, page.close());
  }
}

/** What both kinds of tab share; `raw` is the library's own page. */
function tab(raw, own) {
  const messages = [];
  raw.on("console", (message) => messages.push(`${message.type()}: ${message.text()}`));
  raw.on("pageerror", (error) => messages.push(`error: ${error}`));
  const inner = () => raw.frames().find((frame) => frame.parentFrame() === raw.mainFrame());
  return {
    raw,
    messages,
    inner,
    /** Loads the page and waits until it can be used. */
    async load(url) {
      await raw.goto(url);
      await until(() => raw.evaluate(() => document.documentElement.dataset.state === "ready"), {
        what: `${url} to be ready`,
      });
    },
    outer: (run, argument) => raw.evaluate(run, argument),
    frame: (run, argument) => inner().evaluate(run, argument),
    screenshot: (path) => raw.screenshot({ path }),
    press: (key) => raw.keyboard.press(key),
    type: (text) => raw.keyboard.type(text),
    close: () => raw.close(),
    ...own,
  };
}

function chromiumTab(raw, context) {
  const page = tab(raw, {
    give: (paths) => raw.setInputFiles("#files", paths),
    choose: (selector, paths) => page.inner().setInputFiles(selector, paths),
    resize: (width, height) => raw.setViewportSize({ width, height }),
    scheme: (colorScheme) => raw.emulateMedia({ colorScheme }),
    protocol: () => context.newCDPSession(raw),
    download: async () => (await raw.waitForEvent("download")).path(),
  });
  return page;
}

function firefoxTab(raw, downloads) {
  const page = tab(raw, {
    download: () => nextFile(downloads),
    async press(key) {
      const [last, ...held] = key.split("+").reverse();
      for (const one of held) await raw.keyboard.down(one);
      await raw.keyboard.press(last);
      for (const one of held) await raw.keyboard.up(one);
    },
    async give(paths) {
      const input = await raw.$("#files");
      await input.uploadFile(...paths);
    },
    async choose(selector, paths) {
      const input = await page.inner().$(selector);
      await input.uploadFile(...paths);
    },
    resize: (width, height) => setFirefoxViewport(raw, width, height),
  });
  return page;
}

/**
 * Gives the window its size. With it, the driver sets the orientation of the screen, which older
 * versions of Firefox do not know; the size is set all the same, and looked at. A window that is just
 * opening can lose it, so it is set until it holds.
 */
async function setFirefoxViewport(page, width, height, limit = 30_000) {
  const set = () =>
    page.setViewport({ width, height }).catch((error) => {
      if (!/unknown command.*ScreenOrientation/s.test(error.message)) throw error;
    });
  const fits = ([width, height]) => innerWidth === width && innerHeight === height;
  const holds = async () => {
    for (let left = 20; left > 0; left--) {
      if ((await atMost(2000, page.evaluate(fits, [width, height]))) === true) return true;
      await sleep(50);
    }
    return false;
  };
  const take = async () => (await atMost(2000, set()), holds());
  await until(take, { what: `a window of ${width} x ${height}`, limit });
}

/** The next file to be whole in a folder. */
async function nextFile(folder) {
  const before = new Set(readdirSync(folder));
  const added = () => readdirSync(folder).filter((name) => !before.has(name));
  const whole = (name) => statSync(join(folder, name)).size > 0;
  await until(() => added().length > 0 && added().every((name) => !name.endsWith(".part") && whole(name)), {
    what: "the download",
  });
  return join(folder, added()[0]);
}

/** Waits until `test` is true; errors of a page that is still loading count as "not yet". */
export async function until(test, { what = "it", limit = 30_000, pause = 50 } = {}) {
  const end = Date.now() + limit;
  for (;;) {
    const value = await Promise.resolve().then(test).catch(() => false);
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited ${limit} ms for ${what}`);
    await sleep(pause);
  }
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Gives up on what may never answer, such as a page that is leaving. */
export function atMost(ms, promise) {
  let timer;
  const limit = new Promise((resolve) => (timer = setTimeout(resolve, ms, "no answer")));
  return Promise.race([promise.catch((error) => `${error}`), limit]).finally(() => clearTimeout(timer));
}
