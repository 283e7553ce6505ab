// A vendor's checker in the browser: it says whose it is, checks with what is in it, asks nothing of
// the network, and is refused when a byte of it was changed.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { after, before, test } from "node:test";
import { until } from "./lib/browser.mjs";
import { flows } from "./lib/flows.mjs";
import { count, text, there } from "./lib/frame.mjs";
import { listen } from "./lib/listener.mjs";
import { CLI, PAGE, kept, temporary } from "./lib/places.mjs";
import { writeSamples } from "./lib/samples.mjs";
import { checkFiles, commandLine, press } from "./lib/sekisho.mjs";

const SHOTS = kept("screenshots");
const RULE_ID = "6f6b0c0e-0000-4000-8000-0000000000c1";
const INDICATORS = 100_000;

/** A small picture, so that the vendor's mark is one. */
const LOGO = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAGAAAAAgCAIAAABiouoDAAAAW0lEQVR42u3YMQ0AIAwEwOpgxAIL4jCGOww0CGgv+fGnmz4fd400c5803foBCBAgQIAAASoLBOLfBwQIECBAgADVBQJhSQMCBAgQIED+IEPRkgYECBAgQIBa9R8RkCimlJAbtwAAAABJRU5ErkJggg==",
  "base64",
);

const mapping = (id) =>
  `id = "${id}"\nname = "Own ${id}"\nwhat = { en = "own", ja = "own" }\nkind = "text"\n\n[[pattern]]\nmatch = "${id} <@timestamp> <user.name:word> <event.action:word>"\n`;

/** What a vendor writes; the text is as hostile as that of a log. */
function definition(base) {
  const markup = `<img src=x onerror=\\"fetch('${base}/leak/about')\\">`;
  return `
logo = "logo.png"
rules = ["own.yml"]
indicators = ["bad.txt"]
mappings = ["first.toml", "second.toml"]

[about]
title = "Sign-ins of May ${markup}"
vendor = "例示クラウド株式会社"
contact = "csirt@example.com"
expires = "2020-01-31"
questions = ["Q1", "Q5"]
instructions.en = """
## What to do

1. Export the **sign-in log** ${markup}
2. Drop it here.
"""
instructions.ja = "1. **サインインログ**を出力してください。"

[settings]
zone = "Asia/Tokyo"
`;
}

function makeChecker(base) {
  const folder = temporary("checker");
  const write = (name, content) => writeFileSync(join(folder, name), content);
  const run = (...command) => spawnSync(CLI, command, { cwd: folder, encoding: "utf8" });
  const address = (at) => `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`;
  write("checker.toml", definition(base));
  write("logo.png", LOGO);
  write("own.yml", `title: Way out\nid: ${RULE_ID}\nlogsource:\n    category: webserver\ndetection:\n    found:\n        c-uri|contains: '../'\n    condition: found\nlevel: high\n`);
  write("bad.txt", Array.from({ length: INDICATORS }, (_, at) => address(at)).join("\n") + "\n198.51.100.7\n");
  write("first.toml", mapping("first"));
  write("second.toml", mapping("second"));
  run("key", "--out", "vendor.key");
  const made = run("bundle", "checker.toml", "--key", "vendor.key", "--page", PAGE, "--out", "checker.html");
  const [, edition] = /edition: (.*)/.exec(made.stderr);
  const { fingerprint } = JSON.parse(readFileSync(join(folder, "vendor.key"), "utf8"));
  return { folder, base, fingerprint, edition, path: join(folder, "checker.html") };
}

/** What the command line says when it is given all that is in the checker. */
async function besides({ folder, base, fingerprint, edition }, log) {
  copyFileSync(log, join(folder, basename(log)));
  const title = /title = "(.*)"/.exec(definition(base))[1].replaceAll("\\", "");
  const checker = { title, vendor: "例示クラウド株式会社", fingerprint, edition };
  writeFileSync(join(folder, "settings.json"), JSON.stringify({ zone: "Asia/Tokyo", checker }));
  const given = [
    ["--settings", "settings.json"],
    ["--mapping", "first.toml"],
    ["--mapping", "second.toml"],
    ["--rules", "own.yml"],
    ["--iocs", "bad.txt"],
  ];
  return commandLine(folder, [basename(log)], given.flat());
}

/** The checker with one character of its content changed. */
function changed({ folder, path }) {
  const html = readFileSync(path, "utf8");
  const at = html.lastIndexOf("</script>") - 400;
  const other = html[at] === "A" ? "B" : "A";
  const name = join(folder, "changed.html");
  writeFileSync(name, html.slice(0, at) + other + html.slice(at + 1));
  return name;
}

flows((flow) => {
  let listener;
  let checker;
  let samples;

  before(async () => {
    listener = await listen();
    checker = makeChecker(listener.base);
    samples = writeSamples(temporary("samples"));
  });
  after(() => listener.close());

  test("says whose it is, and checks with what is in it", async () => {
    const tab = await flow.open(checker.path);
    await there(tab, "[data-checker=opened]");
    const said = await text(tab, "[data-checker=opened]");
    for (const part of ["例示クラウド株式会社", "csirt@example.com", checker.fingerprint, checker.edition, "2020-01-31", "<img src=x", "Q1, Q5"]) {
      assert.ok(said.includes(part), `${part} in ${said}`);
    }
    assert.equal(await count(tab, "[data-checker=opened] li"), flow.says(2, 1));
    // The mark alone is a picture, and comes a moment behind the words.
    await there(tab, ".vendor-logo");
    assert.equal(await count(tab, "[data-checker=opened] img"), 1);
    const isShown = () => document.querySelector(".vendor-logo").naturalWidth > 0;
    await until(() => tab.frame(isShown), { what: "the mark to be shown" });
    await tab.screenshot(join(SHOTS, `${flow.shot}-checker.png`));
    const json = await checkFiles(tab, [samples["attacked.log"]]);
    assert.equal(json, await besides(checker, samples["attacked.log"]));
    assert.ok(JSON.parse(json).findings.some(({ rule }) => rule === RULE_ID), "its rule speaks");
    await press(tab, flow.says("[data-choice=ja]", "[data-choice=en]"));
    await press(tab, "[data-action=other]");
    await there(tab, "[data-checker=opened]");
    assert.match(await text(tab, "[data-checker=opened]"), flow.says(/サインインログ/, /sign-in log/));
    await tab.close();
    assert.deepEqual(listener.requests, [], "nothing was asked of the network");
  });

  test("is refused when a byte of it was changed", async () => {
    const tab = await flow.open(changed(checker));
    await there(tab, "[data-checker=refused]");
    assert.equal(await count(tab, ".drop-zone"), 0);
    const check = () => tab.outer(() => window.sekisho.check([new File(["x"], "x.log")]).then(() => "checked", (error) => error.message));
    assert.match(await check(), /changed/);
    assert.match(await text(tab, "[data-checker=refused] .said"), flow.says(/changed after it was signed/, /署名された後に変更/));
    await tab.screenshot(join(SHOTS, `${flow.shot}-checker-refused.png`));
    await tab.close();
  });
});
