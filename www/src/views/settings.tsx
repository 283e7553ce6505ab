// The settings, closed until somebody wants them. The engine judges them while they are typed, and
// what it says shows at the field.

import type { ComponentChildren, JSX } from "preact";
import { useId, useMemo } from "preact/hooks";
import { words } from "../i18n";
import { settingsWrong, typed, wrong, type SettingName } from "../state/settings";

interface FieldProps {
  readonly name: SettingName;
  readonly label: string;
  readonly hint: string;
  readonly children: (attributes: Attributes) => ComponentChildren;
}

/** What ties a control to its label, its hint and its error. */
interface Attributes {
  readonly id: string;
  readonly value: string;
  readonly "aria-describedby": string;
  readonly "aria-invalid": boolean;
  readonly spellcheck: false;
  readonly autocomplete: "off";
  readonly onInput: (event: { currentTarget: { value: string } }) => void;
}

function Field({ name, label, hint, children }: FieldProps): JSX.Element {
  const id = useId();
  const error = wrong.value[name];
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({
        id,
        value: typed.value[name],
        "aria-describedby": `${id}-hint ${id}-error`,
        "aria-invalid": error !== undefined,
        spellcheck: false,
        autocomplete: "off",
        onInput: (event) => (typed.value = { ...typed.value, [name]: event.currentTarget.value }),
      })}
      <p class="hint" id={`${id}-hint`}>
        {hint}
      </p>
      <p class="field-error" id={`${id}-error`} role="status">
        {error}
      </p>
    </div>
  );
}

export function SettingsPanel(): JSX.Element {
  const w = words.value.settings;
  const zones = useMemo(() => Intl.supportedValuesOf("timeZone"), []);
  const list = useId();
  return (
    <details class="settings" open={settingsWrong.value}>
      <summary>
        {w.title} <span class="faint">{w.optional}</span>
      </summary>
      <Field name="log_formats" label={w.formats} hint={w.formatsHint}>
        {(attributes) => (
          <textarea
            {...attributes}
            rows={3}
            wrap="off"
            placeholder={'LogFormat "%h %l %u %t \\"%r\\" %>s %b" common'}
          />
        )}
      </Field>
      <Field name="zone" label={w.zone} hint={w.zoneHint}>
        {(attributes) => <input {...attributes} type="text" list={list} placeholder="Asia/Tokyo" />}
      </Field>
      <datalist id={list}>
        {zones.map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
      <div class="field-pair">
        <Field name="since" label={w.since} hint={w.periodHint}>
          {(attributes) => <input {...attributes} type="text" placeholder="2021-05-06" />}
        </Field>
        <Field name="until" label={w.until} hint="">
          {(attributes) => <input {...attributes} type="text" placeholder="2021-05-13" />}
        </Field>
      </div>
    </details>
  );
}
