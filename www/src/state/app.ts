// What the page is doing: which screen shows, the engine, and the check that runs or has run.
//
// One check at a time. Starting another, or cancelling, ends the workers of the running one at once.

import { signal } from "@preact/signals";
import { check, Tally, type Checked, type CheckOptions, type Given, type Refused } from "../engine/check";
import { Cancelled } from "../engine/pool";
import type { Settings } from "../engine/protocol";
import { isReport } from "../lib/case-file";
import type { ScriptOptions } from "../lib/shell";
import { logsOf, trainingOf } from "../lib/training";
import { words } from "../i18n";
import type { Judgement, Report } from "../wire/report";
import { findCase, mayLeave, openCase, withoutLogs, type OpenedCase } from "./cases";
import { droppedReport } from "./handing";
import { beginJudging, forgetJudging, judgementsOf, withJudgements } from "./judge";
import { catalogue, engines, messageOf, prepare } from "./engine";
import { mayBeMapping, sortOut } from "./mappings";
import { addLists, findLists, ownLists, readLists } from "./lists";
import { addRules, findRules, readRules, ownRules } from "./rules";
import { askPassword, passwords, question } from "./passwords";
import { mustAsk } from "./data-check";
import { forgetExploring, resumeView } from "./explore";
import { resetView } from "./report";
import {
  addHandedIn,
  askedOf,
  findExercise,
  forgetClass,
  openSheet,
  sheetOpen,
  takeUpSheet,
} from "./exercise";
import { addResults, anyResult, forgetResults } from "./rollup";
import { whenOpened } from "./checker";
import { addMapping, settingsInForce, settingsWrong, type OwnMapping } from "./settings";
import { tellOuter } from "./shell";
import { forgetVendor, takeForChecker } from "./vendor";

/** `training`: the case to practise on that is made or checked. */
export type Screen =
  | { readonly kind: "start"; readonly cancelled: boolean }
  | { readonly kind: "making"; readonly training: string; readonly share: number }
  | {
      readonly kind: "checking";
      readonly tally: Tally;
      readonly since: number;
      readonly training: string | undefined;
      /** The report whose files are checked again; what was judged in it is in no other place. */
      readonly before: Checked | undefined;
    }
  /** The data check: what was recognised, shown before the answer while something is open. */
  | { readonly kind: "data"; readonly checked: Checked }
  | { readonly kind: "done"; readonly checked: Checked }
  /** The results of all clients together. */
  | { readonly kind: "rollup" }
  /** The start of an exercise, by the name of its case; or a scenario file that is none. */
  | { readonly kind: "exercise"; readonly name: string }
  /** What is said of a finished exercise, and the screen that showed before. */
  | { readonly kind: "debrief"; readonly before: Screen }
  /** A vendor makes a checker. */
  | { readonly kind: "vendor" }
  /** The results of a class. */
  | { readonly kind: "class" }
  | { readonly kind: "failed"; readonly message: string; readonly refused: readonly Refused[] };

export const screen = signal<Screen>({ kind: "start", cancelled: false });

// More workers than this bring nothing: reading is the limit by then, and each has its own memory.
const MAX_WORKERS = 8;

/** The check that runs, and the case that is being made; the latter has a token of its own. */
let running: Tally | undefined;
let making: object | undefined;

/** Who gives files. */
export interface By {
  /** A script, with its options. Without one there is somebody to ask for passwords. */
  readonly script?: ScriptOptions | undefined;
  /** There is somebody to be asked about the data before the answer shows. */
  readonly mayAsk?: boolean;
}

