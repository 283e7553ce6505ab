// Mapping files among what was given: a file that ends in .toml and reads as the description of a
// format is a setting, not a log.

import type { Given, Refused } from "../engine/check";
import { engines, messageOf } from "./engine";
import type { OwnMapping } from "./settings";

// A description longer than this is none.
const MAX_BYTES = 256 << 10;

/** What was given, sorted. `refused`: meant as descriptions, but wrong. */
export interface Sorted {
  readonly given: readonly Given[];
  readonly mappings: readonly OwnMapping[];
  readonly refused: readonly Refused[];
}

/** Whether a text is meant as a description: it says whose it is and how records are written. */
const isMeant = (text: string) => /^\s*id\s*=/m.test(text) && /^\s*kind\s*=/m.test(text);

export const mayBeMapping = ({ name, file }: Given) =>
  name.toLowerCase().endsWith(".toml") && file.size <= MAX_BYTES;

/** Reads a description. Rejects with what the engine says is wrong with it. */
export async function readMapping(text: string): Promise<OwnMapping> {
  const { id, name } = await (await engines()).idle().ask("readMapping", { text });
  return { id, name, text };
}

/** Takes the mapping files out of what was given. */
export async function sortOut(all: readonly Given[]): Promise<Sorted> {
  const given: Given[] = [];
  const mappings: OwnMapping[] = [];
  const refused: Refused[] = [];
  for (const one of all) {
    const text = mayBeMapping(one) ? await one.file.text().catch(() => "") : "";
    if (!isMeant(text)) {
      given.push(one);
      continue;
    }
    try {
      mappings.push(await readMapping(text));
    } catch (error) {
      refused.push({ name: one.name, message: messageOf(error) });
    }
  }
  return { given, mappings, refused };
}
