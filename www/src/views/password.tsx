// Asks for the password of what is encrypted. Closing the dialog goes on without one.

import type { JSX } from "preact";
import { useId, useState } from "preact/hooks";
import { language, words } from "../i18n";
import { number } from "../lib/format";
import { visible } from "../lib/visible";
import { question, type Question } from "../state/passwords";
import { Dialog } from "./dialog";
import { SecretField, ShownBox } from "./secret-field";

// Names shown; the count says the rest.
const SHOWN = 8;

export function PasswordQuestion(): JSX.Element | null {
  const asked = question.value;
  return asked && <Ask key={asked.id} asked={asked} />;
}

function Ask({ asked }: { asked: Question }): JSX.Element {
  const w = words.value.password;
  const id = useId();
  const [password, setPassword] = useState("");
  const [shown, setShown] = useState(false);
  const use = () => password !== "" && asked.answer(password);
  return (
    <Dialog title={w.title} onClose={() => asked.answer(undefined)}>
      <p>{w.files(number(language.value, asked.locked.length))}</p>
      <ul class="refused">
        {asked.locked.slice(0, SHOWN).map((name) => (
          <li key={name}>
            <code>{visible(name)}</code>
          </li>
        ))}
        {asked.locked.length > SHOWN && <li>+{number(language.value, asked.locked.length - SHOWN)}</li>}
      </ul>
      <SecretField
        label={w.label}
        name="password"
        value={password}
        isShown={shown}
        isWrong={asked.again && password === ""}
        isFirst
        describedBy={`${id}-hint ${id}-error`}
        set={setPassword}
        enter={use}
      />
      <ShownBox label={w.show} isShown={shown} set={setShown} />
      <p class="hint" id={`${id}-hint`}>
        {w.note}
      </p>
      <p class="field-error" id={`${id}-error`} role="status">
        {asked.again ? w.again : ""}
      </p>
      <div class="buttons">
        <button
          type="button"
          class="main"
          data-action="use-password"
          disabled={password === ""}
          onClick={use}
        >
          {w.use}
        </button>
        <button type="button" data-action="skip-password" onClick={() => asked.answer(undefined)}>
          {w.skip}
        </button>
      </div>
    </Dialog>
  );
}
