// The verdict on each question, with what carries it and what would change it.

import type { JSX } from "preact";
import { language, say, words } from "../../i18n";
import { number } from "../../lib/format";
import { goTo, listFindings } from "../../state/report";
import type { Answer, Text } from "../../wire/report";
import { Chevron } from "../icons";
import { StateLabel } from "./answer";

export function Questions({ questions }: { questions: readonly Answer[] }): JSX.Element {
  return (
    <ul class="questions">
      {questions.map((answer) => (
        <li key={answer.id} id={`question-${answer.id}`} class="question" data-state={answer.state}>
          <Card answer={answer} />
        </li>
      ))}
    </ul>
  );
}

function Card({ answer }: { answer: Answer }): JSX.Element {
  const w = words.value.report;
  const { id, question, state, summary, because, would_change, findings } = answer;
  const more = because.length + would_change.length + findings.length > 0;
  return (
    <>
      <h3>
        <span class="id">{id}</span> {say(question)}
      </h3>
      <StateLabel state={state} />
      <p class="question-summary">{say(summary)}</p>
      {more && (
        <details>
          <summary>
            <Chevron />
            {w.because}
          </summary>
          <Texts texts={because} />
          {would_change.length > 0 && <h4>{w.wouldChange}</h4>}
          <Texts texts={would_change} />
          {findings.length > 0 && <h4>{w.seeFindings}</h4>}
          <FindingLinks ids={findings} />
        </details>
      )}
    </>
  );
}

function Texts({ texts }: { texts: readonly Text[] }): JSX.Element {
  return (
    <ul class="texts">
      {texts.map((text, at) => (
        <li key={at}>{say(text)}</li>
      ))}
    </ul>
  );
}

interface LinksProps {
  readonly ids: readonly string[];
  /** Links shown; the rest opens in the list of findings. */
  readonly most?: number;
  /** What narrows that list to them. */
  readonly about?: string;
}

/** Findings by their ids, each of which opens. */
export function FindingLinks({ ids, most = 24, about = "" }: LinksProps): JSX.Element {
  const left = ids.length - most;
  return (
    <span class="finding-links">
      {ids.slice(0, most).map((id) => (
        <button type="button" class="link id" key={id} onClick={() => goTo(id)}>
          {id}
        </button>
      ))}
      {left > 0 && (
        <button type="button" class="link" onClick={() => listFindings(about)}>
          +{number(language.value, left)}
        </button>
      )}
    </span>
  );
}
