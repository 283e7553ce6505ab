// The module that a page carries, taken out as the page itself does.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PAGE, ROOT, fromPage } from "./places.mjs";

const source = readFileSync(join(ROOT, "www/src/lib/septets.ts"), "utf8");
const { code } = fromPage("esbuild").transformSync(source, { loader: "ts", format: "esm" });
const { bytesOf } = await import(`data:text/javascript,${encodeURIComponent(code)}`);

/** The module of the page that was built, as gzip. */
export function packedModule() {
  const [, length, text] = readFileSync(PAGE, "utf8").match(/ id="engine" data-bytes="(\d+)">([^<]*)<\/script>/);
  return bytesOf(text, Number(length));
}
