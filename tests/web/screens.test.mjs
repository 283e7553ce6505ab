// Every screen and dialog: Tab leads to all that can be used and shows where it is, axe finds no barrier
// in both themes, and nothing is wider than a narrow window. Pictures of all are kept.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { barriers } from "./lib/axe.mjs";
import { until } from "./lib/browser.mjs";
import { flows } from "./lib/flows.mjs";
import { there } from "./lib/frame.mjs";
import { focused, walked } from "./lib/keyboard.mjs";
import { CLI, PAGE, kept, temporary } from "./lib/places.mjs";
import { writeSamples } from "./lib/samples.mjs";
import { checkFiles, generate, openFindings, openFirst, press } from "./lib/sekisho.mjs";

const SHOTS = kept("screenshots");

/** Sign-ins that state no zone: the data check has a question. */
const signIns = Array.from({ length: 40 }, (_, n) => `May  6 01:${10 + n}:00 gate sshd[${n + 1}]: Failed password for sato from 203.0.113.${n + 1} port 50000 ssh2\n`).join("");

const RULE = `title: Way out
id: 6f6b0c0e-0000-4000-8000-0000000000e1
logsource:
    category: webserver
detection:
    found:
        c-uri|contains: '../'
    condition: found
level: high
`;

/** Runs a command that ends with 1 where evidence was found. */
const evenWith = (run) => {
  try {
    return run();
  } catch (error) {
    if (error.status !== 1) throw error;
  }
};

