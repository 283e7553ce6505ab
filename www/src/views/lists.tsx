// Indicator lists: what is swept for, what is not and why, and private lists made of them.

import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import type { IndicatorKind, ListId, ListProblem, ListsAbout } from "../engine/protocol";
import { language, say, words } from "../i18n";
import { number } from "../lib/format";
import { visible } from "../lib/visible";
import { addLists, cancelPrivate, clearLists, makePrivate, making, ownLists } from "../state/lists";
import { Chunks } from "./chunks";

const sum = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

/** What lists hold, and their parts that are not swept for. */
export function ListsView({ about }: { about: ListsAbout }): JSX.Element {
  const w = words.value.lists;
  const { ids, problems } = about;
  const left = ids.reduce((all, { not_swept }) => all + sum(not_swept), 0);
  return (
    <>
      <ul class="indicator-lists">
        {ids.map((id, at) => (
          <ListRow key={at} id={id} />
        ))}
      </ul>
      {left > 0 && (
        <details class="rule-problems" open={left <= FEW}>
          <summary>
            {w.problems} <span class="count">{number(language.value, left)}</span>
          </summary>
          <Chunks as="ul" items={problems} rowHeight={64} row={problemRow} />
          {problems.length < left && (
            <p class="hint">{w.moreProblems(number(language.value, left - problems.length))}</p>
          )}
        </details>
      )}
    </>
  );
}

// More of them are folded.
const FEW = 20;

function ListRow({ id }: { id: ListId }): JSX.Element {
  const { lists: w } = words.value;
  const kinds = Object.entries(id.swept) as [IndicatorKind, number][];
  const told = kinds.map(([kind, count]) => w.kinds[kind](number(language.value, count)));
  return (
    <li data-list={id.format} data-swept={sum(id.swept)}>
      <bdi class="file-name">{visible(id.name)}</bdi>{" "}
      <span class="faint">{w.formats[id.format] ?? id.format}</span>
      <br />
      {told.length > 0 ? w.swept(told) : w.nothing}
    </li>
  );
}

function problemRow({ list, line, text, what, hint }: ListProblem, at: number): JSX.Element {
  return (
    <li key={at} data-problem="indicator">
      <bdi class="file-name">
        {visible(list)}:{line}
      </bdi>{" "}
      <bdi class="faint">{visible(text)}</bdi>
      <p>
        {say(what)} {say(hint)}
      </p>
    </li>
  );
}

/** The lists that the next check sweeps for. */
export function OwnListsField(): JSX.Element {
  const { lists: w, settings } = words.value;
  const input = useRef<HTMLInputElement>(null);
  const own = ownLists.value;
  const take = (field: HTMLInputElement) => {
    const files = [...(field.files ?? [])].map((file) => ({ name: file.name, file }));
    field.value = "";
    if (files.length > 0) void addLists(files);
  };
  return (
    <div class="field" role="group" aria-label={w.title}>
      <b>{w.title}</b>
      {own && (
        <>
          <ListsView about={own.read} />
          <button type="button" class="link" data-action="clear-lists" onClick={clearLists}>
            {settings.removeShort}
          </button>
        </>
      )}
      <button type="button" onClick={() => input.current?.click()}>
        {w.choose}
      </button>
      <input
        type="file"
        multiple
        hidden
        data-choose="lists"
        ref={input}
        onChange={(event) => take(event.currentTarget)}
      />
      <p class="hint">{w.hint}</p>
      {own && <PrivateList total={own.read.ids.reduce((all, id) => all + hashable(id), 0)} />}
    </div>
  );
}

/** How many of a list's indicators can be part of a private list: a digest of a range meets nothing. */
const hashable = ({ format, swept }: ListId) =>
  format === "private" ? 0 : sum(swept) - (swept.network ?? 0);

function PrivateList({ total }: { total: number }): JSX.Element | null {
  const { lists: w } = words.value;
  const now = making.value;
  if (total === 0) return null;
  return (
    <details class="private-list" open={now.kind !== "idle"}>
      <summary>{w.private.title}</summary>
      <p class="hint">{w.private.what}</p>
      <p class="hint">{w.private.limits}</p>
      {now.kind === "working" ? (
        <p>
          <progress max={total} value={now.done} aria-label={w.private.title} />{" "}
          {w.private.done(number(language.value, now.done), number(language.value, total))}{" "}
          <button type="button" class="link" data-action="cancel-private" onClick={cancelPrivate}>
            {words.value.checking.cancel}
          </button>
        </p>
      ) : (
        <button type="button" data-action="make-private" onClick={() => void makePrivate()}>
          {w.private.make}
        </button>
      )}
      <p role="status">
        {now.kind === "made" && w.private.made}
        {now.kind === "failed" && <span class="bad">{visible(now.message)}</span>}
      </p>
    </details>
  );
}
