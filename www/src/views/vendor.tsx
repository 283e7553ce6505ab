// The screen on which a vendor makes a checker: what the client reads, what is looked for, the key, how it
// will look, and the making.

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import type { AboutChecker, OpenedChecker, WrongField } from "../engine/protocol";
import { language, say, words } from "../i18n";
import { vendorWords } from "../i18n/vendor";
import { chosen } from "../lib/dropped";
import { number } from "../lib/format";
import { visible } from "../lib/visible";
import { leave } from "../state/app";
import { catalogue } from "../state/engine";
import { ownLists } from "../state/lists";
import { settingsWrong } from "../state/settings";
import {
  about,
  cancelChecker,
  isPrivate,
  logo,
  makeChecker,
  makeKey,
  makingChecker,
  moreSettings,
  openLists,
  preview,
  takeVendorKey,
  usable,
  vendorKey,
  vendorTrouble,
  watchVendor,
  wrongFields,
  wrongSettings,
  type MadeChecker,
} from "../state/vendor";
import { FromVendorOf } from "./checker";
import { SettingsPanel } from "./settings";

export function VendorView(): JSX.Element {
  const w = vendorWords.value;
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    head.current?.focus();
    return watchVendor();
  }, []);
  return (
    <main class="narrow vendor" data-vendor>
      <div class="checking-head">
        <h1 ref={head} tabIndex={-1}>
          {w.title}
        </h1>
        <button type="button" data-action="other" onClick={() => void leave()}>
          {words.value.report.other}
        </button>
      </div>
      <p>{w.intro}</p>
      <Says />
      <Looks />
      <Key />
      <section>
        <h2>{w.preview}</h2>
        <p class="hint">{w.previewHint}</p>
        <FromVendorOf opened={shown()} />
      </section>
      <Make />
    </main>
  );
}

/** The preview, in which what is not there yet is named. */
function shown(): OpenedChecker {
  const w = vendorWords.value;
  const now = preview.value;
  const { title, vendor } = now.about;
  const named = { ...now.about, title: title || w.heading, vendor: vendor || w.vendor };
  return { ...now, about: named, fingerprint: now.fingerprint || w.noFingerprint };
}

/** What ties a control to its label, its hint and its error. */
interface Attributes {
  readonly id: string;
  readonly "aria-describedby": string;
  readonly "aria-invalid": boolean;
}

interface FieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly error: string | undefined;
  readonly children: (attributes: Attributes) => ComponentChildren;
}

function Field({ label, hint, error, children }: FieldProps): JSX.Element {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({ id, "aria-describedby": `${id}-hint ${id}-error`, "aria-invalid": !!error })}
      <p class="hint" id={`${id}-hint`}>
        {hint}
      </p>
      <p class="field-error" id={`${id}-error`} role="status">
        {error}
      </p>
    </div>
  );
}

const set = (part: Partial<AboutChecker>) => (about.value = { ...about.value, ...part });

/** What the engine says against a field. */
function errorAt(field: WrongField["field"]): string | undefined {
  const wrong = wrongFields.value.find((one) => one.field === field);
  return wrong && say(wrong.what);
}

const LINES = ["title", "vendor", "contact", "expires"] as const;

function Says(): JSX.Element {
  const w = vendorWords.value;
  return (
    <section>
      <h2>{w.says}</h2>
      {LINES.map((name) => (
        <Field
          key={name}
          label={name === "title" ? w.heading : w[name]}
          error={name === "contact" ? undefined : errorAt(name)}
        >
          {(attributes) => (
            <input
              {...attributes}
              type="text"
              data-about={name}
              placeholder=" "
              value={about.value[name]}
              onInput={(event) => set({ [name]: event.currentTarget.value })}
            />
          )}
        </Field>
      ))}
      <LogoField />
      <Questions />
      {(["ja", "en"] as const).map((one) => (
        <Field key={one} label={w.instructions[one]} hint={w.instructionsHint} error={undefined}>
          {(attributes) => (
            <textarea
              {...attributes}
              rows={6}
              data-about={`instructions-${one}`}
              value={about.value.instructions[one]}
              onInput={(event) =>
                set({ instructions: { ...about.value.instructions, [one]: event.currentTarget.value } })
              }
            />
          )}
        </Field>
      ))}
    </section>
  );
}

function LogoField(): JSX.Element {
  const w = vendorWords.value;
  return (
    <Field label={w.logo} error={errorAt("logo")}>
      {(attributes) => (
        <div class="buttons">
          <input
            {...attributes}
            type="file"
            accept="image/png,image/jpeg"
            data-choose="logo"
            onChange={(event) => (logo.value = event.currentTarget.files?.[0] ?? logo.value)}
          />
          {logo.value && (
            <button type="button" class="link" data-action="no-logo" onClick={() => (logo.value = undefined)}>
              {w.noLogo}
            </button>
          )}
        </div>
      )}
    </Field>
  );
}

