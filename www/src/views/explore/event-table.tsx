// The table of what was found. However many rows there are, only those in sight are drawn; their
// texts come by the page. A row opens what is known of it, each value of which can be asked for.

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Checked } from "../../engine/check";
import type { ContextLine, ShownEvent } from "../../engine/protocol";
import { language, words } from "../../i18n";
import { moment, number } from "../../lib/format";
import { visible } from "../../lib/visible";
import { messageOf } from "../../state/engine";
import {
  columns,
  exploring,
  fetchPage,
  PAGE,
  pages,
  pivot,
  setColumns,
  sortBy,
  sortedBy,
  valuesAt,
} from "../../state/explore";
import { linesAround } from "../../state/report";
import { streamName } from "../../state/streams";
import { Dialog } from "../dialog";
import { Lines } from "../report/evidence";

const ROW = 27;
const IN_SIGHT = 20;
// Browsers end at some tens of millions of pixels; a taller table is scrolled in proportion.
const TALLEST = 6_000_000;

interface Props {
  readonly checked: Checked;
  readonly found: number;
}

export function EventTable({ checked, found }: Props): JSX.Element {
  const w = words.value.explore;
  const scroller = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [active, setActive] = useState(0);
  const [opened, setOpened] = useState<number | undefined>();
  const tall = Math.min(found * ROW, TALLEST);
  const seen = IN_SIGHT * ROW;
  const share = tall > seen ? Math.min(1, top / (tall - seen)) : 0;
  const first = Math.floor(share * Math.max(0, found - IN_SIGHT));
  const last = Math.min(found, first + IN_SIGHT + 1);
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
    setActive(0);
  }, [found]);
  useEffect(() => {
    for (let page = Math.floor(first / PAGE); page * PAGE < last; page++) void fetchPage(page);
  }, [first, last, pages.value, columns.value]);
  const show = (row: number) => {
    const next = Math.max(0, Math.min(found - 1, row));
    setActive(next);
    const element = scroller.current;
    if (!element || (next >= first && next < first + IN_SIGHT - 1)) return;
    const to = next < first ? next : next - IN_SIGHT + 2;
    element.scrollTo({ top: (to / Math.max(1, found - IN_SIGHT)) * (tall - seen) });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const to: Record<string, number> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + IN_SIGHT - 1,
      PageUp: active - IN_SIGHT + 1,
      Home: 0,
      End: found - 1,
    };
    if (event.target !== event.currentTarget) return;
    if (event.key === "Enter") setOpened(active);
    else if (to[event.key] !== undefined) show(to[event.key] as number);
    else return;
    event.preventDefault();
  };
  const names = columns.value;
  const rows = Array.from({ length: Math.max(0, last - first) }, (_, at) => first + at);
  return (
    <section class="events" aria-label={w.events}>
      <ColumnChoice />
      <div
        class="grid"
        role="grid"
        tabIndex={0}
        ref={scroller}
        aria-label={`${w.events}. ${w.gridKeys}`}
        aria-rowcount={found + 1}
        aria-colcount={names.length + 1}
        aria-activedescendant={found > 0 ? `event-${active}` : undefined}
        style={{ maxHeight: `${(IN_SIGHT + 1) * ROW + 8}px` }}
        onScroll={(event) => setTop(event.currentTarget.scrollTop)}
        onKeyDown={onKeyDown}
      >
        <div class="grid-head" role="row" aria-rowindex={1}>
          <Head name={undefined} label={`${w.time} (UTC)`} />
          {names.map((name) => (
            <Head key={name} name={name} label={name} />
          ))}
        </div>
        <div class="grid-body" role="presentation" style={{ height: `${tall}px` }}>
          <div
            role="presentation"
            style={{ transform: `translateY(${tall > seen ? share * (tall - seen) : 0}px)` }}
          >
            {rows.map((row) => (
              <Row
                key={row}
                at={row}
                event={pages.value.get(Math.floor(row / PAGE))?.[row % PAGE]}
                isActive={row === active}
                open={() => {
                  setActive(row);
                  setOpened(row);
                }}
              />
            ))}
          </div>
        </div>
      </div>
      {opened !== undefined && (
        <Opened
          at={opened}
          found={found}
          checked={checked}
          go={setOpened}
          onClose={() => setOpened(undefined)}
        />
      )}
    </section>
  );
}

function Head({ name, label }: { name: string | undefined; label: string }): JSX.Element {
  const { name: by, isDescending } = sortedBy.value;
  const sort = by !== name ? "none" : isDescending ? "descending" : "ascending";
  return (
    <div role="columnheader" aria-sort={sort} class={name === undefined ? "cell cell-time" : "cell"}>
      <button type="button" class="grid-sort" data-sort={name ?? "time"} onClick={() => sortBy(name)}>
        {label}
        <span aria-hidden="true">{sort === "none" ? "" : sort === "ascending" ? " ↑" : " ↓"}</span>
      </button>
    </div>
  );
}

