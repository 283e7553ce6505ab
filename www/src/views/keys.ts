// The keyboard: one listener for the whole page. Keys do nothing while text is being typed.

import { screen, stop } from "../state/app";
import { redo, undo } from "../state/judge";
import { helpOpen } from "./help";
import { chooseFiles } from "./inputs";
import { paletteOpen } from "./palette";

/** The head of every finding drawn, in order. */
const HEADS = "[data-finding-head]";

function move(step: 1 | -1): void {
  const heads = [...document.querySelectorAll<HTMLElement>(HEADS)];
  const now = heads.indexOf(document.activeElement as HTMLElement);
  const next = heads[now < 0 ? (step > 0 ? 0 : heads.length - 1) : now + step];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "nearest" });
}

function isTyping(target: EventTarget | null): boolean {
  const typed = "input:not([type=radio], [type=checkbox]), textarea, select, dialog";
  return target instanceof HTMLElement && target.closest(typed) !== null;
}

/** Takes a judgement back, or makes it again. */
function pressWithControl(event: KeyboardEvent): void {
  const key = event.key.toLowerCase();
  if (key === "k" && !event.shiftKey) {
    event.preventDefault();
    paletteOpen.value = true;
    return;
  }
  const way = key === "z" ? (event.shiftKey ? redo : undo) : key === "y" ? redo : undefined;
  if (!way || screen.value.kind !== "done" || isTyping(event.target)) return;
  event.preventDefault();
  void way();
}

function press(event: KeyboardEvent): void {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.isComposing) return pressWithControl(event);
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape") {
    // In a dialog it closes that.
    const isBusy = screen.value.kind === "checking" || screen.value.kind === "making";
    if (isBusy && !isTyping(event.target)) void stop();
    return;
  }
  if (isTyping(event.target)) return;
  if (event.key === "Enter" && event.target === document.body && screen.value.kind === "data")
    return document.querySelector<HTMLElement>("[data-action=go-on]")?.click();
  const actions: Record<string, () => void> = {
    "?": () => (helpOpen.value = true),
    j: () => move(1),
    k: () => move(-1),
    o: chooseFiles,
  };
  const action = actions[event.key];
  if (!action) return;
  event.preventDefault();
  action();
}

export function listenToKeys(): void {
  addEventListener("keydown", press);
}
