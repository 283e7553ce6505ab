// What the page is doing: which screen shows, the engine, and the check that runs or has run.
//
// One check at a time. Starting another, or cancelling, ends the workers of the running one at once.

import { signal } from "@preact/signals";
import { check, Tally, type Checked, type CheckOptions, type Given, type Refused } from "../engine/check";
import { Cancelled } from "../engine/pool";
import type { ScriptOptions } from "../lib/shell";
import { words } from "../i18n";
import { catalogue, engines, messageOf, prepare } from "./engine";
import { resetView } from "./report";
import { settingsInForce, settingsWrong } from "./settings";
import { tellOuter } from "./shell";

export type Screen =
  | { readonly kind: "start"; readonly cancelled: boolean }
  | { readonly kind: "checking"; readonly tally: Tally; readonly since: number }
  | { readonly kind: "done"; readonly checked: Checked }
  | { readonly kind: "failed"; readonly message: string; readonly refused: readonly Refused[] };

export const screen = signal<Screen>({ kind: "start", cancelled: false });

// More workers than this bring nothing: reading is the limit by then, and each has its own memory.
const MAX_WORKERS = 8;

let running: Tally | undefined;

/** Checks files. Rejects when the check fails or is cancelled; the screen says so too. */
export async function start(
  given: readonly Given[],
  refused: readonly Refused[],
  script: ScriptOptions = {},
): Promise<void> {
  // Wrong settings are shown at their fields on the first screen.
  if (settingsWrong.value && !script.settings) {
    showStart(false);
    throw new Error(words.value.settings.wrong);
  }
  await cancel();
  const tally = (running = new Tally(given, refused));
  screen.value = { kind: "checking", tally, since: performance.now() };
  tellOuter({ kind: "state", state: "checking" });
  try {
    const checked = await check(await engines(), tally, optionsOf(script));
    if (running !== tally) throw new Cancelled();
    finish(checked);
  } catch (error) {
    if (running === tally) await fail(tally, error);
    throw error;
  } finally {
    if (running === tally) running = undefined;
  }
}

function optionsOf({ settings, workers, cutBytes, cutSeed }: ScriptOptions): CheckOptions {
  return {
    settings: settings ?? settingsInForce.value,
    workers: Math.max(1, workers ?? Math.min(navigator.hardwareConcurrency || 1, MAX_WORKERS)),
    cutBytes,
    cutSeed,
  };
}

function finish(checked: Checked): void {
  resetView();
  screen.value = { kind: "done", checked };
  tellOuter({ kind: "report", json: checked.json });
  tellOuter({ kind: "state", state: "done" });
  // A check that began before the engine was ready has left the first screen's lists empty.
  if (!catalogue.value) void prepare();
}

async function fail(tally: Tally, error: unknown): Promise<void> {
  screen.value = { kind: "failed", message: messageOf(error), refused: tally.refused };
  tellOuter({ kind: "report", json: null });
  tellOuter({ kind: "state", state: "failed" });
  // The other workers may still be at work for a check that has no use for it. Where the engine
  // itself could not start there is nobody to stop.
  (await engines().catch(() => undefined))?.stop(new Cancelled());
}

/** Ends the running check at once. */
export async function cancel(): Promise<void> {
  if (!running) return;
  running = undefined;
  showStart(true);
  (await engines()).stop(new Cancelled());
}

/** Back to the first screen. The last report stays with `window.sekisho`. */
export function showStart(cancelled: boolean): void {
  screen.value = { kind: "start", cancelled };
  tellOuter({ kind: "state", state: "ready" });
}
