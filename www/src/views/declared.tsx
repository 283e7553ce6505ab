// What is known of the organisation and cannot be told from logs: fields that settings and data check share.

import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { words } from "../i18n";
import { declared, wrongDeclared, type DeclaredName } from "../state/settings";

const NAMES: readonly DeclaredName[] = ["own_networks", "own_domains", "vendor_accounts", "vendor_windows"];

export function DeclaredFields(): JSX.Element {
  return (
    <div class="declared">
      {NAMES.map((name) => (
        <DeclaredField key={name} name={name} />
      ))}
      <p class="field-error" role="status">
        {wrongDeclared.value}
      </p>
    </div>
  );
}

function DeclaredField({ name }: { name: DeclaredName }): JSX.Element {
  const { label, hint, example } = words.value.declared[name];
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        value={declared.value[name]}
        data-declared={name}
        placeholder={example}
        aria-describedby={`${id}-hint`}
        aria-invalid={(name === "own_networks" || name === "vendor_windows") && wrongDeclared.value !== ""}
        spellcheck={false}
        autocomplete="off"
        onInput={(event) => (declared.value = { ...declared.value, [name]: event.currentTarget.value })}
      />
      <p class="hint" id={`${id}-hint`}>
        {hint}
      </p>
    </div>
  );
}
