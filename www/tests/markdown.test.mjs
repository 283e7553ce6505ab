// The part of Markdown that a vendor's instructions may use.

import assert from "node:assert/strict";
import { test } from "node:test";
import { build } from "esbuild";

const { outputFiles } = await build({
  entryPoints: [new URL("../src/lib/markdown.ts", import.meta.url).pathname],
  bundle: true,
  format: "esm",
  write: false,
});
const { blocksOf } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);

const plain = (text) => ({ kind: "text", text });

test("headings, paragraphs and lists are told apart", () => {
  const blocks = blocksOf("# To do\nfirst\nsecond\n\nthird\n1. one\n2) two\n- other\n");
  assert.deepEqual(blocks, [
    { kind: "heading", parts: [plain("To do")] },
    { kind: "paragraph", parts: [plain("first second")] },
    { kind: "paragraph", parts: [plain("third")] },
    { kind: "list", isNumbered: true, items: [[plain("one")], [plain("two")]] },
    { kind: "list", isNumbered: false, items: [[plain("other")]] },
  ]);
});

test("strong and code stand within a line", () => {
  assert.deepEqual(blocksOf("a **b** `c` d"), [
    {
      kind: "paragraph",
      parts: [
        plain("a "),
        { kind: "strong", text: "b" },
        plain(" "),
        { kind: "code", text: "c" },
        plain(" d"),
      ],
    },
  ]);
});

test("markup, links and pictures stay text", () => {
  for (const text of ["<img src=x onerror=alert(1)>", "[a](https://example.com)", "![a](x.png)", "**", "`"]) {
    assert.deepEqual(blocksOf(text), [{ kind: "paragraph", parts: [plain(text)] }]);
  }
  assert.deepEqual(blocksOf(""), []);
});
