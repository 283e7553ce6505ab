// What the reader makes of findings: the judgements of the report that shows, with the way back and
// forth. The engine keeps them with the report and answers the questions anew; no file is read again.

import { computed, effect, signal } from "@preact/signals";
import type { Checked } from "../engine/check";
import type { Engine } from "../engine/pool";
import type { Judgement, Report } from "../wire/report";
import { screen } from "./app";
import { engines } from "./engine";
import { isSheetUnsaved } from "./exercise";
import { tellOuter } from "./shell";

type Judgements = readonly Judgement[];

interface History {
  readonly steps: readonly Judgements[];
  readonly at: number;
  /** The step that is in a file; none when that was undone and then judged otherwise. */
  readonly saved: number | undefined;
}

const NOTHING: History = { steps: [[]], at: 0, saved: 0 };

const history = signal<History>(NOTHING);

export const canUndo = computed(() => history.value.at > 0);
export const canRedo = computed(() => history.value.at < history.value.steps.length - 1);
/** There are judgements that are in no file. */
export const isUnsaved = computed(() => history.value.at !== history.value.saved);

/** What the last judgement could not be taken into account for. */
export const judgeTrouble = signal("");

/** All judgements of a report. */
export const judgementsOf = ({ judgements, judgements_set_aside }: Report): Judgements => [
  ...(judgements ?? []),
  ...(judgements_set_aside ?? []),
];

/** Begins anew with a report. `isSaved`: its judgements are in a file. */
export function beginJudging(report: Report, isSaved: boolean): void {
  const steps = [judgementsOf(report)];
  history.value = { steps, at: 0, saved: isSaved || steps[0]?.length === 0 ? 0 : undefined };
  judgeTrouble.value = "";
}

/** There is no report any more that could be judged. */
export function forgetJudging(): void {
  history.value = NOTHING;
}

export function markSaved(): void {
  history.value = { ...history.value, saved: history.value.at };
}

/** Takes judgements into account, in place of those that the report has. */
export async function withJudgements(
  engine: Engine,
  checked: Checked,
  judgements: Judgements,
): Promise<Checked> {
  const { judged, json } = await engine.ask("judge", { judgements });
  return { ...checked, json, report: { ...checked.report, ...judged } };
}

// One after another, in the order in which they were made.
let turn: Promise<unknown> = Promise.resolve();

function show(next: (now: History) => History): Promise<void> {
  const shown = turn.then(() => showNow(next));
  turn = shown.catch(() => undefined);
  return shown;
}

async function showNow(next: (now: History) => History): Promise<void> {
  const now = screen.value;
  const then = next(history.value);
  const judgements = then.steps[then.at];
  if (now.kind !== "done" || then === history.value || !judgements) return;
  try {
    const checked = await withJudgements((await engines()).at(0), now.checked, judgements);
    // Another report may show by now.
    if (screen.value !== now) return;
    history.value = then;
    judgeTrouble.value = "";
    screen.value = { kind: "done", checked };
    tellOuter({ kind: "report", json: checked.json });
  } catch (error) {
    judgeTrouble.value = error instanceof Error ? error.message : String(error);
  }
}

/** Judges a finding, in place of how it was judged before. */
export function judge(judgement: Judgement): Promise<void> {
  return show((now) => {
    const current = now.steps[now.at] ?? [];
    const next = [...current.filter(({ finding }) => finding !== judgement.finding), judgement];
    const saved = now.saved !== undefined && now.saved <= now.at ? now.saved : undefined;
    return { steps: [...now.steps.slice(0, now.at + 1), next], at: now.at + 1, saved };
  });
}

const step = (by: 1 | -1): Promise<void> =>
  show((now) => (now.steps[now.at + by] ? { ...now, at: now.at + by } : now));

export const undo = (): Promise<void> => step(-1);
export const redo = (): Promise<void> => step(1);

/** Tells the outer page whether leaving loses something, so that the browser asks first. */
export function watchUnsaved(): void {
  effect(() => tellOuter({ kind: "unsaved", is: isUnsaved.value || isSheetUnsaved.value }));
}
