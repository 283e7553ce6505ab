// Indicator lists among what was given, where they say what they are; those kept for the next
// checks; and private lists made of them.

import { signal } from "@preact/signals";
import type { Given } from "../engine/check";
import { Cancelled, type Engine } from "../engine/pool";
import type { ReadLists } from "../engine/protocol";
import { download } from "../lib/download";
import { engines, messageOf } from "./engine";

/** Indicator lists that were given here: the files, and what they hold. */
export interface OwnLists {
  readonly files: readonly Given[];
  readonly read: ReadLists;
}

export const ownLists = signal<OwnLists | null>(null);

/** How the making of a private list goes. */
export type Making =
  | { readonly kind: "idle" }
  | { readonly kind: "working"; readonly done: number; readonly engine: Engine }
  | { readonly kind: "made" }
  | { readonly kind: "failed"; readonly message: string };

export const making = signal<Making>({ kind: "idle" });

// A larger file is a log: a list of a million indicators as STIX is read all the same when chosen.
const MAX_BYTES = 64 << 20;

/** Takes the lists out of what was given. CSV and plain text are logs unless they are chosen. */
export async function findLists(all: readonly Given[]): Promise<{ given: Given[]; lists: Given[] }> {
  const asked = all.filter(({ file }) => file.size > 0 && file.size <= MAX_BYTES);
  // An engine that cannot start is told by the check.
  const answers = await (async () => {
    if (asked.length === 0) return [];
    return (await engines()).idle().ask("findLists", { files: asked.map(({ file }) => file) });
  })().catch((): boolean[] => []);
  const lists = asked.filter((_, at) => answers[at]);
  const found = new Set(lists);
  return { given: all.filter((one) => !found.has(one)), lists };
}

export async function readLists(lists: readonly Given[]): Promise<ReadLists> {
  return (await engines()).idle().ask("readLists", { lists });
}

/** Adds lists for the next checks; a file with the same name takes the place of the other. */
export async function addLists(more: readonly Given[]): Promise<void> {
  const names = new Set(more.map(({ name }) => name));
  const files = [...(ownLists.value?.files ?? []).filter(({ name }) => !names.has(name)), ...more];
  ownLists.value = { files, read: await readLists(files) };
}

/** Takes all lists out. */
export function clearLists(): void {
  cancelPrivate();
  ownLists.value = null;
  making.value = { kind: "idle" };
}

/** Makes a private list of all lists, and hands it over as a file. */
export async function makePrivate(): Promise<void> {
  const lists = ownLists.value?.files;
  if (!lists || making.value.kind === "working") return;
  const engine = (await engines()).idle();
  making.value = { kind: "working", done: 0, engine };
  try {
    const text = await engine.ask("makePrivate", { lists }, (done) => {
      making.value = { kind: "working", done, engine };
    });
    download(PRIVATE_NAME, new Blob([text], { type: "application/json" }));
    making.value = { kind: "made" };
  } catch (error) {
    const isStopped = error instanceof Cancelled;
    making.value = isStopped ? { kind: "idle" } : { kind: "failed", message: messageOf(error) };
  }
}

const PRIVATE_NAME = "indicators.private.json";

/** Stops the making; the engine that was at it starts again when it is needed. */
export function cancelPrivate(): void {
  if (making.value.kind === "working") making.value.engine.stop(new Cancelled());
}
