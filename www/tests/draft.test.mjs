// What the page guesses of a log that no format knows, and the mapping file that follows.

import assert from "node:assert/strict";
import { test } from "node:test";
import { build } from "esbuild";

const { outputFiles } = await build({
  entryPoints: [new URL("../src/lib/draft.ts", import.meta.url).pathname],
  bundle: true,
  format: "esm",
  write: false,
});
const { draftOf, guess, idOf, mappingOf, namesIn, pairsIn, propose } = await import(
  `data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`
);

const guessed = (name, lines) => {
  const draft = draftOf(name, lines);
  return guess(draft, pairsIn(draft, lines));
};

test("columns are named by a first line of names", () => {
  const lines = [
    "日時,利用者,接続元IP,操作,ファイル,結果",
    '2021/05/06 10:00:05,佐藤,192.0.2.1,表示,"設計,図.dwg",成功',
    "2021/05/06 10:00:09,鈴木,192.0.2.2,保存,見積.xlsx,失敗",
  ];
  const draft = guessed("out/own.csv", lines);
  assert.equal(draft.kind, "columns");
  assert.ok(draft.isHeaded);
  assert.deepEqual([draft.time, draft.roles.user, draft.roles.address], ["日時", "利用者", "接続元IP"]);
  assert.deepEqual([draft.roles.file, draft.result], ["ファイル", "結果"]);
  assert.deepEqual([draft.success, draft.failure], ["成功", "失敗"]);
  const mapping = mappingOf(draft, namesIn(draft, lines));
  assert.match(mapping, /header = "first"/);
  assert.match(mapping, /if = "結果=失敗"/);
});

test("names and values are told from columns", () => {
  const lines = ['ts=1620262923 user="sato" client=192.0.2.1 status=ok'];
  const draft = guessed("app.log", lines);
  assert.equal(draft.kind, "pairs");
  assert.deepEqual([draft.time, draft.roles.user, draft.roles.address], ["ts", "user", "client"]);
  assert.deepEqual(draft.claims, ["ts", "user", "client"]);
});

test("what was chosen stays chosen", () => {
  const draft = { ...draftOf("app.log", ["a=1 b=2 user=x"]), time: "a" };
  const again = guess(draft, [
    [
      ["time", "1"],
      ["a", "1"],
    ],
  ]);
  assert.equal(again.time, "a");
});

test("a pattern has a part for all that differs", () => {
  const lines = [0, 1, 2].map(
    (n) => `[2021/05/06 10:00:0${n}] sato${n} at 192.0.2.${n} took /share/p${n}.pdf <${n} bytes> "ok"`,
  );
  assert.equal(
    propose(lines),
    '[<@timestamp>] <part1> at <source.address:ip> took <file.path> <<<number1:int> bytes> "<text1:quoted>"',
  );
});

test("texts are written as TOML, whatever is in them", () => {
  const draft = { ...draftOf("x", ["a b c"]), name: 'a "b"\n\\ \u007f' };
  assert.match(mappingOf(draft, []), /name = "a \\"b\\"\\n\\\\ \\u007F"/);
});

test("different names give different ids", () => {
  assert.equal(idOf("App Log"), idOf("App Log"));
  assert.notEqual(idOf("監査"), idOf("認証"));
  assert.match(idOf("監査"), /^own_\w+$/);
});
