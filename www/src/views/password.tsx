// Asks for the password of what is encrypted. Closing the dialog goes on without one.

import type { JSX } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { language, words } from "../i18n";
import { number } from "../lib/format";
import { visible } from "../lib/visible";
import { question, type Question } from "../state/passwords";
import { Dialog } from "./dialog";

// Names shown; the count says the rest.
const SHOWN = 8;

// Preact's types tell fields of different types apart; one that changes its type is none of them.
const typeOf = (isShown: boolean) => ({ type: isShown ? "text" : "password" }) as { type: "password" };

export function PasswordQuestion(): JSX.Element | null {
  const asked = question.value;
  return asked && <Ask key={asked.id} asked={asked} />;
}

function Ask({ asked }: { asked: Question }): JSX.Element {
  const w = words.value.password;
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [password, setPassword] = useState("");
  const [shown, setShown] = useState(false);
  useLayoutEffect(() => field.current?.focus(), []);
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
      <div class="field">
        <label for={id}>{w.label}</label>
        <input
          id={id}
          ref={field}
          {...typeOf(shown)}
          data-field="password"
          autocomplete="off"
          spellcheck={false}
          aria-invalid={asked.again && password === ""}
          aria-describedby={`${id}-hint ${id}-error`}
          onInput={(event) => setPassword(event.currentTarget.value)}
          onKeyDown={(event) => event.key === "Enter" && !event.isComposing && use()}
        />
        <label class="check">
          <input
            type="checkbox"
            checked={shown}
            onChange={(event) => setShown(event.currentTarget.checked)}
          />
          {w.show}
        </label>
        <p class="hint" id={`${id}-hint`}>
          {w.note}
        </p>
        <p class="field-error" id={`${id}-error`} role="status">
          {asked.again ? w.again : ""}
        </p>
      </div>
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
