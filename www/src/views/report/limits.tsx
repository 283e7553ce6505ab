// Detections that these logs cannot answer, and what would make them answerable.

import type { JSX } from "preact";
import { say, words } from "../../i18n";
import { visible } from "../../lib/visible";
import type { NotEvaluable } from "../../wire/report";

export function Limits({ limits }: { limits: readonly NotEvaluable[] }): JSX.Element {
  const w = words.value.limits;
  if (limits.length === 0) return <p class="none">{w.all}</p>;
  return (
    <>
      <p class="intro">{w.intro}</p>
      <dl class="limits">
        {limits.map(({ id, name, reason, needs, rules }, at) => (
          <div key={at}>
            <dt>
              <span class="id">{id}</span> {say(name)}
            </dt>
            <dd>{say(reason)}</dd>
            <dd class="faint">
              {w.needs}: {say(needs)}
            </dd>
            {rules.length > 0 && (
              <dd>
                <details>
                  <summary>{w.which}</summary>
                  <p class="rule-ids">{rules.map(visible).join(", ")}</p>
                </details>
              </dd>
            )}
          </div>
        ))}
      </dl>
    </>
  );
}
