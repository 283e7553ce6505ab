// What a page carries packed: the module, taken out and compiled as the page itself does, and the
// worker's script.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
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

/** The script of the workers. */
export function workerScript() {
  const frame = readFileSync(PAGE, "utf8").match(/srcdoc="([^"]*)"/)[1];
  const [, length, text] = frame
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&")
    .match(/ id="worker" data-bytes="(\d+)">([^<]*)<\/script>/);
  return inflateSync(bytesOf(text, Number(length))).toString();
}

function ofPage(name) {
  const source = readFileSync(join(ROOT, "www/src", name), "utf8");
  const { code } = fromPage("esbuild").transformSync(source, { loader: "ts", format: "esm" });
  return import(`data:text/javascript,${encodeURIComponent(code)}`);
}
