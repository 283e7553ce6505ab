// What a report hands over is made by the engine: the records of affected parties, letters and
// worksheets, and what has changed since an earlier report.

import { signal } from "@preact/signals";
import type { Checked } from "../engine/check";
import type { Inspection, NamedFile, ReportDiff, Taken } from "../engine/protocol";
import { language } from "../i18n";
import type { Affected, Evidence } from "../wire/report";
import { engines } from "./engine";
import { MAX_ROWS } from "./report";

/** A report that was dropped while another one shows, to be compared with it. */
export const droppedReport = signal<NamedFile | undefined>(undefined);

/** What was done to somebody's data. */
export type Act = "viewed" | "searched" | "listed" | "downloaded" | "exported";
export const ACTS: readonly Act[] = ["viewed", "searched", "listed", "downloaded", "exported"];

/** What was inspected, with the records of the logs that name the files. */
export interface Inspected {
  readonly inspection: Inspection;
  readonly taken: readonly Taken[];
  /** All of it, as it is saved. */
  readonly json: string;
}

const engine = async () => (await engines()).at(0);

/** The records that are counted for a party and an act, read from the files again. */
export async function partyRows(
  checked: Checked,
  party: Affected,
  act: Act,
  progress: (bytes: number) => void,
): Promise<Evidence[]> {
  const ask = { party: party.id, act, files: [...checked.files], limit: MAX_ROWS };
  return (await engine()).ask("partyRows", ask, progress);
}

/** The letter to the vendor, in the language shown. */
export const letter = async (): Promise<string> =>
  (await engine()).ask("exportAs", { form: "letter", language: language.value, reduced: false });

/** The list to notify by, as CSV. */
export const partyList = async (): Promise<string> =>
  (await engine()).ask("exportAs", { form: "parties", language: language.value, reduced: false });

/** The worksheets as HTML. `known`: when it became known, empty where that is to be left blank. */
export const worksheets = async (known: string): Promise<string> =>
  (await engine()).ask("worksheets", { known: known.trim(), language: language.value });

/** What has changed since an earlier report. */
export const compare = async (earlier: string): Promise<ReportDiff> =>
  (await engine()).ask("compare", { earlier });

/** The same as HTML. */
export const compared = async (earlier: string): Promise<string> =>
  (await engine()).ask("compareAs", { earlier, language: language.value });

/** Inspects files. `own`: the organisation's own mail domains. */
export async function inspect(
  files: readonly NamedFile[],
  own: readonly string[],
  checked: Checked | undefined,
): Promise<Inspected> {
  const first = await engine();
  const { inspection, names } = await first.ask("inspect", { files, own });
  const logs = checked ? [...checked.files] : [];
  const taken = logs.length > 0 ? await first.ask("taken", { names, files: logs }) : [];
  return { inspection, taken, json: `${JSON.stringify({ ...inspection, taken })}\n` };
}
