// Addresses and accounts that findings name, with all that the logs hold of them.

import type { JSX } from "preact";
import type { Checked } from "../../engine/check";
import { language, words } from "../../i18n";
import { bytes, moment, number } from "../../lib/format";
import { visible } from "../../lib/visible";
import { hasLogs } from "../../state/cases";
import { explore, tab } from "../../state/explore";
import type { Entity } from "../../wire/report";
import { Chunks } from "../chunks";
import { FindingLinks } from "./questions";
import { Table } from "./table";

export function Entities({ checked }: { checked: Checked }): JSX.Element {
  const { entities } = checked.report;
  const { report } = words.value;
  return (
    <>
      {hasLogs(checked) && <CrossButton checked={checked} />}
      {entities.length === 0 ? <p class="none">{report.none}</p> : <Known entities={entities} />}
    </>
  );
}

/** Opens who came from which network, of all events. */
function CrossButton({ checked }: { checked: Checked }): JSX.Element {
  const open = () => {
    tab.value = "crossed";
    void explore(checked);
  };
  return (
    <p class="cross-button">
      <button type="button" data-action="cross" onClick={open}>
        {words.value.explore.tab.crossed}
      </button>
    </p>
  );
}

function Known({ entities }: { entities: readonly Entity[] }): JSX.Element {
  const { entity: w, report, finding } = words.value;
  const heads = [
    w.who,
    w.kind,
    w.severity,
    `${finding.first} (UTC)`,
    `${finding.last} (UTC)`,
    w.records,
    w.bytesOut,
    report.findings,
  ];
  return (
    <Table label={report.entities} heads={heads} numeric={[5, 6]}>
      <Chunks
        as="tbody"
        columns={heads.length}
        items={entities}
        rowHeight={37}
        row={(one, at) => <Row key={at} entity={one} />}
      />
    </Table>
  );
}

function Row({ entity }: { entity: Entity }): JSX.Element {
  const w = words.value;
  const l = language.value;
  return (
    <tr>
      <th scope="row">
        <bdi class="subject">{visible(entity.value)}</bdi>
      </th>
      <td class="short">{w.subject[entity.kind]}</td>
      <td>
        <span class={`severity severity-${entity.severity}`}>{w.severity[entity.severity]}</span>
      </td>
      <td class="when">
        {entity.first ? moment(entity.first) : "–"}
        {entity.at_log_start && (
          <abbr class="at-start" title={w.entity.atStart}>
            {w.entity.atStartMark}
          </abbr>
        )}
      </td>
      <td class="when">{entity.last ? moment(entity.last) : "–"}</td>
      <td class="number">{number(l, entity.records)}</td>
      <td class="number">{bytes(l, entity.bytes_out)}</td>
      <td>
        <FindingLinks ids={entity.findings} most={6} about={entity.value} />
      </td>
    </tr>
  );
}
