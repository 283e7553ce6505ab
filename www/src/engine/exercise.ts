// Exercises as the engine speaks of them. Of what happened nothing is in here but hints, until a sheet
// is handed in.

import type { Text } from "../wire/report";

export type QuestionId =
  | "happened"
  | "accounts"
  | "addresses"
  | "first"
  | "last"
  | "entry"
  | "viewed"
  | "downloaded"
  | "projects"
  | "documents"
  | "way_back"
  | "logs";

export interface ExerciseQuestion {
  readonly id: QuestionId;
  /** The question of a report that it is about. */
  readonly of: string;
  readonly kind: "choice" | "names" | "time" | "count";
  readonly said: Text;
  readonly choices: readonly { readonly id: string; readonly said: Text }[];
  readonly none: Text;
}

export type ItemId =
  "overview" | "data" | "people" | "cause" | "secondary" | "notice" | "publication" | "measures" | "other";

export interface DraftItem {
  readonly id: ItemId;
  readonly said: Text;
  readonly hint: Text | null;
}

export type SheetAnswer =
  | "cannot_determine"
  | "none"
  | { readonly choice: string }
  | { readonly names: readonly string[] }
  | { readonly time: string }
  | { readonly count: number };

export interface Given {
  readonly answer: SheetAnswer | null;
  readonly likelihood: number | null;
  readonly hints: number;
}

export type Stance = "known" | "open" | "nothing";

export interface Written {
  readonly stance: Stance | null;
  readonly text: string;
}

export interface Sheet {
  readonly sekisho_sheet: number;
  readonly training: string;
  readonly trainee: string;
  readonly answers: Partial<Record<QuestionId, Given>>;
  readonly draft: Partial<Record<ItemId, Written>>;
}

/** What is asked of a case. */
export interface ExerciseAsked {
  readonly training: string;
  readonly questions: readonly ExerciseQuestion[];
  readonly items: readonly DraftItem[];
  /** An empty sheet. */
  readonly sheet: Sheet;
}

export type Verdict = "right" | "partly" | "too_cautious" | "wrong" | "over_claimed" | "unanswered";

/** Points are basis points: 10,000 are full marks. */
export interface Mark {
  readonly question: QuestionId;
  readonly verdict: Verdict;
  readonly points: number;
  readonly before_hints: number;
  readonly hints: number;
  readonly likelihood: number;
  readonly brier: number;
  readonly missing: readonly string[];
  readonly too_much: readonly string[];
}

export interface Marks {
  readonly total: number;
  readonly answers: number;
  readonly calibration: number;
  readonly draft: number;
  readonly questions: readonly Mark[];
  readonly items: readonly {
    readonly item: ItemId;
    readonly points: number;
    readonly right: readonly Stance[];
    readonly names: boolean;
  }[];
}

/** A record that tells of the incident, or only looks so. */
export interface Step {
  /** UTC. */
  readonly time: string;
  readonly what: Text;
  readonly account: string;
  readonly address: string;
  readonly is_decoy: boolean;
  readonly log: string;
  /** None where the record was removed. */
  readonly line: number | null;
  readonly text: string;
}

/** What is said of a sheet that was handed in. */
export interface Debrief {
  readonly marks: Marks;
  readonly digest: string;
  readonly key: {
    readonly training: string;
    readonly solved: readonly {
      readonly question: QuestionId;
      readonly answer: SheetAnswer;
      readonly exhibits: readonly Step[];
      readonly detections: readonly string[];
    }[];
    readonly timeline: readonly Step[];
    readonly decoys: readonly Text[];
    readonly defects: readonly Text[];
  };
}

/** All results of a class. */
export interface ClassRollUp {
  readonly rows: readonly {
    readonly trainee: string;
    readonly file: string;
    readonly training: string;
    readonly marks: Marks;
    readonly was_changed: boolean;
  }[];
  readonly questions: readonly {
    readonly question: QuestionId;
    readonly said: Text;
    readonly points: number;
    readonly verdicts: Partial<Record<Verdict, number>>;
    readonly hinted: number;
    readonly mistakes: readonly {
      readonly training: string;
      readonly name: string;
      readonly count: number;
    }[];
  }[];
  readonly set_aside: readonly { readonly file: string; readonly why: Text }[];
}
