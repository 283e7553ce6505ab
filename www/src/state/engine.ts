// The engine as the page has it: made ready once, its workers shared by all that ask.

import { signal } from "@preact/signals";
import { boot, BootError } from "../engine/boot";
import { Cancelled, Pool, Told } from "../engine/pool";
import type { Catalogue } from "../engine/protocol";
import { language } from "../i18n";
import { tellOuter } from "./shell";

/** What the engine reads and looks for, once it is there. */
export const catalogue = signal<Catalogue | null>(null);

/** Why the engine cannot start. */
export const engineTrouble = signal<{ kind: BootError["kind"] | "failed"; detail: string } | null>(null);

let arrived: (packed: Uint8Array<ArrayBuffer>) => void;

/** Takes the engine, packed, from the outer page, which was asked for it. */
export const takeEngine = (packed: Uint8Array<ArrayBuffer>): void => arrived(packed);

function askForEngine(): Promise<Uint8Array<ArrayBuffer>> {
  const packed = new Promise<Uint8Array<ArrayBuffer>>((resolve) => (arrived = resolve));
  tellOuter({ kind: "engine" });
  return packed;
}

let pool: Promise<Pool> | undefined;

/** The workers; the engine is made ready by the first who asks. */
export function engines(): Promise<Pool> {
  return (pool ??= boot(askForEngine()).then((program) => new Pool(program)));
}

/** Makes the engine ready and learns what it can do. */
export async function prepare(): Promise<void> {
  try {
    catalogue.value = await (await engines()).at(0).catalogue;
  } catch (error) {
    if (error instanceof Cancelled) return;
    const kind = error instanceof BootError ? error.kind : "failed";
    engineTrouble.value = { kind, detail: messageOf(error) };
  }
}

/** What an error says, always in English: for scripts. */
export const englishOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What an error says, in the language shown where it is told in both. */
export const messageOf = (error: unknown): string =>
  error instanceof Told && language.value === "ja" ? error.ja : englishOf(error);