/** Checks files. Rejects when the check fails or is cancelled; the screen says so too. */
export async function start(
  all: readonly Given[],
  unopened: readonly Refused[],
  { script, mayAsk = false }: By = {},
): Promise<void> {
  if (!script && screen.value.kind === "rollup") return addResults(all);
  if (!script && screen.value.kind === "vendor") return takeForChecker(all);
  if (!script && (await ofExercises(all))) return;
  const [first] = all;
  // An earlier report beside the one that shows is compared with it.
  if (!script && first && all.length === 1 && screen.value.kind === "done" && (await isReport(first.file))) {
    droppedReport.value = first;
    return;
  }
  if (!script && !(await mayLeave())) throw new Cancelled();
  if (!script && (await anyResult(all))) return showRollUp(all);

  const cases = script ? { given: [...all], found: [] } : await findCase(all);
  const [ofCase] = cases.found;
  if (ofCase) return reopen(ofCase, cases.given, unopened);
  return run(all, unopened, { script, mayAsk });
}

/** Takes a sheet, or results of a class; says whether there were some. */
async function ofExercises(all: readonly Given[]): Promise<boolean> {
  const { sheet, isClass } = await findExercise(all);
  if (!sheet && !isClass && screen.value.kind !== "class") return false;
  if (!(await mayLeave())) throw new Cancelled();
  await cancel();
  if (sheet && !isClass) {
    const name = await openSheet(sheet).catch(async (error: unknown) => {
      await fail([], error);
      throw error;
    });
    sheetOpen.value = true;
    showExercise(name);
    return true;
  }
  if (screen.value.kind !== "class") {
    showStart(false);
    screen.value = { kind: "class" };
  }
  await addHandedIn(all);
  return true;
}

/** Takes a scenario file, a sheet, or results of a class. */
export async function takeScenario(all: readonly Given[]): Promise<void> {
  if (await ofExercises(all)) return;
  const [first] = all;
  if (!first) return;
  const text = await first.file.text();
  // What is wrong with it is told on the screen of the exercise.
  showExercise(
    await askedOf(text).then(
      ({ training }) => training,
      () => text,
    ),
  );
}

/** Shows the start of an exercise. */
export function showExercise(name: string): void {
  showStart(false);
  screen.value = { kind: "exercise", name };
}

/** Shows the screen on which a vendor makes a checker. */
export async function showVendor(): Promise<void> {
  if (!(await mayLeave())) return;
  await cancel();
  showStart(false);
  screen.value = { kind: "vendor" };
}

/** Shows what is said of the exercise that was finished. */
export function showDebrief(): void {
  screen.value = { kind: "debrief", before: screen.value };
}

/** Goes back from there. */
export function leaveDebrief(): void {
  if (screen.value.kind === "debrief") screen.value = screen.value.before;
}

/** How a check is asked for. */
interface Asked extends By {
  readonly training?: string | undefined;
  /** Taken into account as soon as there is a report. */
  readonly judgements?: readonly Judgement[] | undefined;
  /** The case whose logs they are. */
  readonly opened?: OpenedCase;
  /** The report that shows until the check begins, of the same files. */
  readonly before?: Checked;
}

/** Opens a case: without its logs as it is, with them by checking them as they were checked then. */
async function reopen(file: Given, logs: readonly Given[], unopened: readonly Refused[]): Promise<void> {
  const opened = await openCase(file);
  if (logs.length === 0) {
    await cancel();
    finish(withoutLogs(opened), true);
    resumeView(opened.view);
    return resumeSheet(opened);
  }
  const judgements = judgementsOf(opened.report);
  await run(logs, unopened, { training: trainingOf(opened.report), judgements, opened });
  await resumeSheet(opened);
}

/** Goes on with the exercise that a case was saved in. */
async function resumeSheet({ sheet }: OpenedCase): Promise<void> {
  if (sheet === undefined) return;
  await takeUpSheet(sheet);
  sheetOpen.value = true;
}

