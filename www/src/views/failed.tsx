// When no report could be made: what the engine said, and the way back.

import type { JSX } from "preact";
import type { Refused } from "../engine/check";
import { language, words } from "../i18n";
import { number } from "../lib/format";
import { visible, visibleLines } from "../lib/visible";
import { showStart } from "../state/app";
import { engineTrouble } from "../state/engine";

export function Failed({ message, refused }: { message: string; refused: readonly Refused[] }): JSX.Element {
  const w = words.value;
  const trouble = engineTrouble.value;
  return (
    <main class="narrow">
      <section class="panel alarm" role="alert">
        <h1>{w.failed.title}</h1>
        {trouble && <p>{w.engine[trouble.kind]}</p>}
        <p>{w.failed.body}</p>
        <pre class="said">{visibleLines(message)}</pre>
        {refused.length > 0 && <p>{w.report.refused}</p>}
        <RefusedList refused={refused} />
        <button type="button" class="main" onClick={() => showStart(false)}>
          {w.failed.again}
        </button>
      </section>
    </main>
  );
}

// A list longer than this says nothing that its length does not.
const MAX_LISTED = 200;

/** Files that could not be opened or read, with what the browser or the engine said. */
export function RefusedList({ refused }: { refused: readonly Refused[] }): JSX.Element {
  const left = refused.length - MAX_LISTED;
  return (
    <ul class="refused">
      {refused.slice(0, MAX_LISTED).map(({ name, message }, at) => (
        <li key={at}>
          <code>{visible(name)}</code> – {visible(message)}
        </li>
      ))}
      {left > 0 && <li>+{number(language.value, left)}</li>}
    </ul>
  );
}
