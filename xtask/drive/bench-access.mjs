// CPU seconds that one Chromium worker needs for a log: for the scan alone, with the bytes in its
// memory, and for a whole check from File, with every process of the browser counted.

import { launch, until } from "../../tests/web/lib/browser.mjs";
import { PAGE_URL } from "../../tests/web/lib/places.mjs";
import { cpuSeconds, threadSeconds } from "./processes.mjs";

const path = process.argv[2];
const file = await measure(fromFile);
const scan = await measure(scanAlone);
console.log(JSON.stringify({ file, scan }));

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

async function fromFile(tab, profile) {
  const before = cpuSeconds(profile);
  await tab.outer(() => window.sekisho.check([window.keptFile], { workers: 1 }).then(() => undefined));
  return cpuSeconds(profile) - before;
}

/** In a worker of its own, the engine reads from memory; only that worker's thread is counted. */
async function scanAlone(tab, profile) {
  await tab.frame(() => addEventListener("message", ({ data }) => (window.givenFile ??= data?.benchFile)));
  await tab.outer(() => document.getElementById("app").contentWindow.postMessage({ benchFile: window.keptFile }, "*"));
  await until(() => tab.frame(() => !!window.givenFile), { what: "the file in the frame" });
  await tab.frame(startWorker, String(scanner));
  const before = threadSeconds(profile, "DedicatedWorker");
  await tab.frame(() => new Promise((resolve, reject) => {
    window.benchWorker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve());
    window.benchWorker.postMessage("scan");
  }));
  return threadSeconds(profile, "DedicatedWorker") - before;
}

/** Runs in the frame: starts the worker with the engine, and waits until it has the file in memory. */
async function startWorker(code) {
  const packed = Uint8Array.from(atob(document.getElementById("engine").textContent), (one) => one.charCodeAt(0));
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const module = await WebAssembly.compile(await new Response(unpacked).arrayBuffer());
  const source = `${document.getElementById("worker").textContent}\n(${code})();`;
  const worker = new Worker(URL.createObjectURL(new Blob([source])));
  window.benchWorker = worker;
  await new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve());
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage({ module, file: window.givenFile });
  });
}

/** Runs in the worker. The file is read before anything is measured. */
function scanner() {
  let plan;
  let blob;
  const part = (bytes) => ({ bytes, size: bytes.length, slice: (from, to) => part(bytes.subarray(from, to)) });
  const load = ({ module, file }) => {
    const reader = new FileReaderSync();
    const bytes = new Uint8Array(file.size);
    for (let at = 0; at < file.size; at += 1 << 24) {
      bytes.set(new Uint8Array(reader.readAsArrayBuffer(file.slice(at, at + (1 << 24)))), at);
    }
    FileReaderSync.prototype.readAsArrayBuffer = ({ bytes }) => bytes.slice().buffer;
    wasm_bindgen.initSync({ module });
    blob = part(bytes);
    plan = wasm_bindgen.plan({}, [wasm_bindgen.survey(file.name, file.size, blob, {})], undefined, undefined);
  };
  const scan = () => {
    const scanner = new wasm_bindgen.Scanner(plan);
    for (const job of plan.jobs) if (job.kind === "scan") scanner.run(job.id, blob, () => undefined);
    scanner.take();
  };
  onmessage = ({ data }) => {
    try {
      if (data === "scan") scan();
      else load(data);
      postMessage({});
    } catch (error) {
      postMessage({ error: String(error) });
    }
  };
}
