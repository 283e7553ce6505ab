// Checks every log of a request in one load of the packed page, with 1, 2 and 7 workers and with
// shards cut at random places, and says for each whether the report is the one expected.

import { readFileSync } from "node:fs";
import { launch } from "../../tests/web/lib/browser.mjs";
import { PAGE_URL } from "../../tests/web/lib/places.mjs";
import { checkBytes } from "../../tests/web/lib/sekisho.mjs";

const { files, seed } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const browser = await launch("chromium");
const answers = [];
try {
  const tab = await browser.open();
  await tab.load(PAGE_URL);
  for (const [at, { log, report }] of files.entries()) {
    answers.push(await compare(tab, log, readFileSync(report, "utf8"), at));
    process.stderr.write(`\r${at + 1} of ${files.length}`);
  }
} finally {
  await browser.close();
}
process.stderr.write("\n");
console.log(JSON.stringify(answers));

async function compare(tab, path, expected, at) {
  const check = async (options) => (await checkBytes(tab, [{ path }], options)) === expected;
  const cutSeed = (seed + at) >>> 0;
  return {
    1: await check({ workers: 1 }),
    2: await check({ workers: 2 }),
    7: await check({ workers: 7 }),
    cuts: await check({ workers: 2, cutBytes: 64 + (cutSeed % 60_000), cutSeed }),
  };
}
