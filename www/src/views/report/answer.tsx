// The first lines of a report: the answer to the first question, and what was looked at for it.

import type { JSX } from "preact";
import { language, say, words } from "../../i18n";
import { bytes, number, percent, period } from "../../lib/format";
import type { Report, State } from "../../wire/report";
import { StateShape } from "../icons";

/** How a question ended: shape and words; the colour only agrees with them. */
export function StateLabel({ state }: { state: State }): JSX.Element {
  return (
    <span class={`state state-${state}`}>
      <StateShape state={state} />
      {words.value.state[state]}
    </span>
  );
}

export function Answer({ report }: { report: Report }): JSX.Element {
  const [first] = report.questions;
  return (
    <>
      {first && (
        <>
          <p class="answer-question">{say(first.question)}</p>
          <h1 class={`answer-state state-${first.state}`}>
            <StateShape state={first.state} />
            {words.value.state[first.state]}
          </h1>
          <p class="answer-summary">{say(first.summary)}</p>
        </>
      )}
      <Facts report={report} />
    </>
  );
}

function Facts({ report }: { report: Report }): JSX.Element {
  const w = words.value.report.facts;
  const l = language.value;
  const { first, last, records, unparsed, repeated, outside_period } = report.coverage;
  const logs = report.sources.reduce((sum, { streams }) => sum + streams.length, 0);
  const size = report.sources.reduce((sum, source) => sum + source.size, 0);
  return (
    <dl class="facts">
      <div>
        <dt>{w.period}</dt>
        <dd>{period(first, last)}</dd>
      </div>
      <div>
        <dt>{w.sourcesLabel}</dt>
        <dd>{w.sources(number(l, report.sources.length), number(l, logs), bytes(l, size))}</dd>
      </div>
      <div>
        <dt>{w.records}</dt>
        <dd>
          {number(l, records)}
          {repeated > 0 && <small> {w.repeated(number(l, repeated))}</small>}
          {outside_period > 0 && <small> {w.outside(number(l, outside_period))}</small>}
        </dd>
      </div>
      <div>
        <dt>{w.parsed}</dt>
        <dd>{records > 0 ? percent(l, records - unparsed, records) : "–"}</dd>
      </div>
    </dl>
  );
}
