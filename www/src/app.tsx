// The application in its sandboxed frame.

import { effect } from "@preact/signals";
import { render } from "preact";
import { language, words } from "./i18n";
import { cancel, showExercise, showStart, start } from "./state/app";
import { takeChecker } from "./state/checker";
import { englishOf, prepare, takeEngine } from "./state/engine";
import { watchUnsaved } from "./state/judge";
import { joinOuter, tellOuter } from "./state/shell";
import { takePage } from "./state/vendor";
import { watchTheme } from "./state/theme";
import { watchSettings } from "./state/validate";
import { keepFocus } from "./views/focus";
import { listenToKeys } from "./views/keys";
import { Page } from "./views/page";
import type { ToFrame } from "./lib/shell";

async function hear(message: ToFrame): Promise<void> {
  if (message.kind === "engine") {
    takeEngine(message.packed);
    return takeChecker(message.checker);
  }
  if (message.kind === "page") return takePage(message.parts);
  if (message.kind === "train") return showExercise(message.name);
  if (message.kind === "cancel") {
    await cancel();
    return tellOuter({ kind: "settled", ticket: message.ticket, error: null });
  }
  const { given, refused, options, ticket, isDropped = false } = message;
  const error = await start(given, refused, { script: options, mayAsk: isDropped }).then(
    () => null,
    englishOf,
  );
  if (ticket !== undefined) tellOuter({ kind: "settled", ticket, error });
}

effect(() => {
  document.documentElement.lang = language.value;
  document.title = words.value.title;
  tellOuter({ kind: "language", language: language.value });
});
watchTheme();
listenToKeys();
keepFocus();

render(<Page />, document.getElementById("root") as HTMLElement);

joinOuter((message) => void hear(message));
showStart(false);
watchSettings();
watchUnsaved();
// The first paint goes before the engine, which takes the main thread for some milliseconds.
requestAnimationFrame(() => setTimeout(() => void prepare()));
