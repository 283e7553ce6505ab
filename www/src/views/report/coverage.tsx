// What the logs cover: a calendar for each log source, the gaps, and the limits that were reached.

import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { language, say, words } from "../../i18n";
import { duration, moment, number } from "../../lib/format";
import { visible } from "../../lib/visible";
import type { CalendarDay, Coverage } from "../../wire/report";
import { Chunks } from "../chunks";

const DAY_MS = 86_400_000;

// A calendar over more days than this shows them thinner, never fewer.
const FIELD = 10;

interface SourceDays {
  readonly name: string;
  readonly days: readonly { readonly slot: number; readonly records: number; readonly day: CalendarDay }[];
}

interface Calendar {
  readonly sources: readonly SourceDays[];
  readonly first: string;
  readonly last: string;
  readonly span: number;
  readonly most: number;
}

export function calendarOf(days: readonly CalendarDay[]): Calendar | undefined {
  const names = days.map(({ day }) => day).sort();
  const [first, last] = [names[0], names.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const bySource = new Map<string, { slot: number; records: number; day: CalendarDay }[]>();
  let most = 1;
  for (const day of days) {
    const records = day.hours.reduce((sum, hour) => sum + hour, 0);
    most = Math.max(most, records);
    const list = bySource.get(day.log_source) ?? [];
    list.push({ slot: slotOf(first, day.day), records, day });
    bySource.set(day.log_source, list);
  }
  const sources = [...bySource].map(([name, days]) => ({ name, days }));
  return { sources, first, last, span: slotOf(first, last) + 1, most };
}

const slotOf = (first: string, day: string) => Math.round((Date.parse(day) - Date.parse(first)) / DAY_MS);

/** How strongly a field is filled, 1 to 4: by magnitude, since traffic differs by orders. */
const depth = (records: number, most: number) =>
  Math.max(1, Math.ceil((Math.log1p(records) / Math.log1p(most)) * 4));

export function CoverageSection({ coverage }: { coverage: Coverage }): JSX.Element {
  const w = words.value.coverage;
  const calendar = useMemo(() => calendarOf(coverage.calendar), [coverage]);
  return (
    <>
      <p class="intro">{w.intro}</p>
      {calendar ? <CalendarGrid calendar={calendar} /> : <p class="none">{w.noCalendar}</p>}
      <h3>{w.gaps}</h3>
      <Gaps coverage={coverage} />
      <h3>{w.bounds}</h3>
      {coverage.bounds.length === 0 ? (
        <p class="none">{w.noBounds}</p>
      ) : (
        <ul class="texts">
          {coverage.bounds.map((bound, at) => (
            <li key={at}>{say(bound)}</li>
          ))}
        </ul>
      )}
    </>
  );
}

export function CalendarGrid({ calendar }: { calendar: Calendar }): JSX.Element {
  const w = words.value.coverage;
  return (
    <div class="calendar">
      <p class="calendar-scale">
        <span>
          {calendar.first} – {calendar.last} UTC
        </span>
        <span class="depths" aria-hidden="true">
          <i class="field-empty" /> {w.empty} · {w.fewer}
          {[1, 2, 3, 4].map((step) => (
            <i key={step} class={`depth-${step}`} />
          ))}
          {w.more}
        </span>
      </p>
      <Chunks
        items={calendar.sources}
        rowHeight={62}
        size={20}
        row={(source) => <SourceRow key={source.name} source={source} calendar={calendar} />}
      />
    </div>
  );
}

function SourceRow({ source, calendar }: { source: SourceDays; calendar: Calendar }): JSX.Element {
  const w = words.value.coverage;
  const l = language.value;
  const [open, setOpen] = useState(false);
  return (
    <details class="calendar-row" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <bdi class="file-name">{visible(source.name)}</bdi>
        <span class="faint">{w.days(number(l, source.days.length), number(l, calendar.span))}</span>
        <Strip source={source} calendar={calendar} />
      </summary>
      {open && <Hours source={source} />}
    </details>
  );
}

function Strip({
  source,
  calendar: { span, most },
}: {
  source: SourceDays;
  calendar: Calendar;
}): JSX.Element {
  return (
    <svg class="strip" viewBox={`0 0 ${span * FIELD} 14`} preserveAspectRatio="none" aria-hidden="true">
      <rect class="field-empty" width={span * FIELD} height={14} />
      {source.days.map(({ slot, records, day }) => (
        <rect
          key={slot}
          class={`depth-${depth(records, most)}`}
          x={slot * FIELD}
          width={FIELD - 1}
          height={14}
        >
          <title>{`${day.day}: ${number(language.value, records)}`}</title>
        </rect>
      ))}
    </svg>
  );
}

function Hours({ source }: { source: SourceDays }): JSX.Element {
  const w = words.value.coverage;
  const l = language.value;
  const most = source.days.reduce((most, { day }) => Math.max(most, ...day.hours), 1);
  return (
    <div class="table" role="region" aria-label={`${w.hourly}: ${visible(source.name)}`} tabIndex={0}>
      <table class="hours">
        <caption>{w.hourly}</caption>
        <thead>
          <tr>
            <th scope="col">{w.day} (UTC)</th>
            {Array.from({ length: 24 }, (_, hour) => (
              <th scope="col" key={hour}>
                {String(hour).padStart(2, "0")}
              </th>
            ))}
          </tr>
        </thead>
        <Chunks
          as="tbody"
          columns={25}
          items={source.days}
          rowHeight={26}
          row={({ day }) => (
            <tr key={day.day}>
              <th scope="row">{day.day}</th>
              {day.hours.map((records, hour) => (
                <td key={hour} class={records === 0 ? "field-empty" : `depth-${depth(records, most)}`}>
                  {number(l, records)}
                </td>
              ))}
            </tr>
          )}
        />
      </table>
    </div>
  );
}

function Gaps({ coverage }: { coverage: Coverage }): JSX.Element {
  const w = words.value.coverage;
  const l = language.value;
  if (coverage.gaps.length === 0) return <p class="none">{w.noGaps}</p>;
  return (
    <div class="gaps">
      <Chunks
        as="ul"
        items={coverage.gaps}
        rowHeight={30}
        row={({ log_source, from, until, expected }) => (
          <li key={`${log_source} ${from}`}>
            <bdi class="file-name">{visible(log_source)}</bdi>{" "}
            {w.gap(
              moment(from),
              moment(until),
              duration(l, (Date.parse(until) - Date.parse(from)) / 1000),
              number(l, expected),
            )}
          </li>
        )}
      />
    </div>
  );
}
