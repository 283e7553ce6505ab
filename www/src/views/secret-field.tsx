// A field for a password or a passphrase, and the box that shows what was typed.

import type { JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

// Preact's types tell fields of different types apart; one that changes its type is none of them.
const typeOf = (isShown: boolean) => ({ type: isShown ? "text" : "password" }) as { type: "password" };

interface SecretFieldProps {
  readonly label: string;
  readonly name: string;
  readonly value: string;
  readonly isShown: boolean;
  readonly isWrong: boolean;
  readonly isFirst?: boolean;
  readonly describedBy?: string;
  readonly set: (value: string) => void;
  readonly enter: () => void;
}

export function SecretField(props: SecretFieldProps): JSX.Element {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  // Behind the dialog's own effect, which opens it and puts the focus on its first button.
  useEffect(() => {
    if (props.isFirst) field.current?.focus();
  }, []);
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <input
        id={id}
        {...typeOf(props.isShown)}
        ref={field}
        value={props.value}
        data-field={props.name}
        aria-invalid={props.isWrong}
        aria-describedby={props.describedBy}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => props.set(event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Enter" && !event.isComposing && props.enter()}
      />
    </div>
  );
}

interface ShownBoxProps {
  readonly label: string;
  readonly isShown: boolean;
  readonly set: (isShown: boolean) => void;
}

export function ShownBox({ label, isShown, set }: ShownBoxProps): JSX.Element {
  return (
    <label class="check">
      <input type="checkbox" checked={isShown} onChange={(event) => set(event.currentTarget.checked)} />
      {label}
    </label>
  );
}
