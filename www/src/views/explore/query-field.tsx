// Where a query is typed: what is wrong with it stands below at once, names and values are offered.

import type { JSX } from "preact";
import { useEffect, useId, useMemo, useRef, useState } from "preact/hooks";
import { say, words } from "../../i18n";
import { answer, ask, asked, exploring, quoted, unsought, wrong } from "../../state/explore";

const PAUSE_MS = 120;
const OFFERED = 8;

/** A text that can stand in place of the piece before the cursor. */
interface Offer {
  readonly text: string;
  readonly about: string;
}

/** The piece of the query that ends at the cursor. */
const pieceBefore = (text: string, cursor: number): string => /\S*$/.exec(text.slice(0, cursor))?.[0] ?? "";

function offersFor(piece: string): Offer[] {
  const now = exploring.value;
  const bare = piece.replace(/^[-(]+/, "");
  if (now.kind !== "ready" || bare === "") return [];
  const [, name, sign, start = ""] = /^([\w.]+)(:|=)(.*)$/.exec(bare) ?? [];
  const known = now.names.find((one) => one.name === name || one.short === name);
  if (name !== undefined && sign !== undefined) {
    const facet = answer.value?.facets.find((one) => one.name === known?.name);
    const wanted = start.replace(/^"/, "").toLowerCase();
    return (facet?.values ?? [])
      .filter(([value]) => value.toLowerCase().startsWith(wanted) && value !== start)
      .map(([value, events]) => ({ text: `${name}${sign}${quoted(value)} `, about: String(events) }));
  }
  const wanted = bare.toLowerCase();
  return now.names
    .filter(
      ({ is_present, name, short }) => is_present && (name.includes(wanted) || short?.startsWith(wanted)),
    )
    .map(({ name, short }) => ({ text: `${short ?? name}:`, about: short ? name : "" }));
}

export function QueryField(): JSX.Element {
  const w = words.value.explore;
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [piece, setPiece] = useState("");
  const [at, setAt] = useState(-1);
  const offers = useMemo(() => offersFor(piece).slice(0, OFFERED), [piece, answer.value]);
  const isOpen = offers.length > 0;
  const pause = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => {
    field.current?.focus();
    return () => clearTimeout(pause.current);
  }, []);
  const typed = (text: string, cursor: number) => {
    asked.value = text;
    setPiece(pieceBefore(text, cursor));
    setAt(-1);
    clearTimeout(pause.current);
    pause.current = setTimeout(() => void ask(false), PAUSE_MS);
  };
  const take = ({ text }: Offer) => {
    const input = field.current;
    if (!input) return;
    const cursor = input.selectionStart ?? input.value.length;
    const lead = /^[-(]*/.exec(piece)?.[0] ?? "";
    const before = input.value.slice(0, cursor - piece.length) + lead + text;
    input.value = before + input.value.slice(cursor);
    input.setSelectionRange(before.length, before.length);
    input.focus();
    typed(input.value, before.length);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    const chosen = offers[at];
    if (event.key === "ArrowDown" && isOpen) setAt((at + 1) % offers.length);
    else if (event.key === "ArrowUp" && isOpen) setAt((at <= 0 ? offers.length : at) - 1);
    else if (event.key === "Escape" && isOpen) setPiece("");
    else if (event.key === "Enter") {
      if (chosen) take(chosen);
      else {
        setPiece("");
        clearTimeout(pause.current);
        void ask(true);
      }
    } else return;
    event.preventDefault();
  };
  const error = wrong.value;
  return (
    <div class="query">
      <label for={id}>{w.query}</label>
      <input
        id={id}
        ref={field}
        type="text"
        // Preact asks for a list where there is the role: the suggestions below are the list.
        list={undefined}
        role="combobox"
        data-field="query"
        value={asked.value}
        placeholder="status>=500 ip:203.0.113.0/24 -agent~bot"
        spellcheck={false}
        autocomplete="off"
        aria-expanded={isOpen}
        aria-controls={`${id}-offers`}
        aria-autocomplete="list"
        aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined}
        aria-invalid={error !== null}
        aria-describedby={`${id}-hint ${id}-error`}
        onInput={(event) => typed(event.currentTarget.value, event.currentTarget.selectionStart ?? 0)}
        onKeyDown={onKeyDown}
        onBlur={() => setPiece("")}
      />
      <ul id={`${id}-offers`} role="listbox" aria-label={w.offers} hidden={!isOpen}>
        {offers.map((offer, place) => (
          <li
            key={offer.text}
            id={`${id}-${place}`}
            role="option"
            aria-selected={place === at}
            // Before the field loses the focus.
            onPointerDown={(event) => {
              event.preventDefault();
              take(offer);
            }}
          >
            <code>{offer.text}</code> <span class="faint">{offer.about}</span>
          </li>
        ))}
      </ul>
      <p class="hint" id={`${id}-hint`}>
        {w.hint}
      </p>
      <p class="field-error" id={`${id}-error`} role="status" data-query-wrong={error !== null}>
        {error && w.wrong(error.at + 1, say(error.what))}
      </p>
      {unsought.value.length > 0 && error === null && (
        <p class="note-line" role="status" data-unsought>
          {w.unsought(unsought.value.map((word) => `“${word}”`).join(", "))}{" "}
          <button type="button" data-action="seek" onClick={() => void ask(true)}>
            {w.seek}
          </button>
        </p>
      )}
    </div>
  );
}
