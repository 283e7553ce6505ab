// The first records as a description makes them understood.

import type { JSX } from "preact";
import type { Preview, PreviewRecord } from "../engine/protocol";
import { language, words } from "../i18n";
import { ROLES, ROLE_NAMES, type Role } from "../lib/draft";
import { momentUtc, number } from "../lib/format";
import { visible } from "../lib/visible";
import { LogText } from "./log-text";
import { Table } from "./report/table";

// More rows than this are no preview.
const ROWS = 12;

interface Props {
  readonly result: Preview | undefined;
  /** The format that is described; what others understand does not count. */
  readonly id: string;
  readonly error: string;
}

export function Understood({ result, id, error }: Props): JSX.Element {
  const w = words.value.mapping;
  const l = language.value;
  const columns = result ? columnsOf(result.records.filter(({ format }) => format === id)) : [];
  const nameOf = (column: Column) => (column === "result" ? w.result : w.role[column]);
  const heads = [w.time, ...columns.map(nameOf), w.record];
  const own = result?.format === id ? result.understood : 0;
  return (
    <section class="understood">
      <h3>{w.understoodTitle}</h3>
      <p class="field-error" role="alert">
        {visible(error)}
      </p>
      <p role="status" data-understood={result && `${own}/${result.seen}`}>
        {result ? w.understood(number(l, own), number(l, result.seen)) : w.working}
      </p>
      {result && (
        <Table label={w.understoodTitle} heads={heads}>
          <tbody>
            {result.records.slice(0, ROWS).map((record, at) => (
              <Row key={at} record={record} isOwn={record.format === id} columns={columns} />
            ))}
          </tbody>
        </Table>
      )}
    </section>
  );
}

type Column = Role | "result";

const fieldOf = (column: Column) => (column === "result" ? "event.outcome" : ROLES[column]);

/** A value as people read it: two results are the engine's words, any other value is the log's. */
function said(column: Column, value: string): string {
  const isOutcome = column === "result" && (value === "success" || value === "failure");
  return isOutcome ? words.value.mapping.outcomes[value] : value;
}

/** The columns in which some record says something. */
function columnsOf(records: readonly PreviewRecord[]): Column[] {
  const said = new Set(records.flatMap(({ fields }) => fields.map(([name]) => name)));
  return ([...ROLE_NAMES, "result"] as Column[]).filter((column) => said.has(fieldOf(column)));
}

interface RowProps {
  readonly record: PreviewRecord;
  readonly isOwn: boolean;
  readonly columns: readonly Column[];
}

function Row({ record, isOwn, columns }: RowProps): JSX.Element {
  const w = words.value.mapping;
  const fields = new Map(record.fields);
  return (
    <tr>
      {isOwn ? (
        <>
          <td class="when">
            {record.time === null ? <em>{w.noTime}</em> : momentUtc(record.time)}
            {record.time !== null && !record.is_zone_stated && <span class="faint"> {w.zoneTaken}</span>}
          </td>
          {columns.map((column) => (
            <td key={column}>{visible(said(column, fields.get(fieldOf(column)) ?? ""))}</td>
          ))}
        </>
      ) : (
        <td class="bad" colSpan={columns.length + 1}>
          {w.notUnderstood}
        </td>
      )}
      <td class="sample">
        <LogText text={record.text} />
      </td>
    </tr>
  );
}