flows((flow) => {
  let samples;
  let folder;
  const at = (name) => join(folder, name);
  const run = (...command) => evenWith(() => execFileSync(CLI, command, { cwd: folder, stdio: ["ignore", "pipe", "ignore"] }));

  before(async () => {
    samples = writeSamples(temporary("samples"));
    folder = temporary("screens");
    await generate(["--scenario", "T1", "--seed", "7", "--out", at("case")]);
    writeFileSync(at("auth.log"), signIns);
    writeFileSync(at("rule.yml"), RULE);
    writeFileSync(at("list.csv"), "type,value\nip,198.51.100.200\ndomain,bad.example.jp\n");
    run("key", "--out", "vendor.key");
    writeFileSync(at("checker.toml"), '[about]\ntitle = "Sign-ins"\nvendor = "例示クラウド株式会社"\nquestions = ["Q1"]\n');
    run("bundle", "checker.toml", "--key", "vendor.key", "--page", PAGE, "--out", "checker.html");
    run("check", "--format", "json", "--out", "report.json", samples["attacked.log"]);
    run("result", "report.json", "--to", "checker.html", "--out", "result.json", "--level", "full", "--name", "第一商事", "--unsealed");
    run("exercise", "sheet", "T1-7,days=40,users=80", "--out", "sheet.json");
    run("exercise", "score", "sheet.json", "--result", "exercise.json");
  });

  const report = (tab) => checkFiles(tab, [samples["attacked.log"]]);
  const events = async (tab) => {
    await checkFiles(tab, [samples["attacked.log"], at("auth.log")]);
    await press(tab, "[data-action=explore]");
    await there(tab, "[data-row='0'][data-here=true]");
  };
  const byKeys = async (tab, ...keys) => {
    await focused(tab);
    for (const key of keys) await tab.press(key);
  };
  const dialog = (tab) => there(tab, "dialog[open]");

  /** How each is come to. */
  const SCREENS = {
    start: (tab) => there(tab, ".category"),
    "start, unfolded": async (tab) => {
      await checkFiles(tab, [at("rule.yml"), at("list.csv"), samples["ordinary.log"]]);
      await press(tab, "[data-action=other]");
      await there(tab, "[data-rules='1']");
      await tab.frame(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
    },
    "data check": async (tab) => {
      await tab.choose("[data-choose=files]", [at("auth.log"), samples["attacked.log"]]);
      await there(tab, "[data-open]");
    },
    report: async (tab) => {
      await report(tab);
      await openFindings(tab);
      await there(tab, ".evidence .raw");
    },
    "report of a platform": async (tab) => {
      await checkFiles(tab, ["synthetic-audit.jsonl", "synthetic-sign-in.jsonl"].map((log) => at(`case/logs/${log}`)));
    },
    "broken files": async (tab) => {
      await checkFiles(tab, ["attacked.log", "truncated.log.gz", "garbage.bin", "empty.log"].map((name) => samples[name]));
    },
    events,
    "an event": async (tab) => {
      await events(tab);
      await openFirst(tab);
      await there(tab, "dialog [data-value='source.address']");
    },
    "who by network": async (tab) => {
      await events(tab);
      await press(tab, "[data-tab=crossed]");
      await there(tab, "[data-crossed] .cell-button");
    },
    help: async (tab) => {
      await byKeys(tab, "?");
      await there(tab, "dialog[open] [data-help=A1]");
    },
    palette: async (tab) => {
      await byKeys(tab, "Control+k");
      await dialog(tab);
    },
    paste: async (tab) => {
      await press(tab, "[data-action=paste]");
      await dialog(tab);
    },
    password: async (tab) => {
      await tab.give([samples["locked.zip"]]);
      await there(tab, "[data-field=password]");
    },
    "zone and encoding": async (tab) => {
      await report(tab);
      await press(tab, "[data-action=change-stream]");
      await dialog(tab);
    },
    "a format described": async (tab) => {
      await checkFiles(tab, [samples["own.log"]]);
      await press(tab, "[data-action=describe]");
      await there(tab, "[data-understood]");
    },
    "a rule written": async (tab) => {
      await report(tab);
      await press(tab, "[data-action=write-rule]");
      await there(tab, "dialog summary");
    },
    passphrase: async (tab) => {
      await report(tab);
      await press(tab, "[data-action=lock-case]");
      await dialog(tab);
    },
    letter: async (tab) => {
      await report(tab);
      await press(tab, "[data-action=letter]");
      await there(tab, "textarea.letter");
    },
    "a damaged case": async (tab) => {
      writeFileSync(at("damaged.sekisho"), "SEKISHO-CASE ");
      await tab.give([at("damaged.sekisho")]);
      await there(tab, "[data-case-trouble]");
    },
    vendor: async (tab) => {
      await press(tab, "[data-action=vendor]");
      await there(tab, "[data-vendor] [data-question]");
    },
    "results of clients": async (tab) => {
      await tab.give([at("result.json")]);
      await there(tab, "[data-client]");
    },
    "results of a class": async (tab) => {
      await tab.give([at("exercise.json")]);
      await there(tab, "[data-class=there]");
    },
    exercise: async (tab) => {
      await press(tab, "[data-action=practise]");
      await there(tab, "[data-exercise]");
    },
    "answer sheet": async (tab) => {
      await press(tab, "[data-action=practise]");
      await press(tab, "[data-action=sheet-only]");
      await there(tab, "[data-sheet]");
    },
    debrief: async (tab) => {
      await press(tab, "[data-action=practise]");
      await press(tab, "[data-action=sheet-only]");
      await press(tab, "[data-action=finish]");
      await press(tab, "[data-action=finish-yes]");
      await there(tab, "[data-debrief]");
    },
  };

  for (const [screen, comeTo] of Object.entries(SCREENS))
    test(screen, () =>
      flow.withPage(async (tab) => {
        await comeTo(tab);
        await (flow.hand === "keyboard" ? byTab(tab) : asDrawn(tab, screen));
      }),
    );

  async function byTab(tab) {
    const { unreached, unseen } = await walked(tab);
    assert.deepEqual(unreached, [], "Tab leads there");
    assert.deepEqual(unseen, [], "the focus shows");
  }

  async function asDrawn(tab, screen) {
    for (const theme of ["dark", "light"]) {
      await tab.frame((theme) => document.querySelector(`[data-choice=${theme}]`).click(), theme);
      // The same elements and colours in each browser: one is enough.
      if (flow.name === "chromium") assert.deepEqual(await barriers(tab), [], theme);
      await tab.screenshot(join(SHOTS, `${flow.shot}-${screen.replaceAll(/\W+/g, "-")}-${theme}.png`));
    }
    await tab.resize(360, 740);
    const wider = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;
    await until(async () => (await tab.frame(wider)) <= 0, { what: "the page to fit a narrow window", limit: 3000 });
  }
});
