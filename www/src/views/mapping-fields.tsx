// The fields of a description: how records are written, and what their parts mean.

import type { ComponentChildren, JSX } from "preact";
import { useId, useRef, useState } from "preact/hooks";
import { words } from "../i18n";
import {
  FORMS,
  KINDS,
  ROLES,
  ROLE_NAMES,
  SEPARATORS,
  propose,
  type Draft,
  type Kind,
  type Separator,
} from "../lib/draft";
import { visible } from "../lib/visible";
import { ZONES, ZoneList } from "./stream-fields";

/** What the engine said, by the field that it is about. */
export type Errors = Readonly<{ other: string } & Record<string, string>>;

interface FieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly error?: string | undefined;
  readonly children: (attributes: {
    readonly id: string;
    readonly "aria-describedby": string;
    readonly "aria-invalid": boolean;
  }) => ComponentChildren;
}

function Field({ label, hint, error = "", children }: FieldProps): JSX.Element {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({ id, "aria-describedby": `${id}-hint ${id}-error`, "aria-invalid": error !== "" })}
      <p class="hint" id={`${id}-hint`}>
        {hint}
      </p>
      <p class="field-error" id={`${id}-error`} role="status">
        {visible(error)}
      </p>
    </div>
  );
}

/** Attributes of every field of text. */
const PLAIN = { type: "text", spellcheck: false, autocomplete: "off" } as const;

interface ShapeProps {
  readonly draft: Draft;
  readonly change: (part: Partial<Draft>) => void;
  readonly errors: Errors;
  /** Records to make a pattern of. */
  readonly samples: readonly string[];
}

/** Another kind has other names: what was chosen of the old ones is forgotten. */
const anew = { time: "", result: "", success: "", failure: "", claims: [] } as const;
const noRoles = Object.fromEntries(ROLE_NAMES.map((role) => [role, ""])) as Draft["roles"];

export function Shape({ draft, change, errors, samples }: ShapeProps): JSX.Element {
  const w = words.value.mapping;
  const { kind, separator, isHeaded } = draft;
  return (
    <>
      <div class="field-pair">
        <Field label={w.name}>
          {(attributes) => (
            <input
              {...attributes}
              {...PLAIN}
              data-draft="name"
              value={draft.name}
              onInput={(event) => change({ name: event.currentTarget.value })}
            />
          )}
        </Field>
        <Field label={w.kind}>
          {(attributes) => (
            <select
              {...attributes}
              data-draft="kind"
              value={kind}
              onChange={(event) =>
                change({ ...anew, roles: noRoles, kind: event.currentTarget.value as Kind })
              }
            >
              {KINDS.map((kind) => (
                <option key={kind} value={kind}>
                  {w.kinds[kind]}
                </option>
              ))}
            </select>
          )}
        </Field>
        {kind === "columns" && (
          <Field label={w.separator}>
            {(attributes) => (
              <select
                {...attributes}
                value={separator}
                onChange={(event) =>
                  change({ ...anew, roles: noRoles, separator: event.currentTarget.value as Separator })
                }
              >
                {SEPARATORS.map((separator) => (
                  <option key={separator} value={separator}>
                    {w.separators[separator]}
                  </option>
                ))}
              </select>
            )}
          </Field>
        )}
      </div>
      {kind === "columns" && (
        <label class="check">
          <input
            type="checkbox"
            checked={isHeaded}
            onChange={(event) => change({ ...anew, roles: noRoles, isHeaded: event.currentTarget.checked })}
          />
          {w.headed}
        </label>
      )}
      {kind === "columns" && !isHeaded && (
        <Field label={w.columns} hint={w.columnsHint} error={errors["columns"]}>
          {(attributes) => (
            <input
              {...attributes}
              {...PLAIN}
              value={draft.columns}
              onInput={(event) => change({ claims: [], columns: event.currentTarget.value })}
            />
          )}
        </Field>
      )}
      {kind === "text" && <Patterns draft={draft} change={change} errors={errors} samples={samples} />}
    </>
  );
}

/** Parts that a piece of a pattern can become, with what is written for them. */
const PARTS = {
  time: "@timestamp",
  user: "user.name",
  address: "source.address:ip",
  action: "event.action",
  file: "file.path",
  url: "url.original",
  result: "result",
  bytes: "http.response.bytes:int",
  tenant: "organization.name",
  other: "part",
  ignored: "_",
} as const;

type Part = keyof typeof PARTS;

function Patterns({ draft, change, errors, samples }: ShapeProps): JSX.Element {
  const w = words.value.mapping;
  const field = useRef<HTMLTextAreaElement>(null);
  const [isUnmarked, setUnmarked] = useState(false);
  const mark = (part: Part) => {
    const area = field.current;
    if (!area) return;
    const { selectionStart: from, selectionEnd: until } = area;
    setUnmarked(from === until);
    area.focus();
    if (from === until) return;
    const piece = `<${part === "other" ? unused(draft.patterns) : PARTS[part]}>`;
    area.setRangeText(piece, from, until, "end");
    change({ patterns: area.value });
  };
  return (
    <>
      <Field
        label={w.patterns}
        hint={w.patternsHint}
        error={errors["patterns"] ?? (isUnmarked ? w.markFirst : "")}
      >
        {(attributes) => (
          <textarea
            {...attributes}
            ref={field}
            rows={3}
            data-draft="patterns"
            spellcheck={false}
            value={draft.patterns}
            onInput={(event) => change({ patterns: event.currentTarget.value })}
          />
        )}
      </Field>
      <div class="parts" role="group" aria-label={w.patternsHint}>
        {(Object.keys(PARTS) as Part[]).map((part) => (
          <button type="button" key={part} data-part={part} onClick={() => mark(part)}>
            {w.part[part]}
          </button>
        ))}
      </div>
      <button
        type="button"
        data-action="propose"
        disabled={samples.length === 0}
        onClick={() => change({ patterns: added(draft.patterns, propose(samples)) })}
      >
        {w.propose}
      </button>
    </>
  );
}

