// Whether values that the engine gave are of the types that the page has for them: the type checker is asked,
// for which a value that stands in a program may have no name too many and none too few.

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { WWW, temporary } from "./places.mjs";

const OPTIONS = ["--noEmit", "--strict", "--skipLibCheck", "--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler"];

/** What the checker says against values as types of a module of the page, by the type's name; empty where they fit. */
export function misfits(module, values) {
  const names = Object.keys(values);
  const path = join(WWW, "src", module);
  const lines = names.map((name, at) => `export const value${at}: ${name} = ${JSON.stringify(values[name], null, 1)};`);
  const file = join(temporary("fits"), "values.ts");
  writeFileSync(file, [`import type { ${names.join(", ")} } from ${JSON.stringify(path)};`, ...lines].join("\n"));
  const checker = join(WWW, "node_modules/typescript/bin/tsc");
  try {
    execFileSync(process.execPath, [checker, ...OPTIONS, file], { encoding: "utf8" });
    return "";
  } catch (error) {
    return error.stdout;
  }
}