async function run(all: readonly Given[], unopened: readonly Refused[], asked: Asked): Promise<void> {
  const { script, training, judgements, opened } = asked;
  await whenOpened();
  // Wrong settings are shown at their fields on the first screen.
  if (settingsWrong.value && !script?.settings && !opened) {
    showStart(false);
    throw new Error(words.value.settings.wrong);
  }
  await cancel();
  const sorted = all.some(mayBeMapping) ? await sortOut(all) : { given: all, mappings: [], refused: [] };
  const sifted = await findRules(sorted.given);
  const { rules } = sifted;
  const { given, lists } = await findLists(sifted.given);
  if (!script?.settings) sorted.mappings.forEach(addMapping);
  const refused = [...unopened, ...sorted.refused];
  const options = {
    ...optionsOf(script, sorted.mappings, training),
    ...(opened && { settings: settingsOf(opened.report) }),
    rules: await rulesOf(script, rules),
    lists: await listsOf(script, lists),
  };
  // Another check may have begun meanwhile.
  await cancel();
  if (given.length + refused.length === 0) return showStart(false);
  const tally = (running = new Tally(
    given,
    refused,
    sorted.mappings.map(({ name }) => name),
    rules.map(({ name }) => name),
    lists.map(({ name }) => name),
  ));
  screen.value = { kind: "checking", tally, since: performance.now(), training, before: asked.before };
  tellOuter({ kind: "state", state: "checking" });
  try {
    const checked = await judged(await check(await engines(), tally, options), judgements);
    if (running !== tally) throw new Cancelled();
    const shown = opened ? await compared(checked, opened) : checked;
    if (asked.mayAsk && !opened && mustAsk(shown, settingsInForce.value))
      screen.value = { kind: "data", checked: shown };
    else finish(shown, opened !== undefined);
    if (opened) resumeView(opened.view);
  } catch (error) {
    if (running === tally) await fail(tally.refused, error);
    throw error;
  } finally {
    if (running === tally) running = undefined;
  }
}

/** The settings that a report was made with. Lists are named by what is given. */
function settingsOf({ settings }: Report): Settings {
  const { indicators: _, ...others } = settings as Settings;
  return others;
}

async function judged(checked: Checked, judgements: readonly Judgement[] | undefined): Promise<Checked> {
  if (!judgements?.length) return checked;
  return withJudgements((await engines()).at(0), checked, judgements);
}

/** Says whether a report is the one that was saved, to the byte. */
async function compared(checked: Checked, { json }: OpenedCase): Promise<Checked> {
  return { ...checked, opened: (await checked.json.text()) === json ? "same" : "differs" };
}

/** Makes a case to practise on, and checks its logs as if they had been dropped. */
export async function startCase(name: string): Promise<void> {
  if (!(await mayLeave())) throw new Cancelled();
  await cancel();
  const token = (making = {});
  let logs: Given[];
  const tell = (share: number) => {
    if (making === token) screen.value = { kind: "making", training: name, share };
  };
  tell(0);
  tellOuter({ kind: "state", state: "checking" });
  const isCurrent = () => making === token;
  try {
    const made = await (await engines()).idle().ask("generate", { name }, (done) => tell(done / 1000));
    if (!isCurrent()) throw new Cancelled();
    making = undefined;
    logs = logsOf(made);
  } catch (error) {
    if (isCurrent()) await fail([], error);
    throw error;
  }
  await run(logs, [], { training: name });
}

/** Goes on from the data check to the answer. */
export function showAnswer(checked: Checked): void {
  if (screen.value.kind === "data") finish(checked, false);
}

/**
 * Checks the same files again, with the settings as they are now. `mayAsk`: what is open afterwards is
 * shown before the answer, as it is where the data check itself is left for it.
 */
export function startAgain(checked: Checked, mayAsk = screen.value.kind === "data"): void {
  const { given, refused, report } = checked;
  const names = new Set(given.map(({ name }) => name));
  const unopened = refused.filter(({ name }) => !names.has(name));
  // The screen tells how the check ends.
  const asked = { training: trainingOf(report), judgements: judgementsOf(report), mayAsk, before: checked };
  void run(given, unopened, asked).catch(() => undefined);
}

