// What is said of an exercise once it is finished: marks, answers beside what was said, and what happened.

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Debrief, Mark, QuestionId, SheetAnswer, Step } from "../engine/exercise";
import { language, say, words } from "../i18n";
import { exercises } from "../i18n/exercise";
import { number } from "../lib/format";
import { visible } from "../lib/visible";
import { leave, leaveDebrief } from "../state/app";
import type { Text } from "../wire/report";
import { exercise, saveResult, type Exercise } from "../state/exercise";
import { HINT_COSTS } from "./exercise";
import { printReport } from "./print";
import { Table } from "./report/table";

/** Names that are written out of those that one answer has. */
const NAMES = 12;

/** Points as percent. They are basis points. */
export const points = (of: number): string => `${number(language.value, Math.round(of / 100))} %`;

export function DebriefView(): JSX.Element | null {
  const now = exercise.value;
  const w = exercises.value.debrief;
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => head.current?.focus(), []);
  if (!now?.finished) return null;
  const { debrief } = now.finished;
  return (
    <main class="rollup debrief" data-debrief={now.asked.training}>
      <div class="checking-head">
        <h1 ref={head} tabIndex={-1}>
          {w.title(visible(now.asked.training))}
        </h1>
        <div class="buttons">
          <button type="button" data-action="back" onClick={leaveDebrief}>
            {w.back}
          </button>
          <button type="button" data-action="other" onClick={() => void leave()}>
            {words.value.report.other}
          </button>
        </div>
      </div>
      <Total debrief={debrief} />
      <div class="exports">
        <button type="button" class="main" data-action="save-exercise" onClick={saveResult}>
          {w.result}
        </button>
        <button type="button" data-action="print" onClick={printReport}>
          {words.value.palette.printShort}
        </button>
        <span class="hint">{w.resultHint}</span>
      </div>
      <section data-section id="by-question">
        <h2>{w.questions}</h2>
        <Questions now={now} debrief={debrief} />
      </section>
      <section data-section id="what-happened">
        <h2>{w.timeline}</h2>
        <Happened now={now} debrief={debrief} />
        <Listed title={w.decoys} texts={debrief.key.decoys} />
        <Listed title={w.defects} texts={debrief.key.defects} />
      </section>
      <section data-section id="items">
        <h2>{w.items}</h2>
        <Items now={now} debrief={debrief} />
      </section>
      <p class="hint">{w.digest(debrief.digest)}</p>
    </main>
  );
}

function Total({ debrief: { marks } }: { debrief: Debrief }): JSX.Element {
  const w = exercises.value.debrief;
  const parts = ["total", "answers", "calibration", "draft"] as const;
  return (
    <dl class="marks">
      {parts.map((part) => (
        <div key={part}>
          <dt>{w[part]}</dt>
          <dd data-marks={part}>{points(marks[part])}</dd>
        </div>
      ))}
    </dl>
  );
}

/** An answer in words. */
function answerOf(now: Exercise, id: QuestionId, answer: SheetAnswer | null): string {
  const question = now.asked.questions.find((one) => one.id === id);
  if (answer === null || !question) return "–";
  if (answer === "cannot_determine") return exercises.value.sheet.cannot;
  if (answer === "none") return say(question.none);
  if ("choice" in answer) {
    const choice = question.choices.find((one) => one.id === answer.choice);
    return choice ? say(choice.said) : answer.choice;
  }
  if ("names" in answer) return listed(answer.names.filter((name) => name.trim() !== ""));
  return visible("time" in answer ? answer.time : String(answer.count));
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, NAMES).map(visible).join(", ");
  const more = names.length - NAMES;
  return more > 0 ? `${shown}, ${exercises.value.debrief.more(number(language.value, more))}` : shown;
}

function placeOf({ log, line }: Step): string {
  const w = exercises.value.debrief;
  return line === null ? w.removed : w.line(log, String(line));
}

