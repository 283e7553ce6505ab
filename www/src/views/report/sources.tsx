// The files and the ledger of their bytes, whose columns add up to the size. The logs inside an
// archive stand under it, folded where there are many, so that a list of thousands can be read.

import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { Checked } from "../../engine/check";
import { language, say, words } from "../../i18n";
import { bytes, number, period } from "../../lib/format";
import { visible } from "../../lib/visible";
import { startAgain } from "../../state/app";
import { describe } from "../../state/describe";
import { hasLogs } from "../../state/cases";
import { catalogue } from "../../state/engine";
import { settingsName } from "../../state/streams";
import type { ByteLedger, Problem, Report, SourceReport, StreamReport } from "../../wire/report";
import { Chunks } from "../chunks";
import { Chevron } from "../icons";
import { StreamDialog } from "../stream-dialog";
import { Table } from "./table";

// A file with more logs inside than this is folded at first.
const UNFOLDED = 3;
// More problems of one kind than this are told once, with their places.
const TOLD = 3;

/** A row of the table: a file, or a log inside it. */
type Entry =
  | { readonly source: SourceReport; readonly at: number; readonly stream?: undefined }
  | { readonly source: SourceReport; readonly at: number; readonly stream: StreamReport };

/** Files, by their places, that are folded or unfolded against what their size suggests. */
type Turned = ReadonlySet<number>;

const isOpen = ({ streams }: SourceReport, at: number, turned: Turned) =>
  streams.length <= UNFOLDED !== turned.has(at);

function entriesOf(sources: readonly SourceReport[], turned: Turned): Entry[] {
  return sources.flatMap((source, at): Entry[] => [
    { source, at },
    ...(isOpen(source, at, turned) ? source.streams.map((stream) => ({ source, at, stream })) : []),
  ]);
}

export function Sources({ checked }: { checked: Checked }): JSX.Element {
  const { report } = checked;
  const w = words.value.sources;
  const [turned, setTurned] = useState<Turned>(new Set());
  const [changing, setChanging] = useState<string | undefined>();
  const entries = useMemo(() => entriesOf(report.sources, turned), [report, turned]);
  const turn = (at: number) => {
    const now = new Set(turned);
    if (!now.delete(at)) now.add(at);
    setTurned(now);
  };
  const heads = [w.name, w.format, w.records, w.parsed, w.blank, w.unparsed, w.repeated, w.unread, w.sum];
  return (
    <div class="ledger">
      <p class="intro">{w.intro}</p>
      <Table label={words.value.report.sources} heads={heads} numeric={[2, 3, 4, 5, 6, 7, 8]}>
        <Chunks
          as="tbody"
          columns={heads.length}
          items={entries}
          rowHeight={60}
          size={25}
          row={({ source, at, stream }) =>
            stream ? (
              <StreamRow
                key={stream.id}
                stream={stream}
                checked={checked}
                change={() => setChanging(settingsName(source.name, stream.path_inside))}
              />
            ) : (
              <SourceRow
                key={`source ${at}`}
                source={source}
                columns={heads.length}
                checked={checked}
                fold={{ isOpen: isOpen(source, at, turned), turn: () => turn(at) }}
              />
            )
          }
        />
        <tfoot>
          <tr>
            <th scope="row" colSpan={2}>
              {w.total}
            </th>
            <td class="number">{number(language.value, report.coverage.records)}</td>
            <Ledger ledger={report.coverage.bytes} />
          </tr>
        </tfoot>
      </Table>
      {changing !== undefined && (
        <StreamDialog name={changing} checked={checked} onClose={() => setChanging(undefined)} />
      )}
    </div>
  );
}

interface SourceRowProps {
  readonly source: SourceReport;
  readonly columns: number;
  readonly checked: Checked;
  readonly fold: { readonly isOpen: boolean; readonly turn: () => void };
}

function SourceRow({ source, columns, checked, fold }: SourceRowProps): JSX.Element {
  const w = words.value.sources;
  return (
    <tr class="source-head">
      <th scope="colgroup" colSpan={columns}>
        <div class="source-about">
          <bdi class="file-name">{visible(source.name)}</bdi>
          <span class="faint">
            {number(language.value, source.size)} B ({bytes(language.value, source.size)})
          </span>
          {source.streams.length > 1 && <Inside source={source} fold={fold} />}
          <code class="sha">{source.sha256 ? `${w.sha256} ${source.sha256}` : w.noSha}</code>
          <Problems source={source} checked={checked} />
        </div>
      </th>
    </tr>
  );
}

