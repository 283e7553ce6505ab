// Giving a result back: how much of the report it tells, whose it is, the exact text, and saving it.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Checked } from "../../engine/check";
import type { OpenedChecker, ResultLevel } from "../../engine/protocol";
import { language } from "../../i18n";
import { results } from "../../i18n/results";
import { number } from "../../lib/format";
import { visible, visibleLines } from "../../lib/visible";
import { messageOf } from "../../state/engine";
import { LEVELS, recipientOf, resultText, saveResult } from "../../state/giveback";
import type { Report } from "../../wire/report";

// A whole report may have many megabytes, which no reader wants and no window bears at once.
const SHOWN = 100_000;
// Names are typed letter by letter.
const PAUSE_MS = 200;

export function GiveBack({ checked }: { checked: Checked }): JSX.Element {
  const w = results.value.give;
  const { report } = checked;
  const to = recipientOf(report);
  const [level, setLevel] = useState<ResultLevel>("verdict");
  const [client, setClient] = useState("");
  return (
    <div class="panel giveback" data-panel="giveback">
      <p>{to ? w.to(visible(to.about.vendor)) : w.intro}</p>
      <fieldset>
        <legend>{w.level}</legend>
        {LEVELS.map((one) => (
          <label key={one} class="level">
            <input
              type="radio"
              name="result-level"
              value={one}
              checked={one === level}
              onChange={() => setLevel(one)}
            />
            <span>
              <strong>{w.levels[one]}</strong> {w.tells[one]}
            </span>
          </label>
        ))}
      </fieldset>
      {level === "pseudonyms" && <p class="hint">{to ? w.keyed : w.unkeyed}</p>}
      <label class="field">
        <span>{w.client}</span>
        <input
          type="text"
          id="result-client"
          maxLength={200}
          value={client}
          onInput={(event) => setClient(event.currentTarget.value)}
        />
      </label>
      <Made report={report} level={level} client={client} to={to} />
    </div>
  );
}

interface Asked {
  readonly report: Report;
  readonly level: ResultLevel;
  readonly client: string;
  readonly to: OpenedChecker | undefined;
}

/** The text that is made, or why there is none. */
type Text = { readonly text: string } | { readonly failed: string } | undefined;

function useText({ report, level, client, to }: Asked): Text {
  const [made, setMade] = useState<Text>();
  useEffect(() => {
    let isOld = false;
    // What was made for something else is neither shown nor saved.
    setMade(undefined);
    const set = (next: Text) => isOld || setMade(next);
    const make = () =>
      resultText(level, client, to).then(
        (text) => set({ text }),
        (error: unknown) => set({ failed: messageOf(error) }),
      );
    const pause = setTimeout(() => void make(), PAUSE_MS);
    return () => {
      isOld = true;
      clearTimeout(pause);
    };
  }, [report, level, client, to]);
  return made;
}

function Made(asked: Asked): JSX.Element {
  const w = results.value.give;
  const { report, to } = asked;
  const made = useText(asked);
  const [isSealed, setSealed] = useState(true);
  const [failed, setFailed] = useState("");
  const text = made && "text" in made ? made.text : undefined;
  const save = async () => {
    setFailed("");
    if (text === undefined) return;
    await saveResult(report, text, isSealed ? to : undefined).catch((error: unknown) =>
      setFailed(messageOf(error)),
    );
  };
  return (
    <>
      <h3>{w.text}</h3>
      {text === undefined ? <p role="status">{w.making}</p> : <Exactly key={asked.level} text={text} />}
      {to && (
        <label class="level">
          <input
            type="checkbox"
            id="result-sealed"
            checked={isSealed}
            onChange={(event) => setSealed(event.currentTarget.checked)}
          />
          <span>{w.seal(visible(to.about.vendor))}</span>
        </label>
      )}
      {to && <p class="hint">{w.compare(visible(to.fingerprint))}</p>}
      <p>
        <button
          type="button"
          class="main"
          data-action="save-result"
          disabled={text === undefined}
          onClick={() => void save()}
        >
          {to && isSealed ? w.saveSealed : w.save}
        </button>{" "}
        <span class="field-error" role="status">
          {failed || (made && "failed" in made ? made.failed : "")}
        </span>
      </p>
      <p class="hint">{w.nothingElse}</p>
    </>
  );
}

/** The text to the byte, but for signs in place of characters that cannot be seen. */
function Exactly({ text }: { text: string }): JSX.Element {
  const w = results.value.give;
  const [isWhole, setWhole] = useState(false);
  const more = isWhole ? 0 : Math.max(0, text.length - SHOWN);
  return (
    <>
      <pre class="exactly" role="region" aria-label={w.text} tabIndex={0} data-result>
        {visibleLines(more > 0 ? text.slice(0, SHOWN) : text)}
      </pre>
      {more > 0 && (
        <p>
          {w.more(number(language.value, more))}{" "}
          <button type="button" data-action="whole-result" onClick={() => setWhole(true)}>
            {w.whole}
          </button>
        </p>
      )}
    </>
  );
}
