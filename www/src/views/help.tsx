// The help: keys, what the states mean, how things are done, the questions, and every detection and
// format in its own words. All of it is in the page, and is searched there.

import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Card, FormatCard } from "../engine/protocol";
import { language, say, words } from "../i18n";
import { helpWords } from "../i18n/help";
import { number } from "../lib/format";
import { visible } from "../lib/visible";
import { catalogue } from "../state/engine";
import { Dialog } from "./dialog";

export const helpOpen = signal(false);

/** A heading with what stands under it, by parts that may have names. */
interface Entry {
  readonly id: string;
  readonly name: string;
  readonly parts: readonly (readonly [name: string | null, text: string])[];
}

interface Group {
  readonly name: string;
  readonly entries: readonly Entry[];
}

function groups(): Group[] {
  const { groups: w, states, tasks } = helpWords.value;
  const { state, reads } = words.value;
  const known = catalogue.value;
  const entry = (id: string, name: string, body: string): Entry => ({ id, name, parts: [[null, body]] });
  const named = Object.entries(states) as [keyof typeof states, string][];
  return [
    { name: w.tasks, entries: Object.entries(tasks).map(([id, { name, body }]) => entry(id, name, body)) },
    { name: w.states, entries: named.map(([id, body]) => entry(id, state[id], body)) },
    {
      name: w.questions,
      entries: (known?.questions ?? []).map((one) => entry(one.id, one.id, say(one.words))),
    },
    { name: reads.looks, entries: (known?.detections ?? []).map(ofDetection) },
    { name: reads.title, entries: (known?.formats ?? []).map(ofFormat) },
  ];
}

function ofDetection(card: Card): Entry {
  const { card: w } = helpWords.value;
  const { severity, finding } = words.value;
  const ofCard = severity[card.severity as keyof typeof severity] ?? card.severity;
  return {
    id: card.id,
    name: `${card.id} ${say(card.name)}`,
    parts: [
      [null, say(card.what)],
      [w.why, say(card.why)],
      [w.innocent, say(card.innocent)],
      [w.needs, say(card.needs)],
      [w.severity, ofCard],
      [finding.attack, card.attack.join(", ")],
    ],
  };
}

const ofFormat = (format: FormatCard): Entry => ({
  id: format.id,
  name: format.name,
  parts: [[null, say(format.what)]],
});

/** Whether all the words that are looked for stand in an entry. */
function holds({ name, parts }: Entry, needles: readonly string[]): boolean {
  const text = [name, ...parts.map(([, part]) => part)].join("\n").toLowerCase();
  return needles.every((needle) => text.includes(needle));
}

export function Help(): JSX.Element {
  const w = helpWords.value;
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [needle, setNeedle] = useState("");
  useLayoutEffect(() => field.current?.focus(), []);
  const needles = needle.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
  const all = groups().map(({ name, entries }) => ({
    name,
    entries: needles.length > 0 ? entries.filter((entry) => holds(entry, needles)) : entries,
  }));
  const found = all.filter(({ entries }) => entries.length > 0);
  const count = found.reduce((sum, { entries }) => sum + entries.length, 0);
  return (
    <Dialog title={w.title} isWide onClose={() => (helpOpen.value = false)}>
      <p class="help-search">
        <label for={id}>{w.search}</label>
        <input
          ref={field}
          id={id}
          type="search"
          data-field="help"
          value={needle}
          onInput={(event) => setNeedle(event.currentTarget.value)}
        />
      </p>
      <p class="faint" role="status">
        {needles.length > 0 &&
          (count > 0 ? w.found(number(language.value, count)) : w.nothing(needle.trim()))}
      </p>
      {needles.length === 0 && <Keys />}
      {found.map(({ name, entries }) => (
        <section key={name} class="help-group">
          <h3>
            {name} <span class="count">{number(language.value, entries.length)}</span>
          </h3>
          {entries.map((entry) => (
            // What is found alone is open already.
            <Described key={entry.id} entry={entry} isOpen={count === 1} />
          ))}
        </section>
      ))}
    </Dialog>
  );
}

function Described({ entry, isOpen }: { entry: Entry; isOpen: boolean }): JSX.Element {
  return (
    <details open={isOpen} data-help={entry.id}>
      <summary>{entry.name}</summary>
      {entry.parts.map(
        ([name, text], at) =>
          text && (
            <p key={at}>
              {name && <b>{name}: </b>}
              {visible(text)}
            </p>
          ),
      )}
    </details>
  );
}

function Keys(): JSX.Element {
  const w = words.value.keys;
  const rows: readonly (readonly [string, string])[] = [
    ["j", w.next],
    ["k", w.previous],
    ["Enter", w.open],
    ["o", w.files],
    ["Ctrl+K", w.palette],
    ["Ctrl+Z", w.undo],
    ["Ctrl+Y", w.redo],
    ["Esc", w.cancel],
    ["Tab", w.tab],
    ["?", w.help],
  ];
  return (
    <section class="help-group">
      <h3>{w.title}</h3>
      <dl class="keys">
        {rows.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
