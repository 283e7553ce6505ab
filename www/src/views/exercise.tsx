// Exercises: the start, which asks nothing of what happened, and the answer sheet beside the report.

import type { JSX } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { DraftItem, ExerciseAsked, ExerciseQuestion, SheetAnswer, Stance } from "../engine/exercise";
import { language, say, words } from "../i18n";
import { exercises } from "../i18n/exercise";
import { chosen } from "../lib/dropped";
import { number } from "../lib/format";
import { SCENARIOS, trainingOf } from "../lib/training";
import { visible } from "../lib/visible";
import { leave, screen, showDebrief, showExercise, startCase, takeScenario } from "../state/app";
import { messageOf } from "../state/engine";
import {
  askedOf,
  beginExercise,
  exercise,
  exerciseTrouble,
  finishAsked,
  finishExercise,
  give,
  hintKey,
  NOTHING_GIVEN,
  NOTHING_WRITTEN,
  saveLogs,
  saveSheet,
  setTrainee,
  sheetOpen,
  takeHint,
  unanswered,
  write,
} from "../state/exercise";
import { Dialog } from "./dialog";
import { printReport } from "./print";

/** Of each level of hints, in percent of its question. */
export const HINT_COSTS = [0, 10, 25, 50];
const STANCES: readonly Stance[] = ["known", "open", "nothing"];
const PERCENTS = [100, 95, 90, 80, 70, 60, 50, 40, 30, 20, 10, 0];

/** The button of the first screen that leads here. */
export function Practise(): JSX.Element {
  const w = exercises.value;
  const name = exercise.value?.asked.training;
  return (
    <button type="button" data-action="practise" onClick={() => showExercise(name ?? "T1-1")}>
      {name === undefined ? w.practise : w.start.going(visible(name))}
    </button>
  );
}

/** The start of an exercise. */
export function ExerciseStart({ name }: { name: string }): JSX.Element {
  const w = exercises.value.start;
  const [asked, setAsked] = useState<ExerciseAsked>();
  const [wrong, setWrong] = useState("");
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    setAsked(undefined);
    setWrong("");
    askedOf(name).then(setAsked, (error: unknown) => setWrong(messageOf(error)));
    head.current?.focus();
  }, [name]);
  return (
    <main class="narrow exercise" data-exercise={asked?.training}>
      <div class="checking-head">
        <h1 ref={head} tabIndex={-1}>
          {asked ? w.title(visible(asked.training)) : w.none}
        </h1>
        <button type="button" data-action="other" onClick={() => void leave()}>
          {words.value.report.other}
        </button>
      </div>
      <p>{w.what}</p>
      <p>{w.marks}</p>
      <p class="hint">{w.same}</p>
      {wrong !== "" && (
        <p class="field-error" role="alert">
          {visible(wrong)}
        </p>
      )}
      {asked && <Begin asked={asked} />}
      <Trouble />
      <Choose />
      {asked && <Asks asked={asked} />}
    </main>
  );
}

function Begin({ asked }: { asked: ExerciseAsked }): JSX.Element {
  const w = exercises.value.start;
  const name = asked.training;
  const begin = () => {
    beginExercise(asked);
    sheetOpen.value = true;
  };
  const check = () => {
    begin();
    // The screen tells how it goes.
    void startCase(name).catch(() => undefined);
  };
  return (
    <div class="buttons">
      <button type="button" class="main" data-action="begin" onClick={check}>
        {exercise.value?.asked.training === name ? w.goOn : w.begin}
      </button>
      <button type="button" data-action="sheet-only" onClick={begin}>
        {w.sheetOnly}
      </button>
      <button type="button" data-action="save-logs" onClick={() => void saveLogs(name)}>
        {w.saveLogs}
      </button>
    </div>
  );
}

