// CPU seconds that one Chromium worker needs to scan each log, from what lies in its memory: a list
// in the order of the logs.

import { launch } from "../../tests/web/lib/browser.mjs";
import { PAGE_URL } from "../../tests/web/lib/places.mjs";
import { threadSeconds } from "./processes.mjs";
import { keepChosen, startWorker } from "./worker.mjs";

const paths = process.argv.slice(2);
const browser = await launch("chromium");
try {
  const tab = await browser.open();
  await tab.load(PAGE_URL);
  await keepChosen(tab, paths);
  await startWorker(tab);
  const seconds = [];
  for (let at = 0; at < paths.length; at += 1) {
    await tab.frame((which) => window.askWorker("load", { file: window.givenFiles[which] }), at);
    const before = threadSeconds(browser.profile, "DedicatedWorker");
    await tab.frame(() => window.askWorker("scan", {}));
    seconds.push(threadSeconds(browser.profile, "DedicatedWorker") - before);
  }
  console.log(JSON.stringify(seconds));
} finally {
  await browser.close();
}
