// Builds the page's parts into target/www/: outer.js, frame.js, app.js, worker.js, outer.css, style.css.
//
// The same sources give the same bytes: no time, no path and no source map enters the output.
// `node build.mjs --types` only writes the report's types, for the type check.

import { build } from "esbuild";
import { compile } from "json-schema-to-typescript";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));

// A description beside a `$ref` makes the compiler copy the type (Text1, Text2, …).
function bareReferences(node) {
  if (Array.isArray(node)) return node.map(bareReferences);
  if (node === null || typeof node !== "object") return node;
  if ("$ref" in node) return { $ref: node.$ref };
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, bareReferences(value)]));
}

/** Turns the schema that the Rust types published into the types that the page is checked with. */
export async function writeReportTypes(schema = join(HERE, "report.schema.json")) {
  const types = await compile(bareReferences(JSON.parse(await readFile(schema, "utf8"))), "Report", {
    additionalProperties: false,
    bannerComment: "// Made from report.schema.json by build.mjs; edits are lost.",
  });
  await mkdir(join(HERE, "src/wire"), { recursive: true });
  await writeFile(join(HERE, "src/wire/report.d.ts"), types);
}

/** Bundles scripts and styles. Every script is classic: module workers fail at file:// in Chromium. */
export async function bundle(outdir = join(HERE, "../target/www")) {
  await build({
    absWorkingDir: HERE,
    entryPoints: {
      outer: "src/outer.ts",
      frame: "src/frame.ts",
      app: "src/app.tsx",
      worker: "src/worker.ts",
    },
    outdir,
    bundle: true,
    format: "iife",
    target: "es2022",
    minify: true,
    charset: "utf8",
    legalComments: "none",
    jsx: "automatic",
    jsxImportSource: "preact",
    logLevel: "warning",
  });
  await build({
    absWorkingDir: HERE,
    entryPoints: { style: "src/style/style.css", outer: "src/style/outer.css" },
    outdir,
    bundle: true,
    minify: true,
    charset: "utf8",
    legalComments: "none",
    logLevel: "warning",
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeReportTypes();
  if (!process.argv.includes("--types")) await bundle();
}
