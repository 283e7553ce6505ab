// Light or dark, and how strong the contrast is: as the system says, or as the user chose for this
// visit. Nothing is stored.

import { effect, signal } from "@preact/signals";
import { tellOuter } from "./shell";

/** `contrast`: light or dark as the system says, with the strongest contrast. */
export type Theme = "auto" | "light" | "dark" | "contrast";

export const THEMES: readonly Theme[] = ["auto", "light", "dark", "contrast"];

export const theme = signal<Theme>("auto");

/** Keeps the documents as chosen. */
export function watchTheme(): void {
  const wanted = matchMedia("(prefers-contrast: more)");
  const isWanted = signal(wanted.matches);
  wanted.addEventListener("change", () => (isWanted.value = wanted.matches));
  effect(() => {
    const scheme = theme.value === "contrast" ? "auto" : theme.value;
    const { dataset } = document.documentElement;
    dataset["theme"] = scheme;
    dataset["contrast"] = theme.value === "contrast" || isWanted.value ? "more" : "as-is";
    tellOuter({ kind: "theme", theme: scheme });
  });
}
