// The results of clients, put together: the files, the vendor's key, who is expected, and what follows.
// The key stays in the page's memory until the first screen shows again.

import { signal } from "@preact/signals";
import type { NamedFile, RolledUp, RollUpForm } from "../engine/protocol";
import { language } from "../i18n";
import { download } from "../lib/download";
import { isKey, isResult, isSealed } from "../lib/result-file";
import { engines, messageOf } from "./engine";

/** What is put together. */
interface Given {
  readonly files: readonly NamedFile[];
  readonly key: NamedKey | undefined;
  readonly expected: string;
  /** Some files are sealed. */
  readonly isSealed: boolean;
}

interface NamedKey {
  readonly name: string;
  readonly text: string;
}

const NOTHING: Given = { files: [], key: undefined, expected: "", isSealed: false };

export const givenResults = signal<Given>(NOTHING);
/** What they make together; none until that is known. */
export const rolledUp = signal<RolledUp | undefined>(undefined);
/** Why they cannot be put together, or saved. */
export const rollUpTrouble = signal("");

/** Whether some of what was given is a result. */
export async function anyResult(given: readonly NamedFile[]): Promise<boolean> {
  const is = await Promise.all(given.map(({ file }) => isResult(file).catch(() => false)));
  return is.includes(true);
}

/** Adds files: results, and perhaps the key that opens them. */
export async function addResults(added: readonly NamedFile[]): Promise<void> {
  const keys = await Promise.all(added.map(({ file }) => isKey(file).catch(() => false)));
  const sealed = await Promise.all(added.map(({ file }) => isSealed(file).catch(() => false)));
  const [key] = added.filter((_, at) => keys[at]);
  const now = givenResults.value;
  givenResults.value = {
    ...now,
    files: [...now.files, ...added.filter((_, at) => !keys[at])],
    key: key ? { name: key.name, text: await key.file.text() } : now.key,
    isSealed: now.isSealed || sealed.includes(true),
  };
  await rollUp();
}

/** Takes another key. */
export async function takeKey({ name, file }: NamedFile): Promise<void> {
  givenResults.value = { ...givenResults.value, key: { name, text: await file.text() } };
  await rollUp();
}

/** Takes the names of those of whom an answer is expected. */
export async function expect(expected: string): Promise<void> {
  givenResults.value = { ...givenResults.value, expected };
  await rollUp();
}

export function forgetResults(): void {
  givenResults.value = NOTHING;
  rolledUp.value = undefined;
  rollUpTrouble.value = "";
}

async function written(form: RollUpForm): Promise<string> {
  const { files, key, expected } = givenResults.value;
  const ask = { files, key: key?.text, expected, form, language: language.value };
  return (await engines()).idle().ask("rollUp", ask);
}

async function rollUp(): Promise<void> {
  const of = givenResults.value;
  try {
    const made = JSON.parse(await written("json")) as RolledUp;
    // What was given since then is on its way.
    if (givenResults.value !== of) return;
    rolledUp.value = made;
    rollUpTrouble.value = "";
  } catch (error) {
    if (givenResults.value !== of) return;
    rollUpTrouble.value = messageOf(error);
    // A key that is none opens nothing: what can be read without one is shown.
    if (!of.key) return;
    givenResults.value = { ...of, key: undefined };
    const why = rollUpTrouble.value;
    await rollUp();
    rollUpTrouble.value = why;
  }
}

const ENDS: Record<RollUpForm, string> = { json: "json", csv: "csv", parties: "parties.csv" };

/** Saves what they make together. */
export async function saveRollUp(form: RollUpForm): Promise<void> {
  try {
    const type = form === "json" ? "application/json" : "text/csv;charset=utf-8";
    const all = rolledUp.value?.clients ?? [];
    const training = all.length > 0 && all.every((client) => client.training) ? "-training" : "";
    download(`sekisho-rollup${training}.${ENDS[form]}`, new Blob([await written(form)], { type }));
  } catch (error) {
    rollUpTrouble.value = messageOf(error);
  }
}
