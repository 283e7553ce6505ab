// Runs of bytes that no reader understood, each with its place and the reason.

import type { JSX } from "preact";
import { language, say, words } from "../../i18n";
import { lineSaid, number } from "../../lib/format";
import { visible } from "../../lib/visible";
import { streamName } from "../../state/streams";
import type { Report } from "../../wire/report";
import { Chunks } from "../chunks";
import { LogText } from "../log-text";
import { Table } from "./table";

export function UnparsedSection({ report }: { report: Report }): JSX.Element {
  const { unparsed: w, finding, report: titles } = words.value;
  const l = language.value;
  if (report.unparsed.length === 0) return <p class="none">{w.none}</p>;
  const heads = [w.where, w.lines, w.bytes, w.reason, w.sample];
  return (
    <>
      <p class="intro">{w.intro}</p>
      <Table label={titles.unparsed} heads={heads} numeric={[1, 2]}>
        <Chunks
          as="tbody"
          columns={heads.length}
          items={report.unparsed}
          rowHeight={52}
          row={({ stream, line, lines, offset, length, reason, sample }) => (
            <tr key={`${stream}:${offset}`}>
              <th scope="row">
                <bdi class="file-name">{visible(streamName(report, stream))}</bdi>{" "}
                <span class="faint">
                  {finding.line} {lineSaid(l, line)}, {finding.byte} {number(l, offset)}
                </span>
              </th>
              <td class="number">{number(l, lines)}</td>
              <td class="number">{number(l, length)}</td>
              <td>{say(reason)}</td>
              <td class="sample">{sample && <LogText text={sample} />}</td>
            </tr>
          )}
        />
      </Table>
    </>
  );
}
