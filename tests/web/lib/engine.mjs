// The module that a page carries, taken out and compiled as the page itself does.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PAGE, ROOT, fromPage } from "./places.mjs";

const { bytesOf } = await ofPage("lib/septets.ts");
const { unpacked } = await ofPage("engine/unpack.ts");

/** The module of the page that was built, packed. */
export function packedModule() {
  const [, length, text] = readFileSync(PAGE, "utf8").match(/ id="engine" data-bytes="(\d+)">([^<]*)<\/script>/);
  return bytesOf(text, Number(length));
}

/** The same, compiled. The worker's script must have run: it brings the unpacker. */
export function compiledModule() {
  return unpacked(packedModule());
}

function ofPage(name) {
  const source = readFileSync(join(ROOT, "www/src", name), "utf8");
  const { code } = fromPage("esbuild").transformSync(source, { loader: "ts", format: "esm" });
  return import(`data:text/javascript,${encodeURIComponent(code)}`);
}
