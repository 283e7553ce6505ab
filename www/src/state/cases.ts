// Case files: saved, told among what was given, and opened again; and the question before something
// that is in no file is left.

import { signal } from "@preact/signals";
import type { Checked, Given } from "../engine/check";
import { Cancelled } from "../engine/pool";
import { unparcel } from "../lib/parcel";
import { CaseFault, isCase, readCase, writeCase, type CaseContent, type View } from "../lib/case-file";
import { download } from "../lib/download";
import { fileName, trainingOf } from "../lib/training";
import { words } from "../i18n";
import type { Report } from "../wire/report";
import { engines, messageOf } from "./engine";
import { isSheetUnsaved, sheetOfCase } from "./exercise";
import { currentView } from "./explore";
import { isUnsaved, markSaved } from "./judge";

/** Why a case could not be opened; what shows stays as it is. */
export const caseTrouble = signal<{ readonly name: string; readonly message: string } | null>(null);

/** A case as it was saved. */
export interface OpenedCase {
  readonly json: string;
  /** The same, as it came from the engine: a text of many megabytes takes long to be made one. */
  readonly blob: Blob;
  readonly report: Report;
  /** What showed of its events. */
  readonly view: View | undefined;
  /** The answer sheet of an exercise on it. */
  readonly sheet: string | undefined;
}

/** Takes the case out of what was given; several at once are one too many. */
export async function findCase(all: readonly Given[]): Promise<{ given: Given[]; found: Given[] }> {
  const is = await Promise.all(all.map(({ file }) => isCase(file).catch(() => false)));
  return { given: all.filter((_, at) => !is[at]), found: all.filter((_, at) => is[at]) };
}

/** Reads a case. Says why it cannot be, and rejects. */
export async function openCase({ name, file }: Given): Promise<OpenedCase> {
  try {
    const { report: json, view, sheet } = await readUnlocked(name, file);
    // The engine knows what a report is.
    const parcel = await (await engines()).at(0).ask("open", { json });
    return { json, blob: parcel.json, report: await unparcel(parcel), view, sheet };
  } catch (error) {
    if (error instanceof Cancelled) throw error;
    const w = words.value.case;
    const why = error instanceof CaseFault ? w.fault[error.kind] : w.fault.strange;
    caseTrouble.value = { name, message: `${why} (${messageOf(error)})` };
    throw error;
  }
}

/** A question for the passphrase of a case. */
export interface PassphraseQuestion {
  readonly name: string;
  /** The one given before does not fit. */
  readonly again: boolean;
  readonly answer: (passphrase: string | undefined) => void;
}

export const passphraseQuestion = signal<PassphraseQuestion | null>(null);

/** Reads a case, and asks for its passphrase for as long as one is given. */
async function readUnlocked(name: string, file: Blob): Promise<CaseContent> {
  let passphrase: string | undefined;
  for (;;) {
    try {
      return await readCase(file, passphrase);
    } catch (error) {
      if (!(error instanceof CaseFault) || error.kind !== "locked") throw error;
      const again = passphrase !== undefined;
      passphrase = await new Promise<string | undefined>((resolve) => {
        passphraseQuestion.value = { name, again, answer: resolve };
      });
      passphraseQuestion.value = null;
      if (passphrase === undefined) throw new Cancelled();
    }
  }
}

/** A case without its logs. */
export function withoutLogs({ blob, report }: OpenedCase): Checked {
  return {
    report,
    json: blob,
    refused: [],
    given: [],
    rules: undefined,
    lists: undefined,
    plan: { sources: [], streams: [], jobs: [], json: "" },
    files: [],
    fileOfStream: new Map(),
    opened: "alone",
  };
}

/** Whether the logs are there, to be read again. */
export const hasLogs = ({ files }: Checked): boolean => files.length > 0;

export async function saveCase({ json, report }: Checked, passphrase?: string): Promise<void> {
  const sheet = sheetOfCase(trainingOf(report));
  const file = await writeCase({ report: await json.text(), view: currentView(), sheet }, passphrase);
  download(`${fileName(report)}.sekisho`, file);
  if (sheet !== undefined) isSheetUnsaved.value = false;
  markSaved();
}

/** Asks before unsaved judgements are left. */
export const leaving = signal<{ readonly answer: (go: boolean) => void } | null>(null);

export function mayLeave(): Promise<boolean> {
  if (!isUnsaved.value) return Promise.resolve(true);
  leaving.value?.answer(false);
  return new Promise((resolve) => {
    const answer = (go: boolean) => {
      leaving.value = null;
      resolve(go);
    };
    leaving.value = { answer };
  });
}
