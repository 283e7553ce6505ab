// What an analyst does with the page beyond reading the report: confirms the data, explores all events,
// narrows to a time, keeps a case under a passphrase, and never loses a judgement unasked.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { barriers } from "./lib/axe.mjs";
import { sleep, until } from "./lib/browser.mjs";
import { asksForChooser } from "./lib/chooser.mjs";
import { flows } from "./lib/flows.mjs";
import { count, text, there } from "./lib/frame.mjs";
import { focused, tabTo, typed } from "./lib/keyboard.mjs";
import { CLI, kept, temporary } from "./lib/places.mjs";
import { attacked, ordinary, writeSamples } from "./lib/samples.mjs";
import { checkFiles, commandLine, ended, fill, generate, openFindings, openFirst, press, reportJson, state } from "./lib/sekisho.mjs";

const SHOTS = kept("screenshots");

/** Sign-ins that state no zone. */
const signIns = (lines = 60) =>
  Array.from({ length: lines }, (_, n) => {
    const minute = String(n % 60).padStart(2, "0");
    return `May  6 01:${minute}:00 gate sshd[${n + 1}]: Failed password for ${["sato", "suzuki", "=cmd"][n % 3]} from 203.0.113.${n + 1} port 50000 ssh2\n`;
  }).join("");

/** What the command line gives of a query: a record a line. */
const asked = (folder, names, query) =>
  execFileSync(CLI, ["events", "--where", query, ...names], { cwd: folder, maxBuffer: 1 << 28 })
    .toString()
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));

/** The logs of an invented platform, with a log of one of its machines that states no zone and no year. */
async function platform() {
  const folder = temporary("platform");
  await generate(["--scenario", "T1", "--seed", "7", "--out", join(folder, "case")]);
  const names = readdirSync(join(folder, "case/logs")).sort();
  const paths = names.map((one) => join(folder, "case/logs", one));
  const gate = join(folder, "gate.log");
  writeFileSync(gate, signIns());
  utimesSync(gate, GATE_WRITTEN, GATE_WRITTEN);
  return [...paths, gate];
}

const GATE_WRITTEN = new Date("2021-05-07T00:00:00Z");