function Questions(): JSX.Element {
  const w = vendorWords.value;
  const asked = about.value.questions;
  const all = catalogue.value?.questions ?? [];
  const toggle = (id: string, is: boolean) =>
    set({ questions: all.map((one) => one.id).filter((one) => (one === id ? is : asked.includes(one))) });
  return (
    <fieldset class="questions-asked">
      <legend>{w.questions}</legend>
      <p class="hint">{w.questionsHint}</p>
      {all.map(({ id, words }) => (
        <label key={id} class="check">
          <input
            type="checkbox"
            data-question={id}
            checked={asked.includes(id)}
            onChange={(event) => toggle(id, event.currentTarget.checked)}
          />
          <span>
            {id} {say(words)}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Looks(): JSX.Element {
  const w = vendorWords.value;
  const lists = words.value.lists.private;
  const hasRanges = ownLists.value?.read.ids.some(({ swept }) => swept.network);
  return (
    <section>
      <h2>{w.looks}</h2>
      <p class="hint">{w.looksHint}</p>
      <SettingsPanel />
      {openLists.value.open.length > 0 && (
        <>
          <label class="check">
            <input
              type="checkbox"
              data-private
              checked={isPrivate.value}
              onChange={(event) => (isPrivate.value = event.currentTarget.checked)}
            />
            {w.private}
          </label>
          <p class="hint">{lists.what}</p>
          <p class="hint">{lists.limits}</p>
          {isPrivate.value && hasRanges && <p class="field-error">{w.ranges}</p>}
        </>
      )}
      <Field label={w.more} error={wrongSettings.value}>
        {(attributes) => (
          <textarea
            {...attributes}
            rows={3}
            spellcheck={false}
            data-about="settings"
            value={moreSettings.value}
            onInput={(event) => (moreSettings.value = event.currentTarget.value)}
          />
        )}
      </Field>
      <p class="field-error" role="status">
        {usable.value.rules === 0 && w.noRules} {usable.value.indicators === 0 && w.noIndicators}
      </p>
    </section>
  );
}

function Key(): JSX.Element {
  const w = vendorWords.value;
  const key = vendorKey.value;
  const take = (input: HTMLInputElement) => {
    const [first] = chosen(input.files ?? []).given;
    input.value = "";
    if (first) void takeVendorKey(first);
  };
  return (
    <section>
      <h2>{w.key}</h2>
      <p>{w.keyIntro}</p>
      <div class="buttons">
        <button type="button" data-action="make-key" onClick={() => void makeKey()}>
          {w.makeKey}
        </button>
        <label class="file-choice">
          {w.chooseKey}{" "}
          <input type="file" data-choose="key" onChange={(event) => take(event.currentTarget)} />
        </label>
      </div>
      <p role="status" data-key={key?.fingerprint}>
        {key ? w.keyIs(visible(key.name), key.fingerprint) : w.noKey}
      </p>
    </section>
  );
}

function Make(): JSX.Element {
  const w = vendorWords.value;
  const now = makingChecker.value;
  const { rules, indicators } = usable.value;
  const isWrong = wrongFields.value.length > 0 || wrongSettings.value !== "" || settingsWrong.value;
  const isReady = vendorKey.value && !isWrong && rules !== 0 && indicators !== 0;
  return (
    <section>
      <div class="buttons">
        <button
          type="button"
          class="main"
          data-action="make-checker"
          disabled={!isReady || now.kind === "working"}
          onClick={() => void makeChecker()}
        >
          {w.make}
        </button>
        {now.kind === "working" && (
          <button type="button" class="link" data-action="cancel-checker" onClick={cancelChecker}>
            {words.value.checking.cancel}
          </button>
        )}
      </div>
      {!isReady && <p class="hint">{w.needs}</p>}
      <div role="status">
        {now.kind === "working" && (
          <p>
            <progress aria-label={w.making} /> {w.making}
            {now.done > 0 && ` (${number(language.value, now.done)})`}
          </p>
        )}
        {now.kind === "made" && <Made made={now.made} />}
      </div>
      <p class="field-error" role="alert">
        {visible(vendorTrouble.value)}
      </p>
    </section>
  );
}

function Made({ made }: { made: MadeChecker }): JSX.Element {
  const w = vendorWords.value;
  return (
    <div class="panel" data-made>
      <p>{w.made(number(language.value, made.bytes))}</p>
      <dl class="vendor-facts">
        {[
          [words.value.checker.fingerprint, vendorKey.value?.fingerprint],
          [words.value.checker.edition, made.edition],
          [w.sha256, made.sha256],
          [w.page, made.page],
        ].map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <code>{value}</code>
            </dd>
          </div>
        ))}
      </dl>
      <p class="hint">{w.madeHint}</p>
    </div>
  );
}
