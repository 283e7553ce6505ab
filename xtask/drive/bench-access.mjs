// CPU seconds that one Chromium worker needs for a log: the engine scanning bytes in its memory,
// the same from File, and a whole check, which adds the fingerprint and the report. Of the worker
// its own thread is counted; what the other processes of the browser do for it is shown beside it.

import { launch, until } from "../../tests/web/lib/browser.mjs";
import { PAGE_URL } from "../../tests/web/lib/places.mjs";
import { cpuSeconds, threadSeconds } from "./processes.mjs";

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
    await keepChosenFile(tab);
    return await run(tab, browser.profile);
  } finally {
    await browser.close();
  }
}

/** Takes the file without the page checking it. */
async function keepChosenFile(tab) {
  await tab.outer(() =>
    addEventListener("change", (event) => {
      [window.keptFile] = event.target.files;
      event.stopImmediatePropagation();
    }, { capture: true, once: true }),
  );
  await tab.give([path]);
  await until(() => tab.outer(() => !!window.keptFile), { what: "the file" });
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
    tab.outer(() => window.sekisho.check([window.keptFile], { workers: 1 }).then(() => undefined)),
  );
}

/** Scans only, in a worker of its own. `start` readies it and gives what is to be measured. */
async function scan(tab, profile, start) {
  await tab.frame(() => addEventListener("message", ({ data }) => (window.givenFile ??= data?.benchFile)));
  await tab.outer(() => document.getElementById("app").contentWindow.postMessage({ benchFile: window.keptFile }, "*"));
  await until(() => tab.frame(() => !!window.givenFile), { what: "the file in the frame" });
  await tab.frame(startWorker, String(fromMemory));
  await tab.frame(start);
  return cost(profile, () => tab.frame(() => window.measured()));
}

/** Runs in the frame: a worker with the page's own program, and how to ask it. */
async function startWorker(more) {
  const packed = Uint8Array.from(atob(document.getElementById("engine").textContent), (one) => one.charCodeAt(0));
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const module = await WebAssembly.compile(await new Response(unpacked).arrayBuffer());
  const source = `${document.getElementById("worker").textContent}\n(${more})();`;
  const worker = new Worker(URL.createObjectURL(new Blob([source])));
  window.askWorker = (call, ask) =>
    new Promise((resolve, reject) => {
      worker.onerror = (event) => reject(new Error(event.message));
      worker.onmessage = ({ data }) => {
        if (data.kind === "error") reject(new Error(data.message));
        if (data.kind === "answer") resolve(data.answer);
      };
      worker.postMessage({ id: 1, call, ask });
    });
  await window.askWorker("init", { module });
}

/** Runs in the frame: the page's own way to scan. */
async function scanFile() {
  const [file, settings] = [window.givenFile, {}];
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
  await window.askWorker("load", { file: window.givenFile });
  window.measured = () => window.askWorker("scan", {});
}

/** Runs in the worker, behind its program: two more calls, which scan what lies in memory. */
function fromMemory() {
  let plan;
  let source;
  const part = (bytes) => ({ size: bytes.length, bytes, slice: (from, to) => part(bytes.subarray(from, to)) });
  const calls = {
    load({ file }) {
      const reader = new FileReaderSync();
      const bytes = new Uint8Array(file.size);
      for (let at = 0; at < file.size; at += 1 << 24) {
        bytes.set(new Uint8Array(reader.readAsArrayBuffer(file.slice(at, at + (1 << 24)))), at);
      }
      FileReaderSync.prototype.readAsArrayBuffer = ({ bytes }) => bytes.slice().buffer;
      source = part(bytes);
      const survey = wasm_bindgen.survey(file.name, file.size, undefined, source, {}, []);
      plan = wasm_bindgen.plan({}, [], [survey], undefined, undefined);
    },
    scan() {
      const scanner = new wasm_bindgen.Scanner(plan);
      const none = new Uint8Array();
      for (const { id, kind } of plan.jobs) {
        if (kind === "scan") scanner.scan(id, undefined, source, 0, none, () => undefined);
      }
    },
  };
  const program = self.onmessage;
  self.onmessage = (event) => {
    const { call, ask } = event.data;
    if (!calls[call]) return program(event);
    try {
      calls[call](ask);
      postMessage({ kind: "answer" });
    } catch (error) {
      postMessage({ kind: "error", message: String(error) });
    }
  };
}
