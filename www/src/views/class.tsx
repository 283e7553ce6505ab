// A class: who got how much, and where it went wrong.

import type { JSX } from "preact";
import type { ClassRollUp, Verdict } from "../engine/exercise";
import { language, say, words } from "../i18n";
import { exercises } from "../i18n/exercise";
import { number } from "../lib/format";
import { visible } from "../lib/visible";
import { classOf, exerciseTrouble, saveClass } from "../state/exercise";
import { points } from "./debrief";
import { printReport } from "./print";
import { Table } from "./report/table";
import { ScreenHead } from "./screen-head";

export function ClassView(): JSX.Element {
  const w = exercises.value.class;
  const all = classOf.value;
  return (
    <main class="rollup" data-class={all ? "there" : "reading"}>
      <ScreenHead title={w.title} />
      <p class="hint">{w.hint}</p>
      <p class="field-error" role="alert">
        {visible(exerciseTrouble.value)}
      </p>
      {all ? <Marked all={all} /> : <p role="status">{w.reading}</p>}
    </main>
  );
}

function Marked({ all }: { all: ClassRollUp }): JSX.Element {
  const w = exercises.value.class;
  return (
    <>
      <div class="exports">
        <button type="button" data-export="csv" onClick={() => void saveClass("csv")}>
          {w.saveCsv}
        </button>
        <button type="button" data-export="json" onClick={() => void saveClass("json")}>
          {w.saveJson}
        </button>
        <button type="button" data-action="print" onClick={printReport}>
          {words.value.palette.printShort}
        </button>
      </div>
      <Trainees all={all} />
      <section data-section id="questions-of-class">
        <h2>{w.byQuestion}</h2>
        <ByQuestion all={all} />
      </section>
      {all.set_aside.length > 0 && (
        <section data-section id="aside-of-class">
          <h2>{w.aside}</h2>
          <ul>
            {all.set_aside.map(({ file, why }, at) => (
              <li key={at}>
                {visible(file)}: {visible(say(why))}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function Trainees({ all }: { all: ClassRollUp }): JSX.Element {
  const { class: w, debrief: d } = exercises.value;
  const questions = all.questions.map((_, at) => String(at + 1));
  const heads = [w.trainee, w.case, d.total, d.answers, d.calibration, d.draft, w.hints, ...questions];
  return (
    <Table label={w.title} heads={heads} numeric={heads.map((_, at) => at).slice(2)}>
      <tbody>
        {all.rows.map(({ trainee, file, training, marks, was_changed }) => (
          <tr key={file} data-trainee={trainee}>
            <th scope="row" class="prose">
              {visible(trainee)} {was_changed && <small>{w.changed}</small>}
            </th>
            <td>{visible(training)}</td>
            {[marks.total, marks.answers, marks.calibration, marks.draft].map((of, at) => (
              <td class="number" key={at}>
                {points(of)}
              </td>
            ))}
            <td class="number">
              {number(language.value, marks.questions.filter(({ hints }) => hints > 0).length)}
            </td>
            {marks.questions.map((mark) => (
              <td class="number" key={mark.question}>
                {points(mark.points)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function ByQuestion({ all }: { all: ClassRollUp }): JSX.Element {
  const { class: w, debrief: d } = exercises.value;
  return (
    <Table label={w.byQuestion} heads={[w.question, w.mean, w.ended, w.hints, w.mistakes]} numeric={[1, 3]}>
      <tbody>
        {all.questions.map((of, at) => (
          <tr key={of.question}>
            <th scope="row" class="prose">
              {at + 1}. {say(of.said)}
            </th>
            <td class="number">{points(of.points)}</td>
            <td class="prose">
              {Object.entries(of.verdicts)
                .map(
                  ([verdict, count]) => `${d.verdict[verdict as Verdict]} ${number(language.value, count)}`,
                )
                .join(", ")}
            </td>
            <td class="number">{number(language.value, of.hinted)}</td>
            <td class="prose">
              {of.mistakes
                .map(({ name, count }) => `${visible(name)} × ${number(language.value, count)}`)
                .join(", ")}
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
