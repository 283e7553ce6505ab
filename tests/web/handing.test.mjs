// What a report hands over, on the packed page: whose data, with counts that open their records; what
// to change; the letter; the worksheets; what has changed since an earlier report; leaked files.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sleep, until } from "./lib/browser.mjs";
import { flows } from "./lib/flows.mjs";
import { count, text, there } from "./lib/frame.mjs";
import { kept, temporary } from "./lib/places.mjs";
import { checkFiles, fill, generate, press, printed, reportJson } from "./lib/sekisho.mjs";

const SHOTS = kept("screenshots");
const NAMES = ["synthetic-audit.jsonl", "synthetic-sign-in.jsonl"];

flows((flow) => {
  let folder;
  let logs;

  before(async () => {
    folder = temporary("handing");
    const made = join(folder, "case");
    await generate(["--scenario", "T1", "--seed", "7", "--out", made]);
    logs = NAMES.map((log) => join(made, "logs", log));
    writeFileSync(join(folder, "leaked.csv"), "氏名,メール,パスワード\n佐藤,sato@city.example.lg.jp,Yama-4821\n");
    writeFileSync(join(folder, "photo.png"), Buffer.from("89504e470d0a1a0a0000000d49484452", "hex"));
  });

  const withReport = (files, use) => flow.withPage(async (tab) => use(tab, await checkFiles(tab, files)));

  test("counts of affected parties open into as many records", () =>
    withReport(logs, async (tab, json) => {
      const report = JSON.parse(json);
      assert.ok(report.affected.length > 2);
      await there(tab, "#parties table");
      const party = report.affected.find(({ viewed }) => viewed > 0);
      await press(tab, `[data-party="${party.id} viewed"]`);
      await until(async () => (await tab.frame(() => document.querySelector("[data-party-rows] small")?.textContent ?? "")).includes(flow.says(`${party.viewed} records`, `${party.viewed} 件`)), { what: "the records" });
      assert.ok((await count(tab, "[data-party-rows] .evidence")) > 0);
      assert.ok((await count(tab, "#secrets tbody tr")) === report.secrets.length);
      await tab.screenshot(join(SHOTS, `${flow.shot}-parties.png`));
    }));

  test("the letter of the page is that of the command line", () =>
    withReport(logs, async (tab) => {
      await press(tab, "[data-action=letter]");
      await there(tab, "textarea.letter");
      const shown = await tab.frame(() => document.querySelector("textarea.letter").value);
      assert.equal(shown, await printed(join(folder, "case", "logs"), NAMES, "letter", ["--lang", flow.language]));
    }));

  test("worksheets have the deadlines that follow from the time of knowing", () =>
    withReport(logs, async (tab) => {
      await fill(tab, "#known-at", "yesterday");
      await press(tab, "[data-action=save-worksheets]");
      await until(async () => (await text(tab, "#papers")).includes("2021-05-06T10:00:00+09:00"), { what: "what is wrong" });
      await fill(tab, "#known-at", "2021-05-25");
      const saved = tab.download();
      await press(tab, "[data-action=save-worksheets]");
      const sheet = readFileSync(await saved, "utf8");
      assert.match(sheet, /2021-07-23/);
      assert.match(sheet, flow.says(/no legal advice/, /法的助言ではありません/));
    }));

  test("an earlier report is compared with the one that shows", () =>
    withReport(logs, async (tab, json) => {
      const earlier = join(folder, "earlier.json");
      writeFileSync(earlier, await printed(join(folder, "case", "logs"), NAMES.slice(1), "json"));
      await there(tab, "#earlier");
      await tab.choose("#earlier", [earlier]);
      await there(tab, "[data-compared] table");
      assert.match(await text(tab, "[data-compared]"), /synthetic-audit\.jsonl/);
      // Dropped or chosen with the page's own field, it is compared as well, and no check begins.
      await tab.give([earlier]);
      await sleep(500);
      assert.equal(await reportJson(tab), json);
      await there(tab, "[data-compared] table");
      writeFileSync(earlier, "{}");
      await tab.choose("#earlier", [earlier]);
      await until(async () => (await text(tab, "#compare [role=status]")).includes("earlier.json"), { what: "what is wrong" });
    }));

  test("leaked files are inspected, and the records that name them are found", () =>
    withReport(logs, async (tab, json) => {
      const report = JSON.parse(json);
      const named = report.findings.flatMap(({ evidence }) => evidence).map((of) => /"file_path":"[^"]*\/([^"/]+)"/.exec(of.text ?? "")?.[1]).find(Boolean);
      const leaked = join(folder, named);
      writeFileSync(leaked, readFileSync(join(folder, "leaked.csv")));
      await there(tab, "#inspect-files");
      await tab.choose("#inspect-files", [leaked, join(folder, "photo.png")]);
      await there(tab, "[data-inspected]");
      const shown = await text(tab, "[data-inspected]");
      assert.match(shown, /city\.example\.lg\.jp/);
      assert.ok(!shown.includes("Yama-4821"), "the password is masked");
      assert.match(await text(tab, "[data-not-inspected]"), /photo\.png/);
      assert.match(shown, flow.says(/Records that name these files/, /これらのファイル/));
    }));
});
