// The workers of a page, counted and struck.

import { atMost } from "./browser.mjs";

/**
 * Watches the workers of a page from here on. Struck, each throws an error of its own in Chromium; in
 * Firefox, whose driver does not reach into workers, each is ended and the page told as by the browser.
 */
export async function watchedWorkers(tab) {
  return typeof tab.raw.waitForEvent === "function" ? byDriver(tab) : byPage(tab);
}

function byDriver(tab) {
  let started = 0;
  tab.raw.on("worker", () => started++);
  const strike = (at) => void setTimeout(() => { throw new Error("struck"); }, at - Date.now());
  return {
    started: async () => started,
    working: async () => tab.raw.workers().length,
    strike: () => {
      // All at once: one that died later would take the work along that it has from the others.
      const at = Date.now() + 100;
      return Promise.all(tab.raw.workers().map((worker) => atMost(2000, worker.evaluate(strike, at))));
    },
  };
}

async function byPage(tab) {
  await tab.frame(() => {
    const { postMessage, terminate } = Worker.prototype;
    globalThis.workersSeen = new Set();
    globalThis.workersEnded = new Set();
    Worker.prototype.postMessage = function (...message) {
      globalThis.workersSeen.add(this);
      return postMessage.apply(this, message);
    };
    Worker.prototype.terminate = function () {
      globalThis.workersEnded.add(this);
      return terminate.apply(this);
    };
  });
  const started = () => tab.frame(() => globalThis.workersSeen.size);
  const working = () => tab.frame(() => globalThis.workersSeen.difference(globalThis.workersEnded).size);
  const strike = () =>
    tab.frame(() => {
      for (const worker of globalThis.workersSeen) {
        worker.terminate();
        worker.dispatchEvent(new ErrorEvent("error", { message: "struck", cancelable: true }));
      }
    });
  return { started, working, strike };
}
