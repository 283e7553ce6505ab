// A group beside a correlation: what was counted against what is asked, what is missing, and which
// rules matched when.

import type { JSX } from "preact";
import type { Checked } from "../engine/check";
import type { GroupTried } from "../engine/protocol";
import { language, words } from "../i18n";
import { momentUtc, number } from "../lib/format";
import { visible } from "../lib/visible";
import { EvidenceRow } from "./report/evidence";

export function GroupView({ tried, checked }: { tried: GroupTried; checked: Checked }): JSX.Element {
  const w = words.value.explained;
  const { group, holds, first, last, figure, asked, absent, rules, records, is_cut } = tried;
  return (
    <div class="tried" data-group data-holds={holds}>
      <p>
        <b>{holds ? w.groupHolds : w.groupFails}</b> <GroupName group={group} />{" "}
        <span>
          {momentUtc(first)} – {momentUtc(last)}
        </span>
      </p>
      <ul class="explained">
        {asked.length > 0 && (
          <li>
            {w.found} <b>{figure ?? w.nothing}</b>, {w.asked} <Asked asked={asked} />
          </li>
        )}
        {absent.map((title) => (
          <li key={title}>
            {w.absent} <b>{visible(title)}</b>
          </li>
        ))}
        {rules.map(([title, count]) => (
          <li key={title}>
            <b>{visible(title)}</b>: {w.records(number(language.value, count))}
          </li>
        ))}
      </ul>
      {is_cut && <p class="faint">{w.cut}</p>}
      <details>
        <summary>{w.theRecords}</summary>
        {records.map(([title, record]) => (
          <div key={`${record.stream}:${record.offset}:${title}`}>
            <p>{visible(title)}</p>
            <EvidenceRow evidence={record} checked={checked} />
          </div>
        ))}
      </details>
    </div>
  );
}

function GroupName({ group }: { group: GroupTried["group"] }): JSX.Element {
  if (group.length === 0) return <span>{words.value.explained.wholeLog}</span>;
  return (
    <>
      {group.map(([field, value]) => (
        <span key={field}>
          {visible(field)} <code>{visible(value)}</code>{" "}
        </span>
      ))}
    </>
  );
}

function Asked({ asked }: { asked: readonly string[] }): JSX.Element {
  return (
    <>
      {asked.map((text) => (
        <code key={text}>{text}</code>
      ))}
    </>
  );
}
