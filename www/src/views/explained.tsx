// A rule beside a record: each search with what it asks, the values that were looked at, and
// whether it holds.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Checked } from "../engine/check";
import type { Explained, ItemExplained, RuleTried } from "../engine/protocol";
import { words } from "../i18n";
import { visible } from "../lib/visible";
import { messageOf } from "../state/engine";
import { explain } from "../state/rule-editor";
import type { Evidence } from "../wire/report";

export function ExplainedView({ explained }: { explained: Explained }): JSX.Element {
  const w = words.value.explained;
  return (
    <ul class="explained" data-matches={explained.matches}>
      {explained.searches.map(({ name, holds, is_negated, items }) => (
        <li key={name} data-holds={holds}>
          <b>{visible(name)}</b> {holds ? w.holds : w.fails} {is_negated && w.negated}
          <ul>
            {items.map((item, at) => (
              <li key={at} data-holds={item.holds}>
                <Item item={item} />
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  );
}

function Item({ item }: { item: ItemExplained }): JSX.Element {
  const w = words.value.explained;
  const { field, holds, is_negated, values, asked } = item;
  return (
    <>
      {holds ? w.holds : w.fails}
      {is_negated && ` ${w.negated}`}: <b>{field === null ? w.anyField : visible(field)}</b>{" "}
      {values.length === 0 ? <em>{w.noValue}</em> : <Texts texts={values} />} {w.asked}{" "}
      <Texts texts={asked} />
    </>
  );
}

function Texts({ texts }: { texts: readonly string[] }): JSX.Element {
  return (
    <>
      {texts.map((text, at) => (
        <code key={at}>{visible(text)}</code>
      ))}
    </>
  );
}

type Why =
  | { readonly kind: "closed" }
  | { readonly kind: "open"; readonly tried: readonly RuleTried[] }
  | { readonly kind: "failed"; readonly message: string };

/** Asks why a rule of the check matched a record. */
export function WhyMatched(props: { checked: Checked; rule: string; evidence: Evidence }): JSX.Element {
  const w = words.value.explained;
  const [why, setWhy] = useState<Why>({ kind: "closed" });
  const toggle = async () => {
    if (why.kind === "open") return setWhy({ kind: "closed" });
    try {
      setWhy({ kind: "open", tried: await explain(props.checked, props.rule, props.evidence) });
    } catch (error) {
      setWhy({ kind: "failed", message: messageOf(error) });
    }
  };
  return (
    <>
      <button
        type="button"
        class="link"
        data-action="explain"
        aria-expanded={why.kind === "open"}
        onClick={() => void toggle()}
      >
        {why.kind === "open" ? w.hide : w.open}
      </button>
      {why.kind === "open" && <Reasons rule={props.rule} tried={why.tried} />}
      {why.kind === "failed" && (
        <p class="field-error" role="alert">
          {w.failed} {why.message}
        </p>
      )}
    </>
  );
}

/** What matched: the rule, or, of a correlation, those of its rules that did. */
function Reasons({ rule, tried }: { rule: string; tried: readonly RuleTried[] }): JSX.Element {
  const w = words.value.explained;
  return (
    <>
      {tried.every((one) => one.rule !== rule) && <p class="faint">{w.ofOthers}</p>}
      {tried.flatMap((one) =>
        one.matches.map(({ explained }) => (
          <div key={one.rule}>
            {one.rule !== rule && <b>{visible(one.title)}</b>}
            <ExplainedView explained={explained} />
          </div>
        )),
      )}
    </>
  );
}
