// An exercise in the browser: by keyboard, in both languages, printed, its files those of the command
// line; and of what happened nothing reaches the page before it ends.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { barriers } from "./lib/axe.mjs";
import { until } from "./lib/browser.mjs";
import { flows } from "./lib/flows.mjs";
import { count, text, there } from "./lib/frame.mjs";
import { focused, tabTo, typed } from "./lib/keyboard.mjs";
import { misfits } from "./lib/fits.mjs";
import { CLI, kept, temporary } from "./lib/places.mjs";
import { ended, exported, fill, press, reportJson } from "./lib/sekisho.mjs";

const SHOTS = kept("screenshots");
const folder = temporary("exercise");
const place = (name) => join(folder, name);
const cli = (...command) => String(execFileSync(CLI, ["exercise", ...command], { cwd: folder, stdio: ["ignore", "pipe", "ignore"], maxBuffer: 1 << 28 }));

const CASE = "T3-7";
const key = JSON.parse(cli("key", CASE, "--format", "json"));
const solved = Object.fromEntries(key.solved.map(({ question, answer }) => [question, answer]));

const saved = async (tab, selector) => {
  const download = tab.download();
  await press(tab, selector);
  return readFileSync(await download);
};

/** Chooses how a question is answered. */
const choose = async (tab, question, option) => {
  await press(tab, `[data-asked=${question}] input[value=${option}]`);
};

/** What stands anywhere in the page: drawn, in fields, or stored. */
const everything = async (tab) => {
  const frame = await tab.frame(() => {
    const fields = [...document.querySelectorAll("input, textarea")].map((field) => field.value);
    return document.documentElement.outerHTML + fields.join("\n") + location.href;
  });
  const outer = await tab.outer(() => {
    const stored = [() => localStorage, () => sessionStorage].map((of) => {
      try {
        return JSON.stringify(of());
      } catch {
        return "";
      }
    });
    return document.body.innerText + location.href + document.cookie + stored.join("");
  });
  return frame + outer;
};

