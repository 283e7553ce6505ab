// What a person does with the page, and what the command line says about the same files.

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { promisify } from "node:util";
import { until } from "./browser.mjs";
import { there } from "./frame.mjs";
import { fillByKey, openFirstByKey, pressByKey } from "./keyboard.mjs";
import { CLI } from "./places.mjs";

const run = promisify(execFile);

/** The report of the command line: the bytes that it prints, less the line's end. */
export async function commandLine(folder, names, more = []) {
  return (await printed(folder, names, "json", more)).replace(/\n$/, "");
}

/** The report of the command line in a form. */
export async function printed(folder, names, form, more = []) {
  const command = ["check", "--format", form, ...more, ...names];
  const { stdout } = await run(CLI, command, { cwd: folder, maxBuffer: 1 << 30 }).catch((error) => {
    // 1: evidence was found, 2 and 3: not everything could be checked. Each prints a report.
    if ([1, 2, 3].includes(error.code) && error.stdout) return error;
    throw error;
  });
  return stdout;
}

/** Makes a case to practise on. */
export const generate = (options) => run(CLI, ["generate", ...options]);

export const state = (tab) => tab.outer(() => document.documentElement.dataset.state);

/** Waits until the check that runs has ended. */
export const ended = (tab, limit = 60_000) =>
  until(async () => ["done", "failed"].includes(await state(tab)), { what: "the report", limit });

/** Chooses files as a person does and waits for the report. */
export async function checkFiles(tab, paths) {
  const last = await reportJson(tab);
  await tab.give(paths);
  await until(async () => (await state(tab)) === "failed" || (await reportJson(tab)) !== last, {
    what: "another report",
    limit: 60_000,
  });
  await ended(tab);
  // A report is drawn section by section: its last one is the custody.
  if ((await state(tab)) === "done") await there(tab, "#custody");
  return reportJson(tab);
}

export const reportJson = (tab) => tab.outer(() => window.sekisho.reportJson());

/** Checks bytes by the interface for scripts, and gives the report's text. */
export async function checkBytes(tab, files, options = {}) {
  const given = files.map(({ name, path, bytes }) => ({
    name: name ?? basename(path),
    base64: (bytes ?? readFileSync(path)).toString("base64"),
  }));
  return tab.outer(
    async ({ given, options }) => {
      const files = given.map(({ name, base64 }) => {
        const text = atob(base64);
        const bytes = new Uint8Array(text.length);
        for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
        return new File([bytes], name);
      });
      const report = await window.sekisho.check(files, options);
      const json = window.sekisho.reportJson();
      if (JSON.stringify(report) !== json) throw new Error("the report's object and its text differ");
      return json;
    },
    { given, options },
  );
}

/** Presses a button of the application, with the hand that the tab is used by. */
export async function press(tab, selector) {
  await there(tab, selector);
  if (tab.hand === "keyboard") await pressByKey(tab, selector);
  else await tab.frame((selector) => document.querySelector(selector).click(), selector);
}

/** Opens the event of the first row of the table of events. */
export const openFirst = (tab) => (tab.hand === "keyboard" ? openFirstByKey(tab) : press(tab, "[data-row='0']"));

/** Opens every finding that is drawn and closed. */
export async function openFindings(tab) {
  const closed = () => [...document.querySelectorAll("[data-finding-head][aria-expanded=false]")].map((head) => head.dataset.findingHead);
  for (const finding of await tab.frame(closed)) await press(tab, `[data-finding-head="${finding}"]`);
}

/** Saves the report in a form and gives the text of the file that the browser wrote. */
export async function exported(tab, form) {
  const download = tab.download();
  await press(tab, `[data-export=${form}]`);
  return readFileSync(await download, "utf8");
}

/** Writes into a field of the application, or chooses in a list. */
export async function fill(tab, selector, value) {
  await there(tab, selector);
  if (tab.hand === "keyboard") return fillByKey(tab, selector, value);
  await tab.frame(
    ({ selector, value }) => {
      const field = document.querySelector(selector);
      Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value").set.call(field, value);
      for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
    },
    { selector, value },
  );
}

/** Waits until the mapping dialog says that so many of the first records are understood. */
export const understood = (tab, share) =>
  until(async () => (await tab.frame(() => document.querySelector("[data-understood]")?.dataset.understood)) === share, {
    what: `${share} understood`,
  });

/** Presses a button that begins another check, and waits for its report. */
export async function checkAgain(tab, selector) {
  const last = await reportJson(tab);
  await press(tab, selector);
  await until(async () => (await reportJson(tab)) !== last && (await state(tab)) === "done", { what: "another report" });
  return reportJson(tab);
}
