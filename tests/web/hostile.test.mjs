// Log text is text. A log that holds markup, a formula, terminal escapes, direction overrides and
// NULs is shown as what it is: in the page, in the saved HTML and CSV, and on the terminal.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, describe, test } from "node:test";
import { writeFileSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { sleep } from "./lib/browser.mjs";
import { flows } from "./lib/flows.mjs";
import { text, there } from "./lib/frame.mjs";
import { listen } from "./lib/listener.mjs";
import { CLI, temporary } from "./lib/places.mjs";
import { line } from "./lib/samples.mjs";
import { checkFiles, exported, openFindings, openFirst, press } from "./lib/sekisho.mjs";

const OVERRIDE = "\u202e";
const ESCAPE = "\u001b[31m\u001b]0;title\u0007";

/** Characters that a terminal or a writing direction obeys. */
const ACTING = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u202a-\u202e\u2066-\u2069]/;

/** Attack requests, so that the lines become evidence, with hostile text in every free field. */
function hostileLog(base) {
  const markup = `<img src=x onerror=\\"fetch('${base}/leak/markup')\\"><script>fetch('${base}/leak/script')</script>`;
  const texts = [markup, `=HYPERLINK(\\"${base}/leak/formula\\")`, `+1+cmd|' /C calc'!A0`, "@SUM(1)", `${ESCAPE}red`, `${OVERRIDE}gpj.exe`, "a\u0000b", "\u202dx\u2066y\u2069", "\t=1+1", "'\"><svg onload=alert(1)>"];
  const requests = texts.map((value, at) => {
    const attack = `GET /a?id=1%27%20UNION%20SELECT%201,2--%20-&n=${at}&x=${value.replaceAll(" ", "%20")} HTTP/1.1`;
    return line(at * 10, attack, { address: "203.0.113.5", agent: value, referer: value });
  });
  return requests.join("");
}

describe("a hostile log", () => {
  let listener;
  let path;

  before(async () => {
    listener = await listen();
    path = join(temporary("hostile"), "<b>=1+1&.log");
    writeFileSync(path, hostileLog(listener.base));
  });
  after(() => listener.close());

  test("shows as text on the terminal", () => {
    const { stdout } = outcome(["check", "--format", "text", basename(path)]);
    assert.doesNotMatch(stdout, /[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u202a-\u202e\u2066-\u2069]/);
    assert.doesNotMatch(stdout, /\u001b\]|\u001b\[31m/);
  });

  test("is text in the forms for other tools", () => {
    for (const form of ["timesketch", "navigator", "stix", "misp", "ocsf"]) {
      const { stdout } = outcome(["check", "--format", form, basename(path)]);
      const documents = ["timesketch", "ocsf"].includes(form) ? stdout.trimEnd().split("\n") : [stdout];
      for (const document of documents) assert.equal(typeof JSON.parse(document), "object", form);
      assert.doesNotMatch(stdout, ACTING, form);
    }
  });

  flows((flow) =>
    test("shows as text", async () => {
      await inPage(flow, path);
      assert.deepEqual(listener.requests, []);
    }),
  );

  function outcome(command) {
    try {
      return { stdout: execFileSync(CLI, command, { cwd: dirname(path), encoding: "utf8" }) };
    } catch (error) {
      return error;
    }
  }
});

async function inPage(flow, path) {
  const tab = await flow.open();
  await checkFiles(tab, [path]);
  await there(tab, "[data-finding-head]");
  await openFindings(tab);
  await press(tab, "[data-action=around]");
  await there(tab, ".around li");
  assert.deepEqual(await hostileElements(tab), [], "log text became elements");
  const shown = await text(tab);
  assert.match(shown, /<img src=x onerror=/);
  assert.doesNotMatch(shown, ACTING, "characters that act stand in the page");
  assert.match(shown, /U\+202E/);
  await savedHtml(flow, await exported(tab, "html"));
  savedCsv(await exported(tab, "csv"));
  await exploredAsText(tab);
}

/** The same of the table of all events: values, rows, an opened event, and what is saved of them. */
async function exploredAsText(tab) {
  await press(tab, "[data-action=explore]");
  await there(tab, "[data-row='0'][data-here=true]");
  await openFirst(tab);
  await there(tab, "dialog [data-value='source.address']");
  assert.deepEqual(await hostileElements(tab), [], "log text became elements");
  assert.doesNotMatch(await text(tab), ACTING, "characters that act stand in the table");
  await tab.press("Escape");
  const download = tab.download();
  await press(tab, "[data-save=csv]");
  savedCsv(readFileSync(await download, "utf8").replace(/^\ufeff/, ""));
}

/** Elements that no part of the application makes. */
const hostileElements = (tab) =>
  tab.frame(() => [...document.querySelectorAll("img, [onload], [onerror], #root script")].map(({ localName }) => localName));

async function savedHtml(flow, html) {
  const path = join(temporary("saved"), "report.html");
  writeFileSync(path, html);
  const tab = await flow.tab();
  await tab.raw.goto(pathToFileURL(path).href);
  await sleep(300);
  const found = await tab.outer(() => ({
    elements: document.querySelectorAll("img, script, [onerror], [onload]").length,
    text: document.body.innerText,
  }));
  assert.equal(found.elements, 0, "the saved report has elements of the log's making");
  assert.match(found.text, /<img src=x onerror=/);
  assert.doesNotMatch(found.text, ACTING);
  await tab.close();
}

/** No cell of the table begins like a formula. */
function savedCsv(csv) {
  for (const row of csv.split(/\r?\n/)) {
    for (const cell of row.match(/("([^"]|"")*"|[^,]*)(,|$)/g) ?? []) {
      const value = cell.replace(/,$/, "").replace(/^"/, "");
      assert.doesNotMatch(value, /^[=+@\t\r]|^-[^0-9]/, `a cell begins like a formula: ${cell}`);
    }
  }
  assert.doesNotMatch(csv, ACTING);
}