function optionsOf(
  script: ScriptOptions | undefined,
  found: readonly OwnMapping[],
  training: string | undefined,
): Omit<CheckOptions, "rules" | "lists"> {
  const { settings, workers, cutBytes, cutSeed, lookMs } = script ?? {};
  const inForce = settings ? withMappings(settings, found) : settingsInForce.value;
  return {
    settings: training === undefined ? inForce : { ...inForce, training },
    passwords: script?.passwords ?? passwords.value,
    askPassword: script ? undefined : askPassword,
    workers: Math.max(1, workers ?? Math.min(navigator.hardwareConcurrency || 1, MAX_WORKERS)),
    cutBytes,
    cutSeed,
    lookMs,
  };
}

/** The rules of a check: those kept with the page, or a script's own, and those among what was given. */
async function rulesOf(script: ScriptOptions | undefined, found: readonly Given[]) {
  if (!script?.rules && !script?.settings) {
    if (found.length > 0) await addRules(found);
    return ownRules.value?.read;
  }
  const files = [...(script.rules ?? []).map((file) => ({ name: file.name, file })), ...found];
  return files.length > 0 ? readRules(files, script.settings ?? {}) : undefined;
}

/** The indicator lists of a check, found in the same places. */
async function listsOf(script: ScriptOptions | undefined, found: readonly Given[]) {
  if (!script?.iocs && !script?.settings) {
    if (found.length > 0) await addLists(found);
    return ownLists.value?.read;
  }
  const files = [...(script.iocs ?? []).map((file) => ({ name: file.name, file })), ...found];
  return files.length > 0 ? readLists(files) : undefined;
}

function withMappings(settings: Settings, found: readonly OwnMapping[]): Settings {
  if (found.length === 0) return settings;
  return { ...settings, mappings: [...(settings.mappings ?? []), ...found.map(({ text }) => text)] };
}

function finish(checked: Checked, isSaved: boolean): void {
  resetView();
  forgetExploring();
  beginJudging(checked.report, isSaved);
  screen.value = { kind: "done", checked };
  tellOuter({ kind: "report", json: checked.json });
  tellOuter({ kind: "state", state: "done" });
  // A check that began before the engine was ready has left the first screen's lists empty.
  if (!catalogue.value) void prepare();
}

async function fail(refused: readonly Refused[], error: unknown): Promise<void> {
  screen.value = { kind: "failed", message: messageOf(error), refused };
  tellOuter({ kind: "report", json: null });
  tellOuter({ kind: "state", state: "failed" });
  // The other workers may still be at work for a check that has no use for it. Where the engine
  // itself could not start there is nobody to stop.
  (await engines().catch(() => undefined))?.stop(new Cancelled());
}

/** Puts the results of clients together; what else is given with them is named there. */
async function showRollUp(given: readonly Given[]): Promise<void> {
  await cancel();
  showStart(false);
  screen.value = { kind: "rollup" };
  await addResults(given);
}

/** Ends what runs when somebody asks for it: judgements that are in no file are not lost unasked. */
export async function stop(): Promise<void> {
  if (await mayLeave()) await cancel();
}

/** Ends the running check at once, or the making of a case. */
export async function cancel(): Promise<void> {
  if (!running && !making) return;
  const ended = running;
  running = making = undefined;
  question.value?.cancel();
  showStart(true);
  (await engines()).stop(new Cancelled());
  // What waits in a pause learns that its engine has stopped.
  ended?.resume();
}

/** Back to the first screen, when nothing is lost by it or the user says so. */
export async function leave(): Promise<void> {
  if (await mayLeave()) showStart(false);
}

/** Back to the first screen. The last report stays with `window.sekisho`. */
export function showStart(cancelled: boolean): void {
  forgetJudging();
  forgetExploring();
  forgetResults();
  forgetClass();
  forgetVendor();
  screen.value = { kind: "start", cancelled };
  tellOuter({ kind: "state", state: "ready" });
}
