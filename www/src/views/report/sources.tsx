// The files and the ledger of their bytes, whose columns add up to the size.

import type { JSX } from "preact";
import { language, say, words } from "../../i18n";
import { bytes, number, period } from "../../lib/format";
import { visible } from "../../lib/visible";
import type { ByteLedger, Problem, Report, SourceReport, StreamReport } from "../../wire/report";
import { Chunks } from "../chunks";
import { Table } from "./table";

export function Sources({ report }: { report: Report }): JSX.Element {
  const w = words.value.sources;
  const heads = [w.name, w.format, w.records, w.parsed, w.blank, w.unparsed, w.unread, w.sum];
  return (
    <>
      <p class="intro">{w.intro}</p>
      <Table label={words.value.report.sources} heads={heads} numeric={[2, 3, 4, 5, 6, 7]}>
        <Chunks
          as="tbody"
          columns={heads.length}
          items={report.sources}
          rowHeight={80}
          size={25}
          row={(source, at) => <SourceRows key={at} source={source} columns={heads.length} />}
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
    </>
  );
}

function SourceRows({ source, columns }: { source: SourceReport; columns: number }): JSX.Element {
  const w = words.value.sources;
  return (
    <>
      <tr class="source-head">
        <th scope="rowgroup" colSpan={columns}>
          <div class="source-about">
            <bdi class="file-name">{visible(source.name)}</bdi>
            <span class="faint">
              {number(language.value, source.size)} B ({bytes(language.value, source.size)})
            </span>
            <code class="sha">{source.sha256 ? `${w.sha256} ${source.sha256}` : w.noSha}</code>
            {source.problems.map((problem, at) => (
              <ProblemLine key={at} problem={problem} />
            ))}
          </div>
        </th>
      </tr>
      {source.streams.map((stream) => (
        <StreamRow key={stream.id} stream={stream} />
      ))}
    </>
  );
}

function ProblemLine({ problem }: { problem: Problem }): JSX.Element {
  const w = words.value.sources;
  return (
    <p class="problem" data-problem={problem.kind}>
      <b>{visible(say(problem.what))}</b>
      {problem.offset != null && (
        <span class="faint"> {w.atByte(number(language.value, problem.offset))}</span>
      )}
      <br />
      {w.todo}: {say(problem.todo)}
    </p>
  );
}

function StreamRow({ stream }: { stream: StreamReport }): JSX.Element {
  const w = words.value.sources;
  const l = language.value;
  return (
    <tr>
      <td class="stream">
        {stream.path_inside && <bdi class="file-name">{visible(stream.path_inside)}</bdi>}
        <details>
          <summary>{period(stream.first, stream.last)}</summary>
          <dl class="stream-facts">
            <Fact name={w.why} value={visible(say(stream.why))} />
            <Fact name={w.zone} value={visible(say(stream.zone))} />
            <Fact name={w.encoding} value={stream.encoding} />
            <Fact name={w.lines} value={number(l, stream.lines)} />
          </dl>
        </details>
      </td>
      <td class="short">
        {stream.format ?? w.unknownFormat}
        {stream.container !== "plain" && <span class="faint"> {stream.container}</span>}
      </td>
      <td class="number">{number(l, stream.records)}</td>
      <Ledger ledger={stream.bytes} size={stream.size} />
    </tr>
  );
}

function Fact({ name, value }: { name: string; value: string }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** Four columns and their sum; a sum that is not the size is said aloud. */
function Ledger({ ledger, size }: { ledger: ByteLedger; size?: number }): JSX.Element {
  const l = language.value;
  const { parsed, blank, unparsed, unread } = ledger;
  const sum = parsed + blank + unparsed + unread;
  const cell = (value: number, bad: boolean) => (
    <td class={value === 0 ? "number zero" : bad ? "number bad" : "number"}>{number(l, value)}</td>
  );
  return (
    <>
      {cell(parsed, false)}
      {cell(blank, false)}
      {cell(unparsed, true)}
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
