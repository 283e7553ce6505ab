// The exercise that goes on: what is asked, the sheet, the hints that were taken, and, once it is
// finished, what is said of it. Before that nothing of what happened is in here: the engine keeps it.

import { computed, signal } from "@preact/signals";
import type {
  ClassRollUp,
  Debrief,
  ExerciseAsked,
  Given,
  ItemId,
  QuestionId,
  Sheet,
  Written,
} from "../engine/exercise";
import type { NamedFile } from "../engine/protocol";
import { language } from "../i18n";
import { download } from "../lib/download";
import { isHandedIn, isSheet } from "../lib/exercise-file";
import { logsOf } from "../lib/training";
import { tar } from "../lib/tar";
import type { Text } from "../wire/report";
import { engines, messageOf } from "./engine";

export interface Exercise {
  readonly asked: ExerciseAsked;
  readonly sheet: Sheet;
  /** By question and level. */
  readonly hints: Readonly<Record<string, Text>>;
  readonly finished?: { readonly debrief: Debrief; readonly result: string };
}

export const exercise = signal<Exercise | undefined>(undefined);
/** Whether the sheet shows beside what is looked at. */
export const sheetOpen = signal(false);
/** Whether it is asked if the sheet is to be handed in. */
export const finishAsked = signal(false);
/** Why something of it could not be done. */
export const exerciseTrouble = signal("");
/** Answers that are in no file. */
export const isSheetUnsaved = signal(false);

/** The case of an exercise that goes on and of which nobody is told what happened. */
export const secret = computed(() =>
  exercise.value && !exercise.value.finished ? exercise.value.asked.training : undefined,
);

export const NOTHING_GIVEN: Given = { answer: null, likelihood: null, hints: 0 };
export const NOTHING_WRITTEN: Written = { stance: null, text: "" };

/** What is asked of a case, by its name or its scenario file. */
export async function askedOf(name: string): Promise<ExerciseAsked> {
  return (await engines()).idle().ask("exerciseAsked", { name });
}

/** Begins an exercise; one of the same case goes on. Answers to another that are in no file are saved first. */
export function beginExercise(asked: ExerciseAsked, sheet: Sheet = asked.sheet): void {
  const now = exercise.value;
  if (now?.asked.training === asked.training && sheet === asked.sheet) return;
  if (isSheetUnsaved.value) now?.finished ? saveResult() : saveSheet();
  exercise.value = { asked, sheet, hints: {} };
  isSheetUnsaved.value = false;
}

function change(sheet: Partial<Sheet>): void {
  const now = exercise.value;
  if (!now || now.finished) return;
  exercise.value = { ...now, sheet: { ...now.sheet, ...sheet } };
  isSheetUnsaved.value = true;
}

export const setTrainee = (trainee: string): void => change({ trainee });

export function give(id: QuestionId, given: Partial<Given>): void {
  const answers = exercise.value?.sheet.answers ?? {};
  change({ answers: { ...answers, [id]: { ...NOTHING_GIVEN, ...answers[id], ...given } } });
}

export function write(id: ItemId, written: Partial<Written>): void {
  const draft = exercise.value?.sheet.draft ?? {};
  change({ draft: { ...draft, [id]: { ...NOTHING_WRITTEN, ...draft[id], ...written } } });
}

export const hintKey = (id: QuestionId, level: number): string => `${id} ${level}`;

/** Takes a hint, which costs from then on. */
export async function takeHint(id: QuestionId, level: number): Promise<void> {
  const name = exercise.value?.asked.training;
  if (name === undefined) return;
  await attempt(async () => {
    const hint = await (await engines()).idle().ask("hint", { name, question: id, level });
    const now = exercise.value;
    if (now?.asked.training !== name) return;
    exercise.value = { ...now, hints: { ...now.hints, [hintKey(id, level)]: hint } };
    give(id, { hints: Math.max(level, now.sheet.answers[id]?.hints ?? 0) });
  });
}

/** The sheet without what is not an answer yet. */
function sheetToHandIn(sheet: Sheet): Sheet {
  const answers = Object.entries(sheet.answers).map(([id, given]) => {
    const { answer } = given;
    const isEmpty =
      answer !== null &&
      typeof answer === "object" &&
      (("time" in answer && answer.time.trim() === "") ||
        ("count" in answer && !Number.isInteger(answer.count)));
    return [id, isEmpty ? { ...given, answer: null } : given];
  });
  return { ...sheet, answers: Object.fromEntries(answers) as Sheet["answers"] };
}

