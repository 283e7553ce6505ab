// Light or dark: as the system says, or as the user chose for this visit. Nothing is stored.

import { effect, signal } from "@preact/signals";
import { tellOuter } from "./shell";

export type Theme = "auto" | "light" | "dark";

export const THEMES: readonly Theme[] = ["auto", "light", "dark"];

export const theme = signal<Theme>("auto");

/** Keeps the documents as chosen. */
export function watchTheme(): void {
  effect(() => {
    document.documentElement.dataset["theme"] = theme.value;
    tellOuter({ kind: "theme", theme: theme.value });
  });
}
