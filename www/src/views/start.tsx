// The first screen: what this is, where to drop, what it reads, the settings, and the proof.

import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Card, FormatCard } from "../engine/protocol";
import { language, say, words } from "../i18n";
import { handing } from "../i18n/handing";
import { number } from "../lib/format";
import { visibleLines } from "../lib/visible";
import { start } from "../state/app";
import { checker } from "../state/checker";
import { catalogue, engineTrouble } from "../state/engine";
import { readingRules } from "../state/rules";
import { settingsWrong } from "../state/settings";
import { FromVendor, Refused } from "./checker";
import { Dialog } from "./dialog";
import { chooseFiles, chooseFolder } from "./inputs";
import { Inspect } from "./inspect";
import { Proof } from "./proof";
import { SettingsPanel } from "./settings";
import { Sample } from "./training";

export function Start({ cancelled }: { cancelled: boolean }): JSX.Element {
  const w = words.value;
  const now = checker.value;
  if (now.kind === "refused") return <Refused why={now.why} />;
  return (
    <main class="start">
      <h1 class="lead">{w.lead}</h1>
      <EngineTrouble />
      <p class="note" role="status">
        {cancelled ? w.drop.replaced : ""}
      </p>
      <FromVendor />
      <DropZone />
      {now.kind === "none" && <Sample />}
      <div class="start-panels">
        <div>
          <Reads />
          <SettingsPanel />
        </div>
        <Proof />
      </div>
      <details class="start-inspect">
        <summary>{handing.value.inspect.title}</summary>
        <Inspect />
      </details>
    </main>
  );
}

function EngineTrouble(): JSX.Element | null {
  const trouble = engineTrouble.value;
  if (!trouble) return null;
  return (
    <div class="panel alarm" role="alert">
      <p>{words.value.engine[trouble.kind]}</p>
      <pre class="said">{trouble.detail}</pre>
    </div>
  );
}

function DropZone(): JSX.Element {
  const w = words.value.drop;
  const [pasting, setPasting] = useState(false);
  return (
    <section class="drop-zone" aria-label={w.label}>
      <p class="drop-here">{w.here}</p>
      <p class="drop-or">{w.or}</p>
      <div class="buttons">
        <button type="button" class="main" data-action="choose-files" onClick={chooseFiles}>
          {w.files}
        </button>
        <button type="button" data-action="choose-folder" onClick={chooseFolder}>
          {w.folder}
        </button>
        <button type="button" data-action="paste" onClick={() => setPasting(true)}>
          {w.paste}
        </button>
      </div>
      <ReadingRules />
      {settingsWrong.value && <p class="field-error">{words.value.settings.wrong}</p>}
      <p class="drop-local">{w.local}</p>
      {pasting && <Paste onClose={() => setPasting(false)} />}
    </section>
  );
}

function ReadingRules(): JSX.Element | null {
  const w = words.value.rules;
  if (!readingRules.value) return null;
  return (
    <p role="status" data-reading="rules">
      <progress aria-label={w.reading} /> {w.reading}
    </p>
  );
}

function Paste({ onClose }: { onClose: () => void }): JSX.Element {
  const w = words.value.drop;
  const [text, setText] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => field.current?.focus(), []);
  const submit = () => {
    onClose();
    const given = [{ name: w.pasteName, file: new File([text], w.pasteName) }];
    void start(given, [], { mayAsk: true }).catch(() => undefined);
  };
  return (
    <Dialog title={w.pasteTitle} onClose={onClose}>
      {/* No form: the sandbox lets none be submitted. */}
      <label class="field">
        <span>{w.pasteLabel}</span>
        <textarea
          class="paste"
          ref={field}
          rows={12}
          spellcheck={false}
          wrap="off"
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <button
        type="button"
        class="main"
        data-action="check-paste"
        disabled={text.trim() === ""}
        onClick={submit}
      >
        {w.pasteCheck}
      </button>
    </Dialog>
  );
}

/** Formats by their categories, in the order in which those are named. */
function byCategory(formats: readonly FormatCard[]): [string, FormatCard[]][] {
  const named = Object.keys(words.value.reads.category);
  const groups = new Map<string, FormatCard[]>(named.map((category) => [category, []]));
  for (const format of formats) {
    const group = groups.get(format.category) ?? [];
    group.push(format);
    groups.set(format.category, group);
  }
  return [...groups].filter(([, group]) => group.length > 0);
}

function Reads(): JSX.Element {
  const w = words.value.reads;
  const known = catalogue.value;
  return (
    <section class="reads">
      <h2>{w.title}</h2>
      {known === null && engineTrouble.value === null && <p class="faint">{w.preparing}</p>}
      {known &&
        byCategory(known.formats).map(([category, formats]) => (
          <Category key={category} name={w.category[category] ?? category} formats={formats} />
        ))}
      <p class="faint">{w.containers}</p>
      {known && <Looks cards={known.detections} />}
    </section>
  );
}

function Category({ name, formats }: { name: string; formats: readonly FormatCard[] }): JSX.Element {
  return (
    <details class="category">
      <summary>
        {name} <span class="count">{number(language.value, formats.length)}</span>
      </summary>
      <ul class="formats">
        {formats.map((format) => (
          <li key={format.id}>
            <details>
              <summary>{format.name}</summary>
              <p>{say(format.what)}</p>
              {format.example && (
                <pre class="example" tabIndex={0} role="group" aria-label={format.name}>
                  {visibleLines(format.example)}
                </pre>
              )}
            </details>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Looks({ cards }: { cards: readonly Card[] }): JSX.Element {
  const w = words.value.reads;
  return (
    <details class="looks">
      <summary>
        {w.looks} <span class="count">{number(language.value, cards.length)}</span>
      </summary>
      <dl>
        {cards.map((card) => (
          <div key={card.id}>
            <dt>
              <span class="id">{card.id}</span> {say(card.name)}
            </dt>
            <dd>{say(card.what)}</dd>
            <dd class="faint">
              {w.needs}: {say(card.needs)}
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