flows((flow) => {
  const { name } = flow;
  const withPage = (use) => flow.withPage(use);
  let samples;
  let logs;

  before(() => {
    samples = writeSamples(temporary("samples"));
    logs = temporary("analyst");
    writeFileSync(join(logs, "auth.log"), signIns());
    copyFileSync(samples["attacked.log"], join(logs, "attacked.log"));
  });

  const at = (...names) => names.map((one) => join(logs, one));
  const found = async (tab) => Number(await tab.frame(() => document.querySelector("[data-found]")?.dataset.found));
  const finds = (tab, count) => until(async () => (await found(tab)) === count, { what: `${count} events` });

  /** Opens the table of all events of what was checked. */
  async function explore(tab, paths) {
    await checkFiles(tab, paths);
    await press(tab, "[data-action=explore]");
    await there(tab, "[data-found]");
  }

  /** Asks a query as a person does: typed, and Enter. */
  async function ask(tab, query) {
    await fill(tab, "[data-field=query]", query);
    await tab.frame(() => document.querySelector("[data-field=query]").focus());
    await focused(tab);
    await tab.press("Enter");
  }

  test("nothing is asked where nothing is open", () =>
    withPage(async (tab) => {
      await tab.choose("[data-choose=files]", at("attacked.log"));
      await ended(tab);
      assert.equal(await reportJson(tab), await commandLine(logs, ["attacked.log"]));
    }));

  for (const kind of ["files", "folder"])
    test(`Enter opens the browser's chooser of ${kind}`, () =>
      withPage(async (tab) => {
        const chosen = await asksForChooser(tab, kind);
        await focused(tab);
        await tabTo(tab, `[data-action=choose-${kind}]`);
        await tab.press("Enter");
        const isGiven = await chosen(kind === "files" ? join(logs, "attacked.log") : logs);
        if (isGiven) await until(() => tab.frame(() => !document.querySelector(".drop-zone")), { what: "what follows" });
      }));

  test("where the system sets the colours, charts, marks and focus still show", () =>
    flow.withForcedColours(async (tab) => {
      await checkFiles(tab, at("attacked.log"));
      await there(tab, "[data-finding-head]");
      await openFindings(tab);
      await there(tab, "mark");
      await tab.frame(() => document.querySelector("[data-action=explore]").focus());
      await focused(tab);
      const shown = await tab.frame(() => {
        const of = (selector) => getComputedStyle(document.querySelector(selector));
        const canvas = getComputedStyle(document.body).backgroundColor;
        const told = { mark: of("mark").backgroundColor, bar: of(".bar-records").fill, legend: getComputedStyle(document.querySelector(".legend"), "::before").backgroundColor };
        const { outlineStyle, outlineColor } = getComputedStyle(document.activeElement);
        return { isForced: matchMedia("(forced-colors: active)").matches, canvas, told, outlineStyle, outlineColor };
      });
      assert.ok(shown.isForced);
      for (const [what, colour] of Object.entries(shown.told)) assert.notEqual(colour, shown.canvas, what);
      assert.equal(shown.outlineStyle, "solid");
      assert.notEqual(shown.outlineColor, shown.canvas);
      // Firefox without a screen has system colours of its own, whose contrast is not the page's.
      if (name === "chromium") assert.deepEqual(await barriers(tab), []);
      // A text whose colour is the browser's own is drawn on a plate that hides what is behind.
      const adjusted = (selector) => getComputedStyle(document.querySelector(selector)).forcedColorAdjust;
      for (const selector of ["button.main", "mark"]) assert.equal(await tab.frame(adjusted, selector), "none", selector);
      await tab.screenshot(join(SHOTS, `${flow.shot}-forced-colours.png`));
    }));

  test("three actions lead from the files to the answer", () =>
    withPage(async (tab) => {
      const shot = (what) => tab.screenshot(join(SHOTS, `${flow.shot}-${what}.png`));
      const paths = await platform();
      await shot("open");
      await tab.choose("[data-choose=files]", paths);
      await there(tab, "[data-open]");
      await until(() => tab.frame(() => document.activeElement?.matches("[data-action=go-on]")), { what: "the focus on what goes on" });
      await shot("confirm");
      await focused(tab);
      await tab.press("Enter");
      await ended(tab);
      await there(tab, "#custody");
      assert.match(await text(tab, "#answer"), flow.says(/^Was there unauthorised access\?\s*Likely/, /^不正アクセスはありましたか\?\s*可能性が高い/));
      await shot("page");
    }));

  test("what was recognised stands before the answer, and one key goes on", () =>
    withPage(async (tab) => {
      await tab.choose("[data-choose=files]", at("auth.log", "attacked.log"));
      await there(tab, "[data-open]");
      assert.equal(await state(tab), "checking");
      assert.equal(await reportJson(tab), null, "no answer yet");
      const shown = await text(tab, "main");
      assert.equal(await count(tab, "[data-recognised=apache_combined]"), 1);
      for (const part of ["auth.log", "attacked.log", "2021-05-06"]) assert.ok(shown.includes(part), part);
      assert.equal(await count(tab, "[data-point=zone]"), 1);
      assert.ok((await count(tab, ".calendar-row")) >= 1);
      await tab.screenshot(join(SHOTS, `${flow.shot}-data-check.png`));
      await press(tab, flow.says("[data-choice=ja]", "[data-choice=en]"));
      const heading = flow.says(/データの確認/, /Is this the data you mean/);
      await until(async () => heading.test(await text(tab, "main h1")), { what: "the data check in the other language" });
      if (name === "chromium") assert.deepEqual(await barriers(tab), []);
      await tab.frame(() => document.querySelector("[data-action=go-on]").focus());
      await focused(tab);
      await tab.press("Enter");
      await ended(tab);
      assert.equal(await reportJson(tab), await commandLine(logs, ["auth.log", "attacked.log"]));
    }));

  test("a zone and networks that are told there are taken into account", () =>
    withPage(async (tab) => {
      await tab.choose("[data-choose=files]", at("auth.log"));
      await press(tab, ".zone-question [value=other]");
      await fill(tab, "[data-field=data-zone]", "Nowhere");
      await press(tab, "[data-action=go-on]");
      await until(async () => /Nowhere/.test(await text(tab, ".zone-question .field-error")), { what: "an error at the zone" });
      await fill(tab, "[data-field=data-zone]", "Asia/Tokyo");
      await fill(tab, "[data-declared=own_networks]", "192.0.2.0/24");
      await press(tab, "[data-action=go-on]");
      await ended(tab);
      const settings = join(temporary("settings"), "settings.json");
      writeFileSync(settings, JSON.stringify({ zone: "Asia/Tokyo", declared: { own_networks: ["192.0.2.0/24"] } }));
      assert.equal(await reportJson(tab), await commandLine(logs, ["auth.log"], ["--settings", settings]));
    }));

  test("a log that no format fits is described before the answer", () =>
    withPage(async (tab) => {
      await tab.choose("[data-choose=files]", [samples["own.log"]]);
      await there(tab, "[data-point=format]");
      await press(tab, "[data-point=format] button");
      await there(tab, "[data-understood]");
      await tab.press("Escape");
      await until(async () => (await count(tab, "dialog[open]")) === 0);
      await press(tab, "[data-action=go-on]");
      await ended(tab);
    }));

  test("all events are asked in the language of the command line", () =>
    withPage(async (tab) => {
      const names = ["attacked.log", "auth.log"];
      await explore(tab, at(...names));
      await finds(tab, asked(logs, names, "").length);
      for (const query of ["status>=400", "ip:203.0.113.0/24 -status:200", "user:sato or log:attacked.log", "\"failed password\" -sato", "UNION", "time>=2021-05-06T05:00"]) {
        await ask(tab, query);
        await finds(tab, asked(logs, names, query).length);
      }
      await ask(tab, "nosuch:1");
      await there(tab, "[data-query-wrong=true]");
      assert.match(await text(tab, "[data-query-wrong=true]"), /nosuch/);
      await ask(tab, "");
      await finds(tab, asked(logs, names, "").length);
    }));

  test("values, rows and networks narrow the query, and what is found is saved", () =>
    withPage(async (tab) => {
      const names = ["attacked.log", "auth.log"];
      await explore(tab, at(...names));
      await tab.screenshot(join(SHOTS, `${flow.shot}-explore.png`));
      await press(tab, "[data-facet='user.name'] .facet-value");
      await until(async () => /user\.name:/.test(await query(tab)), { what: "the query" });
      await finds(tab, asked(logs, names, await query(tab)).length);
      await there(tab, "[data-row='0'][data-here=true]");
      await openFirst(tab);
      await there(tab, "dialog [data-value='source.address']");
      await there(tab, "dialog .around [aria-current=true]");
      await press(tab, "[data-value='source.address'] [data-pivot=without]");
      await until(async () => /-source\.address:/.test(await query(tab)), { what: "the narrowed query" });
      await finds(tab, asked(logs, names, await query(tab)).length);
      const download = tab.download();
      await press(tab, "[data-save=csv]");
      const csv = readFileSync(await download, "utf8");
      assert.equal(csv.trimEnd().split("\r\n").length, 1 + (await found(tab)));
      assert.doesNotMatch(csv, /"=/, "no formula");
      await ask(tab, "");
      await press(tab, "[data-tab=crossed]");
      await there(tab, "[data-crossed] .cell-button");
      await tab.screenshot(join(SHOTS, `${flow.shot}-crossed.png`));
      await press(tab, "[data-crossed] .cell-button");
      await until(async () => /source\.address:203\.0\.113\.0\/24/.test(await query(tab)), { what: "the network in the query" });
      await finds(tab, asked(logs, names, await query(tab)).length);
      await press(tab, "[data-action=report]");
      await there(tab, "#answer");
      await press(tab, "[data-action=cross]");
      await there(tab, "[data-crossed]");
    }));

  test("the table is sorted and walked through by keyboard, and names are completed", () =>
    withPage(async (tab) => {
      await explore(tab, at("attacked.log"));
      const first = () => tab.frame(() => document.querySelector("[data-row='0']")?.textContent);
      await there(tab, "[data-row='0'][data-here=true]");
      const earliest = await first();
      await press(tab, "[data-sort=time]");
      await until(async () => (await first()) !== earliest && !(await first()).includes("…"), { what: "the latest first" });
      await tab.frame(() => document.querySelector("[role=grid]").focus());
      await focused(tab);
      await tab.press("End");
      const last = (await found(tab)) - 1;
      await there(tab, `[data-row='${last}'][data-here=true]`);
      await tab.press("Enter");
      await there(tab, "dialog [data-value='source.address']");
      await tab.press("Escape");
      await until(async () => (await count(tab, "dialog[open]")) === 0);
      await tab.frame(() => document.querySelector("[data-field=query]").focus());
      await typed(tab, "[data-field=query]", "stat");
      await there(tab, ".query [role=option]");
      await tab.press("ArrowDown");
      await tab.press("Enter");
      assert.match(await query(tab), /^status:/);
    }));

  test("a check pauses, shows what is found so far, and reports what was read", () =>
    withPage(async (tab) => {
      // Paused when some parts are read and much is left. The digest is half of the work, and done at once.
      await tab.frame(() => {
        const look = setInterval(() => {
          const pause = document.querySelector("[data-action=pause]");
          if (!pause || document.querySelector(".whole progress").value < 0.6) return;
          clearInterval(look);
          pause.click();
        }, 2);
      });
      const bytes = readFileSync(samples["attacked.log"], "utf8");
      await tab.outer((bytes) => {
        const file = new File([bytes.repeat(300)], "access.log");
        window.whole = window.sekisho.check([file], { cutBytes: 4096, lookMs: 1 }).then((report) => report.coverage.records);
      }, bytes);
      const paused = flow.says(/Paused: nothing more is read/, /一時停止中です/);
      await until(async () => paused.test(await text(tab, ".checking")), { what: "the pause" });
      await there(tab, ".so-far li");
      assert.match(await text(tab, "[data-provisional]"), flow.says(/Provisional: from [0-9.]+.%/, /暫定の結果です\(ログの[0-9.]+.?%/));
      assert.equal(await state(tab), "checking");
      await tab.screenshot(join(SHOTS, `${flow.shot}-so-far.png`));
      if (name === "chromium") assert.deepEqual(await barriers(tab), []);
      await press(tab, "[data-action=end]");
      await ended(tab);
      const report = JSON.parse(await reportJson(tab));
      assert.deepEqual(report.sources[0].problems.map(({ kind }) => kind), ["ended"]);
      assert.match(report.questions[0].summary.en, /could not be read to the end/);
      assert.ok(report.coverage.records > 0 && report.coverage.records < bytes.split("\n").length * 300);
      assert.ok(report.not_evaluable.some(({ id }) => id === "F2"), "what was not read is no gap");
      assert.equal(await tab.outer(() => window.whole), report.coverage.records);
    }));

  test("a part of the time narrows findings and events", () =>
    withPage(async (tab) => {
      await checkFiles(tab, at("attacked.log"));
      await there(tab, "#timeline .brush-plot");
      await tab.frame(() => document.querySelector("#timeline .brush-plot").focus());
      await focused(tab);
      for (const key of ["Home", "Shift+ArrowRight", "Enter"]) await tab.press(key);
      await there(tab, "[data-period]");
      const shown = await tab.frame(() => document.querySelectorAll("[data-finding-head]").length);
      const { findings } = JSON.parse(await reportJson(tab));
      assert.ok(shown < findings.length, `${shown} of ${findings.length} findings in the first minutes`);
      await press(tab, "[data-action=explore-period]");
      await there(tab, "[data-found]");
      await finds(tab, asked(logs, ["attacked.log"], await query(tab)).length);
      await press(tab, "[data-action=report]");
      await press(tab, "[data-action=all-times]");
      await until(async () => (await count(tab, "[data-period]")) === 0);
      assert.ok((await count(tab, "#attack [data-found]")) > 0, "techniques that were found");
      assert.ok((await count(tab, "#attack .technique-none")) > 0, "and those looked for");
    }));

  test("a case is kept under a passphrase", () =>
    withPage(async (tab) => {
      const json = await checkFiles(tab, at("attacked.log"));
      await press(tab, "[data-action=lock-case]");
      await typed(tab, "[data-field=passphrase]", "four words are better");
      await tab.frame(() => document.querySelector("[data-field=passphrase-again]").focus());
      await typed(tab, "[data-field=passphrase-again]", "four words are better");
      const download = tab.download();
      await tab.press("Enter");
      const saved = join(temporary("locked-case"), "locked.sekisho");
      copyFileSync(await download, saved);
      assert.ok(!readFileSync(saved).includes("sekisho\""));
      await press(tab, "[data-action=other]");
      await there(tab, ".drop-zone");
      await tab.give([saved]);
      await typed(tab, "[data-field=case-passphrase]", "another one altogether");
      await tab.press("Enter");
      await there(tab, "[data-field=case-passphrase][aria-invalid=true]");
      await fill(tab, "[data-field=case-passphrase]", "four words are better");
      await press(tab, "[data-action=use-passphrase]");
      await there(tab, "[data-opened=alone]");
      assert.equal(await reportJson(tab), json);
    }));

  test("what showed of the events is saved in the case", () =>
    withPage(async (tab) => {
      await explore(tab, at("attacked.log"));
      await ask(tab, "status>=400");
      await press(tab, "[data-sort=time]");
      const left = asked(logs, ["attacked.log"], "status>=400").length;
      await finds(tab, left);
      await press(tab, "[data-action=report]");
      const download = tab.download();
      await press(tab, "[data-action=save-case]");
      const saved = join(temporary("view"), "view.sekisho");
      copyFileSync(await download, saved);
      await press(tab, "[data-action=other]");
      await there(tab, ".drop-zone");
      await tab.give([saved, ...at("attacked.log")]);
      await there(tab, "[data-opened=same]");
      await press(tab, "[data-action=explore]");
      await finds(tab, left);
      assert.equal(await query(tab), "status>=400");
      assert.equal(await count(tab, "[aria-sort=descending] [data-sort=time]"), 1);
    }));

  test("a command is found by a few letters", () =>
    withPage(async (tab) => {
      await checkFiles(tab, at("attacked.log"));
      await there(tab, "#custody");
      await focused(tab);
      await tab.press("Control+k");
      await typed(tab, "[data-field=command]", flow.says("日本", "Engl"));
      await tab.press("Enter");
      const other = flow.says("ja", "en");
      await until(() => tab.outer((other) => document.documentElement.lang === other, other), { what: "the other language" });
      await tab.press("Control+k");
      await typed(tab, "[data-field=command]", flow.says("全イベント", "all events"));
      await tab.press("Enter");
      await there(tab, "[data-exploring]");
    }));

  test("the help is searched, and has every detection in its own words", () =>
    withPage(async (tab) => {
      await checkFiles(tab, at("attacked.log"));
      const isOpen = () => tab.frame(() => document.querySelector("[data-help=A1]") !== null);
      // A frame that was not given the keyboard yet does not hear it.
      const pressed = async () => {
        await focused(tab);
        await tab.press("?");
        await sleep(500);
        return isOpen();
      };
      await until(async () => (await isOpen()) || pressed(), { what: "the help" });
      const shown = () => tab.frame(() => [...document.querySelectorAll("[data-help]")].map((one) => one.dataset.help));
      const all = await shown();
      const detections = (...id) => execFileSync(CLI, ["detections", ...id]).toString();
      const ids = detections().split("\n").flatMap((line) => /^[A-I]\d+/.exec(line) ?? []);
      assert.ok(ids.length > 50);
      assert.deepEqual(ids.filter((id) => !all.includes(id)), []);
      await typed(tab, "[data-field=help]", flow.says("D5 egress", "D5 送信"));
      await until(async () => (await shown()).join() === "D5", { what: "one entry" });
      const said = await text(tab, "[data-help=D5]");
      const why = flow.says("Information that leaves leaves as bytes.", "持ち出された情報は必ず送信量として現れます。");
      assert.ok(detections("D5").includes(why) && said.includes(why), said);
      assert.deepEqual(await barriers(tab), []);
      await tab.screenshot(join(SHOTS, `${flow.shot}-help.png`));
      await fill(tab, "[data-field=help]", "xyzzy");
      await until(async () => (await shown()).length === 0, { what: "nothing" });
      assert.match(await text(tab, "dialog[open] [role=status]"), /xyzzy/);
      // Where a browser empties the field first, once more; who left the field by Tab is behind it.
      const isClosed = () => tab.frame(() => document.querySelector("dialog[open]") === null);
      const escape = async () => {
        await focused(tab);
        await tab.press("Escape");
        return isClosed();
      };
      await until(escape, { what: "the help to close" });
    }));

  test("on paper everything is drawn, and the leading findings are open", () =>
    withPage(async (tab) => {
      await checkFiles(tab, at("attacked.log"));
      await there(tab, "#custody");
      await tab.frame(() => {
        const count = (selector) => document.querySelectorAll(selector).length;
        window.print = () => {
          globalThis.printed = { left: count(".chunk[data-near=false]"), open: count(".finding-body"), heads: count("[data-finding-head]") };
        };
      });
      await press(tab, "[data-action=print]");
      await until(() => tab.frame(() => globalThis.printed), { what: "the printing" });
      const { left, open, heads } = await tab.frame(() => globalThis.printed);
      assert.deepEqual([left, open], [0, heads]);
      await until(async () => (await count(tab, ".finding-body")) === 0, { what: "the findings to close again" });
    }));

  test("cancelling a second check asks before judgements are lost", () =>
    withPage(async (tab) => {
      const large = join(temporary("second"), "large.log");
      writeFileSync(large, attacked(400) + ordinary(20_000).repeat(40));
      const json = await checkFiles(tab, [large]);
      const [finding] = JSON.parse(json).questions[0].findings;
      await press(tab, `[data-finding-head="${finding}"]`);
      await press(tab, `[data-judge="${finding}"] input[value=confirmed]`);
      await until(async () => (await reportJson(tab)) !== json, { what: "the judgement" });
      await press(tab, "[data-action=change-stream]");
      await fill(tab, "dialog [data-field=encoding]", "latin1");
      await press(tab, "[data-action=use-stream]");
      await press(tab, "[data-action=cancel]");
      await there(tab, "[data-action=stay]");
      await press(tab, "[data-action=stay]");
      await ended(tab);
      assert.deepEqual(JSON.parse(await reportJson(tab)).judgements.map(({ judged }) => judged), ["confirmed"]);
    }));

  test("the ledger fits beside the contents", () =>
    withPage(async (tab) => {
      await checkFiles(tab, at("attacked.log", "auth.log"));
      await there(tab, "#custody");
      const over = await tab.frame(() => {
        document.getElementById("sources").scrollIntoView();
        const table = document.querySelector(".ledger .table");
        return table.scrollWidth - table.clientWidth;
      });
      assert.ok(over <= 0, `${over} px too wide`);
    }));

  for (const scheme of ["light", "dark"]) {
    test(`events and commands have no barrier in the ${scheme} theme, and fit a narrow window`, () =>
      withPage(async (tab) => {
        await press(tab, `[data-choice=${scheme}]`);
        await explore(tab, at("attacked.log", "auth.log"));
        await there(tab, "[data-row='0'][data-here=true]");
        await sleep(300);
        if (name === "chromium") assert.deepEqual(await barriers(tab), []);
        await press(tab, "[data-tab=crossed]");
        await there(tab, "[data-crossed] .cell-button");
        if (name === "chromium") assert.deepEqual(await barriers(tab), []);
        await focused(tab);
        await tab.press("Control+k");
        await there(tab, "[data-field=command]");
        if (name === "chromium") assert.deepEqual(await barriers(tab), []);
        await tab.press("Escape");
        await press(tab, flow.says("[data-choice=ja]", "[data-choice=en]"));
        await press(tab, "[data-tab=events]");
        await tab.resize(360, 740);
        await sleep(200);
        const wide = await tab.frame(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.ok(wide <= 0, `the page is ${wide} px wider than a narrow window`);
        await tab.screenshot(join(SHOTS, `${flow.shot}-explore-narrow-${scheme}.png`));
      }));
  }
});

const query = (tab) => tab.frame(() => document.querySelector("[data-field=query]").value);
