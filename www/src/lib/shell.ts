// What the outer page and the application in its frame say to each other, over one channel.
//
// The outer page holds what the frame may not have (folder handles, the public interface); the
// frame holds everything else. Neither trusts the other's text as more than text.

import type { Given, Refused } from "../engine/check";
import type { Settings } from "../engine/protocol";

/** `<html data-state>` of the outer page. */
export type PageState = "ready" | "checking" | "done" | "failed";

export type Language = "en" | "ja";

/** Options of `window.sekisho.check`. The last four are for tests. */
export interface ScriptOptions {
  readonly settings?: Settings;
  /** Tried on what is encrypted. */
  readonly passwords?: readonly string[];
  /** Indicator lists to sweep for. */
  readonly iocs?: readonly File[];
  /** Rules to run: files, or archives of them. */
  readonly rules?: readonly File[];
  readonly workers?: number;
  readonly cutBytes?: number;
  readonly cutSeed?: number;
  /** Milliseconds before the first look at what is found so far. */
  readonly lookMs?: number;
}

/** What stands in the outer page: its texts as they were served. */
export interface PageParts {
  /** With those that the browser's own additions may have put beside the page's. */
  readonly styles: readonly string[];
  readonly scripts: readonly string[];
  /** The document of the frame. */
  readonly frame: string;
  readonly engine: string;
  readonly engineBytes: string;
}

/** From the outer page to the frame. `ticket`: the caller waits for a `Settled` with the same one. */
export type ToFrame =
  | {
      readonly kind: "check";
      readonly given: Given[];
      readonly refused: Refused[];
      readonly options?: ScriptOptions;
      readonly ticket?: number;
      /** Somebody dropped them, and can be asked about them before the answer. */
      readonly isDropped?: boolean;
    }
  | { readonly kind: "train"; readonly name: string }
  | { readonly kind: "cancel"; readonly ticket: number }
  | { readonly kind: "page"; readonly parts: PageParts }
  | {
      readonly kind: "engine";
      readonly packed: Uint8Array<ArrayBuffer>;
      /** The block of the checker that the page is, where it is one. */
      readonly checker: string | null;
    };

/** From the frame to the outer page. */
export type ToOuter =
  | { readonly kind: "state"; readonly state: PageState }
  | { readonly kind: "language"; readonly language: Language }
  | { readonly kind: "theme"; readonly theme: "auto" | "light" | "dark" }
  | { readonly kind: "drag" }
  | { readonly kind: "unsaved"; readonly is: boolean }
  | { readonly kind: "engine" }
  | { readonly kind: "page" }
  | { readonly kind: "report"; readonly json: Blob | null }
  | { readonly kind: "settled"; readonly ticket: number; readonly error: string | null };

/** Before there is a channel: the frame says it is there, the outer page answers with a port. */
export const HELLO = "sekisho:hello";
export const IS_ANYBODY_THERE = "sekisho:there?";
export const PORT = "sekisho:port";