/** How many questions have no answer. */
export const unanswered = computed(() => {
  const now = exercise.value;
  return now?.asked.questions.filter(({ id }) => !now.sheet.answers[id]?.answer).length ?? 0;
});

/** Ends the exercise: only now it is told what happened. Says whether it has ended. */
export async function finishExercise(): Promise<boolean> {
  const now = exercise.value;
  if (!now) return false;
  const name = now.asked.training;
  const finished = await attempt(async () =>
    (await engines()).idle().ask("finish", { name, sheet: sheetToHandIn(now.sheet) }),
  );
  if (!finished) return false;
  exercise.value = { ...now, finished };
  isSheetUnsaved.value = true;
  sheetOpen.value = false;
  return true;
}

async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  exerciseTrouble.value = "";
  try {
    return await work();
  } catch (error) {
    exerciseTrouble.value = messageOf(error);
    return undefined;
  }
}

const named = (what: string, training: string, end: string) =>
  `sekisho-${what}-training-${training.replace(/[^\w-]/g, "_")}.${end}`;

const json = (text: string) => new Blob([text], { type: "application/json" });

export function saveSheet(): void {
  const now = exercise.value;
  if (!now) return;
  const text = `${JSON.stringify(sheetToHandIn(now.sheet), null, 2)}\n`;
  download(named("sheet", now.asked.training, "json"), json(text));
  isSheetUnsaved.value = false;
}

export function saveResult(): void {
  const now = exercise.value;
  if (!now?.finished) return;
  download(named("exercise", now.asked.training, "json"), json(now.finished.result));
  isSheetUnsaved.value = false;
}

/** Makes the logs of a case and saves them, for any other tool. */
export async function saveLogs(name: string): Promise<void> {
  await attempt(async () => {
    const made = await (await engines()).idle().ask("generate", { name });
    download(named("logs", name, "tar"), tar(logsOf(made)));
  });
}

/** The results of a class. */
export const handedIn = signal<readonly NamedFile[]>([]);
export const classOf = signal<ClassRollUp | undefined>(undefined);

const ofClass = async (form: "json" | "csv"): Promise<string> =>
  (await engines()).idle().ask("classOf", { files: handedIn.value, form, language: language.value });

export async function addHandedIn(files: readonly NamedFile[]): Promise<void> {
  handedIn.value = [...handedIn.value, ...files];
  const all = await attempt(() => ofClass("json"));
  if (all !== undefined) classOf.value = JSON.parse(all) as ClassRollUp;
}

export function forgetClass(): void {
  handedIn.value = [];
  classOf.value = undefined;
}

export async function saveClass(form: "json" | "csv"): Promise<void> {
  const text = await attempt(() => ofClass(form));
  const type = form === "json" ? "application/json" : "text/csv;charset=utf-8";
  if (text !== undefined) download(`sekisho-class-training.${form}`, new Blob([text], { type }));
}

/** Which of the files belong to exercises. */
export async function findExercise(
  all: readonly NamedFile[],
): Promise<{ readonly sheet: NamedFile | undefined; readonly isClass: boolean }> {
  const are = (is: (file: Blob) => Promise<boolean>) =>
    Promise.all(all.map(({ file }) => is(file).catch(() => false)));
  const [sheets, results] = await Promise.all([are(isSheet), are(isHandedIn)]);
  return { sheet: all.find((_, at) => sheets[at]), isClass: results.includes(true) };
}

/** The sheet of the exercise on a case, while that goes on. */
export function sheetOfCase(training: string | undefined): string | undefined {
  const now = exercise.value;
  if (!now || now.finished || now.asked.training !== training) return undefined;
  return JSON.stringify(sheetToHandIn(now.sheet));
}

/** Takes up the sheet that a case was saved with. */
export async function takeUpSheet(text: string): Promise<void> {
  await attempt(() => openSheet({ name: "", file: new Blob([text]) }));
}

/** Takes up a sheet that was saved. Its hints cost what they cost. */
export async function openSheet({ file }: NamedFile): Promise<string> {
  const text = await file.text();
  const sheet = await (await engines()).idle().ask("readSheet", { text });
  beginExercise(await askedOf(sheet.training), sheet);
  return sheet.training;
}