interface RowProps {
  readonly at: number;
  readonly event: ShownEvent | undefined;
  readonly isActive: boolean;
  readonly open: () => void;
}

function Row({ at, event, isActive, open }: RowProps): JSX.Element {
  return (
    <div
      id={`event-${at}`}
      class="grid-row"
      role="row"
      aria-rowindex={at + 2}
      aria-selected={isActive}
      data-row={at}
      data-here={event !== undefined}
      onClick={open}
    >
      <div role="gridcell" class="cell cell-time">
        {event ? (event.time ? moment(event.time) : "–") : "…"}
      </div>
      {columns.value.map((name, column) => (
        <div role="gridcell" key={name} class="cell">
          <bdi dir="ltr">{visible(event?.values[column] ?? "")}</bdi>
        </div>
      ))}
    </div>
  );
}

function ColumnChoice(): JSX.Element | null {
  const w = words.value.explore;
  const now = exploring.value;
  if (now.kind !== "ready") return null;
  const present = now.names.filter(({ is_present }) => is_present);
  const turn = (name: string, isOn: boolean) =>
    setColumns(isOn ? [...columns.value, name] : columns.value.filter((other) => other !== name));
  return (
    <details class="column-choice">
      <summary>{w.columns}</summary>
      <div class="column-names">
        {present.map(({ name }) => (
          <label key={name}>
            <input
              type="checkbox"
              data-column={name}
              checked={columns.value.includes(name)}
              onChange={(event) => turn(name, event.currentTarget.checked)}
            />{" "}
            <code>{name}</code>
          </label>
        ))}
      </div>
    </details>
  );
}

interface OpenedProps {
  readonly at: number;
  readonly found: number;
  readonly checked: Checked;
  readonly go: (at: number) => void;
  readonly onClose: () => void;
}

/** All that is known of an event, and the lines around it in its file. */
function Opened({ at, found, checked, go, onClose }: OpenedProps): JSX.Element {
  const w = words.value.explore;
  const [values, setValues] = useState<readonly (readonly [string, string])[]>([]);
  const [lines, setLines] = useState<readonly ContextLine[]>([]);
  const [failed, setFailed] = useState("");
  const event = pages.value.get(Math.floor(at / PAGE))?.[at % PAGE];
  useEffect(() => void fetchPage(Math.floor(at / PAGE)), [at]);
  useEffect(() => {
    let isCurrent = true;
    void valuesAt(at).then((values) => isCurrent && setValues(values));
    if (event)
      linesAround(checked, event).then(
        (lines) => isCurrent && setLines(lines),
        (error: unknown) => isCurrent && setFailed(messageOf(error)),
      );
    return () => (isCurrent = false) as unknown as void;
  }, [at, event]);
  const only = (name: string, value: string, isWithout: boolean) => {
    onClose();
    pivot(name, value, isWithout);
  };
  return (
    <Dialog
      title={w.event(number(language.value, at + 1), number(language.value, found))}
      isWide
      onClose={onClose}
    >
      <div class="buttons">
        <button type="button" data-action="previous-event" disabled={at === 0} onClick={() => go(at - 1)}>
          {w.previous}
        </button>
        <button type="button" data-action="next-event" disabled={at >= found - 1} onClick={() => go(at + 1)}>
          {w.next}
        </button>
      </div>
      {event && (
        <p class="place">
          <bdi class="file-name">{visible(streamName(checked.report, event.stream))}</bdi>{" "}
          {words.value.finding.byte} {number(language.value, event.offset)}
          {event.time && <b> {moment(event.time)} UTC</b>}
        </p>
      )}
      {failed ? <p class="field-error">{failed}</p> : <Lines lines={lines} />}
      <div class="table">
        <table class="values">
          <thead>
            <tr>
              <th scope="col">{w.name}</th>
              <th scope="col">{w.value}</th>
              <th scope="col">{w.askFor}</th>
            </tr>
          </thead>
          <tbody>
            {values.map(([name, value]) => (
              <tr key={name} data-value={name}>
                <th scope="row">
                  <code>{name}</code>
                </th>
                <td>
                  <bdi class="log-text">{visible(value)}</bdi>
                </td>
                <td class="short">
                  <button
                    type="button"
                    class="link"
                    data-pivot="only"
                    onClick={() => only(name, value, false)}
                  >
                    {w.onlyShort}
                  </button>{" "}
                  <button
                    type="button"
                    class="link"
                    data-pivot="without"
                    onClick={() => only(name, value, true)}
                  >
                    {w.withoutShort}
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Dialog>
  );
}
