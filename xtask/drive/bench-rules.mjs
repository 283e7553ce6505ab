// What rules cost one Chromium worker: reading a set of them, and scanning logs with them. Of the
// worker its own thread is counted, in CPU seconds; reading the rules is told by the clock as well.

import { launch } from "../../tests/web/lib/browser.mjs";
import { PAGE_URL } from "../../tests/web/lib/places.mjs";
import { threadSeconds } from "./processes.mjs";
import { keepChosen, startWorker } from "./worker.mjs";

const [rules, ...logs] = process.argv.slice(2);
const browser = await launch("chromium");
try {
  const tab = await browser.open();
  await tab.load(PAGE_URL);
  await keepChosen(tab, [rules, ...logs]);
  await startWorker(tab);
  const load = await cost(() => tab.frame(readRules));
  const scans = [];
  for (let at = 1; at <= logs.length; at++) {
    await tab.frame(begin, at);
    scans.push((await cost(() => tab.frame(() => window.measured()))).cpu);
  }
  console.log(JSON.stringify({ load_cpu: load.cpu, load_wall: load.told / 1000, scans }));
} finally {
  await browser.close();
}

async function cost(work) {
  const before = threadSeconds(browser.profile, "DedicatedWorker");
  const told = await work();
  return { cpu: threadSeconds(browser.profile, "DedicatedWorker") - before, told };
}

/** Runs in the frame: compiles the rules, and says how many milliseconds that took. */
async function readRules() {
  const [file] = window.givenFiles;
  const start = performance.now();
  const read = await window.askWorker("readRules", { files: [{ name: file.name, file }], settings: {} });
  window.readRules = read.encoded;
  return performance.now() - start;
}

/** Runs in the frame: the page's own way to scan, with the rules and nothing else. */
async function begin(at) {
  const [file, settings] = [window.givenFiles[at], { rules: { no_builtin: true } }];
  const passwords = [];
  const survey = await window.askWorker("survey", { name: file.name, file, settings, passwords });
  const plan = await window.askWorker("plan", { settings, passwords, surveys: [survey.json] });
  await window.askWorker("begin", { plan: plan.json, rules: window.readRules });
  window.measured = async () => {
    for (const { id, kind } of plan.jobs) if (kind === "scan") await window.askWorker("run", { job: id, file });
  };
}
