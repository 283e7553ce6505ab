// The page with large logs in Chromium: time, CPU and memory of all processes, the longest task on
// a main thread, the answer to a cancel, a second check at once; and ten starts from file://.

import { launch, sleep, until } from "../../tests/web/lib/browser.mjs";
import { PAGE_URL } from "../../tests/web/lib/places.mjs";
import { state } from "../../tests/web/lib/sekisho.mjs";
import { cpuSeconds, memory } from "./processes.mjs";

const [usual, varied] = process.argv.slice(2);
const starts = [];
for (let at = 0; at < 10; at++) starts.push(await usableAfter());
const first = await large(usual, cancelled);
const second = await large(varied);
console.log(
  JSON.stringify({
    usable_ms: starts,
    ...first,
    longest_task_ms: Math.max(first.longest_task_ms, second.longest_task_ms),
    varied_seconds: second.seconds,
    varied_cpu_seconds: second.cpu_seconds,
    varied_memory_mib: second.memory_mib,
  }),
);

/** Milliseconds from the start of the navigation until a file can be given. */
async function usableAfter() {
  const browser = await launch("chromium");
  try {
    const tab = await browser.open();
    await tab.raw.goto(PAGE_URL, { waitUntil: "commit" });
    await until(async () => (await state(tab)) === "ready", { pause: 2 });
    await until(() => tab.frame(() => !!document.querySelector(".drop-zone button")), { pause: 2 });
    // When the first paint of the application was, on the clock of the outer page.
    const painted = await tab.frame(async () => {
      const paint = () => performance.getEntriesByType("paint").find(({ name }) => name === "first-contentful-paint");
      while (!paint()) await new Promise((resolve) => setTimeout(resolve, 5));
      return performance.timeOrigin + paint().startTime;
    });
    return painted - (await tab.outer(() => performance.timeOrigin));
  } finally {
    await browser.close();
  }
}

async function large(path, then = () => ({})) {
  const browser = await launch("chromium");
  try {
    const tab = await browser.open();
    await tab.load(PAGE_URL);
    await sleep(1000);
    await watchTasks(tab);
    const idle_memory_mib = memory(browser.profile);
    const whole = await wholeCheck(tab, browser.profile, path);
    const tasks = Math.max(await longestTask(tab.outer), await longestTask(tab.frame));
    return { ...whole, idle_memory_mib, longest_task_ms: tasks, ...(await then(tab, path)) };
  } finally {
    await browser.close();
  }
}

async function wholeCheck(tab, profile, path) {
  const cpu = cpuSeconds(profile);
  const start = performance.now();
  let most = 0;
  const sampling = setInterval(() => (most = Math.max(most, memory(profile))), 250);
  await tab.give([path]);
  await until(async () => ["done", "failed"].includes(await state(tab)), { what: "the report", limit: 600_000, pause: 100 });
  clearInterval(sampling);
  if ((await state(tab)) !== "done") throw new Error("the check failed");
  return { seconds: (performance.now() - start) / 1000, cpu_seconds: cpuSeconds(profile) - cpu, memory_mib: most };
}

/** Notes the longest task of the outer page and of the frame from now on. */
async function watchTasks(tab) {
  const watch = () => {
    window.longestTask = 0;
    const note = (list) => {
      for (const { duration } of list.getEntries()) window.longestTask = Math.max(window.longestTask, duration);
    };
    new PerformanceObserver(note).observe({ type: "longtask" });
  };
  await tab.outer(watch);
  await tab.frame(watch);
}

function longestTask(where) {
  return where(() => window.longestTask);
}

/** Cancels a check half way, and begins another at once. */
async function cancelled(tab, path) {
  await tab.give([path]);
  await until(async () => (await state(tab)) === "checking", { pause: 5 });
  await sleep(1500);
  const cancel_ms = await tab.outer(async () => {
    const start = performance.now();
    await window.sekisho.cancel();
    return performance.now() - start;
  });
  const start = performance.now();
  await tab.give([path]);
  await until(async () => (await state(tab)) === "checking", { pause: 5 });
  const again_ms = performance.now() - start;
  await tab.outer(() => window.sekisho.cancel());
  return { cancel_ms, again_ms };
}