function Questions({ now, debrief }: { now: Exercise; debrief: Debrief }): JSX.Element {
  const w = exercises.value.debrief;
  const heads = [w.question, w.points, w.yours, w.right, w.shownBy];
  return (
    <Table label={w.questions} heads={heads} numeric={[1]}>
      <tbody>
        {debrief.marks.questions.map((mark, at) => {
          const solved = debrief.key.solved[at];
          const question = now.asked.questions.find(({ id }) => id === mark.question);
          return (
            <tr key={mark.question} data-marked={mark.question} data-verdict={mark.verdict}>
              <th scope="row" class="prose">
                {question && say(question.said)}
              </th>
              <td class="number">{points(mark.points)}</td>
              <td class="prose">
                {answerOf(now, mark.question, now.sheet.answers[mark.question]?.answer ?? null)}
                <Said mark={mark} />
              </td>
              <td class="prose">{solved && answerOf(now, mark.question, solved.answer)}</td>
              <td class="prose">
                {solved?.exhibits.map((step, place) => (
                  <div key={place}>
                    {step.time} {say(step.what)}, {placeOf(step)}
                  </div>
                ))}
                {solved && solved.detections.length > 0 && (
                  <div>
                    {w.detections}: {solved.detections.join(", ")}
                  </div>
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}

/** What became of an answer. */
function Said({ mark }: { mark: Mark }): JSX.Element {
  const w = exercises.value.debrief;
  return (
    <small class="said-of">
      <strong>{w.verdict[mark.verdict]}</strong>
      {mark.verdict !== "unanswered" && ` · ${w.likely(String(mark.likelihood))}`}
      {mark.hints > 0 && ` · ${w.hinted(String(HINT_COSTS[mark.hints]))}`}
      {mark.missing.length > 0 && (
        <span>
          {w.missing}: {listed(mark.missing)}
        </span>
      )}
      {mark.too_much.length > 0 && (
        <span>
          {w.tooMuch}: {listed(mark.too_much)}
        </span>
      )}
    </small>
  );
}

function Listed({ title, texts }: { title: string; texts: readonly Text[] }): JSX.Element | null {
  if (texts.length === 0) return null;
  return (
    <p>
      <strong>{title}</strong> {texts.map(say).join(" · ")}
    </p>
  );
}

interface Moment {
  readonly time: string;
  readonly step?: Step;
  readonly said?: string;
}

/** The steps, and between them the times that were answered. */
function moments(now: Exercise, debrief: Debrief): Moment[] {
  const w = exercises.value.debrief;
  const said = (["first", "last"] as const).flatMap((id): Moment[] => {
    const answer = now.sheet.answers[id]?.answer;
    if (typeof answer !== "object" || answer === null || !("time" in answer)) return [];
    const at = instantOf(answer.time);
    if (Number.isNaN(at)) return [];
    const time = new Date(at).toISOString().replace(/\.\d+Z$/, "Z");
    return [{ time, said: id === "first" ? w.saidFirst : w.saidLast }];
  });
  const steps = debrief.key.timeline.map((step): Moment => ({ time: step.time, step }));
  return [...steps, ...said].sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
}

/** The instant that a person wrote, of Japan where no zone stands. */
function instantOf(text: string): number {
  const trimmed = text.trim().replace(" ", "T");
  return Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/i.test(trimmed) ? trimmed : `${trimmed}+09:00`);
}

function Happened({ now, debrief }: { now: Exercise; debrief: Debrief }): JSX.Element {
  const w = exercises.value.debrief;
  return (
    <Table label={w.timeline} heads={[w.time, w.what, w.who, w.where]}>
      <tbody>
        {moments(now, debrief).map(({ time, step, said }, at) => (
          <tr key={at} class={said ? "yours" : undefined}>
            <td>{time}</td>
            <td class="prose">
              {said ?? (step && say(step.what))} {step?.is_decoy && <small>{w.innocent}</small>}
            </td>
            <td class="prose">{step && `${step.account} ${step.address}`}</td>
            <td class="prose">{step && placeOf(step)}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function Items({ now, debrief }: { now: Exercise; debrief: Debrief }): JSX.Element {
  const w = exercises.value;
  const stances = w.sheet.stances;
  return (
    <Table
      label={w.debrief.items}
      heads={[w.debrief.draft, w.debrief.points, w.debrief.yours, w.debrief.fits]}
      numeric={[1]}
    >
      <tbody>
        {debrief.marks.items.map(({ item, points: of, right }) => {
          const asked = now.asked.items.find(({ id }) => id === item);
          const stance = now.sheet.draft[item]?.stance;
          return (
            <tr key={item}>
              <th scope="row" class="prose">
                {asked && say(asked.said)}
              </th>
              <td class="number">{points(of)}</td>
              <td class="prose">
                {stance ? stances[stance] : "–"} {visible(now.sheet.draft[item]?.text ?? "")}
              </td>
              <td class="prose">{right.map((one) => stances[one]).join(" / ")}</td>
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}
