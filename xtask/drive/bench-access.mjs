// CPU seconds that one Chromium worker needs for a log: the engine scanning bytes in its memory,
// the same from File, and a whole check, which adds the fingerprint and the report. Of the worker
// its own thread is counted; what the other processes of the browser do for it is shown beside it.

import { launch } from "../../tests/web/lib/browser.mjs";
import { PAGE_URL } from "../../tests/web/lib/places.mjs";
import { cpuSeconds, threadSeconds } from "./processes.mjs";
import { keepChosen, startWorker } from "./worker.mjs";

const path = process.argv[2];
const whole = await measure(check);
const file = await measure((tab, profile) => scan(tab, profile, scanFile));
const memory = await measure((tab, profile) => scan(tab, profile, scanMemory));
console.log(
  JSON.stringify({
    check_browser: whole.browser,
    check: whole.worker,
    scan_file: file.worker,
    scan_file_browser: file.browser,
    scan: memory.worker,
  }),
);

async function measure(run) {
  const browser = await launch("chromium");
  try {
    const tab = await browser.open();
    await tab.load(PAGE_URL);
    await keepChosen(tab, [path]);
    return await run(tab, browser.profile);
  } finally {
    await browser.close();
  }
}

/** What a piece of work costs the worker's thread, and all processes together. */
async function cost(profile, work) {
  const worker = threadSeconds(profile, "DedicatedWorker");
  const browser = cpuSeconds(profile);
  await work();
  return {
    worker: threadSeconds(profile, "DedicatedWorker") - worker,
    browser: cpuSeconds(profile) - browser,
  };
}

/** The page's own check, with one worker. */
function check(tab, profile) {
  return cost(profile, () =>
    tab.outer(() => window.sekisho.check(window.keptFiles, { workers: 1 }).then(() => undefined)),
  );
}

/** Scans only, in a worker of its own. `start` readies it and gives what is to be measured. */
async function scan(tab, profile, start) {
  await startWorker(tab);
  await tab.frame(start);
  return cost(profile, () => tab.frame(() => window.measured()));
}

/** Runs in the frame: the page's own way to scan. */
async function scanFile() {
  const [file, settings] = [window.givenFiles[0], {}];
  const passwords = [];
  const survey = await window.askWorker("survey", { name: file.name, file, settings, passwords });
  const plan = await window.askWorker("plan", { settings, passwords, surveys: [survey.json] });
  await window.askWorker("begin", { plan: plan.json });
  window.measured = async () => {
    for (const { id, kind } of plan.jobs) if (kind === "scan") await window.askWorker("run", { job: id, file });
  };
}

/** Runs in the frame. */
async function scanMemory() {
  await window.askWorker("load", { file: window.givenFiles[0] });
  window.measured = () => window.askWorker("scan", {});
}
