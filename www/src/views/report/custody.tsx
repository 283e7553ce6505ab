// What made this report, with which settings: what somebody else needs to get the same bytes again.

import type { JSX } from "preact";
import { language, words } from "../../i18n";
import { number } from "../../lib/format";
import { visibleLines } from "../../lib/visible";
import type { Report } from "../../wire/report";

export function Custody({ report: { tool, settings } }: { report: Report }): JSX.Element {
  const w = words.value.custody;
  return (
    <>
      <dl class="custody">
        <div>
          <dt>{w.tool}</dt>
          <dd>
            {tool.name} {tool.version}
          </dd>
        </div>
        <div>
          <dt>{w.build}</dt>
          <dd>
            <code>{tool.build}</code>
          </dd>
        </div>
        <div>
          <dt>{w.packs}</dt>
          <dd>
            {tool.rule_packs.map(({ name, rules, sha256 }) => (
              <p key={name}>
                {name}, {w.rules(number(language.value, rules))} <code>{sha256}</code>
              </p>
            ))}
          </dd>
        </div>
        <div>
          <dt>{w.settings}</dt>
          <dd>
            <pre class="said">{visibleLines(JSON.stringify(settings, null, 2))}</pre>
          </dd>
        </div>
      </dl>
      <p class="intro">{w.note}</p>
    </>
  );
}