/** What a file holds, in counts, and the way to see it. */
function Inside({ source, fold }: Pick<SourceRowProps, "source" | "fold">): JSX.Element {
  const w = words.value.sources;
  const l = language.value;
  const sum = (of: (stream: StreamReport) => number) =>
    source.streams.reduce((sum, stream) => sum + of(stream), 0);
  const unparsed = sum(({ unparsed }) => unparsed);
  return (
    <p class="inside">
      <button type="button" class="link" data-action="fold" aria-expanded={fold.isOpen} onClick={fold.turn}>
        <Chevron /> {fold.isOpen ? w.hideLogs : w.showLogs}
      </button>{" "}
      {w.logs(number(l, source.streams.length))},{" "}
      {w.recordsOf(
        number(
          l,
          sum(({ records }) => records),
        ),
      )}
      {unparsed > 0 && <span class="bad">, {w.unparsedRecords(number(l, unparsed))}</span>}
    </p>
  );
}

interface About {
  readonly source: SourceReport;
  readonly checked: Checked;
}

interface ProblemProps {
  readonly problem: Problem;
  readonly checked: Checked;
  /** The log that it concerns, where it is one of those read. */
  readonly stream: StreamReport | undefined;
}

/** Problems by their kinds: the first few of each in full, many of one kind with their places. */
function Problems({ source, checked }: About): JSX.Element {
  const about = useMemo(() => aboutProblems({ source, checked }), [source, checked]);
  return (
    <>
      {about.map((problems) =>
        problems.length > TOLD ? (
          <Many key={problems[0]?.problem.kind} problems={problems} />
        ) : (
          problems.map((about, at) => (
            <div key={`${about.problem.kind} ${at}`} class="problem" data-problem={about.problem.kind}>
              <ProblemText about={about} place={<Place {...about} beside={say(about.problem.what)} />} />
            </div>
          ))
        ),
      )}
    </>
  );
}

function aboutProblems({ source, checked }: About): ProblemProps[][] {
  const streams = new Map(source.streams.map((stream) => [stream.path_inside, stream]));
  const kinds = new Map<string, ProblemProps[]>();
  for (const problem of source.problems) {
    const alike = kinds.get(problem.kind) ?? [];
    alike.push({ problem, checked, stream: streams.get(problem.path_inside) });
    kinds.set(problem.kind, alike);
  }
  return [...kinds.values()];
}

function Many({ problems }: { problems: readonly ProblemProps[] }): JSX.Element {
  const [open, setOpen] = useState(false);
  const first = problems[0] as ProblemProps;
  const w = words.value.sources;
  return (
    <div class="problem" data-problem={first.problem.kind}>
      <ProblemText about={first} />
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{w.morePlaces(number(language.value, problems.length))}</summary>
        {open && (
          <div class="places" role="region" aria-label={w.places} tabIndex={0}>
            <Chunks
              as="ul"
              items={problems}
              rowHeight={24}
              row={(about, at) => (
                <li key={at}>
                  <Place {...about} />
                </li>
              )}
            />
          </div>
        )}
      </details>
    </div>
  );
}

function ProblemText({ about, place }: { about: ProblemProps; place?: JSX.Element }): JSX.Element {
  const { problem, checked } = about;
  const isLocked = /^password_/.test(problem.kind);
  return (
    <p>
      <b>{visible(say(problem.what))}</b> {place}
      <br />
      {words.value.sources.todo}: {say(problem.todo)}
      {isLocked && hasLogs(checked) && (
        <>
          <br />
          <button type="button" class="link" data-action="give-password" onClick={() => startAgain(checked)}>
            {words.value.password.give}
          </button>
        </>
      )}
    </p>
  );
}

