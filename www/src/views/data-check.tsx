// The data check: what was recognised of each file, before anything is concluded from it. One key goes
// on; what is answered here is taken into account by checking again.

import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Checked } from "../engine/check";
import { language, say, words } from "../i18n";
import { bytes, number, period } from "../lib/format";
import { visible } from "../lib/visible";
import { leave, showAnswer, startAgain } from "../state/app";
import { openPoints, type OpenPoint } from "../state/data-check";
import { describe } from "../state/describe";
import { catalogue } from "../state/engine";
import { declared, settingsInForce, settingsWrong, typed } from "../state/settings";
import { settingsName } from "../state/streams";
import { judgeDeclared, wrongZone } from "../state/validate";
import type { SourceReport, StreamReport } from "../wire/report";
import { Chunks } from "./chunks";
import { DeclaredFields } from "./declared";
import { RefusedList } from "./failed";
import { CalendarGrid, calendarOf } from "./report/coverage";
import { Table } from "./report/table";
import { StreamDialog } from "./stream-dialog";
import { ZONES, ZoneList } from "./stream-fields";

/** The zone of this computer, as the browser names it. */
const OWN_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

export function DataCheck({ checked }: { checked: Checked }): JSX.Element {
  const w = words.value.dataCheck;
  const points = useMemo(() => openPoints(checked, settingsInForce.value), [checked]);
  const [zone, setZone] = useState("");
  const [error, setError] = useState("");
  const before = useRef(declared.value);
  const goOn = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    goOn.current?.focus();
    scrollTo(0, 0);
  }, [checked]);
  const isSame = zone.trim() === "" && declared.value === before.current;
  const next = async () => {
    const wrong = await wrongZone(zone);
    setError(wrong ?? "");
    await judgeDeclared();
    if (wrong !== undefined || settingsWrong.value) return;
    if (zone.trim() !== "") typed.value = { ...typed.value, zone: zone.trim() };
    if (isSame) showAnswer(checked);
    else startAgain(checked, false);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const isField = event.target instanceof HTMLInputElement;
    if (event.key === "Enter" && isField && !event.isComposing) void next();
  };
  const ofZone = points.filter(({ kind }) => kind === "zone");
  return (
    <main class="data-check" data-open={points.length} onKeyDown={onKeyDown}>
      <div class="data-check-head">
        <div>
          <h1>{w.title}</h1>
          <p class="intro">{w.intro}</p>
        </div>
        <div class="buttons">
          <button type="button" data-action="other" onClick={() => void leave()}>
            {words.value.report.other}
          </button>
          <button type="button" class="main" data-action="go-on" ref={goOn} onClick={() => void next()}>
            {isSame ? w.goOn : w.again} <kbd>Enter</kbd>
          </button>
        </div>
      </div>
      {ofZone.length > 0 && <ZoneQuestion points={ofZone} zone={zone} set={setZone} error={error} />}
      {checked.refused.length > 0 && (
        <section class="panel warning">
          <h2>{words.value.report.refusedTitle}</h2>
          <RefusedList refused={checked.refused} />
        </section>
      )}
      <section>
        <h2>
          {w.files} <span class="count">{number(language.value, checked.report.sources.length)}</span>
        </h2>
        <Recognised checked={checked} points={points} />
      </section>
      <Days checked={checked} />
      <details class="panel">
        <summary>
          {words.value.declared.title} <span class="faint">{words.value.settings.optional}</span>
        </summary>
        <p class="hint">{words.value.declared.intro}</p>
        <DeclaredFields />
      </details>
    </main>
  );
}

interface ZoneProps {
  readonly points: readonly OpenPoint[];
  readonly zone: string;
  readonly set: (zone: string) => void;
  readonly error: string;
}

/** In which zone the times are that state none. */
function ZoneQuestion({ points, zone, set, error }: ZoneProps): JSX.Element {
  const w = words.value.dataCheck;
  const choices = ["UTC", ...(OWN_ZONE === "UTC" ? [] : [OWN_ZONE])];
  const [isOther, setOther] = useState(false);
  const now = zone || "UTC";
  return (
    <fieldset class="panel zone-question">
      <legend>{w.zone(number(language.value, points.length))}</legend>
      <p class="hint">{w.zoneHint}</p>
      <div class="choices">
        {choices.map((choice) => (
          <label key={choice}>
            <input
              type="radio"
              name="zone"
              value={choice}
              checked={!isOther && now === choice}
              onChange={() => {
                setOther(false);
                set(choice === "UTC" ? "" : choice);
              }}
            />{" "}
            {choice === OWN_ZONE ? w.ownZone(choice) : choice}
          </label>
        ))}
        <label>
          <input type="radio" name="zone" value="other" checked={isOther} onChange={() => setOther(true)} />{" "}
          {w.otherZone}
        </label>
        {isOther && (
          <input
            type="text"
            list={ZONES}
            data-field="data-zone"
            aria-label={w.otherZone}
            aria-invalid={error !== ""}
            placeholder="Asia/Tokyo"
            spellcheck={false}
            autocomplete="off"
            value={zone}
            onInput={(event) => set(event.currentTarget.value)}
          />
        )}
      </div>
      <ZoneList />
      <p class="field-error" role="status">
        {error}
      </p>
    </fieldset>
  );
}

