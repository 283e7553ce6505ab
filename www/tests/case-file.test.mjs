// Case files: what is written is read again to the byte, and whatever is not as it was written is told.

import assert from "node:assert/strict";
import { test } from "node:test";
import { build } from "esbuild";

const { outputFiles } = await build({
  entryPoints: [new URL("../src/lib/case-file.ts", import.meta.url).pathname],
  bundle: true,
  format: "esm",
  write: false,
});
const { isCase, readCase, writeCase } = await import(
  `data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`
);

const report = '{"tool":{"name":"sekisho"},"note":"日本語 \\u0000 \\ud800"}';
const bytesOf = async (blob) => new Uint8Array(await blob.arrayBuffer());
const faultOf = (blob) =>
  readCase(blob).then(
    () => "none",
    ({ kind }) => kind,
  );

test("a case is read as it was written", async () => {
  const file = await writeCase({ report });
  assert.ok(await isCase(file));
  assert.deepEqual(await readCase(file), { report });
});

test("an answer sheet is kept, and what is none is left out", async () => {
  const sheet = '{"sekisho_sheet":1}';
  assert.deepEqual(await readCase(await writeCase({ report, sheet })), { report, sheet });
  assert.deepEqual(await readCase(await writeCase({ report, sheet: 7 })), { report });
});

test("what showed of the events is kept, and what is no view is left out", async () => {
  const view = { asked: "sato", sortedBy: "time", isDescending: true, columns: ["url"], facets: [] };
  assert.deepEqual(await readCase(await writeCase({ report, view })), { report, view });
  const strange = { asked: 1, isDescending: 1, columns: ["url", 2], facets: "all" };
  const { view: left } = await readCase(await writeCase({ report, view: strange }));
  const none = { asked: "", sortedBy: undefined, isDescending: false, columns: ["url"], facets: [] };
  assert.deepEqual(left, none);
  assert.deepEqual(await readCase(await writeCase({ report, view: "all" })), { report });
});

test("the JSON of a report is a case, and a log is none", async () => {
  const file = new Blob([`${report}\n`]);
  assert.ok(await isCase(file));
  assert.deepEqual(await readCase(file), { report });
  for (const log of ["", "192.0.2.1 - - GET /SEKISHO-CASE 1", '{"tool":{"name":"other"}}', "SEKISHO-CASE"])
    assert.equal(await isCase(new Blob([log])), false, log);
});

test("every changed, lost or added byte is told", async () => {
  const bytes = await bytesOf(await writeCase({ report }));
  for (let at = 0; at < bytes.length; at++) {
    const changed = bytes.slice();
    changed[at] ^= 1;
    assert.notEqual(await faultOf(new Blob([changed])), "none", `byte ${at}`);
    assert.notEqual(await faultOf(new Blob([bytes.subarray(0, at)])), "none", `cut at ${at}`);
  }
  assert.equal(await faultOf(new Blob([bytes, "x"])), "damaged");
});

test("another version and another content are told apart from damage", async () => {
  const text = new TextDecoder("latin1").decode(await bytesOf(await writeCase({ report })));
  const newer = Uint8Array.from(text.replace("CASE 1", "CASE 3"), (char) => char.charCodeAt(0));
  assert.equal(await faultOf(new Blob([newer])), "newer");
  assert.equal(await faultOf(await writeCase({ report: 3 })), "strange");
  assert.equal(await faultOf(await writeCase(null)), "strange");
});

test("a case with a passphrase opens with it and not without", async () => {
  const file = await writeCase({ report }, "正しい 合言葉");
  assert.ok(await isCase(file));
  const stored = new TextDecoder("latin1").decode(await bytesOf(file));
  assert.match(stored, /^SEKISHO-CASE 2 [0-9a-f]{64}\n/);
  assert.ok(!stored.includes("sekisho"), "nothing of the report can be read");
  assert.equal(await faultOf(file), "locked");
  const opened = (passphrase) =>
    readCase(file, passphrase).then(
      ({ report }) => report,
      ({ kind }) => kind,
    );
  assert.equal(await opened("正しい合言葉"), "locked");
  assert.equal(await opened("正しい 合言葉"), report);
  const other = await writeCase({ report }, "正しい 合言葉");
  assert.notDeepEqual(await bytesOf(other), await bytesOf(file), "salt and nonce are new each time");
});

test("damage of a case with a passphrase is told before anybody is asked for it", async () => {
  const bytes = await bytesOf(await writeCase({ report }, "x"));
  for (let at = 0; at < bytes.length; at += 7) {
    const changed = bytes.slice();
    changed[at] ^= 1;
    assert.notEqual(await faultOf(new Blob([changed])), "locked", `byte ${at}`);
  }
});