/** Where a problem is, as far as the sentence beside it does not say so, and what can be done there. */
function Place({ problem, stream, checked, beside = "" }: ProblemProps & { beside?: string }): JSX.Element {
  const w = words.value.sources;
  const { offset } = problem;
  return (
    <span class="faint">
      {problem.path_inside != null && <bdi class="file-name">{visible(problem.path_inside)}</bdi>}{" "}
      {offset != null && !beside.includes(String(offset)) && w.atByte(number(language.value, offset))}{" "}
      {problem.kind === "no_format" && stream && <DescribeButton checked={checked} stream={stream} />}
    </span>
  );
}

function DescribeButton({ checked, stream }: { checked: Checked; stream: StreamReport }): JSX.Element | null {
  if (!hasLogs(checked)) return null;
  return (
    <button type="button" class="link" data-action="describe" onClick={() => describe(checked, stream.id)}>
      {words.value.mapping.describe}
    </button>
  );
}

/** Whether a description could make more of a stream: it has none of its own, or one that fits anything. */
function canBeDescribed({ format, unparsed }: StreamReport): boolean {
  const known = catalogue.value?.formats.find(({ id }) => id === format);
  return format === null || known?.is_generic === true || unparsed > 0;
}

function StreamRow({
  stream,
  checked,
  change,
}: {
  stream: StreamReport;
  checked: Checked;
  change: () => void;
}): JSX.Element {
  const w = words.value.sources;
  const l = language.value;
  return (
    <tr data-stream={stream.id}>
      <td class="stream">
        {stream.path_inside && <bdi class="file-name">{visible(stream.path_inside)}</bdi>}
        <details>
          <summary>{period(stream.first, stream.last)}</summary>
          <dl class="stream-facts">
            <Fact name={w.why} value={visible(say(stream.why))} />
            <Fact name={w.zone} value={visible(say(stream.zone))} />
            <Fact name={w.encoding} value={stream.encoding} />
            {stream.container !== "plain" && <Fact name={w.container} value={stream.container} />}
            <Fact name={w.lines} value={number(l, stream.lines)} />
          </dl>
          {hasLogs(checked) && (
            <button type="button" class="link" data-action="change-stream" onClick={change}>
              {words.value.stream.change}
            </button>
          )}{" "}
          {canBeDescribed(stream) && <DescribeButton checked={checked} stream={stream} />}
        </details>
      </td>
      <td class="short">
        {stream.format ?? w.unknownFormat}
        {stream.container !== "plain" && <span class="faint"> {stream.container}</span>}
        {stream.encoding !== "utf-8" && <span class="faint"> {stream.encoding}</span>}
        {stream.repeats.map(({ of, records }) => (
          <div class="faint repeats" key={of}>
            {of === stream.id
              ? w.repeatedHere(number(l, records))
              : w.repeatedRecords(number(l, records), visible(streamName(checked.report, of)))}
          </div>
        ))}
      </td>
      <td class="number">
        {number(l, stream.records)}
        {stream.unparsed > 0 && <div class="bad">{w.unparsedRecords(number(l, stream.unparsed))}</div>}
      </td>
      <Ledger ledger={stream.bytes} size={stream.size} />
    </tr>
  );
}

/** A log's file, and its path inside. */
function streamName({ sources }: Report, id: number): string {
  const source = sources.find(({ streams }) => streams.some((stream) => stream.id === id));
  const inside = source?.streams.find((stream) => stream.id === id)?.path_inside ?? null;
  return source ? settingsName(source.name, inside) : "–";
}

function Fact({ name, value }: { name: string; value: string }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** Five columns and their sum; a sum that is not the size is said aloud. */
function Ledger({ ledger, size }: { ledger: ByteLedger; size?: number }): JSX.Element {
  const l = language.value;
  const { parsed, blank, unparsed, repeated, unread } = ledger;
  const sum = parsed + blank + unparsed + repeated + unread;
  const cell = (value: number, bad: boolean) => (
    <td class={value === 0 ? "number zero" : bad ? "number bad" : "number"}>{number(l, value)}</td>
  );
  return (
    <>
      {cell(parsed, false)}
      {cell(blank, false)}
      {cell(unparsed, true)}
      {cell(repeated, false)}
      {cell(unread, true)}
      <td class="number">
        {number(l, sum)}
        {size !== undefined && size !== sum && (
          <strong class="bad">
            {" "}
            ≠ {number(l, size)} {words.value.sources.differs}
          </strong>
        )}
      </td>
    </>
  );
}
