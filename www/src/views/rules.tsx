// Rules that are run: how many, and what is wrong with those that are not, with the line and what
// to do.

import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import type { Checked } from "../engine/check";
import type { RuleProblem, RuleSetAbout } from "../engine/protocol";
import { language, say, words } from "../i18n";
import { number } from "../lib/format";
import { visible } from "../lib/visible";
import { editing } from "../state/rule-editor";
import { addRules, clearRules, ownRules } from "../state/rules";
import { Chunks } from "./chunks";
import { RuleChoiceField } from "./rule-choice";

/** How many rules there are, and their problems. */
export function RuleSetView({ about }: { about: RuleSetAbout }): JSX.Element {
  const w = words.value.rules;
  const { rules, problems } = about;
  return (
    <>
      <p data-rules={rules}>{w.usable(number(language.value, rules))}</p>
      {problems.length > 0 && (
        <details class="rule-problems" open={problems.length <= FEW}>
          <summary>
            {w.problems} <span class="count">{number(language.value, problems.length)}</span>
          </summary>
          <Chunks as="ul" items={problems} rowHeight={64} row={problemRow} />
        </details>
      )}
    </>
  );
}

// More of them are folded.
const FEW = 20;

function problemRow({ file, line, rule, is_error, what, hint }: RuleProblem, at: number): JSX.Element {
  const w = words.value.rules;
  return (
    <li key={at} data-problem={is_error ? "error" : "warning"}>
      <b>{is_error ? w.error : w.warning}</b>{" "}
      <bdi class="file-name">
        {visible(file)}
        {line !== null && `:${line}`}
      </bdi>{" "}
      {rule !== null && <span class="faint">{visible(rule)}</span>}
      <p>
        {say(what)} {say(hint)}
      </p>
    </li>
  );
}

/** Opens the editor. */
export function WriteRule({ checked }: { checked: Checked | undefined }): JSX.Element {
  return (
    <button type="button" data-action="write-rule" onClick={() => (editing.value = { checked })}>
      {words.value.editor.open}
    </button>
  );
}

/** The rules that the next check runs. */
export function OwnRulesField(): JSX.Element {
  const { rules: w, settings } = words.value;
  const input = useRef<HTMLInputElement>(null);
  const own = ownRules.value;
  const take = (field: HTMLInputElement) => {
    const files = [...(field.files ?? [])].map((file) => ({ name: file.name, file }));
    field.value = "";
    if (files.length > 0) void addRules(files);
  };
  return (
    <div class="field" role="group" aria-label={w.title}>
      <b>{w.title}</b>
      {own && (
        <>
          <RuleSetView about={own.read} />
          <RuleChoiceField own={own} />
          <button type="button" class="link" data-action="clear-rules" onClick={clearRules}>
            {settings.removeShort}
          </button>
        </>
      )}
      <button type="button" onClick={() => input.current?.click()}>
        {w.choose}
      </button>{" "}
      <WriteRule checked={undefined} />
      <input
        type="file"
        multiple
        hidden
        data-choose="rules"
        ref={input}
        onChange={(event) => take(event.currentTarget)}
      />
      <p class="hint">{w.hint}</p>
    </div>
  );
}
