// A vendor makes a checker on the page, without any request: to the byte the file that the command line
// makes of the same page, key and definition. What a client could not use is said at its field; private
// indicators cannot be read from it; the file opens and checks.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { inflateSync } from "node:zlib";
import { barriers } from "./lib/axe.mjs";
import { sleep, until } from "./lib/browser.mjs";
import { flows } from "./lib/flows.mjs";
import { count, text, there } from "./lib/frame.mjs";
import { focused, typed } from "./lib/keyboard.mjs";
import { listen } from "./lib/listener.mjs";
import { CLI, PAGE, kept, temporary } from "./lib/places.mjs";
import { writeSamples } from "./lib/samples.mjs";
import { checkFiles, fill, press } from "./lib/sekisho.mjs";

const SHOTS = kept("screenshots");
const RULE_ID = "6f6b0c0e-0000-4000-8000-0000000000d1";
const LOGO = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const MAPPING = `id = "own"\nname = "Own"\nwhat = { en = "own", ja = "own" }\nkind = "text"\n\n[[pattern]]\nmatch = "own <@timestamp> <user.name:word>"\n`;
const INDICATORS = ["203.0.113.250", "drop.attacker.example", "very-secret-name@attacker.example"];
const INSTRUCTIONS = "## What to do\n\n1. Export the **sign-in log**.\n2. Drop it here.";

const DEFINITION = `
logo = "logo.png"
rules = ["own.yml"]
indicators = ["bad.txt"]
mappings = ["own.toml"]

[about]
title = "Sign-ins of <img src=x> May"
vendor = "例示クラウド株式会社"
contact = "csirt@example.com"
expires = "2099-03-31"
questions = ["Q1", "Q5"]
instructions.en = ${JSON.stringify(INSTRUCTIONS)}

[settings]
zone = "Asia/Tokyo"
since = "2020-01-01"
`;

