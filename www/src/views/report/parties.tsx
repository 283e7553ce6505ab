// Whose data was reached, with what was done counted apart. Each count opens its records.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Checked } from "../../engine/check";
import { language, words } from "../../i18n";
import { handing } from "../../i18n/handing";
import { download } from "../../lib/download";
import { bytes, moment, number } from "../../lib/format";
import { fileName } from "../../lib/training";
import { visible } from "../../lib/visible";
import { hasLogs } from "../../state/cases";
import { messageOf } from "../../state/engine";
import { ACTS, partyList, partyRows, type Act } from "../../state/handing";
import type { Affected, Evidence, Report } from "../../wire/report";
import { Chunks } from "../chunks";
import { EvidenceRow } from "./evidence";
import { FindingLinks } from "./questions";
import { Table } from "./table";

/** A count that is open. */
interface Opened {
  readonly party: Affected;
  readonly act: Act;
  readonly rows: readonly Evidence[] | undefined;
  readonly read: number;
  readonly trouble: string;
}

/** Whether all that carries an entry was judged benign. */
const isBenign = ({ judgements }: Report, ids: readonly string[]): boolean =>
  ids.length > 0 &&
  ids.every((id) => judgements?.some(({ finding, judged }) => finding === id && judged === "benign"));

export function Parties({ checked }: { checked: Checked }): JSX.Element {
  const w = handing.value.parties;
  const { finding, report } = words.value;
  const [opened, setOpened] = useState<Opened>();
  const [failed, setFailed] = useState("");
  const open = async (party: Affected, act: Act) => {
    const now = { party, act, rows: undefined, read: 0, trouble: "" };
    const show = (what: Partial<Opened>) =>
      setOpened((then) => (then?.party === party && then.act === act ? { ...then, ...what } : then));
    setOpened(now);
    try {
      show({ rows: await partyRows(checked, party, act, (read) => show({ read })) });
    } catch (error) {
      show({ trouble: messageOf(error) });
    }
  };
  const save = async () => {
    setFailed("");
    try {
      const list = new Blob([await partyList()], { type: "text/csv;charset=utf-8" });
      download(`${fileName(checked.report)}.parties.csv`, list);
    } catch (error) {
      setFailed(`${report.exportFailed} ${messageOf(error)}`);
    }
  };
  const acts = ACTS.map((act) => w.acts[act]);
  const times = [`${finding.first} (UTC)`, `${finding.last} (UTC)`];
  const heads = [w.heads.kind, w.heads.name, w.heads.within, ...acts, ...times, report.findings];
  return (
    <>
      <p class="intro">{w.intro}</p>
      <p>
        <button type="button" data-action="save-parties" onClick={() => void save()}>
          {w.save}
        </button>
        <span class="field-error" role="status">
          {failed}
        </span>
      </p>
      <Table label={w.title} heads={heads} numeric={[3, 4, 5, 6, 7]}>
        <Chunks
          as="tbody"
          columns={heads.length}
          items={checked.report.affected ?? []}
          rowHeight={37}
          row={(party) => (
            <Row key={party.id} party={party} checked={checked} open={(act) => void open(party, act)} />
          )}
        />
      </Table>
      {!hasLogs(checked) && <p class="faint">{w.noLogs}</p>}
      {opened && <Records opened={opened} checked={checked} close={() => setOpened(undefined)} />}
    </>
  );
}

interface RowProps {
  readonly party: Affected;
  readonly checked: Checked;
  readonly open: (act: Act) => void;
}

function Row({ party, checked, open }: RowProps): JSX.Element {
  const w = handing.value.parties;
  const l = language.value;
  const name = visible(party.name);
  return (
    <tr>
      <td class="short">{w.kind[party.kind]}</td>
      <th scope="row">
        <bdi class="subject">{name}</bdi>
        {party.is_own && <small class="faint"> {w.own}</small>}
        {isBenign(checked.report, party.findings) && <small class="faint"> {w.benign}</small>}
      </th>
      <td>{party.within ? <bdi>{visible(party.within)}</bdi> : "–"}</td>
      {ACTS.map((act) => {
        const count = number(l, party[act]);
        const label = w.open(w.acts[act], name, count);
        return (
          <td class="number" key={act}>
            {party[act] > 0 && hasLogs(checked) ? (
              <button
                type="button"
                class="link"
                data-party={`${party.id} ${act}`}
                aria-label={label}
                onClick={() => open(act)}
              >
                {count}
              </button>
            ) : (
              count
            )}
          </td>
        );
      })}
      <td class="when">{party.first ? moment(party.first) : "–"}</td>
      <td class="when">{party.last ? moment(party.last) : "–"}</td>
      <td>
        <FindingLinks ids={party.findings} most={6} about={party.name} />
      </td>
    </tr>
  );
}

interface RecordsProps {
  readonly opened: Opened;
  readonly checked: Checked;
  readonly close: () => void;
}

function Records({ opened, checked, close }: RecordsProps): JSX.Element {
  const { party, act, rows, read, trouble } = opened;
  const w = handing.value.parties;
  const { finding } = words.value;
  const l = language.value;
  return (
    <section class="panel" aria-label={`${visible(party.name)}, ${w.acts[act]}`} data-party-rows>
      <h3>
        <bdi>{visible(party.name)}</bdi>, {w.acts[act]}{" "}
        <small class="faint">
          {rows
            ? w.rows(number(l, rows.length), number(l, party[act]))
            : trouble === "" && `${finding.reading} ${bytes(l, read)}`}
        </small>{" "}
        <button type="button" class="link" onClick={close}>
          {w.close}
        </button>
      </h3>
      {trouble && (
        <p class="field-error" role="alert">
          {finding.rowsFailed} {trouble}
        </p>
      )}
      {rows && (
        <div class="evidence-rows">
          <Chunks
            items={rows}
            rowHeight={92}
            size={30}
            row={(evidence) => (
              <EvidenceRow
                key={`${evidence.stream}:${evidence.offset}`}
                evidence={evidence}
                checked={checked}
              />
            )}
          />
        </div>
      )}
    </section>
  );
}
