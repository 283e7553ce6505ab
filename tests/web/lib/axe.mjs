// What keeps people out, as axe finds it.

import { readFileSync } from "node:fs";
import { fromPage } from "./places.mjs";

/** What axe finds in the application's frame. It runs in a world of its own, beside the page's scripts. */
export async function barriers(tab) {
  const source = readFileSync(fromPage.resolve("axe-core/axe.min.js"), "utf8");
  await tab.frame(`${source};0`);
  const { violations } = await tab.frame(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).slice(0, 3).join(", ")}`);
}