function Choose(): JSX.Element {
  const w = exercises.value.start;
  const id = useId();
  const [scenario, setScenario] = useState("T1");
  const [seed, setSeed] = useState(1);
  const [isHard, setHard] = useState(false);
  const take = (input: HTMLInputElement) => {
    const { given } = chosen(input.files ?? []);
    input.value = "";
    if (given.length > 0) void takeScenario(given).catch(() => undefined);
  };
  return (
    <details class="panel">
      <summary>{w.other}</summary>
      <div class="exercise-choice">
        <label for={`${id}-scenario`}>{w.scenario}</label>
        <select
          id={`${id}-scenario`}
          data-field="scenario"
          value={scenario}
          onChange={(event) => setScenario(event.currentTarget.value)}
        >
          {SCENARIOS.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
        <label for={`${id}-seed`}>{w.seed}</label>
        <input
          id={`${id}-seed`}
          data-field="seed"
          type="number"
          min={0}
          max={1_000_000}
          value={seed}
          onInput={(event) => setSeed(Math.max(0, Math.floor(event.currentTarget.valueAsNumber || 0)))}
        />
        <label for={`${id}-hard`}>{w.difficulty}</label>
        <select
          id={`${id}-hard`}
          data-field="difficulty"
          value={isHard ? "hard" : "usual"}
          onChange={(event) => setHard(event.currentTarget.value === "hard")}
        >
          <option value="usual">{w.usual}</option>
          <option value="hard">{w.hard}</option>
        </select>
        <button
          type="button"
          data-action="choose-exercise"
          onClick={() => showExercise(`${scenario}-${seed}${isHard ? ",hard" : ""}`)}
        >
          {w.choose}
        </button>
      </div>
      <label class="file-choice">
        {w.file}{" "}
        <input type="file" id="exercise-file" multiple onChange={(event) => take(event.currentTarget)} />
      </label>
    </details>
  );
}

function Asks({ asked }: { asked: ExerciseAsked }): JSX.Element {
  const w = exercises.value.start;
  return (
    <section>
      <h2>{w.asks}</h2>
      <ol>
        {asked.questions.map(({ id, said }) => (
          <li key={id}>{say(said)}</li>
        ))}
      </ol>
      <p>{w.draft}</p>
    </section>
  );
}

function Trouble(): JSX.Element {
  return (
    <p class="field-error" role="alert" data-exercise-trouble>
      {visible(exerciseTrouble.value)}
    </p>
  );
}

/** Whether the exercise that goes on is that of what shows. */
export function isOfExercise(): boolean {
  const now = screen.value;
  const name = exercise.value?.asked.training;
  if (name === undefined) return false;
  if (now.kind === "exercise") return now.name === name;
  return (now.kind === "done" || now.kind === "data") && trainingOf(now.checked.report) === name;
}

/** The answer sheet, which stays while the report and the events are looked at. */
export function AnswerSheet(): JSX.Element | null {
  const now = exercise.value;
  const shown = sheetOpen.value && now !== undefined && !now.finished && isOfExercise();
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.documentElement.classList.toggle("with-sheet", shown);
    if (shown) head.current?.focus({ preventScroll: true });
    return () => document.documentElement.classList.remove("with-sheet");
  }, [shown]);
  const asks = finishAsked.value;
  const setAsks = (is: boolean) => (finishAsked.value = is);
  if (!shown || !now) return null;
  const w = exercises.value.sheet;
  const { asked, sheet } = now;
  const finish = async () => {
    setAsks(false);
    if (await finishExercise()) showDebrief();
  };
  return (
    <aside class="answer-sheet" aria-label={w.title} data-sheet={asked.training}>
      <div class="checking-head">
        <h2 ref={head} tabIndex={-1}>
          {w.title} {visible(asked.training)}
        </h2>
        <button
          type="button"
          class="quiet"
          data-action="close-sheet"
          onClick={() => (sheetOpen.value = false)}
        >
          {w.close}
        </button>
      </div>
      <p class="training-mark">{words.value.training.mark(visible(asked.training))}</p>
      <label class="field">
        <span>{w.trainee}</span>
        <input
          type="text"
          data-field="trainee"
          value={sheet.trainee}
          maxLength={200}
          onInput={(event) => setTrainee(event.currentTarget.value)}
        />
      </label>
      <ol class="asked">
        {asked.questions.map((question) => (
          <li key={question.id}>
            <Asked question={question} />
          </li>
        ))}
      </ol>
      <h3>{w.draft}</h3>
      {asked.items.map((item) => (
        <Drafted key={item.id} item={item} />
      ))}
      <Trouble />
      <div class="buttons">
        <button type="button" class="main" data-action="finish" onClick={() => setAsks(true)}>
          {w.finish}
        </button>
        <button type="button" data-action="save-sheet" onClick={saveSheet}>
          {w.save}
        </button>
        <button type="button" data-action="print-sheet" onClick={printReport}>
          {w.print}
        </button>
      </div>
      {asks && (
        <Dialog title={w.finishTitle} onClose={() => setAsks(false)}>
          <p>{w.finishAsk(number(language.value, unanswered.value))}</p>
          <div class="buttons">
            <button type="button" class="main" data-action="finish-yes" onClick={() => void finish()}>
              {w.yes}
            </button>
            <button type="button" data-action="finish-no" onClick={() => setAsks(false)}>
              {w.no}
            </button>
          </div>
        </Dialog>
      )}
    </aside>
  );
}

/** What a kind of answer is before anything is typed. */
const BEGUN: Record<ExerciseQuestion["kind"], SheetAnswer> = {
  choice: "none",
  names: { names: [] },
  time: { time: "" },
  count: { count: Number.NaN },
};