/** Adds a pattern behind those that are there, unless it is there. */
const added = (patterns: string, pattern: string) =>
  patterns.split("\n").includes(pattern)
    ? patterns
    : [...patterns.split("\n").filter(Boolean), pattern].join("\n");

function unused(patterns: string): string {
  for (let number = 1; ; number++)
    if (!patterns.includes(`<${PARTS.other}${number}`)) return `${PARTS.other}${number}`;
}

interface MeaningProps {
  readonly draft: Draft;
  readonly change: (part: Partial<Draft>) => void;
  readonly errors: Errors;
  readonly names: readonly string[];
  /** A value for each name. */
  readonly samples: ReadonlyMap<string, string>;
  readonly zone: string;
  readonly setZone: (zone: string) => void;
}

export function Meaning(props: MeaningProps): JSX.Element {
  const { draft, change, errors, names, samples } = props;
  const w = words.value.mapping;
  const choose = { names, samples };
  return (
    <>
      <h3>{w.means}</h3>
      <TimeFields {...props} />
      <div class="roles">
        {ROLE_NAMES.map((role) => (
          <Field key={role} label={w.role[role]} error={errors[ROLES[role]]}>
            {(attributes) => (
              <Choice
                {...attributes}
                {...choose}
                role={role}
                value={draft.roles[role]}
                set={(name) => change({ roles: { ...draft.roles, [role]: name } })}
              />
            )}
          </Field>
        ))}
        <Field label={w.result} error={errors["result"]}>
          {(attributes) => (
            <Choice
              {...attributes}
              {...choose}
              role="result"
              value={draft.result}
              set={(result) => change({ result, success: "", failure: "" })}
            />
          )}
        </Field>
      </div>
      {draft.result !== "" && (
        <div class="field-pair">
          {(["success", "failure"] as const).map((outcome) => (
            <Field key={outcome} label={w[outcome]} hint={w.valuesHint}>
              {(attributes) => (
                <input
                  {...attributes}
                  {...PLAIN}
                  data-draft={outcome}
                  value={draft[outcome]}
                  onInput={(event) => change({ [outcome]: event.currentTarget.value })}
                />
              )}
            </Field>
          ))}
        </div>
      )}
    </>
  );
}

function TimeFields({ draft, change, errors, names, samples, zone, setZone }: MeaningProps): JSX.Element {
  const w = words.value.mapping;
  const list = useId();
  const isInPattern = draft.kind === "text" && draft.patterns.includes("<@timestamp");
  return (
    <div class="roles">
      <ZoneList />
      <Field label={w.time} hint={isInPattern ? w.timeInPattern : ""} error={errors["time"]}>
        {(attributes) => (
          <Choice
            {...attributes}
            names={names}
            samples={samples}
            role="time"
            value={draft.time}
            set={(time) => change({ time })}
          />
        )}
      </Field>
      <Field label={w.form} hint={w.formHint}>
        {(attributes) => (
          <>
            <input
              {...attributes}
              {...PLAIN}
              list={list}
              data-draft="form"
              value={draft.form}
              disabled={draft.time === ""}
              onInput={(event) => change({ form: event.currentTarget.value })}
            />
            <datalist id={list}>
              {FORMS.map((form) => (
                <option key={form} value={form} />
              ))}
            </datalist>
          </>
        )}
      </Field>
      <Field label={w.zone} hint={w.zoneHint} error={errors["zone"]}>
        {(attributes) => (
          <input
            {...attributes}
            {...PLAIN}
            list={ZONES}
            data-draft="zone"
            value={zone}
            onInput={(event) => setZone(event.currentTarget.value)}
          />
        )}
      </Field>
    </div>
  );
}

interface ChoiceProps {
  readonly id: string;
  readonly role: string;
  readonly names: readonly string[];
  readonly samples: ReadonlyMap<string, string>;
  readonly value: string;
  readonly set: (name: string) => void;
}

// A sample longer than this hides the names.
const SAMPLE_CHARACTERS = 24;

/** One of the names found, each with a value. */
function Choice({ role, names, samples, value, set, ...attributes }: ChoiceProps): JSX.Element {
  const sample = (name: string) => {
    const text = visible([...(samples.get(name) ?? "")].slice(0, SAMPLE_CHARACTERS).join(""));
    return text === "" ? "" : ` = ${text}`;
  };
  const all = value === "" || names.includes(value) ? names : [...names, value];
  return (
    <select
      {...attributes}
      data-role={role}
      value={value}
      onChange={(event) => set(event.currentTarget.value)}
    >
      <option value="">{words.value.mapping.none}</option>
      {all.map((name) => (
        <option key={name} value={name}>
          {visible(name)}
          {sample(name)}
        </option>
      ))}
    </select>
  );
}
