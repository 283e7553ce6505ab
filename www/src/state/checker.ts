// The vendor's checker that this page is, where it is one: opened once the engine is there, and what
// is in it goes into the settings, the rules, the lists and the mappings of every check.

import { signal } from "@preact/signals";
import { block } from "../engine/boot";
import type { OpenedChecker } from "../engine/protocol";
import { engines } from "./engine";
import { addLists } from "./lists";
import { readMapping } from "./mappings";
import { addRules } from "./rules";
import { addMapping, settingsOfChecker } from "./settings";

export type Checker =
  | { readonly kind: "none" }
  | { readonly kind: "opening" }
  | { readonly kind: "opened"; readonly opened: OpenedChecker }
  | { readonly kind: "refused"; readonly why: unknown };

export const checker = signal<Checker>({ kind: "none" });

let arrived: () => void;
const opened = new Promise<void>((resolve) => (arrived = resolve));

/** Takes the page's block; null where the page is no checker. */
export async function takeChecker(text: string | null): Promise<void> {
  if (text !== null) {
    checker.value = { kind: "opening" };
    checker.value = await open(text).catch((error: unknown) => ({
      kind: "refused" as const,
      why: error,
    }));
  }
  arrived();
}

async function open(text: string): Promise<Checker> {
  const page = (JSON.parse(block("build") || "{}") as { digest?: string }).digest ?? "";
  const found = await (await engines()).idle().ask("openChecker", { block: text, page });
  const { about, fingerprint, edition, settings, files } = found;
  const of = (role: string) =>
    files.filter((one) => one.role === role).map(({ file }) => ({ name: file.name, file }));
  for (const { file } of of("mapping")) addMapping(await readMapping(await file.text()));
  const id = { title: about.title, vendor: about.vendor, fingerprint, edition };
  settingsOfChecker.value = { ...settings, checker: id };
  if (of("rules").length > 0) await addRules(of("rules"));
  if (of("indicators").length > 0) await addLists(of("indicators"));
  return { kind: "opened", opened: found };
}

/** Resolves when it is known what the page is; rejects where it is a checker that was changed. */
export async function whenOpened(): Promise<void> {
  await engines();
  await opened;
  if (checker.value.kind === "refused") throw checker.value.why;
}

/** Whether the last day of a checker is over, by this machine's date. */
export function isOver({ about }: OpenedChecker, now: Date = new Date()): boolean {
  const two = (part: number) => String(part).padStart(2, "0");
  const today = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  return about.expires !== "" && today > about.expires;
}
