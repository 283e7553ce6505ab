// The same cases in WASM: the module and the glue of the packed page, run in Node.js over every
// log of the Rust cases, give the bytes that the command line gives. What the Rust tests show of
// the native build therefore holds for the page's module too. Shards are cut at random places as
// well; SEKISHO_SEED repeats a run.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { runInThisContext } from "node:vm";
import { compiledModule, workerScript } from "./lib/engine.mjs";
import { ROOT, temporary } from "./lib/places.mjs";
import { writeSamples } from "./lib/samples.mjs";
import { commandLine, generate } from "./lib/sekisho.mjs";

const SEED = Number(process.env.SEKISHO_SEED ?? Math.floor(Math.random() * 2 ** 31));

const wasm = load();

describe(`cases in WASM (SEKISHO_SEED=${SEED})`, () => {
  for (const path of inputs()) {
    test(path.replace(ROOT, ""), async () => {
      const expected = await commandLine(dirname(path), [basename(path)]);
      assert.equal(report(path), expected);
      assert.equal(report(path, 1 + (SEED % 5000), SEED), expected);
    });
  }
});

test("indicator lists, plain and private", async () => {
  const folder = temporary("indicators");
  const line = (client, referrer) =>
    `${client} - - [06/May/2021:01:00:00 +0000] "GET /a HTTP/1.1" 200 2000 "${referrer}" "Mozilla/5.0"\n`;
  const log = join(folder, "access.log");
  writeFileSync(log, line("203.0.113.66", "-") + line("192.0.2.1", "http://x.evil.example.jp/"));
  const plain = join(folder, "list.txt");
  writeFileSync(plain, "203.0.113[.]66\n*.evil.example.jp\nnonsense\n");
  const lists = new wasm.IndicatorLists();
  lists.read("list.txt", readFileSync(plain));
  const secret = join(folder, "private.json");
  writeFileSync(secret, lists.private(new Uint8Array(16).fill(7), () => undefined));
  for (const list of [plain, secret]) {
    const expected = await commandLine(folder, ["access.log"], ["--iocs", basename(list)]);
    assert.equal(JSON.parse(expected).findings.length, 2);
    assert.equal(report(log, undefined, undefined, list), expected);
  }
});

test("cases to practise on, from the same seed", async () => {
  for (const [scenario, seed] of [["quiet", 3], ["T1", 7], ["T2", 7], ["T6", SEED % 1000]]) {
    const folder = join(temporary("generated"), "case");
    await generate(["--scenario", scenario, "--seed", `${seed}`, "--out", folder]);
    let told = 0;
    const made = wasm.generate(`${scenario}-${seed}`, (thousandths) => (told = thousandths));
    assert.ok(told > 900, `progress ends at ${told} thousandths`);
    const names = below(folder).map((path) => relative(folder, path));
    // The truth is asked for by itself.
    assert.deepEqual([...made.map(([name]) => name), "truth.json"].sort(), names.sort());
    const truth = wasm.truth(`${scenario}-${seed}`, () => undefined);
    assert.equal(truth.trimEnd(), readFileSync(join(folder, "truth.json"), "utf8").trimEnd());
    for (const [name, bytes] of made) assert.ok(readFileSync(join(folder, name)).equals(bytes), `${scenario}-${seed} ${name}`);
  }
  for (const name of ["T1", "T7-1", "T1-", "T1-x", "T1-99999999999999999999", "-1"]) assert.throws(() => wasm.generate(name, () => undefined), /such as T1-7/, name);
});

/** Every log that the Rust cases made, the case files themselves, and the samples of the page tests. */
function inputs() {
  const folders = ["target/tmp/cases", "tests/cases"].map((name) => join(ROOT, name)).filter(existsSync);
  const samples = Object.values(writeSamples(temporary("cases")));
  return [...folders.flatMap((folder) => below(folder)), ...samples].sort();
}

function below(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

/** Takes module and glue out of the page, as the page itself does. */
function load() {
  globalThis.self = globalThis;
  globalThis.FileReaderSync = class {
    readAsArrayBuffer(part) {
      return part.bytes.buffer.slice(part.bytes.byteOffset, part.bytes.byteOffset + part.bytes.length);
    }
  };
  runInThisContext(workerScript());
  const bindings = runInThisContext("wasm_bindgen");
  bindings.initSync({ module: compiledModule() });
  return bindings;
}

/** Bytes in the shape of a browser's file. */
function blob(bytes) {
  return { bytes, size: bytes.length, slice: (from, to) => blob(bytes.subarray(from, to)) };
}

/** A list as the page reads it: its settings, and what engines take. */
function listed(path) {
  if (!path) return { settings: {}, encoded: undefined };
  const lists = new wasm.IndicatorLists();
  lists.read(basename(path), readFileSync(path));
  return { settings: { indicators: lists.ids() }, encoded: lists.encode() };
}

/** The report on one file, made in the order in which the page makes it. */
function report(path, cutBytes, cutSeed, list) {
  const { settings, encoded } = listed(list);
  const file = blob(readFileSync(path));
  const survey = wasm.survey(basename(path), file.size, statSync(path).mtimeMs, file, {}, []);
  let plan = wasm.plan(settings, [], [survey], cutBytes, cutSeed);
  let merged = concluder(plan, encoded, seen(plan, plan.jobs, file, encoded));
  // Where records are there more than once, all is scanned again; digests stay as they are.
  const again = merged.repeats([file]);
  if (again) {
    const rest = merged.rest();
    merged.free();
    plan = again;
    const scans = plan.jobs.filter(({ kind }) => kind === "scan");
    merged = concluder(plan, encoded, [...seen(plan, scans, file, encoded), rest]);
  }
  const json = merged.conclude([file]);
  merged.free();
  return json;
}

/** What a scanner leaves of jobs. */
function seen(plan, jobs, file, encoded) {
  const scanner = new wasm.Scanner(plan, encoded);
  const none = new Uint8Array();
  for (const { id, kind, end } of jobs) {
    if (kind === "scan") scanner.scan(id, undefined, file, 0, none, () => undefined);
    else scanner.digest(id, end, file, 0, none);
  }
  const pieces = scanner.take();
  scanner.free();
  return pieces;
}

function concluder(plan, encoded, pieces) {
  const made = new wasm.Concluder(plan, encoded);
  for (const piece of pieces) made.add(piece);
  return made;
}
