// A worker with the page's own program, in the page that was built, and how to ask it.

import { until } from "../../tests/web/lib/browser.mjs";
import { packedModule, workerScript } from "../../tests/web/lib/engine.mjs";

/** Takes files without the page checking them. */
export async function keepChosen(tab, paths) {
  await tab.outer(() =>
    addEventListener("change", (event) => {
      window.keptFiles = [...event.target.files];
      event.stopImmediatePropagation();
    }, { capture: true, once: true }),
  );
  await tab.give(paths);
  await until(() => tab.outer(() => !!window.keptFiles), { what: "the files" });
}

/** Starts a worker in the frame, which gets the files that were kept. */
export async function startWorker(tab) {
  await tab.frame(() => addEventListener("message", ({ data }) => (window.givenFiles ??= data?.benchFiles)));
  await tab.outer(() => document.getElementById("app").contentWindow.postMessage({ benchFiles: window.keptFiles }, "*"));
  await until(() => tab.frame(() => !!window.givenFiles), { what: "the files in the frame" });
  const engine = Buffer.from(packedModule()).toString("base64");
  await tab.frame(begin, { engine, script: `${workerScript()}\n(${fromMemory})();` });
}

/** Runs in the frame. */
async function begin({ engine, script }) {
  const packed = Uint8Array.from(atob(engine), (one) => one.charCodeAt(0));
  const worker = new Worker(URL.createObjectURL(new Blob([script])));
  window.askWorker = (call, ask) =>
    new Promise((resolve, reject) => {
      worker.onerror = (event) => reject(new Error(event.message));
      worker.onmessage = ({ data }) => {
        if (data.kind === "error") reject(new Error(data.message));
        if (data.kind === "answer") resolve(data.answer);
      };
      worker.postMessage({ id: 1, call, ask });
    });
  await window.askWorker("init", { module: await window.askWorker("unpack", { packed }) });
}

/**
 * Runs in the worker, behind its program: two more calls. `load` takes a file into memory and
 * readies a scanner for it, `scan` scans it.
 */
function fromMemory() {
  const read = FileReaderSync.prototype.readAsArrayBuffer;
  const part = (bytes) => ({ size: bytes.length, bytes, slice: (from, to) => part(bytes.subarray(from, to)) });
  FileReaderSync.prototype.readAsArrayBuffer = function (blob) {
    return blob.bytes instanceof Uint8Array ? blob.bytes.slice().buffer : read.call(this, blob);
  };
  let loaded;
  const calls = {
    load({ file }) {
      loaded?.scanner.free();
      const reader = new FileReaderSync();
      const bytes = new Uint8Array(file.size);
      for (let at = 0; at < file.size; at += 1 << 24) {
        bytes.set(new Uint8Array(reader.readAsArrayBuffer(file.slice(at, at + (1 << 24)))), at);
      }
      const source = part(bytes);
      const survey = wasm_bindgen.survey(file.name, file.size, undefined, source, {}, []);
      const plan = wasm_bindgen.plan({}, [], [survey], undefined, undefined);
      loaded = { source, jobs: plan.jobs, scanner: new wasm_bindgen.Scanner(plan) };
    },
    scan() {
      const { source, jobs, scanner } = loaded;
      const none = new Uint8Array();
      for (const { id, kind } of jobs) {
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