/** A question with its answer, likelihood and hints. */
function Asked({ question }: { question: ExerciseQuestion }): JSX.Element {
  const w = exercises.value.sheet;
  const { id, kind, said, choices, none } = question;
  const given = exercise.value?.sheet.answers[id] ?? NOTHING_GIVEN;
  const { answer } = given;
  const name = `answer-${id}`;
  const option = (key: string, label: string, value: SheetAnswer, isChosen: boolean) => (
    <label class="choice" key={key}>
      <input
        type="radio"
        name={name}
        value={key}
        checked={isChosen}
        onChange={() => give(id, { answer: value })}
      />{" "}
      {label}
    </label>
  );
  const isGiven = typeof answer === "object" && answer !== null;
  return (
    <fieldset data-asked={id}>
      <legend>
        <span class="id">{question.of}</span> {say(said)}
      </legend>
      {choices.map((one) =>
        option(
          one.id,
          say(one.said),
          { choice: one.id },
          isGiven && "choice" in answer && answer.choice === one.id,
        ),
      )}
      {kind !== "choice" && option("given", w.given, BEGUN[kind], isGiven)}
      {kind !== "choice" && isGiven && <Typed question={question} answer={answer} />}
      {option("none", say(none), "none", answer === "none")}
      {option("cannot_determine", w.cannot, "cannot_determine", answer === "cannot_determine")}
      <label class="likelihood">
        {w.likelihood}{" "}
        <select
          data-field="likelihood"
          value={given.likelihood === null ? "" : String(given.likelihood)}
          onChange={({ currentTarget: { value } }) =>
            give(id, { likelihood: value === "" ? null : Number(value) })
          }
        >
          <option value="">{w.unsaid}</option>
          {PERCENTS.map((percent) => (
            <option key={percent} value={String(percent)}>
              {percent} %
            </option>
          ))}
        </select>
      </label>
      <Hints question={question} taken={given.hints} />
    </fieldset>
  );
}

/** Names, a time or a number as they are typed. */
function Typed({
  question: { id, kind, said },
  answer,
}: {
  question: ExerciseQuestion;
  answer: Exclude<SheetAnswer, string>;
}): JSX.Element {
  const w = exercises.value.sheet;
  const label = `${say(said)} ${kind === "names" ? w.lines : kind === "time" ? w.time : w.count}`;
  if (kind === "names")
    return (
      <textarea
        rows={4}
        aria-label={label}
        spellcheck={false}
        value={"names" in answer ? answer.names.join("\n") : ""}
        onInput={(event) => give(id, { answer: { names: event.currentTarget.value.split("\n") } })}
      />
    );
  if (kind === "time")
    return (
      <>
        <input
          type="text"
          aria-label={label}
          value={"time" in answer ? answer.time : ""}
          onInput={(event) => give(id, { answer: { time: event.currentTarget.value } })}
        />
        <span class="hint">{w.time}</span>
      </>
    );
  return (
    <input
      type="number"
      min={0}
      aria-label={label}
      value={"count" in answer && Number.isInteger(answer.count) ? answer.count : ""}
      onInput={(event) => give(id, { answer: { count: event.currentTarget.valueAsNumber } })}
    />
  );
}

function Hints({ question: { id }, taken }: { question: ExerciseQuestion; taken: number }): JSX.Element {
  const w = exercises.value.sheet;
  const hints = exercise.value?.hints ?? {};
  return (
    <>
      <div class="hints">
        {w.hints.map((what, at) => {
          const level = at + 1;
          const isShown = hints[hintKey(id, level)] !== undefined;
          return (
            <button
              type="button"
              key={level}
              class="quiet"
              data-hint={level}
              disabled={level > taken + 1 || isShown}
              onClick={() => void takeHint(id, level)}
            >
              {w.hint(String(level), what, String(HINT_COSTS[level]))}
            </button>
          );
        })}
      </div>
      <div role="status" class="hint-texts">
        {[1, 2, 3].map((level) => {
          const hint = hints[hintKey(id, level)];
          return (
            hint && (
              <p key={level} class="hint" data-hinted={level}>
                {visible(say(hint))}
              </p>
            )
          );
        })}
      </div>
    </>
  );
}

/** An item of the draft. */
function Drafted({ item: { id, said, hint } }: { item: DraftItem }): JSX.Element {
  const w = exercises.value.sheet;
  const written = exercise.value?.sheet.draft[id] ?? NOTHING_WRITTEN;
  return (
    <fieldset data-item={id}>
      <legend>{say(said)}</legend>
      <label>
        {w.stance}{" "}
        <select
          value={written.stance ?? ""}
          onChange={({ currentTarget: { value } }) =>
            write(id, { stance: STANCES.find((stance) => stance === value) ?? null })
          }
        >
          <option value="">{w.unsaid}</option>
          {STANCES.map((stance) => (
            <option key={stance} value={stance}>
              {w.stances[stance]}
            </option>
          ))}
        </select>
      </label>
      <textarea
        rows={2}
        aria-label={say(said)}
        value={written.text}
        onInput={(event) => write(id, { text: event.currentTarget.value })}
      />
      {hint && <span class="hint">{say(hint)}</span>}
    </fieldset>
  );
}