function vendor() {
  const folder = temporary("vendor");
  const place = (name) => join(folder, name);
  const run = (...command) => execFileSync(CLI, command, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  writeFileSync(place("checker.toml"), DEFINITION);
  writeFileSync(place("logo.png"), LOGO);
  writeFileSync(place("not.png"), "GIF89a");
  writeFileSync(place("own.toml"), MAPPING);
  writeFileSync(place("own.yml"), `title: Way out\nid: ${RULE_ID}\nlogsource:\n    category: webserver\ndetection:\n    found:\n        c-uri|contains: '../'\n    condition: found\nlevel: high\n`);
  writeFileSync(place("bad.txt"), `${INDICATORS.join("\n")}\n198.51.100.0/24\n`);
  run("key", "--out", "vendor.key");
  run("bundle", "checker.toml", "--key", "vendor.key", "--page", PAGE, "--out", "expected.html");
  const { fingerprint } = JSON.parse(readFileSync(place("vendor.key"), "utf8"));
  return { place, run, fingerprint };
}

/** What stands in a checker, unpacked. */
function content(html) {
  const block = /<script type="text\/plain" id="checker">([^<]*)<\/script>/.exec(html)[1];
  // Mark, key and signature stand in front.
  return inflateSync(Buffer.from(block, "base64").subarray(16 + 32 + 64));
}

const invalid = (tab) =>
  tab.frame(() => [...document.querySelectorAll("[data-vendor] [aria-invalid=true]")].map((field) => field.dataset.about ?? field.dataset.choose));

/** Opens the screen from the palette, by keyboard. */
async function openByKeyboard(tab, flow) {
  await focused(tab);
  await tab.press("Control+k");
  await typed(tab, "[data-field=command]", flow.says("make a checker", "チェッカーを作"));
  await tab.press("Enter");
  await there(tab, "[data-vendor]");
}

async function fillIn(tab, { place }) {
  const about = { vendor: "例示クラウド株式会社", contact: "csirt@example.com", "instructions-en": INSTRUCTIONS };
  for (const [name, value] of Object.entries(about)) await fill(tab, `[data-about=${name}]`, value);
  for (const id of ["Q5", "Q1"]) await press(tab, `[data-question=${id}]`);
  await tab.choose("[data-choose=logo]", [place("logo.png")]);
  // Rules, mapping files and the key are told by what stands in them.
  await tab.give([place("own.yml"), place("own.toml"), place("vendor.key")]);
  await there(tab, "[data-rules='1']");
  await there(tab, "[data-mapping=own]");
  await tab.choose("[data-choose=lists]", [place("bad.txt")]);
  await there(tab, "[data-swept='4']");
  await fill(tab, ".settings input[list]", "Asia/Tokyo");
}

/** The file that the browser is handed when a button is pressed. */
async function saved(tab, selector) {
  const download = tab.download();
  await press(tab, selector);
  return readFileSync(await download);
}

const isReady = (tab) => tab.frame(() => !document.querySelector("[data-action=make-checker]").disabled);

flows((flow) => {
  let listener;
  let own;
  let samples;

  before(async () => {
    listener = await listen();
    own = vendor();
    samples = writeSamples(temporary("samples"));
  });
  after(() => listener.close());

  test("makes the checker that the command line makes", async () => {
    const tab = await flow.open();
    await there(tab, "[data-action=vendor]");
    await openByKeyboard(tab, flow);
    await until(async () => (await invalid(tab)).join() === "title,vendor", { what: "what is missing" });
    await tab.frame(() => document.querySelector("[data-about=title]").focus());
    await tab.type("Sign-ins of <img src=x> May");
    await tab.choose("[data-choose=logo]", [own.place("not.png")]);
    await fill(tab, "[data-about=expires]", "31.3.2099");
    await fill(tab, "[data-about=settings]", "{ zone");
    await until(async () => (await invalid(tab)).join() === "vendor,expires,logo,settings", { what: "what is wrong" });
    await fillIn(tab, own);
    assert.equal(await isReady(tab), false, "what is wrong is not made");
    await fill(tab, "[data-about=expires]", "2099-03-31");
    await fill(tab, "[data-about=settings]", '{"since": "2020-01-01"}');
    await until(() => isReady(tab), { what: "nothing to be wrong" });
    const preview = await text(tab, "[data-checker=opened]");
    for (const part of ["例示クラウド株式会社", "<img src=x>", "Q1, Q5", "2099-03-31", own.fingerprint]) {
      assert.ok(preview.includes(part), `${part} in ${preview}`);
    }
    await there(tab, ".vendor-logo");
    await tab.screenshot(join(SHOTS, `${flow.shot}-vendor.png`));
    const made = await saved(tab, "[data-action=make-checker]");
    const expected = readFileSync(own.place("expected.html"));
    assert.ok(made.equals(expected), `${made.length} bytes made, ${expected.length} expected`);
    await there(tab, "[data-made]");
    const sums = await text(tab, "[data-made]");
    for (const file of [PAGE, own.place("expected.html")]) {
      const sum = String(execFileSync("sha256sum", [file])).split(" ")[0];
      assert.ok(sums.includes(sum), `${sum} of ${file} in ${sums}`);
    }
    await tab.close();
    assert.deepEqual(listener.requests, [], "nothing was asked of the network");
  });

  test("has no barriers, in both languages and themes, and keeps no key", async () => {
    const tab = await flow.open();
    await press(tab, "[data-action=vendor]");
    await there(tab, "[data-vendor]");
    const key = JSON.parse(String(await saved(tab, "[data-action=make-key]")));
    writeFileSync(own.place(`${flow.shot}.key`), JSON.stringify(key));
    await there(tab, `[data-key="${key.fingerprint}"]`);
    const public_ = own.run("key", "--from", `${flow.shot}.key`, "--public", `${flow.shot}.json`);
    assert.ok(public_, "the command line takes the key");
    for (const theme of ["dark", "light"]) {
      await press(tab, `[data-choice=${theme}]`);
      // Colours pass over into one another.
      await sleep(300);
      assert.deepEqual(await barriers(tab), [], theme);
    }
    const other = flow.says("ja", "en");
    await press(tab, `[data-choice=${other}]`);
    await until(() => tab.outer((other) => document.documentElement.lang === other, other), { what: "the other language" });
    assert.match(await text(tab, "main"), flow.says(/チェッカーの作成/, /Make a checker/));
    assert.doesNotMatch(await text(tab, "main"), /安全|問題なし/);
    assert.deepEqual(await barriers(tab), []);
    await tab.choose("[data-choose=key]", [own.place("not.png")]);
    await until(async () => /not\.png/.test(await text(tab, "[data-vendor] [role=alert]")), { what: "no key" });
    await press(tab, "[data-action=other]");
    await press(tab, "[data-action=vendor]");
    await there(tab, "[data-vendor]");
    assert.equal(await count(tab, "[data-key]"), 0, "the key is forgotten");
    await tab.close();
  });

  test("makes one with digests alone, which opens and checks", async () => {
    const tab = await flow.open();
    await press(tab, "[data-action=vendor]");
    await there(tab, "[data-vendor]");
    await fill(tab, "[data-about=title]", "Sign-ins");
    await fillIn(tab, own);
    await press(tab, "[data-private]");
    assert.match(await text(tab, "[data-vendor]"), flow.says(/all IPv4 addresses within days/, /IPv4 ?アドレスは数日/));
    assert.match(await text(tab, "[data-vendor]"), flow.says(/Ranges of addresses cannot be digests/, /アドレスの範囲/));
    await until(() => isReady(tab), { what: "nothing to be wrong" });
    const made = await saved(tab, "[data-action=make-checker]");
    const inside = content(String(made));
    for (const indicator of INDICATORS) assert.equal(inside.indexOf(indicator), -1, indicator);
    assert.ok(inside.includes("sekisho_private_list"), "the digests are in it");
    await tab.close();
    const place = own.place(`${flow.shot}-private.html`);
    writeFileSync(place, made);
    const client = await flow.open(place);
    await there(client, "[data-checker=opened]");
    assert.equal(await count(client, "[data-action=vendor]"), 0, "a checker makes no checkers");
    const report = JSON.parse(await checkFiles(client, [samples["attacked.log"]]));
    assert.equal(report.settings.checker.fingerprint, own.fingerprint);
    assert.equal(report.settings.indicators[0].format, "private");
    assert.ok(report.findings.some(({ rule }) => rule === RULE_ID), "its rule speaks");
    await client.close();
    assert.deepEqual(listener.requests, [], "nothing was asked of the network");
  });
});
