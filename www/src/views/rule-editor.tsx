// The dialog in which people write a rule: what is wrong with it, by line, and at once what it
// matches in the logs that were checked, what it nearly matches, and why.

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Checked } from "../engine/check";
import type { RecordTried, RuleSetAbout, RuleTried } from "../engine/protocol";
import { language, words } from "../i18n";
import { download } from "../lib/download";
import { number, percent } from "../lib/format";
import { visible } from "../lib/visible";
import { startAgain } from "../state/app";
import { messageOf } from "../state/engine";
import { editing, lint, RULE_NAME, ruleFile, ruleText, tryRule, type Trial } from "../state/rule-editor";
import { addRules } from "../state/rules";
import { Dialog } from "./dialog";
import { ExplainedView } from "./explained";
import { GroupView } from "./group-tried";
import { EvidenceRow } from "./report/evidence";
import { RuleSetView } from "./rules";

// Typing is followed, but not letter by letter.
const PAUSE_MS = 300;

export function RuleEditor(): JSX.Element | null {
  return editing.value && <Editor checked={editing.value.checked} />;
}

function Editor({ checked }: { checked: Checked | undefined }): JSX.Element {
  const w = words.value.editor;
  const text = ruleText.value;
  const { about, live, stop } = useTrial(checked, text);
  return (
    <Dialog title={w.title} onClose={() => (editing.value = null)} isWide>
      <label class="field">
        <b>{w.text}</b>
        <textarea
          class="rule-text"
          data-rule-text
          rows={16}
          spellcheck={false}
          autocapitalize="off"
          value={text}
          onInput={(event) => (ruleText.value = event.currentTarget.value)}
        />
      </label>
      <p class="hint">{w.hint}</p>
      <div aria-live="polite">{about && <RuleSetView about={about} />}</div>
      <Finish checked={checked} text={text} canBeUsed={(about?.rules ?? 0) > 0} />
      {checked ? <LiveView checked={checked} live={live} stop={stop} /> : <p class="faint">{w.noLogs}</p>}
    </Dialog>
  );
}

type Live =
  | { readonly kind: "none" }
  | { readonly kind: "reading"; readonly share: number }
  | { readonly kind: "tried"; readonly trial: Trial }
  | { readonly kind: "failed"; readonly message: string };

/** What is wrong with a rule and what it matches, followed while it changes. */
function useTrial(checked: Checked | undefined, text: string) {
  const [about, setAbout] = useState<RuleSetAbout | undefined>();
  const [live, setLive] = useState<Live>({ kind: "none" });
  const stopped = useRef(false);
  useEffect(() => {
    let isStale = false;
    stopped.current = false;
    const progress = (share: number) => {
      if (!isStale) setLive({ kind: "reading", share });
      return !isStale && !stopped.current;
    };
    const follow = async () => {
      const about = await lint(text);
      if (isStale) return;
      setAbout(about);
      if (!checked || about.rules === 0) return setLive({ kind: "none" });
      const trial = await tryRule(checked, text, progress);
      if (!isStale) setLive({ kind: "tried", trial });
    };
    const pause = setTimeout(() => {
      follow().catch((error) => isStale || setLive({ kind: "failed", message: messageOf(error) }));
    }, PAUSE_MS);
    return () => {
      isStale = true;
      clearTimeout(pause);
    };
  }, [checked, text]);
  return { about, live, stop: () => (stopped.current = true) };
}

interface LiveProps {
  readonly checked: Checked;
  readonly live: Live;
  readonly stop: () => void;
}

function LiveView({ checked, live, stop }: LiveProps): JSX.Element {
  const w = words.value.editor;
  return (
    <section aria-label={w.matches} data-trial={live.kind}>
      {live.kind === "reading" && (
        <p role="status">
          {w.trying} {percent(language.value, live.share, 1)}{" "}
          <button type="button" class="link" data-action="stop-trial" onClick={stop}>
            {w.stop}
          </button>
        </p>
      )}
      {live.kind === "tried" && !live.trial.isWhole && <p class="faint">{w.stopped}</p>}
      {live.kind === "tried" &&
        live.trial.rules.map((rule) => <RuleResult key={rule.rule} rule={rule} checked={checked} />)}
      {live.kind === "failed" && (
        <p class="field-error" role="alert">
          {live.message}
        </p>
      )}
    </section>
  );
}

function RuleResult({ rule, checked }: { rule: RuleTried; checked: Checked }): JSX.Element {
  const w = words.value.editor;
  const l = language.value;
  const source = visible(rule.source);
  return (
    <>
      <h3>{visible(rule.title)}</h3>
      {rule.is_correlation ? (
        <p data-groups-matched={rule.groups_matched} role="status">
          {w.correlation(number(l, rule.groups_matched))}
        </p>
      ) : (
        <p data-matched={rule.matched} data-judged={rule.judged} role="status">
          {rule.judged === 0
            ? w.noSource(source)
            : w.counts(number(l, rule.judged), source, number(l, rule.matched))}
        </p>
      )}
      {rule.matches.map((tried) => (
        <Tried key={keyOf(tried)} tried={tried} checked={checked} />
      ))}
      {rule.groups.map((group, at) => (
        <GroupView key={at} tried={group} checked={checked} />
      ))}
      {rule.near.length > 0 && <h4>{w.near}</h4>}
      {rule.near.map((tried) => (
        <Tried key={keyOf(tried)} tried={tried} checked={checked} />
      ))}
    </>
  );
}

const keyOf = ({ record }: RecordTried) => `${record.stream}:${record.offset}`;

function Tried({ tried, checked }: { tried: RecordTried; checked: Checked }): JSX.Element {
  const w = words.value.editor;
  const { record, explained } = tried;
  return (
    <div class="tried" data-near={!explained.matches}>
      <EvidenceRow evidence={record} checked={checked} />
      <details open={!explained.matches}>
        <summary>{explained.matches ? w.why : w.off(number(language.value, explained.parts_off))}</summary>
        <ExplainedView explained={explained} />
      </details>
    </div>
  );
}

interface FinishProps {
  readonly checked: Checked | undefined;
  readonly text: string;
  readonly canBeUsed: boolean;
}

function Finish({ checked, text, canBeUsed }: FinishProps): JSX.Element {
  const w = words.value.editor;
  const use = async () => {
    await addRules([ruleFile(text)]);
    editing.value = null;
    if (checked) startAgain(checked);
  };
  const save = () => download(RULE_NAME, new Blob([text], { type: "application/yaml" }));
  return (
    <div class="buttons">
      <button
        type="button"
        class="main"
        data-action="use-rule"
        disabled={!canBeUsed}
        onClick={() => void use()}
      >
        {checked ? w.useNow : w.use}
      </button>
      <button type="button" data-action="save-rule" onClick={save}>
        {w.save}
      </button>
    </div>
  );
}
