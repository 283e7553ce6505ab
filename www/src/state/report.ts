// How the report is looked at: which findings are open, which one is to be shown next.

import { signal } from "@preact/signals";
import type { Checked } from "../engine/check";
import type { ContextLine } from "../engine/protocol";
import type { Evidence } from "../wire/report";
import { engines } from "./engine";

/** Findings shown before "show all". */
export const LEADING = 7;

// A list of more rows than this serves nobody on a page; the command line has them all.
export const MAX_ROWS = 10_000;

const LINES_AROUND = 5;

export const opened = signal<ReadonlySet<string>>(new Set());
export const showAll = signal(false);
export const filter = signal("");

/** Only findings with records in this time are shown; RFC 3339, from the first on, before the second. */
export const period = signal<{ readonly from: string; readonly until: string } | null>(null);

/** Narrows the findings to a period; none shows those of all times again. */
export function showPeriod(from?: string, until?: string): void {
  period.value = from !== undefined && until !== undefined ? { from, until } : null;
  if (period.value) showAll.value = true;
}

/** The finding to bring into view; a new object each time, so that asking twice works. */
export const wanted = signal<{ readonly id: string } | null>(null);

/** Forgets how the last report was looked at. */
export function resetView(): void {
  opened.value = new Set();
  showAll.value = false;
  filter.value = "";
  period.value = null;
  wanted.value = null;
}

export function toggle(id: string): void {
  const now = new Set(opened.value);
  if (!now.delete(id)) now.add(id);
  opened.value = now;
}

/** Opens a finding and brings it into view. */
export function goTo(id: string): void {
  if (!opened.value.has(id)) toggle(id);
  wanted.value = { id };
}

/** Shows the whole list of findings, narrowed to those that hold `needle`. */
export function listFindings(needle: string): void {
  filter.value = needle;
  showAll.value = true;
  document.getElementById("findings")?.scrollIntoView();
}

/** All records that a finding rests on, read from the files again. */
export async function rowsOf(
  checked: Checked,
  finding: string,
  progress: (bytes: number) => void,
): Promise<Evidence[]> {
  const engine = (await engines()).at(0);
  return engine.ask("rows", { finding, files: [...checked.files], limit: MAX_ROWS }, progress);
}

/** The lines around a record, read from its file again. */
export async function linesAround(
  checked: Checked,
  { stream, offset, length }: Pick<Evidence, "stream" | "offset" | "length">,
): Promise<ContextLine[]> {
  const file = checked.fileOfStream.get(stream);
  if (!file) throw new Error(`no file for stream ${stream}`);
  const engine = (await engines()).idle();
  return engine.ask("context", {
    plan: checked.plan.json,
    stream,
    file,
    offset,
    length,
    lines: LINES_AROUND,
  });
}
