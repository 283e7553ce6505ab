// Where the tests find what was built, and the page's own npm packages.

import { createRequire } from "node:module";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
export const WWW = join(ROOT, "www");
export const DIST = process.env.SEKISHO_DIST ?? join(ROOT, "dist");
export const SITE = join(DIST, "site");
export const PAGE = join(DIST, "sekisho.html");
export const PAGE_URL = pathToFileURL(PAGE).href;
export const CLI = process.env.SEKISHO_CLI ?? join(ROOT, "target/debug/sekisho");

/** Loads a package that www/package-lock.json pins. */
export const fromPage = createRequire(join(ROOT, "www/package.json"));

/** A folder for what the tests leave behind, such as screenshots. */
export function kept(name) {
  const folder = join(ROOT, "target", name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** A folder that is gone when the process ends. */
export function temporary(name) {
  const folder = mkdtempSync(join(tmpdir(), `sekisho-${name}-`));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

process.setMaxListeners(0);
