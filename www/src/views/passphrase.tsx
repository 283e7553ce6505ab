// Passphrases of cases: set when one is saved, asked for when one is opened.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Checked } from "../engine/check";
import { words } from "../i18n";
import { visible } from "../lib/visible";
import { passphraseQuestion, saveCase } from "../state/cases";
import { messageOf } from "../state/engine";
import { Dialog } from "./dialog";
import { SecretField, ShownBox } from "./secret-field";

// What is shorter can be guessed by whoever has the file.
const LEAST = 12;

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
      <SecretField
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
        <SecretField
          label={w.repeat}
          name="passphrase-again"
          value={again}
          isShown={false}
          isWrong={again !== "" && !isSame}
          set={setAgain}
          enter={save}
        />
      )}
      <ShownBox label={w.show} isShown={isShown} set={setShown} />
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
      <SecretField
        label={w.label}
        name="case-passphrase"
        value={passphrase}
        isShown={isShown}
        isWrong={asked.again}
        isFirst
        set={setPassphrase}
        enter={use}
      />
      <ShownBox label={w.show} isShown={isShown} set={setShown} />
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