interface Entry {
  readonly source: SourceReport;
  readonly stream: StreamReport | undefined;
  readonly points: readonly OpenPoint[];
}

function entriesOf({ report }: Checked, points: readonly OpenPoint[]): Entry[] {
  const of = (source: SourceReport, stream: StreamReport | undefined) =>
    points.filter((point) => point.source === source && (point.stream ?? stream) === stream);
  return report.sources.flatMap((source): Entry[] =>
    source.streams.length === 0
      ? [{ source, stream: undefined, points: of(source, undefined) }]
      : source.streams.map((stream) => ({ source, stream, points: of(source, stream) })),
  );
}

function Recognised({ checked, points }: { checked: Checked; points: readonly OpenPoint[] }): JSX.Element {
  const w = words.value.dataCheck;
  const s = words.value.sources;
  const entries = useMemo(() => entriesOf(checked, points), [checked, points]);
  const [changing, setChanging] = useState<string | undefined>();
  const heads = [s.name, s.format, s.records, s.period, s.zone, w.todo];
  return (
    <>
      <Table label={w.files} heads={heads} numeric={[2]}>
        <Chunks
          as="tbody"
          columns={heads.length}
          items={entries}
          rowHeight={58}
          row={(entry, at) => (
            <Row
              key={at}
              entry={entry}
              checked={checked}
              change={() => setChanging(settingsName(entry.source.name, entry.stream?.path_inside))}
            />
          )}
        />
      </Table>
      {changing !== undefined && (
        <StreamDialog name={changing} checked={checked} onClose={() => setChanging(undefined)} />
      )}
    </>
  );
}

interface RowProps {
  readonly entry: Entry;
  readonly checked: Checked;
  readonly change: () => void;
}

function Row({ entry: { source, stream, points }, checked, change }: RowProps): JSX.Element {
  const s = words.value.sources;
  const l = language.value;
  const format = catalogue.value?.formats.find(({ id }) => id === stream?.format)?.name;
  return (
    <tr data-recognised={stream?.format ?? "none"}>
      <th scope="row">
        <bdi class="file-name">{visible(settingsName(source.name, stream?.path_inside))}</bdi>
        <div class="faint">
          {bytes(l, stream?.size ?? source.size)}
          {stream && stream.container !== "plain" && ` · ${stream.container}`}
          {stream && ` · ${stream.encoding}`}
        </div>
      </th>
      <td>{format ?? stream?.format ?? <span class="bad">{s.unknownFormat}</span>}</td>
      <td class="number">
        {number(l, stream?.records ?? 0)}
        {stream !== undefined && stream.unparsed > 0 && (
          <div class="bad">{s.unparsedRecords(number(l, stream.unparsed))}</div>
        )}
      </td>
      <td>{stream ? period(stream.first, stream.last) : "–"}</td>
      <td>{stream && visible(say(stream.zone))}</td>
      <td>
        {points.map((point) => (
          <Todo key={point.kind} point={point} checked={checked} change={change} />
        ))}
        {points.length === 0 && "–"}
      </td>
    </tr>
  );
}

/** What is open about a log, and what can be done about it at once. */
function Todo({
  point,
  checked,
  change,
}: {
  point: OpenPoint;
  checked: Checked;
  change: () => void;
}): JSX.Element {
  const w = words.value.dataCheck;
  const { kind, stream, source } = point;
  const action = {
    zone: { text: words.value.stream.change, act: change },
    format: { text: words.value.mapping.describe, act: () => stream && describe(checked, stream.id) },
    password: { text: words.value.password.give, act: () => startAgain(checked) },
    unreadable: undefined,
  }[kind];
  const [problem] = source.problems;
  return (
    <p data-point={kind}>
      {kind === "unreadable" && problem ? visible(say(problem.what)) : w.open[kind]}{" "}
      {action && (
        <button type="button" class="link" onClick={action.act}>
          {action.text}
        </button>
      )}
    </p>
  );
}

function Days({ checked }: { checked: Checked }): JSX.Element | null {
  const w = words.value.dataCheck;
  const calendar = useMemo(() => calendarOf(checked.report.coverage.calendar), [checked]);
  if (!calendar) return null;
  return (
    <section>
      <h2>{w.days}</h2>
      <CalendarGrid calendar={calendar} />
    </section>
  );
}
