// Which of the rules speak: from a level on, with a tag, for a log source, and one by one.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { ListedRule } from "../engine/protocol";
import { language, words } from "../i18n";
import { number } from "../lib/format";
import { visible } from "../lib/visible";
import { listRules, type OwnRules } from "../state/rules";
import { isChosen, LEVELS, ruleChoice, setWithout, type RuleChoice } from "../state/settings";
import { Chunks } from "./chunks";

export function RuleChoiceField({ own }: { own: OwnRules }): JSX.Element {
  const w = words.value.ruleChoice;
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="rule-choice" data-rule-choice onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{w.title}</summary>
      {isOpen && <Chooser own={own} />}
    </details>
  );
}

function Chooser({ own }: { own: OwnRules }): JSX.Element {
  const w = words.value.ruleChoice;
  const [rules, setRules] = useState<readonly ListedRule[]>([]);
  useEffect(() => {
    listRules(own.read).then(setRules, () => setRules([]));
  }, [own]);
  const choice = ruleChoice.value;
  const set = (part: Partial<RuleChoice>) => (ruleChoice.value = { ...choice, ...part });
  const shown = rules.filter((rule) => isChosen(rule, { ...choice, without: new Set() }));
  const used = shown.filter(({ id }) => !choice.without.has(id)).length;
  const l = language.value;
  return (
    <>
      <div class="field-pair">
        <label>
          {w.level}
          <select
            data-rule-level
            value={choice.level}
            onChange={(event) => set({ level: event.currentTarget.value as RuleChoice["level"] })}
          >
            {LEVELS.map((level) => (
              <option key={level} value={level}>
                {w.levels[level]}
              </option>
            ))}
          </select>
        </label>
        <Narrow
          label={w.tag}
          name="tag"
          value={choice.tag}
          set={(tag) => set({ tag })}
          example="attack.t1059"
        />
        <Narrow
          label={w.source}
          name="source"
          value={choice.source}
          set={(source) => set({ source })}
          example="windows"
        />
      </div>
      <p data-rules-used={used} role="status">
        {w.used(number(l, used), number(l, rules.length))}
      </p>
      <div class="rule-list">
        <Chunks as="ul" items={shown} rowHeight={30} row={row} />
      </div>
    </>
  );
}

interface NarrowProps {
  readonly label: string;
  readonly name: string;
  readonly value: string;
  readonly example: string;
  readonly set: (value: string) => void;
}

function Narrow({ label, name, value, example, set }: NarrowProps): JSX.Element {
  return (
    <label>
      {label}
      <input
        type="text"
        data-rule-narrow={name}
        spellcheck={false}
        placeholder={example}
        value={value}
        onInput={(event) => set(event.currentTarget.value)}
      />
    </label>
  );
}

function row({ id, title, level, source }: ListedRule): JSX.Element {
  const { levels } = words.value.ruleChoice;
  return (
    <li key={id}>
      <label class="check">
        <input
          type="checkbox"
          data-rule={id}
          checked={!ruleChoice.value.without.has(id)}
          onChange={(event) => setWithout(id, !event.currentTarget.checked)}
        />
        <span>
          {visible(title)} <span class="faint">{`${levels[level]} · ${visible(source)}`}</span>
        </span>
      </label>
    </li>
  );
}