flows((flow) => {
  const { name } = flow;

  const open = async (of = CASE) => {
    const tab = await flow.tab();
    await tab.raw.goto(`${flow.address()}#train=${of}`);
    await there(tab, `[data-exercise="${of}"]`);
    return tab;
  };

  test("a case that does not exist is refused in the language of the page", async () => {
    const tab = await flow.tab();
    await tab.raw.goto(`${flow.address()}#train=T9-1`);
    await there(tab, ".field-error:not(:empty)");
    assert.match(await text(tab, ".exercise"), flow.says(/«T9-1»; expected a scenario/, /「T9-1」は使えません。シナリオ/));
    await tab.close();
  });

  test("a class opens the same exercise, and does it by keyboard", async () => {
    const tab = await open();
    assert.match(await text(tab, "aside.training"), flow.says(/TRAINING.*T3-7/, /訓練.*T3-7/));
    assert.deepEqual(await barriers(tab), []);
    await focused(tab);
    await tabTo(tab, "[data-action=begin]");
    await tab.press("Enter");
    await there(tab, "[data-action=explore]", 60_000);
    await ended(tab);
    assert.equal(JSON.parse(await reportJson(tab)).settings.training, CASE);
    await there(tab, "[data-sheet]");
    assert.equal(await count(tab, "[data-action=truth]"), 0, "nobody is told yet");
    assert.deepEqual(await barriers(tab), []);
    await tab.screenshot(join(SHOTS, `${flow.shot}-exercise.png`));
    await focused(tab);
    await tabTo(tab, "[data-field=trainee]");
    await tab.type("Sato");
    await tabTo(tab, "[data-asked=happened] input");
    await tab.press(" ");
    await until(() => tab.frame(() => document.querySelector("[data-asked=happened] input[value=evidence]").checked), { what: "an answer" });
    await tabTo(tab, "[data-asked=happened] [data-hint='1']");
    await tab.press("Enter");
    await there(tab, "[data-asked=happened] [data-hinted='1']");
    // The sheet stays as it is while it is hidden, and while the events are looked at.
    await press(tab, "[data-action=close-sheet]");
    await until(async () => (await count(tab, "[data-sheet]")) === 0, { what: "no sheet" });
    await press(tab, "[data-action=explore]");
    await press(tab, "[data-action=sheet]");
    await there(tab, "[data-sheet]");
    assert.equal(await tab.frame(() => document.querySelector("[data-field=trainee]").value), "Sato");
    const sheet = JSON.parse(await saved(tab, "[data-action=save-sheet]"));
    assert.equal(sheet.trainee, "Sato");
    assert.deepEqual(sheet.answers.happened, { answer: { choice: "evidence" }, likelihood: null, hints: 1 });
    await tab.close();
  });

  test("marks, debrief and result are those of the command line, in both languages", async () => {
    const tab = await open();
    await press(tab, "[data-action=sheet-only]");
    await there(tab, "[data-sheet]");
    await fill(tab, "[data-field=trainee]", "山田");
    for (const [question, answer] of Object.entries(solved)) {
      const [of, value] = typeof answer === "string" ? [answer] : Object.entries(answer)[0];
      await choose(tab, question, typeof answer === "string" ? answer : of === "choice" ? value : "given");
      if (of === "names") await fill(tab, `[data-asked=${question}] textarea`, value.join("\n"));
      if (of === "time") await fill(tab, `[data-asked=${question}] input[type=text]`, value);
      if (of === "count") await fill(tab, `[data-asked=${question}] input[type=number]`, String(value));
      await fill(tab, `[data-asked=${question}] [data-field=likelihood]`, "100");
    }
    // One answer claims too much, and one takes a hint.
    await choose(tab, "logs", "changed");
    await press(tab, "[data-asked=accounts] [data-hint='1']");
    await there(tab, "[data-asked=accounts] [data-hinted='1']");
    await fill(tab, "[data-item=people] select", "open");
    const other = flow.says("ja", "en");
    await press(tab, `[data-choice=${other}]`);
    await until(() => tab.outer((other) => document.documentElement.lang === other, other), { what: "the other language" });
    assert.deepEqual(await barriers(tab), []);
    writeFileSync(place(`${flow.shot}-sheet.json`), await saved(tab, "[data-action=save-sheet]"));
    const before = await everything(tab);
    for (const secret of [key.solved[1].exhibits[0].text, "began_before", '"truth"'])
      assert.ok(!before.includes(secret), `the page holds ${secret}`);

    await press(tab, "[data-action=finish]");
    await there(tab, "dialog [data-action=finish-no]");
    await press(tab, "[data-action=finish-no]");
    assert.equal(await count(tab, "[data-debrief]"), 0, "it asks first");
    await press(tab, "[data-action=finish]");
    await press(tab, "[data-action=finish-yes]");
    await there(tab, "[data-debrief]");
    const said = await text(tab, "main");
    assert.match(said, flow.says(/ログの根拠を超えた断定/, /more than the logs/));
    assert.ok(said.includes(key.solved[1].exhibits[0].time), "what shows it");
    assert.doesNotMatch(said, /安全|問題なし/);
    assert.deepEqual(await barriers(tab), []);
    await tab.screenshot(join(SHOTS, `${flow.shot}-debrief.png`));

    const result = String(await saved(tab, "[data-action=save-exercise]"));
    cli("score", `${flow.shot}-sheet.json`, "--result", `${flow.shot}-result.json`);
    const expected = readFileSync(place(`${flow.shot}-result.json`), "utf8");
    assert.equal(result, expected, "the same bytes natively and in WASM");
    const { marks } = JSON.parse(result);
    const points = Object.fromEntries(marks.questions.map(({ question, points }) => [question, points]));
    assert.deepEqual([points.logs, points.accounts, points.addresses], [-5000, 9000, 10000]);
    await tab.close();
  });

  test("an exercise is led from the palette, and a case keeps its sheet", async () => {
    const tab = await open();
    await press(tab, "[data-action=begin]");
    await there(tab, "[data-action=explore]", 60_000);
    await fill(tab, "[data-field=trainee]", "Sato");
    await press(tab, "[data-action=close-sheet]");
    const command = async (letters) => {
      await focused(tab);
      await tab.press("Control+k");
      await typed(tab, "[data-field=command]", letters);
      await tab.press("Enter");
    };
    await command(flow.says("answer sheet: fin", "解答用紙:"));
    await there(tab, "dialog [data-action=finish-yes]");
    await press(tab, "[data-action=finish-no]");
    await press(tab, "[data-asked=happened] input[value=evidence]");
    writeFileSync(place(`${flow.shot}-case.sekisho`), await saved(tab, "[data-action=save-case]"));
    await tab.close();
    const again = await flow.open();
    await there(again, ".drop-zone");
    await again.give([place(`${flow.shot}-case.sekisho`)]);
    await there(again, "[data-sheet]");
    assert.equal(await again.frame(() => document.querySelector("[data-field=trainee]").value), "Sato");
    await until(() => again.frame(() => document.querySelector("[data-asked=happened] input[value=evidence]").checked), { what: "the answer" });
    await again.close();
  });

  test("results of a class are put together as by the command line", async () => {
    cli("sheet", "T1-7,days=40,users=80", "--out", `${flow.shot}-empty.json`);
    for (const trainee of ["A", "<img src=x>"]) {
      const sheet = { ...JSON.parse(readFileSync(place(`${flow.shot}-empty.json`), "utf8")), trainee };
      sheet.answers.accounts.answer = { names: ["nobody@elsewhere.example"] };
      writeFileSync(place("class-sheet.json"), JSON.stringify(sheet));
      cli("score", "class-sheet.json", "--result", `${flow.shot}-class-${trainee.length}.json`);
    }
    const files = [`${flow.shot}-class-1.json`, `${flow.shot}-class-11.json`];
    const tab = await flow.open();
    await there(tab, ".drop-zone");
    await tab.give(files.map(place));
    await there(tab, "[data-class=there]");
    assert.match(await text(tab, "aside.training"), /T1-7/);
    assert.equal(await count(tab, "[data-trainee]"), 2);
    assert.equal(await count(tab, "main img"), 0);
    assert.match(await text(tab, "main"), /nobody@elsewhere\.example × 2/);
    assert.deepEqual(await barriers(tab), []);
    assert.equal(await exported(tab, "csv"), cli("class", ...files, "--format", "csv", "--lang", flow.language));
    assert.equal(await exported(tab, "json"), cli("class", ...files, "--format", "json"));
    await tab.close();
  });

  test("exercises are chosen on the page, a scenario file opens one, and a sheet is taken up", async () => {
    const tab = await flow.open();
    await press(tab, "[data-action=practise]");
    await there(tab, "[data-exercise='T1-1']");
    await fill(tab, "[data-field=scenario]", "T5");
    await fill(tab, "[data-field=seed]", "12");
    await fill(tab, "[data-field=difficulty]", "hard");
    await press(tab, "[data-action=choose-exercise]");
    await there(tab, "[data-exercise='T5-12,hard']");
    writeFileSync(place("own.toml"), 'campaign = "T2"\nseed = 3\ndays = 40\nusers = 80\ndecoys = ["journey"]\n');
    await tab.choose("#exercise-file", [place("own.toml")]);
    const own = "T2-3,days=40,users=80,with=journey";
    await there(tab, `[data-exercise="${own}"]`);
    const logs = await saved(tab, "[data-action=save-logs]");
    execFileSync(CLI, ["generate", "--case", "own.toml", "--out", `${flow.shot}-own`], { cwd: folder });
    for (const log of ["synthetic-web-access.log", "synthetic-audit.jsonl"])
      assert.ok(logs.includes(readFileSync(place(`${flow.shot}-own/logs/${log}`))), log);
    assert.ok(!logs.includes("truth.json"));
    cli("sheet", "T4-2", "--out", `${flow.shot}-taken.json`);
    await tab.give([place(`${flow.shot}-taken.json`)]);
    await there(tab, "[data-sheet='T4-2']");
    await tab.close();
  });

  test("a tour goes through the report by keyboard, and can be left", async () => {
    const tab = await flow.open();
    await press(tab, "[data-action=tour]");
    await there(tab, "[data-tour='0']", 60_000);
    await until(() => tab.frame(() => !!document.querySelector("#coverage")), { what: "the whole report" });
    await focused(tab);
    const last = 7;
    for (let at = 0; at <= last; at++) {
      await there(tab, `[data-tour='${at}']`);
      await until(() => tab.frame(() => !!document.querySelector(".toured")), { what: `what step ${at} points at` });
      // Each step takes the focus to its head, from the button of the step before.
      await until(() => tab.frame(() => document.activeElement?.matches("[data-tour] h2")), { what: `the focus on step ${at}` });
      if (at === 3) assert.deepEqual(await barriers(tab), []);
      await tabTo(tab, "[data-action=tour-next]");
      await tab.press("Enter");
    }
    await until(async () => (await count(tab, "[data-tour]")) === 0, { what: "the end" });
    await until(async () => (await count(tab, ".toured")) === 0, { what: "nothing that is pointed at" });
    await press(tab, "[data-action=other]");
    await press(tab, "[data-action=tour]");
    await there(tab, "[data-tour='0']", 60_000);
    await press(tab, "[data-action=tour-skip]");
    await until(async () => (await count(tab, "[data-tour]")) === 0, { what: "no tour" });
    await tab.close();
  });

  test("before the end, the engine tells the page nothing of what happened", { skip: name !== "chromium" && "the driver of Firefox does not reach into workers" }, async () => {
    const tab = await flow.tab();
    // Everything that a worker says is kept, files as their texts.
    await tab.raw.addInitScript(() => {
      globalThis.heard = [];
      const Real = globalThis.Worker;
      globalThis.Worker = class extends Real {
        constructor(...given) {
          super(...given);
          this.addEventListener("message", ({ data }) => {
            const files = [];
            const told = JSON.stringify(data, (_, value) => {
              if (value instanceof Blob) files.push(value.name ?? "");
              return value instanceof Blob ? `file ${value.name}` : value;
            });
            globalThis.heard.push(told ?? "", ...files);
          });
        }
      };
    });
    await tab.raw.goto(`${flow.address()}#train=${CASE}`);
    await press(tab, "[data-action=begin]");
    await there(tab, "[data-action=explore]", 60_000);
    await press(tab, "[data-asked=first] [data-hint='1']");
    await there(tab, "[data-asked=first] [data-hinted='1']");
    const heard = () => tab.frame(() => globalThis.heard);
    const before = await heard();
    assert.ok(before.length > 3 && before.some((told) => told.includes("synthetic-audit.jsonl")), "it listens");
    for (const told of before) assert.doesNotMatch(told, /truth\.json|"solved"|"is_decoy"|"began_before"/);
    await press(tab, "[data-action=finish]");
    await press(tab, "[data-action=finish-yes]");
    await there(tab, "[data-debrief]");
    const all = await heard();
    assert.ok(all.some((told) => told.includes('"solved"')), "it is told at the end");
    // What was told is of the types that the page has for it.
    const answers = all.filter((told) => told.startsWith('{"id"')).map((told) => JSON.parse(told).answer);
    const asked = answers.findLast((answer) => answer?.items && answer.sheet);
    const { debrief, result } = answers.findLast((answer) => answer?.debrief);
    writeFileSync(place("typed.json"), result);
    const ofClass = JSON.parse(cli("class", "typed.json", "--format", "json"));
    delete ofClass.sekisho_class;
    delete debrief.key.sekisho_key_of_exercise;
    const values = { ExerciseAsked: asked, Debrief: debrief, ClassRollUp: ofClass, Sheet: JSON.parse(result).sheet };
    assert.equal(misfits("engine/exercise", values), "");
    const { training, ...less } = asked;
    assert.match(misfits("engine/exercise", { ExerciseAsked: less }), /training/);
    assert.match(misfits("engine/exercise", { ExerciseAsked: { ...asked, strange: 1 } }), /strange/);
    await tab.close();
  });
});
