// What a person does with the packed page, from file:// and over http, in real browsers; and that
// its reports are those of the command line, byte for byte, whatever the workers and the cuts.
// Screenshots are kept in target/screenshots. SEKISHO_SEED repeats the random cuts of a run.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { copyFileSync, existsSync, readFileSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { barriers } from "./lib/axe.mjs";
import { sleep, until } from "./lib/browser.mjs";
import { flows } from "./lib/flows.mjs";
import { count, text, there } from "./lib/frame.mjs";
import { focused, typed } from "./lib/keyboard.mjs";
import { PAGE, ROOT, kept, temporary } from "./lib/places.mjs";
import { OWN_PATTERN, attacked, ordinary, writeSamples } from "./lib/samples.mjs";
import {
  checkAgain,
  checkBytes,
  checkFiles,
  commandLine,
  ended,
  exported,
  fill,
  generate,
  openFindings,
  press,
  printed,
  reportJson,
  state,
  understood,
} from "./lib/sekisho.mjs";
import { watchedWorkers } from "./lib/workers.mjs";
import { zip } from "./lib/zip.mjs";

const SEED = Number(process.env.SEKISHO_SEED ?? Math.floor(Math.random() * 2 ** 31));
const SHOTS = kept("screenshots");

flows((flow) => {
  const { name } = flow;
  const withPage = (use) => flow.withPage(use);
  let samples;

  before(() => (samples = writeSamples(temporary("samples"))));

  test("a log is chosen, checked, read and saved", () =>
    withPage(async (tab) => {
      await tab.screenshot(join(SHOTS, `${flow.shot}-start.png`));
      const json = await checkFiles(tab, [samples["attacked.log"]]);
      assert.equal(json, await commandLine(dirname(samples["attacked.log"]), ["attacked.log"]));
      await readsTheReport(tab);
      await tab.screenshot(join(SHOTS, `${flow.shot}-report.png`));
      await savesTheReport(tab, json);
    }));

  test("language and theme are switched without a new check", () =>
    withPage(async (tab) => {
      const json = await checkFiles(tab, [samples["attacked.log"]]);
      const other = flow.says("ja", "en");
      await press(tab, `[data-choice=${other}]`);
      await until(() => tab.outer((other) => document.documentElement.lang === other, other), { what: "the other language" });
      assert.match(await text(tab, "#answer"), flow.says(/[ぁ-ん]/, /unauthorised/i));
      for (const theme of ["dark", "light"]) {
        await press(tab, `[data-choice=${theme}]`);
        await until(() => tab.outer((theme) => document.documentElement.dataset.theme === theme, theme));
        // Colours take a moment to change.
        await sleep(400);
        await tab.screenshot(join(SHOTS, `${flow.shot}-other-${theme}.png`));
      }
      assert.equal(await reportJson(tab), json);
      await tab.resize(360, 740);
      await sleep(200);
      const wide = await tab.frame(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(wide <= 0, `the page is ${wide} px wider than a narrow window`);
      await tab.screenshot(join(SHOTS, `${flow.shot}-other-narrow.png`));
    }));

  test("it can be used by keyboard alone", () =>
    withPage(async (tab) => {
      await focused(tab);
      await tab.press("?");
      await there(tab, "dialog, [role=dialog]");
      await tab.press("Escape");
      await until(async () => (await count(tab, "dialog[open], [role=dialog]")) === 0);
      await checkFiles(tab, [samples["attacked.log"]]);
      await there(tab, "[data-finding-head]");
      await focused(tab);
      await tab.press("j");
      await until(() => tab.frame(() => document.activeElement?.hasAttribute("data-finding-head")), { what: "j to go to a finding" });
      const open = () => tab.frame(() => document.activeElement?.getAttribute("aria-expanded"));
      const was = await open();
      await tab.press("Enter");
      await until(async () => (await open()) !== was, { what: "Enter to open the finding" });
      const visited = new Set();
      for (let times = 0; times < 12; times++) {
        await tab.press("Tab");
        visited.add(await tab.frame(() => [...document.querySelectorAll("*")].indexOf(document.activeElement)));
      }
      assert.ok(visited.size > 3, "Tab goes through the page");
    }));

  test("a sample case is made, checked and marked as training on every screen and in every export", () =>
    withPage(async (tab) => {
      const folder = join(temporary("sample"), "case");
      await generate(["--scenario", "T2", "--seed", "7", "--out", folder]);
      const logs = join(folder, "logs");
      writeFileSync(join(folder, "settings.json"), JSON.stringify({ training: "T2-7" }));
      const expected = await commandLine(logs, readdirSync(logs), ["--settings", "../settings.json"]);
      await press(tab, "[data-action=sample]");
      await there(tab, "[data-training=T2-7]");
      await until(async () => (await state(tab)) === "done", { what: "the sample's report", limit: 60_000 });
      const json = await reportJson(tab);
      assert.equal(json, expected);
      assert.equal(JSON.parse(json).questions[0].state, "likely");
      assert.match(await text(tab, "aside.training"), flow.says(/TRAINING.*T2-7/, /訓練.*T2-7/));
      for (const form of ["html", "csv"]) assert.match(await exported(tab, form), /T2-7/, form);
      assert.match(await exported(tab, "html"), flow.says(/TRAINING: synthetic logs, case T2-7/, /訓練.*T2-7/));
      const download = tab.raw.waitForEvent?.("download");
      await press(tab, "[data-export=json]");
      if (download) assert.equal((await download).suggestedFilename(), "sekisho-report-training-T2-7.json");
      await press(tab, "[data-action=truth]");
      await until(async () => /"scenario": "T2"/.test(await text(tab, "dialog")), { what: "the truth" });
      await tab.screenshot(join(SHOTS, `${flow.shot}-truth.png`));
      await tab.press("Escape");
      await tab.screenshot(join(SHOTS, `${flow.shot}-sample.png`));
      await press(tab, "[data-action=other]");
      await there(tab, ".drop-zone");
      assert.equal(await count(tab, "aside.training"), 0);
    }));

  test("an address opens an exercise on a case", async () => {
    const tab = await flow.tab();
    try {
      await tab.raw.goto(`${flow.address()}#train=T4-3`);
      await there(tab, "[data-training=T4-3]");
      await press(tab, "[data-action=begin]");
      await ended(tab);
      assert.equal(JSON.parse(await reportJson(tab)).settings.training, "T4-3");
      // Another fragment alone loads no page.
      await tab.raw.goto("about:blank");
      await tab.raw.goto(`${flow.address()}#train=T9-3`);
      await there(tab, "main [role=alert]");
      await until(async () => /T1-7/.test(await text(tab, "main [role=alert]")), { what: "a case that there is not" });
    } finally {
      await tab.close();
    }
  });

  /** Judges a finding as a person does. */
  async function judge(tab, id, how, reason) {
    const panel = `[data-judge="${id}"]`;
    if ((await count(tab, panel)) === 0) await press(tab, `[data-finding-head="${id}"]`);
    await press(tab, `${panel} input[value=${how}]`);
    if (reason) await fill(tab, `${panel} [data-field=reason]`, reason);
  }

  const otherThan = (tab, json) => until(async () => (await reportJson(tab)) !== json && reportJson(tab), { what: "the judged report" });

  test("findings are judged without reading files again, and judgements are taken back and made again", () =>
    withPage(async (tab) => {
      const folder = temporary("judged");
      copyFileSync(samples["attacked.log"], join(folder, "attacked.log"));
      const plain = await checkFiles(tab, [join(folder, "attacked.log")]);
      const [finding] = JSON.parse(plain).questions[0].findings;
      rmSync(join(folder, "attacked.log"));
      await judge(tab, finding, "benign", "our own <b>scanner</b>");
      const benign = await otherThan(tab, plain);
      assert.match(await text(tab, `[data-judge="${finding}"]`), flow.says(/benign/, /無害/));
      assert.match(await text(tab, "#answer"), flow.says(/1 benign/, /無害/));
      const file = join(folder, "judgements.json");
      writeFileSync(file, JSON.stringify([{ finding, judged: "benign", reason: "our own <b>scanner</b>" }]));
      assert.equal(benign, await commandLine(dirname(samples["attacked.log"]), ["attacked.log"], ["--judgements", file]));
      await focused(tab);
      await tab.frame(() => document.querySelector("[data-judge] input[type=radio]").focus());
      await tab.press("Control+z");
      assert.equal(await otherThan(tab, benign), plain);
      await tab.press("Control+y");
      assert.equal(await otherThan(tab, plain), benign);
      await judge(tab, finding, "confirmed");
      const confirmed = JSON.parse(await otherThan(tab, benign));
      assert.deepEqual(confirmed.judgements.map(({ judged }) => judged), ["confirmed"]);
      assert.match(await exported(tab, "html"), flow.says(/confirmed/, /確認/));
      await tab.screenshot(join(SHOTS, `${flow.shot}-judged.png`));
    }));

  test("a case is saved, and opened again with and without its logs", () =>
    withPage(async (tab) => {
      const log = samples["attacked.log"];
      const plain = await checkFiles(tab, [log]);
      const [finding] = JSON.parse(plain).questions[0].findings;
      await judge(tab, finding, "benign", "our own scanner");
      const json = await otherThan(tab, plain);
      if (name === "chromium") {
        const asked = new Promise((resolve) => tab.raw.once("dialog", (dialog) => dialog.dismiss().then(() => resolve(dialog.type()))));
        await tab.press("Shift");
        await tab.raw.mouse.click(640, 300);
        tab.raw.reload().catch(() => undefined);
        assert.equal(await Promise.race([asked, sleep(5000)]), "beforeunload", "leaving asks first");
      }
      await press(tab, "[data-action=other]");
      await there(tab, "[data-action=stay]");
      await press(tab, "[data-action=stay]");
      assert.equal(await reportJson(tab), json);
      const download = tab.download();
      await press(tab, "[data-action=save-case]");
      const saved = join(temporary("case"), "saved.sekisho");
      copyFileSync(await download, saved);

      await press(tab, "[data-action=other]");
      await there(tab, ".drop-zone");
      await tab.give([saved]);
      await there(tab, "[data-opened=alone]");
      assert.equal(await reportJson(tab), json);
      await press(tab, `[data-finding-head="${finding}"]`);
      await there(tab, ".evidence");
      assert.equal(await count(tab, "[data-action=around]"), 0);

      await tab.give([saved, log]);
      await there(tab, "[data-opened=same]");
      assert.equal(await reportJson(tab), json);

      const bytes = readFileSync(saved);
      const damaged = join(temporary("damaged"), "damaged.sekisho");
      const faults = [
        [bytes.subarray(0, bytes.length - 9), flow.says(/damaged/, /破損/)],
        [Buffer.concat([bytes.subarray(0, 200), Buffer.from("x"), bytes.subarray(201)]), flow.says(/damaged/, /破損/)],
        [Buffer.from(bytes.toString("latin1").replace("SEKISHO-CASE 1", "SEKISHO-CASE 9"), "latin1"), flow.says(/does not know/, /対応していない形式/)],
        [Buffer.from("SEKISHO-CASE "), flow.says(/damaged/, /破損/)],
      ];
      for (const [content, what] of faults) {
        writeFileSync(damaged, content);
        await tab.give([damaged]);
        await there(tab, "[data-case-trouble]");
        assert.match(await text(tab, "[data-case-trouble]"), what);
        await tab.press("Escape");
        await until(async () => (await count(tab, "[data-case-trouble]")) === 0);
        assert.equal(await state(tab), "done");
        assert.equal(await reportJson(tab), json);
      }
      assert.match(await exported(tab, "csv"), /our own scanner/);

      // The JSON of a report opens as well, where none shows that it would be compared with.
      await press(tab, "[data-action=other]");
      await there(tab, ".drop-zone");
      writeFileSync(damaged, '{"tool":{"name":"sekisho","version":1}}');
      await tab.give([damaged]);
      await there(tab, "[data-case-trouble]");
      assert.match(await text(tab, "[data-case-trouble]"), flow.says(/no report/, /読める報告が含まれていません/));
      await tab.press("Escape");
      writeFileSync(damaged, `${plain}\n`);
      await tab.give([damaged]);
      await otherThan(tab, json);
      assert.equal(await reportJson(tab), plain);
    }));

  test("the forms for other tools are those of the command line", () =>
    withPage(async (tab) => {
      await checkFiles(tab, [samples["attacked.log"]]);
      for (const form of ["timesketch", "navigator", "stix", "misp", "ocsf"])
        assert.equal(await exported(tab, form), await printed(dirname(samples["attacked.log"]), ["attacked.log"], form, ["--lang", flow.language]), form);
    }));

  test("what is handed over can have less personal data, and says so", () =>
    withPage(async (tab) => {
      const full = JSON.parse(await checkFiles(tab, [samples["attacked.log"]]));
      assert.match(await exported(tab, "csv"), /203\.0\.113\.77/);
      await press(tab, "[data-field=reduced]");
      const less = JSON.parse(await exported(tab, "json"));
      assert.match(less.reduced.en, /Personal data in this report are reduced/);
      assert.deepEqual(less.findings.map(({ id, count }) => [id, count]), full.findings.map(({ id, count }) => [id, count]));
      for (const form of ["html", "json", "csv", "timesketch", "stix", "misp", "ocsf"]) {
        const told = await exported(tab, form);
        assert.doesNotMatch(told, /203\.0\.113\.77|UNION|198\.51\.100\.[1-9]/, form);
        assert.match(told, /203\.0\.113\.0\/24/, form);
      }
      await press(tab, "[data-field=reduced]");
      assert.deepEqual(JSON.parse(await exported(tab, "json")), full);
    }));

  test("pasted text is checked", () =>
    withPage(async (tab) => {
      await press(tab, ".drop-zone [data-action=paste]");
      await there(tab, "textarea.paste");
      // Nobody types a log: what is pasted arrives as a whole.
      await fill({ ...tab, hand: "pointer" }, "textarea.paste", attacked(60));
      await until(() => tab.frame(() => !document.querySelector("[data-action=check-paste]").disabled));
      await press(tab, "[data-action=check-paste]");
      await ended(tab);
      const report = JSON.parse(await reportJson(tab));
      assert.equal(report.sources.length, 1);
      assert.ok(report.findings.length > 0);
    }));

  test("a check is cancelled at once, and another begins at once", () =>
    withPage(async (tab) => {
      const large = join(temporary("large"), "large.log");
      writeFileSync(large, ordinary(20_000).repeat(60));
      const [workers, before] = [await watchedWorkers(tab), await reportJson(tab)];
      await tab.give([large]);
      await until(async () => (await state(tab)) === "checking", { what: "the check to begin", pause: 5 });
      await until(async () => (await workers.working()) > 0, { what: "workers" });
      await tab.outer(() => window.sekisho.cancel());
      assert.equal(await state(tab), "ready");
      assert.equal(await reportJson(tab), before, "no report is made of what was read");
      await until(async () => (await workers.working()) === 0, { what: "the workers to end" });
      const json = await checkFiles(tab, [samples["attacked.log"]]);
      assert.equal(json, await commandLine(dirname(samples["attacked.log"]), ["attacked.log"]));
    }));

  test("broken files are told, and the others are still checked", () =>
    withPage(async (tab) => {
      const names = ["attacked.log", "truncated.log.gz", "garbage.bin", "empty.log", "long-line.log", "no-newline.log", "members.log.gz"];
      const json = await checkFiles(tab, names.map((one) => samples[one]));
      assert.equal(json, await commandLine(dirname(samples["attacked.log"]), names));
      const report = JSON.parse(json);
      const problems = (one) => JSON.stringify(report.sources.find((source) => source.name === one)).match(/"problems?":\[\{|"problem":\{/);
      for (const broken of ["truncated.log.gz", "garbage.bin", "empty.log"]) assert.ok(problems(broken), `${broken} has no message`);
      assert.ok(report.findings.length > 0);
      await tab.frame(() => document.getElementById("sources")?.scrollIntoView());
      await tab.screenshot(join(SHOTS, `${flow.shot}-broken.png`));
    }));

  test("logs inside an archive stand under it", () =>
    withPage(async (tab) => {
      const json = await checkFiles(tab, [samples["packed.zip"]]);
      assert.equal(json, await commandLine(dirname(samples["packed.zip"]), ["packed.zip"]));
      const [source] = JSON.parse(json).sources;
      assert.deepEqual(source.streams.map((stream) => [stream.path_inside, stream.container, stream.encoding]), [
        ["web/access.log", "zip", "utf-8"],
        ["web/old.log", "zip", "utf-8"],
        ["sjis.log", "zip", "shift_jis"],
        ["own.log", "zip", "utf-8"],
      ]);
      await there(tab, "#custody");
      assert.match(await text(tab, ".source-about [data-problem=no_format]"), /own\.log/);
      assert.equal(await count(tab, "tr[data-stream]"), 0, "four logs are folded at first");
      await press(tab, "[data-action=fold]");
      await until(async () => (await count(tab, "tr[data-stream]")) === 4, { what: "the logs inside" });
      assert.match(await text(tab, "tr[data-stream]"), /web\/access\.log.*apache_combined/s);
      assert.match(await openedEvidence(tab), /packed\.zip › web\/access\.log/);
    }));

  test("an archive of many logs is folded, and unfolds without drawing them all", () =>
    withPage(async (tab) => {
      await checkFiles(tab, [samples["many.zip"]]);
      await there(tab, "#custody");
      assert.match(await text(tab, ".source-about"), /800/);
      await press(tab, "[data-action=fold]");
      await there(tab, "tr[data-stream]");
      assert.ok((await count(tab, "tr[data-stream]")) < 200);
    }));

  test("Shift_JIS is shown as it is meant", () =>
    withPage(async (tab) => {
      const json = await checkFiles(tab, [samples["shift_jis.log"]]);
      assert.equal(JSON.parse(json).sources[0].streams[0].encoding, "shift_jis");
      assert.equal(json, await commandLine(dirname(samples["shift_jis.log"]), ["shift_jis.log"]));
      assert.match(await openedEvidence(tab), /検索/);
    }));

  test("the password of an archive is asked for until it fits", () =>
    withPage(async (tab) => {
      const path = samples["locked.zip"];
      await tab.give([path]);
      await typed(tab, "[data-field=password]", "wrong");
      await tab.press("Enter");
      await there(tab, "[data-field=password][aria-invalid=true]");
      await typed(tab, "[data-field=password]", "seki-sho");
      await tab.press("Enter");
      await ended(tab);
      const json = await reportJson(tab);
      assert.equal(json, await commandLine(dirname(path), [basename(path)], ["--password", "wrong", "--password", "seki-sho"]));
      assert.ok(JSON.parse(json).findings.length > 0);
      assert.ok(!json.includes("seki-sho"), "a password stands in no report");
    }));

  test("a check goes on without a password, which can be given afterwards", () =>
    withPage(async (tab) => {
      await tab.give([samples["locked.zip"], samples["attacked.log"]]);
      await there(tab, "[data-field=password]");
      await tab.press("Escape");
      await ended(tab);
      const of = async () => JSON.parse(await reportJson(tab)).sources.find(({ name }) => name === "locked.zip");
      assert.deepEqual((await of()).problems.map(({ kind }) => kind), ["password_needed"]);
      await press(tab, "[data-action=give-password]");
      await typed(tab, "[data-field=password]", "seki-sho");
      await press(tab, "[data-action=use-password]");
      await until(async () => (await state(tab)) === "done" && (await of()).problems.length === 0, { what: "the other report" });
    }));

  test("a log that no format knows is described, checked again, and the description saved", () =>
    withPage(async (tab) => {
      const path = samples["own.log"];
      const unknown = JSON.parse(await checkFiles(tab, [path]));
      assert.deepEqual(unknown.sources[0].problems.map(({ kind }) => kind), ["no_format"]);
      await press(tab, "[data-action=describe]");
      await there(tab, "[data-understood]");
      await fill(tab, "[data-draft=patterns]", `${OWN_PATTERN} <unfinished`);
      const said = flow.says(/a < without >/, /「<」に対応する「>」がありません/);
      await until(async () => said.test(await text(tab, "[data-draft=patterns] ~ .field-error")), { what: "an error at the pattern" });
      await fill(tab, "[data-draft=patterns]", OWN_PATTERN);
      await understood(tab, "12/12");
      await until(() => tab.frame(() => document.querySelector("[data-role=result]").value === "result"), { what: "the result to be guessed" });
      await until(async () => flow.says(/failure/, /失敗/).test(await text(tab, ".understood")), { what: "results" });
      const shown = await text(tab, ".understood");
      for (const part of ["2021-05-06 10:10:00 UTC", "sato", "192.0.2.1", "export", "plan0.pdf"]) assert.ok(shown.includes(part), part);
      await fill(tab, "[data-draft=zone]", "Asia/Toky");
      await until(async () => /Asia\/Toky/.test(await text(tab, "[data-draft=zone] ~ .field-error")), { what: "an error at the zone" });
      await fill(tab, "[data-draft=zone]", "Asia/Tokyo");
      await until(async () => (await text(tab, ".understood")).includes("2021-05-06 01:10:00 UTC"), { what: "times in the zone" });
      const download = tab.download();
      await press(tab, "[data-action=save-mapping]");
      const mapping = readFileSync(await download, "utf8");
      await tab.screenshot(join(SHOTS, `${flow.shot}-mapping.png`));
      const json = await checkAgain(tab, "[data-action=use-mapping]");
      const [stream] = JSON.parse(json).sources[0].streams;
      assert.deepEqual([stream.format, stream.unparsed, stream.first], ["own_own", 0, "2021-05-06T01:10:00Z"]);
      await takesMapping(flow, mapping, path);
    }));

  test("rules are told from logs, run, and those that cannot run are listed", () =>
    withPage(async (tab) => {
      const { folder, paths, archive } = rules();
      const log = samples["attacked.log"];
      const expected = await commandLine(dirname(log), [basename(log)], ["--rules", folder]);
      const json = await checkFiles(tab, [...paths, log]);
      assert.equal(json, expected);
      const report = JSON.parse(json);
      assert.equal(report.sources.length, 1, "a rule is no log");
      assert.deepEqual(report.findings.filter(({ detector }) => detector === "sigma").map(({ rule }) => rule), [RULE_ID]);
      await there(tab, "#rules [data-problem=error]");
      const problem = await text(tab, "#rules [data-problem=error]");
      for (const part of ["broken.yml:8", "nosuch"]) assert.ok(problem.includes(part), `${part} in ${problem}`);
      assert.match(await text(tab, "#limits"), /process_creation/);
      await press(tab, flow.says("[data-choice=ja]", "[data-choice=en]"));
      const isJapanese = async () => /[ぁ-ん]/.test(await text(tab, "#rules [data-problem=error]"));
      await until(async () => (await isJapanese()) === (flow.language === "en"), { what: "the problem in the other language" });
      await tab.screenshot(join(SHOTS, `${flow.shot}-rules.png`));
      // They are kept for the next check, which is without them once they are taken out.
      await press(tab, "[data-action=other]");
      await there(tab, "[data-rules='2']");
      assert.equal(await checkFiles(tab, [samples["ordinary.log"]]), await commandLine(dirname(log), ["ordinary.log"], ["--rules", folder]));
      await press(tab, "[data-action=other]");
      await press(tab, "[data-action=clear-rules]");
      assert.equal(await checkFiles(tab, [log]), await commandLine(dirname(log), [basename(log)]));
      await press(tab, "[data-action=other]");
      await tab.give([archive]);
      await there(tab, "[data-rules='2']");
    }));

  test("a rule is written, checked by line while typing, tried on the logs, and used", () =>
    withPage(async (tab) => {
      const { paths } = rules();
      await checkFiles(tab, [samples["attacked.log"]]);
      await press(tab, "[data-action=write-rule]");
      await there(tab, "[data-rule-text]");
      await fill(tab, "[data-rule-text]", readFileSync(paths[2], "utf8"));
      await until(async () => /rule\.yml:8/.test(await text(tab, "dialog [data-problem=error]")), { what: "the line that is wrong" });
      assert.equal(await tab.frame(() => document.querySelector("[data-action=use-rule]").disabled), true);
      await fill(tab, "[data-rule-text]", readFileSync(paths[0], "utf8"));
      await there(tab, "[data-matched]");
      const told = await tab.frame(() => ({ ...document.querySelector("[data-matched]").dataset }));
      assert.ok(Number(told.matched) > 0 && Number(told.matched) < Number(told.judged), JSON.stringify(told));
      await there(tab, ".tried[data-near=false] [data-matches=true]");
      await there(tab, ".tried[data-near=true] [data-holds=false] code");
      // A correlation is told by group: where it matches, and what it lacks where it does not.
      for (const [least, holds] of [[1, true], [100_000, false]]) {
        await fill(tab, "[data-rule-text]", `${readFileSync(paths[0], "utf8")}---\n${correlation(least)}`);
        await there(tab, `[data-groups-matched] ~ [data-group][data-holds=${holds}]`);
        assert.match(await text(tab, "[data-group] .explained"), new RegExp(`≥ ${least}`));
      }
      await fill(tab, "[data-rule-text]", readFileSync(paths[0], "utf8"));
      await until(() => tab.frame(() => !document.querySelector("[data-group]")), { what: "the rule alone" });
      const matches = flow.says(/match/, /件が一致します/);
      await until(async () => matches.test(await text(tab, "[data-matched]")), { what: "the count" });
      await tab.screenshot(join(SHOTS, `${flow.shot}-rule-editor.png`));
      const json = await checkAgain(tab, "[data-action=use-rule]");
      const found = JSON.parse(json).findings.find(({ rule }) => rule === RULE_ID);
      assert.equal(found.count, Number(told.matched));
      await openFindings(tab);
      await there(tab, "[data-action=explain]");
      await press(tab, "[data-action=explain]");
      await there(tab, ".evidence .explained[data-matches=true] [data-holds=true]");
    }));

  test("rules are narrowed by level, tag and source, and switched off one by one", () =>
    withPage(async (tab) => {
      const { folder, paths } = rules();
      const log = samples["attacked.log"];
      await checkFiles(tab, [...paths, log]);
      await press(tab, "[data-action=other]");
      await press(tab, "[data-rule-choice] summary");
      await there(tab, "[data-rules-used='2']");
      for (const [name, value, used] of [["source", "windows", 1], ["source", "-/webserver/-", 1], ["source", "", 2], ["tag", "attack.t1059", 0], ["tag", "", 2]]) {
        await fill(tab, `[data-rule-narrow=${name}]`, value);
        await there(tab, `[data-rules-used='${used}']`);
      }
      await press(tab, `[data-rule="${RULE_ID}"]`);
      await there(tab, "[data-rules-used='1']");
      const settings = join(folder, "settings.json");
      writeFileSync(settings, JSON.stringify({ rules: { without: [RULE_ID] } }));
      const json = await checkFiles(tab, [log]);
      assert.equal(json, await commandLine(dirname(log), [basename(log)], ["--rules", folder, "--settings", settings]));
      assert.ok(JSON.parse(json).findings.every(({ rule }) => rule !== RULE_ID));
    }));

  test("a script gives rules", () =>
    withPage(async (tab) => {
      const { folder, paths } = rules();
      const log = samples["attacked.log"];
      const texts = paths.map((path) => ({ name: basename(path), text: readFileSync(path, "utf8") }));
      const json = await tab.outer(
        async ({ log, texts }) => {
          const rules = texts.map(({ name, text }) => new File([text], name));
          const report = await window.sekisho.check([new File([log], "attacked.log")], { rules });
          return JSON.stringify(report);
        },
        { log: readFileSync(log, "utf8"), texts },
      );
      assert.equal(json, await commandLine(dirname(log), [basename(log)], ["--rules", folder]));
    }));

  test("indicator lists are swept for, kept, made private, and taken out", () =>
    withPage(async (tab) => {
      const { stix, csv } = indicatorLists();
      // Beside the lists, so that both sides call all of them by their names alone.
      const log = join(dirname(stix), "attacked.log");
      copyFileSync(samples["attacked.log"], log);
      const swept = async (...lists) =>
        commandLine(dirname(log), [basename(log)], lists.flatMap((list) => ["--iocs", basename(list)]));
      const json = await checkFiles(tab, [stix, log]);
      assert.equal(json, await swept(stix));
      assert.equal(JSON.parse(json).sources.length, 1, "a list is no log");
      await there(tab, "#lists [data-list=stix][data-swept='1']");
      assert.match(await text(tab, "#lists [data-problem=indicator]"), /indicators\.json:\d+/);
      await press(tab, "[data-action=other]");
      await tab.choose("[data-choose=lists]", [csv]);
      await there(tab, "[data-list=csv][data-swept='2']");
      assert.equal(await checkFiles(tab, [log]), await swept(stix, csv));
      await press(tab, "[data-action=other]");
      await press(tab, ".private-list summary");
      const download = tab.download();
      await press(tab, "[data-action=make-private]");
      const made = join(temporary("private"), "private.json");
      writeFileSync(made, readFileSync(await download));
      assert.doesNotMatch(readFileSync(made, "utf8"), /198\.51\.100|203\.0\.113|example/);
      await tab.screenshot(join(SHOTS, `${flow.shot}-indicators.png`));
      await press(tab, "[data-action=clear-lists]");
      assert.equal(await checkFiles(tab, [log]), await swept());
      await press(tab, "[data-action=other]");
      const found = JSON.parse(await checkFiles(tab, [made, log])).findings.filter(({ detector }) => detector === "I5");
      assert.ok(found.length > 0, "the private list meets what the lists met");
    }));

  test("a pattern is made by marking, with the keyboard", () =>
    withPage(async (tab) => {
      await checkFiles(tab, [samples["own.log"]]);
      await press(tab, "[data-action=describe]");
      await fill(tab, "[data-draft=patterns]", "rec sato end");
      const before = async () => tab.frame(() => document.querySelector("[data-draft=patterns]").value);
      await tab.frame(() => {
        const field = document.querySelector("[data-draft=patterns]");
        field.focus();
        field.setSelectionRange(4, 4);
      });
      for (const _ of "sato") await tab.press("Shift+ArrowRight");
      await tab.press("Tab");
      await tab.press("Tab");
      await tab.press("Enter");
      assert.equal(await before(), "rec <user.name> end");
    }));

  test("zone and encoding of a file are set from the report", () =>
    withPage(async (tab) => {
      await checkFiles(tab, [samples["shift_jis.log"]]);
      await press(tab, "[data-action=change-stream]");
      await fill(tab, "dialog [data-field=zone]", "Nowhere");
      await press(tab, "[data-action=use-stream]");
      await until(async () => /Nowhere/.test(await text(tab, "dialog .field-error")), { what: "an error at the zone" });
      await fill(tab, "dialog [data-field=zone]", "Asia/Tokyo");
      await fill(tab, "dialog [data-field=encoding]", "latin1");
      const report = JSON.parse(await checkAgain(tab, "[data-action=use-stream]"));
      assert.deepEqual(report.settings.zones, { "shift_jis.log": "Asia/Tokyo" });
      assert.equal(report.sources[0].streams[0].encoding, "windows-1252");
    }));

  for (const [what, harm] of [["shrinks", (path) => truncateSync(path, 1000)], ["is deleted", (path) => rmSync(path)]]) {
    test(`a file that ${what} before it is read again is told`, () =>
      withPage(async (tab) => {
        const path = join(temporary("vanishing"), "vanishing.log");
        writeFileSync(path, attacked(4000));
        await keepChosenFiles(tab, [path, samples["attacked.log"]]);
        harm(path);
        const report = JSON.parse(
          await tab.outer(async () => {
            await window.sekisho.check(window.keptFiles);
            return window.sekisho.reportJson();
          }),
        );
        const of = (name) => report.sources.find((source) => source.name === name);
        const [harmed, whole] = [of("vanishing.log"), of("attacked.log")];
        assert.match(JSON.stringify(harmed), /"problem/);
        assert.ok(whole.streams[0].records > 0);
        assert.ok(report.findings.length > 0, "the other file is still checked");
      }));
  }

  const isOnce = flow.isFirst ? false : "what the engine does with the same bytes does not depend on the way";
  test("the report is the command line's, whatever the workers and the cuts", { skip: isOnce }, () =>
    withPage(async (tab) => {
      for (const path of inputs(samples)) {
        const expected = await commandLine(dirname(path), [basename(path)]);
        const files = [{ path }];
        for (const workers of [1, 2, 7]) {
          assert.equal(await checkBytes(tab, files, { workers }), expected, `${path} with ${workers} workers`);
        }
        const cuts = { workers: 2, cutBytes: 64 + (SEED % 8000), cutSeed: SEED };
        assert.equal(await checkBytes(tab, files, cuts), expected, `${path} cut at random places`);
      }
    }));

  test("workers that die are replaced, and their work is done again", { skip: isOnce }, () =>
    withPage(async (tab) => {
      const folder = temporary("struck");
      const path = join(folder, "struck.log");
      writeFileSync(path, readFileSync(samples["attacked.log"], "utf8") + ordinary(20_000).repeat(8));
      const workers = await watchedWorkers(tab);
      const expected = await commandLine(folder, ["struck.log"]);
      const report = checkBytes(tab, [{ path }], { workers: 2, cutBytes: 1 << 16 });
      await until(async () => (await workers.working()) >= 2, { what: "workers" });
      await sleep(300);
      await workers.strike();
      assert.equal(await report, expected);
      const started = await workers.started();
      assert.ok(started > 2, `${started} workers were started`);
      const [others, struck] = [true, false].map((is) => tab.messages.filter((one) => one.includes("struck") !== is));
      assert.ok(struck.length <= started, struck.join());
      tab.messages.splice(0, tab.messages.length, ...others);
    }));

  test("the self-test finds every way out stopped", () =>
    withPage(async (tab) => {
      await press(tab, "[data-action=selftest]");
      await there(tab, "[data-selftest=ended]", 30_000);
      const verdicts = await tab.frame(() => [...document.querySelectorAll("[data-verdict]")].map((row) => [row.innerText, row.dataset.verdict]));
      assert.ok(verdicts.length >= 8);
      assert.deepEqual(verdicts.filter(([, verdict]) => !["stopped", "absent"].includes(verdict)), []);
      // What the browser says of attempts that it stopped is no error of the page.
      const ofAttempts = /leak-test\.invalid/;
      tab.messages.splice(0, tab.messages.length, ...tab.messages.filter((one) => !ofAttempts.test(one)));
    }));

  test("version and digest are shown, and the digest is the build's", () =>
    withPage(async (tab) => {
      const shown = await text(tab, ".foot .build");
      const { version, digest } = JSON.parse(await tab.frame(() => document.getElementById("build").textContent));
      assert.ok(shown.includes(version) && shown.includes(digest));
      assert.match(digest, /^[0-9a-f]{64}$/);
      assert.ok(readFileSync(PAGE).length < 3_000_000);
    }));

  if (name !== "chromium") return;

  test("a folder is dropped", () =>
    withPage(async (tab) => {
      const protocol = await tab.protocol();
      const data = { items: [], files: [dirname(samples["site/first.log"])], dragOperationsMask: 1 };
      // The frame takes the first, and has the outer page put its overlay under the pointer.
      for (const type of ["dragEnter", "dragEnter", "dragOver", "drop"]) {
        await protocol.send("Input.dispatchDragEvent", { type, x: 400, y: 300, data });
        await sleep(150);
      }
      await ended(tab);
      const names = JSON.parse(await reportJson(tab)).sources.map((source) => source.name);
      assert.deepEqual(names.sort(), ["site/first.log", "site/inner/second.log"]);
    }));

  for (const scheme of ["light", "dark"]) {
    test(`no barrier is found in the ${scheme} theme`, { skip: !flow.isFirst && "each screen is looked at in its own suite" }, () =>
      withPage(async (tab) => {
        await tab.scheme(scheme);
        // Colours that still change are none that anybody reads.
        await tab.frame(() => Promise.all(document.getAnimations().map((animation) => animation.finished)).then(() => null));
        await sleep(300);
        assert.deepEqual(await barriers(tab), []);
        await checkFiles(tab, [samples["attacked.log"]]);
        await openFindings(tab);
        await sleep(200);
        assert.deepEqual(await barriers(tab), []);
        await press(tab, "[data-choice=contrast]");
        await until(() => tab.frame(() => document.documentElement.dataset.contrast === "more"));
        // Colours take a moment to change.
        await sleep(400);
        assert.deepEqual(await barriers(tab), []);
        await tab.screenshot(join(SHOTS, `${flow.shot}-contrast-${scheme}.png`));
        await press(tab, "[data-choice=auto]");
        await checkFiles(tab, [samples["packed.zip"]]);
        await press(tab, "[data-action=fold]");
        await press(tab, "[data-action=describe]");
        await there(tab, "[data-understood]");
        assert.deepEqual(await barriers(tab), []);
        await tab.press("Escape");
        await tab.give([samples["locked.zip"]]);
        await there(tab, "[data-field=password]");
        assert.deepEqual(await barriers(tab), []);
      }));
  }
});

/** Opens the first finding and gives the text of its evidence. */
async function openedEvidence(tab) {
  await there(tab, "[data-finding-head]");
  await openFindings(tab);
  await there(tab, ".evidence .raw");
  return text(tab, ".evidence");
}

/** Gives a mapping file with the log that it describes, on a new page. */
async function takesMapping(flow, mapping, path) {
  const file = join(temporary("mapping"), "own.toml");
  writeFileSync(file, mapping);
  const tab = await flow.open();
  await there(tab, ".drop-zone");
  const json = await checkFiles(tab, [file, path]);
  assert.equal(json, await commandLine(dirname(path), [basename(path)], ["--mapping", file]));
  assert.equal(JSON.parse(json).sources.length, 1, "a mapping is no log");
  await press(tab, "[data-action=other]");
  await there(tab, "[data-mapping=own_own]");
  await tab.close();
}

const RULE_ID = "6f6b0c0e-0000-4000-8000-0000000000a1";

/** A correlation of that rule, by client. */
const correlation = (least) =>
  ["title: Again and again", "id: c-1", "correlation:", "  type: event_count", "  rules:", `    - ${RULE_ID}`, "  group-by:", "    - c-ip", "  timespan: 1h", "  condition:", `    gte: ${least}`, ""].join("\n");

/** Rules: one that the sample log matches, one for other logs, one that is wrong; and all as an archive. */
function rules() {
  const folder = temporary("rules");
  const rule = (id, title, source, selection) =>
    `title: ${title}\nid: ${id}\nstatus: test\nlogsource:\n    ${source}\ndetection:\n    ${selection}\n    condition: selection\nlevel: high\n`;
  const other = "6f6b0c0e-0000-4000-8000-0000000000a2";
  const wrong = "6f6b0c0e-0000-4000-8000-0000000000a3";
  const files = {
    "found.yml": rule(RULE_ID, "Way out of the folder", "category: webserver", "selection:\n        c-uri|contains: '../'"),
    "other.yaml": rule(other, "Program", "category: process_creation\n    product: windows", "selection:\n        Image|endswith: '\\a.exe'"),
    "broken.yml": rule(wrong, "Wrong", "category: webserver", "selection:\n        c-uri|nosuch: a"),
  };
  const paths = Object.entries(files).map(([name, content]) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  });
  const archive = join(temporary("archive"), "release.zip");
  writeFileSync(archive, zip(Object.fromEntries(Object.entries(files).map(([name, content]) => [`rules/${name}`, content]))));
  return { folder, paths, archive };
}

/** A STIX bundle with an indicator of the sample log and one that cannot be swept for, and a CSV list. */
function indicatorLists() {
  const folder = temporary("lists");
  const indicator = (id, pattern) => ({
    type: "indicator",
    spec_version: "2.1",
    id: `indicator--6f6b0c0e-0000-4000-8000-0000000000${id}`,
    created: "2021-05-01T00:00:00Z",
    modified: "2021-05-01T00:00:00Z",
    valid_from: "2021-05-01T00:00:00Z",
    pattern_type: "stix",
    pattern,
  });
  const objects = [
    indicator("b1", "[ipv4-addr:value = '203.0.113.77']"),
    indicator("b2", "[process:name = 'a.exe'] FOLLOWEDBY [process:name = 'b.exe']"),
  ];
  const stix = join(folder, "indicators.json");
  writeFileSync(stix, JSON.stringify({ type: "bundle", id: "bundle--6f6b0c0e-0000-4000-8000-0000000000b0", objects }, null, 1));
  const csv = join(folder, "indicators.csv");
  writeFileSync(csv, "type,value\nip,198.51.100.200\ndomain,bad.example.jp\n");
  return { stix, csv };
}

/** Opens what a report offers: a finding, its evidence, the lines around it. */
async function readsTheReport(tab) {
  await there(tab, ".answer");
  await there(tab, "[data-finding-head]");
  await openFindings(tab);
  await there(tab, ".evidence .raw");
  await there(tab, ".evidence mark");
  const around = await count(tab, ".around li");
  await press(tab, "[data-action=around]");
  await until(async () => (await count(tab, ".around li")) > around, { what: "the lines around" });
  assert.equal(await count(tab, ".around [aria-current=true]"), 1);
}

async function savesTheReport(tab, json) {
  assert.equal(await exported(tab, "json"), json);
  const html = await exported(tab, "html");
  assert.match(html, /^<!doctype html>/i);
  assert.doesNotMatch(html, /<script|https?:\/\/[^"' ]*["'] ?(rel|src)/i);
  assert.ok((await exported(tab, "csv")).split("\n").length > 2);
}

/** Chooses files, but keeps the page from checking them yet. */
async function keepChosenFiles(tab, paths) {
  await tab.outer(() =>
    addEventListener("change", (event) => {
      window.keptFiles = [...event.target.files];
      event.stopImmediatePropagation();
    }, { capture: true, once: true }),
  );
  await tab.give(paths);
  await until(() => tab.outer(() => window.keptFiles?.length > 0), { what: "the files" });
}

/** Fixtures of the project and samples, each checked alone. */
function inputs(samples) {
  const folder = join(ROOT, "tests/fixtures");
  const fixtures = existsSync(folder)
    ? readdirSync(folder, { recursive: true }).map((one) => join(folder, one)).filter((path) => statSync(path).isFile())
    : [];
  const own = ["attacked.log", "members.log.gz", "truncated.log.gz", "garbage.bin", "empty.log"].map((one) => samples[one]);
  return [...fixtures.sort(), ...own];
}
