// The language shown, and words in it. Changing the language renders the page again; nothing is
// checked again, since reports carry both languages.

import { computed, signal } from "@preact/signals";
import type { Language } from "../lib/shell";
import type { Text } from "../wire/report";
import { en, type Words } from "./en";
import { ja } from "./ja";

const WORDS: Record<Language, Words> = { en, ja };

export const LANGUAGES: readonly Language[] = ["en", "ja"];

export const language = signal<Language>(navigator.language.toLowerCase().startsWith("ja") ? "ja" : "en");

/** The page's words in the language shown. */
export const words = computed(() => WORDS[language.value]);

/** A text of the report in the language shown. */
export const say = (text: Text): string => text[language.value];

/** The name of a language in itself. */
export const nameOf = (of: Language): string => WORDS[of].language;
