// Passphrases of cases: set when one is saved, asked for when one is opened.

import type { JSX } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { Checked } from "../engine/check";
import { words } from "../i18n";
import { visible } from "../lib/visible";
import { passphraseQuestion, saveCase } from "../state/cases";
import { messageOf } from "../state/engine";
import { Dialog } from "./dialog";

// What is shorter can be guessed by whoever has the file.
const LEAST = 12;

// Preact's types tell fields of different types apart; one that changes its type is none of them.
const typeOf = (isShown: boolean) => ({ type: isShown ? "text" : "password" }) as { type: "password" };

interface FieldProps {
  readonly label: string;
  readonly name: string;
  readonly value: string;
  readonly isShown: boolean;
  readonly isWrong: boolean;
  readonly isFirst?: boolean;
  readonly set: (value: string) => void;
  readonly enter: () => void;
}

function Field({
  label,
  name,
  value,
  isShown,
  isWrong,
  isFirst = false,
  set,
  enter,
}: FieldProps): JSX.Element {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  // Behind the dialog's own effect, which opens it and puts the focus on its first button.
  useEffect(() => {
    if (isFirst) field.current?.focus();
  }, []);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        {...typeOf(isShown)}
        ref={field}
        value={value}
        data-field={name}
        aria-invalid={isWrong}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => set(event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Enter" && !event.isComposing && enter()}
      />
    </div>
  );
}

function Shown({ isShown, set }: { isShown: boolean; set: (is: boolean) => void }): JSX.Element {
  return (
    <label class="check">
      <input type="checkbox" checked={isShown} onChange={(event) => set(event.currentTarget.checked)} />
      {words.value.passphrase.show}
    </label>
  );
}

/** Saves a case under a passphrase. */
export function SaveLocked({ checked, onClose }: { checked: Checked; onClose: () => void }): JSX.Element {
  const w = words.value.passphrase;
  const [passphrase, setPassphrase] = useState("");
  const [again, setAgain] = useState("");
  const [isShown, setShown] = useState(false);
  const [failed, setFailed] = useState("");
  const isSame = passphrase === again || isShown;
  const isReady = passphrase.length >= LEAST && isSame;
  const save = () => {
    if (isReady)
      void saveCase(checked, passphrase).then(onClose, (error: unknown) => setFailed(messageOf(error)));
  };
  return (
    <Dialog title={w.saveTitle} onClose={onClose}>
      <p>{w.saveIntro}</p>
      <Field
        label={w.label}
        name="passphrase"
        value={passphrase}
        isShown={isShown}
        isWrong={false}
        isFirst
        set={setPassphrase}
        enter={save}
      />
      {!isShown && (
        <Field
          label={w.repeat}
          name="passphrase-again"
          value={again}
          isShown={false}
          isWrong={again !== "" && !isSame}
          set={setAgain}
          enter={save}
        />
      )}
      <Shown isShown={isShown} set={setShown} />
      <p class="hint" role="status">
        {passphrase.length < LEAST ? w.short(String(LEAST)) : isSame ? "" : w.differs}
      </p>
      {failed && (
        <p class="field-error" role="alert">
          {failed}
        </p>
      )}
      <button type="button" class="main" data-action="save-locked" disabled={!isReady} onClick={save}>
        {words.value.case.save}
      </button>
    </Dialog>
  );
}

/** Asks for the passphrase of the case that is being opened. Closing the dialog leaves it unopened. */
export function PassphraseAsked(): JSX.Element | null {
  const asked = passphraseQuestion.value;
  const w = words.value.passphrase;
  const [passphrase, setPassphrase] = useState("");
  const [isShown, setShown] = useState(false);
  if (!asked) return null;
  const use = () => {
    if (passphrase === "") return;
    asked.answer(passphrase);
    setPassphrase("");
  };
  return (
    <Dialog title={w.openTitle} onClose={() => asked.answer(undefined)}>
      <p>
        <code>{visible(asked.name)}</code>
      </p>
      <Field
        label={w.label}
        name="case-passphrase"
        value={passphrase}
        isShown={isShown}
        isWrong={asked.again}
        isFirst
        set={setPassphrase}
        enter={use}
      />
      <Shown isShown={isShown} set={setShown} />
      <p class="field-error" role="status">
        {asked.again ? w.wrong : ""}
      </p>
      <button
        type="button"
        class="main"
        data-action="use-passphrase"
        disabled={passphrase === ""}
        onClick={use}
      >
        {w.use}
      </button>
    </Dialog>
  );
}
