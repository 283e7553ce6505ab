// Rules among what was given, told by what stands in them; and those kept for the next checks.

import { signal } from "@preact/signals";
import type { Given } from "../engine/check";
import type { ListedRule, ReadRules, Settings } from "../engine/protocol";
import { engines } from "./engine";

/** Rules that were given here: the files, and what they are compiled to. */
export interface OwnRules {
  readonly files: readonly Given[];
  readonly read: ReadRules;
}

export const ownRules = signal<OwnRules | null>(null);

/** Whether rules are being read. */
export const readingRules = signal(false);

// A larger archive is one of logs: the public rules take 4 MB.
const MAX_BYTES = 64 << 20;

/** Takes the rules out of what was given. */
export async function findRules(all: readonly Given[]): Promise<{ given: Given[]; rules: Given[] }> {
  const asked = all.filter(({ file }) => file.size > 0 && file.size <= MAX_BYTES);
  // An engine that cannot start, or a file that cannot be read, is told by the check.
  const answers = await (async () => {
    if (asked.length === 0) return [];
    return (await engines()).idle().ask("findRules", { files: asked.map(({ file }) => file) });
  })().catch((): boolean[] => []);
  const rules = asked.filter((_, at) => answers[at]);
  const found = new Set(rules);
  return { given: all.filter((one) => !found.has(one)), rules };
}

/** Compiles rules, as some settings ask. */
export async function readRules(files: readonly Given[], settings: Settings): Promise<ReadRules> {
  return (await engines()).idle().ask("readRules", { files, settings });
}

/** The rules that can be used, one by one. */
export async function listRules({ encoded }: ReadRules): Promise<readonly ListedRule[]> {
  return (await engines()).idle().ask("listRules", { rules: encoded });
}

/** Adds rules for the next checks; a file with the same name takes the place of the other. */
export async function addRules(more: readonly Given[]): Promise<void> {
  const names = new Set(more.map(({ name }) => name));
  const kept = (ownRules.value?.files ?? []).filter(({ name }) => !names.has(name));
  const files = [...kept, ...more];
  readingRules.value = true;
  try {
    ownRules.value = { files, read: await readRules(files, {}) };
  } finally {
    readingRules.value = false;
  }
}

/** Takes all rules out. */
export function clearRules(): void {
  ownRules.value = null;
}
