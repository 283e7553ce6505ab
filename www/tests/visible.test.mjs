// Log text must show as what it is: nothing hidden, nothing reordered, marks where the engine set them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { build } from "esbuild";

const { outputFiles } = await build({
  entryPoints: [new URL("../src/lib/visible.ts", import.meta.url).pathname],
  bundle: true,
  format: "esm",
  write: false,
});
const { stretches, visible } = await import(
  `data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`
);

test("control characters become their symbols", () => {
  assert.equal(visible("a\0b\tc\x1b[31m\x7f\r\n"), "a␀b␉c␛[31m␡␍␊");
});

test("C1 controls and lone surrogates are named", () => {
  assert.equal(visible("\x9b31m\ud800"), "⟦U+009B⟧31m⟦U+D800⟧");
});

test("bidirectional controls are named and do nothing", () => {
  for (const code of [
    0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069, 0x061c,
  ]) {
    const name = code.toString(16).toUpperCase().padStart(4, "0");
    assert.equal(visible(`x${String.fromCodePoint(code)}y`), `x⟦U+${name}⟧y`);
  }
});

test("zero-width characters and tags are named", () => {
  assert.equal(visible("a\u200bb\ufeffc\u{e0041}"), "a⟦U+200B⟧b⟦U+FEFF⟧c⟦U+E0041⟧");
});

test("other text stays as it is", () => {
  const text = '日本語 é 👍 <img src=x onerror=alert(1)> =HYPERLINK("x") \ufffd';
  assert.equal(visible(text), text);
});

test("a mark counts characters, not code units, and keeps stand-ins inside", () => {
  assert.deepEqual(stretches("👍a\0bc", [1, 4]), [
    { text: "👍", standIn: false, marked: false },
    { text: "a", standIn: false, marked: true },
    { text: "␀", standIn: true, marked: true },
    { text: "b", standIn: false, marked: true },
    { text: "c", standIn: false, marked: false },
  ]);
});

test("a mark behind the end marks what there is", () => {
  assert.deepEqual(stretches("ab", [1, 9]), [
    { text: "a", standIn: false, marked: false },
    { text: "b", standIn: false, marked: true },
  ]);
});
