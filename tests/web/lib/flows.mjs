// Every flow of the page is walked through in two ways in each browser. Together they have both places
// that a page comes from, both languages, and the pointer as well as the keyboard alone.

import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { pathToFileURL } from "node:url";
import { BROWSERS, launch } from "./browser.mjs";
import { PAGE } from "./places.mjs";
import { there } from "./frame.mjs";
import { host } from "./site.mjs";

const WAYS = {
  chromium: [
    { origin: "file", language: "en", hand: "pointer" },
    { origin: "http", language: "ja", hand: "keyboard" },
  ],
  firefox: [
    { origin: "http", language: "en", hand: "pointer" },
    { origin: "file", language: "ja", hand: "keyboard" },
  ],
};

/** One way through the flows of a suite. `isFirst`: what does not depend on the way is tested in it alone. */
class Flow {
  #browser;
  #site;

  constructor(name, way) {
    Object.assign(this, way, { name, isFirst: WAYS[name][0] === way });
  }

  get title() {
    return `${this.name}, from ${this.origin}, in ${this.language}, by ${this.hand}`;
  }

  /** How the names of its screenshots begin. */
  get shot() {
    return `${this.name}-${this.origin}-${this.language}`;
  }

  async begin() {
    this.#site = await host();
    this.#browser = await launch(this.name, { language: this.language });
  }

  async end() {
    await this.#browser?.close();
    this.#site?.close();
  }

  /** One of two texts or patterns: that of the language. */
  says(en, ja) {
    return this.language === "en" ? en : ja;
  }

  /** The address of the page, or of another file. */
  address(path = PAGE) {
    if (this.origin === "file") return pathToFileURL(path).href;
    return path === PAGE ? this.#site.url : this.#site.serve(path);
  }

  /** A new tab with nothing in it yet. */
  async tab(browser = this.#browser) {
    return Object.assign(await browser.open(), { hand: this.hand });
  }

  /** A new tab in which a page, by default the plain one, is loaded. */
  async open(path, browser) {
    const tab = await this.tab(browser);
    await tab.load(this.address(path));
    return tab;
  }

  /** Uses a tab with the page, which must have complained of nothing, and closes it. */
  async withPage(use, browser) {
    const tab = await this.open(undefined, browser);
    try {
      await there(tab, ".drop-zone");
      await use(tab);
      assert.deepEqual(tab.messages.filter((message) => message.startsWith("error")), []);
    } finally {
      await tab.close();
    }
  }

  /** The same where the system sets the colours. */
  async withForcedColours(use) {
    const browser = await launch(this.name, { language: this.language, forcesColours: true });
    try {
      await this.withPage(async (tab) => {
        await tab.raw.emulateMedia?.({ forcedColors: "active" });
        await use(tab);
      }, browser);
    } finally {
      await browser.close();
    }
  }
}

/** Defines the tests of a suite for each way. */
export function flows(define) {
  for (const name of BROWSERS)
    for (const way of WAYS[name]) {
      const flow = new Flow(name, way);
      describe(flow.title, { concurrency: 1 }, () => {
        before(() => flow.begin());
        after(() => flow.end());
        define(flow);
      });
    }
}
