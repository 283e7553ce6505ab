// Case files: saved, told among what was given, and opened again; and the question before something
// that is in no file is left.

import { signal } from "@preact/signals";
import type { Checked, Given } from "../engine/check";
import { unparcel } from "../lib/parcel";
import { CaseFault, isCase, readCase, writeCase } from "../lib/case-file";
import { download } from "../lib/download";
import { fileName } from "../lib/training";
import { words } from "../i18n";
import type { Report } from "../wire/report";
import { engines, messageOf } from "./engine";
import { isUnsaved, markSaved } from "./judge";

/** Why a case could not be opened; what shows stays as it is. */
export const caseTrouble = signal<{ readonly name: string; readonly message: string } | null>(null);

/** A case as it was saved. */
export interface OpenedCase {
  readonly json: string;
  readonly report: Report;
}

/** Takes the case out of what was given; several at once are one too many. */
export async function findCase(all: readonly Given[]): Promise<{ given: Given[]; found: Given[] }> {
  const is = await Promise.all(all.map(({ file }) => isCase(file).catch(() => false)));
  return { given: all.filter((_, at) => !is[at]), found: all.filter((_, at) => is[at]) };
}

/** Reads a case. Says why it cannot be, and rejects. */
export async function openCase({ name, file }: Given): Promise<OpenedCase> {
  try {
    const { report: json } = await readCase(file);
    return { json, report: await parsed(json) };
  } catch (error) {
    const w = words.value.case;
    const why = error instanceof CaseFault ? w.fault[error.kind] : w.fault.strange;
    caseTrouble.value = { name, message: `${why} (${messageOf(error)})` };
    throw error;
  }
}

/** Parsed by the engine, which knows what a report is. */
async function parsed(json: string): Promise<Report> {
  return unparcel(await (await engines()).at(0).ask("open", { json }));
}

/** A case without its logs. */
export function withoutLogs({ json, report }: OpenedCase): Checked {
  return {
    report,
    json: new Blob([json], { type: "application/json" }),
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

export async function saveCase({ json, report }: Checked): Promise<void> {
  const file = await writeCase({ report: await json.text() });
  download(`${fileName(report)}.sekisho`, file);
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
