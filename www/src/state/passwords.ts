// Passwords for what is encrypted, and the question for one. They stay in this page's memory for as
// long as it lives, and stand in no report.

import { signal } from "@preact/signals";
import type { AskPassword } from "../engine/check";
import { Cancelled } from "../engine/pool";

/** Tried on everything that is encrypted. */
export const passwords = signal<readonly string[]>([]);

/** A question that waits for the user. */
export interface Question {
  readonly id: number;
  readonly locked: readonly string[];
  /** The password given before fits none of them. */
  readonly again: boolean;
  readonly answer: (password: string | undefined) => void;
  readonly cancel: () => void;
}

let questions = 0;

export const question = signal<Question | null>(null);

/** Asks for a password; resolves with none when the user goes on without. */
export const askPassword: AskPassword = (locked, again) =>
  new Promise((resolve, reject) => {
    const answer = (password: string | undefined) => {
      question.value = null;
      if (password !== undefined) passwords.value = [...passwords.value, password];
      resolve(password);
    };
    const cancel = () => {
      question.value = null;
      reject(new Cancelled());
    };
    question.value = { id: ++questions, locked, again, answer, cancel };
  });
