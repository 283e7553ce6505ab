// The frame of every screen: head, the screen itself, foot, and the keyboard help.

import type { JSX } from "preact";
import { block } from "../engine/boot";
import { LANGUAGES, language, nameOf, words } from "../i18n";
import { screen, start } from "../state/app";
import { chosen } from "../lib/dropped";
import { THEMES, theme } from "../state/theme";
import { isExploring } from "../state/explore";
import { tellOuter } from "../state/shell";
import { AnswerSheet, ExerciseStart } from "./exercise";
import { CaseTrouble, LeaveQuestion } from "./case";
import { ClassView } from "./class";
import { Checking } from "./checking";
import { DataCheck } from "./data-check";
import { DebriefView } from "./debrief";
import { Explore } from "./explore/explore";
import { Failed } from "./failed";
import { Gate } from "./icons";
import { Inputs } from "./inputs";
import { Help, helpOpen } from "./help";
import { Described } from "./mapping";
import { RuleEditor } from "./rule-editor";
import { Palette, paletteOpen } from "./palette";
import { PassphraseAsked } from "./passphrase";
import { PasswordQuestion } from "./password";
import { ReportView } from "./report/report";
import { RollUpView } from "./rollup";
import { Start } from "./start";
import { Tour } from "./tour";
import { Making, TrainingMark } from "./training";
import { VendorView } from "./vendor";

function CurrentScreen(): JSX.Element {
  const now = screen.value;
  switch (now.kind) {
    case "start":
      return <Start cancelled={now.cancelled} />;
    case "making":
      return <Making share={now.share} />;
    case "checking":
      return <Checking tally={now.tally} since={now.since} />;
    case "failed":
      return <Failed message={now.message} refused={now.refused} />;
    case "data":
      return <DataCheck checked={now.checked} />;
    case "rollup":
      return <RollUpView />;
    case "exercise":
      return <ExerciseStart name={now.name} />;
    case "debrief":
      return <DebriefView />;
    case "vendor":
      return <VendorView />;
    case "class":
      return <ClassView />;
    case "done":
      return isExploring.value ? <Explore checked={now.checked} /> : <ReportView checked={now.checked} />;
  }
}

function Head(): JSX.Element {
  const w = words.value;
  return (
    <header class="head">
      <div class="brand">
        <Gate />
        <span class="brand-name">{w.title}</span>
        <span class="brand-tagline">{w.tagline}</span>
      </div>
      <div class="switches">
        <Switch
          label={w.languageLabel}
          values={LANGUAGES}
          value={language.value}
          name={nameOf}
          set={(value) => (language.value = value)}
        />
        <Switch
          label={w.theme.label}
          values={THEMES}
          value={theme.value}
          name={(value) => w.theme[value]}
          set={(value) => (theme.value = value)}
        />
        <button type="button" class="quiet" data-action="palette" onClick={() => (paletteOpen.value = true)}>
          {w.palette.open} <kbd>Ctrl+K</kbd>
        </button>
        <button
          type="button"
          class="quiet help"
          aria-label={w.help}
          title={w.help}
          onClick={() => (helpOpen.value = true)}
        >
          ?
        </button>
      </div>
    </header>
  );
}

interface SwitchProps<T extends string> {
  readonly label: string;
  readonly values: readonly T[];
  readonly value: T;
  readonly name: (value: T) => string;
  readonly set: (value: T) => void;
}

function Switch<T extends string>({ label, values, value, name, set }: SwitchProps<T>): JSX.Element {
  return (
    <div class="switch" role="group" aria-label={label}>
      {values.map((one) => (
        <button
          type="button"
          key={one}
          data-choice={one}
          aria-pressed={one === value}
          onClick={() => set(one)}
        >
          {name(one)}
        </button>
      ))}
    </div>
  );
}

/** Version and digest, as the build put them into the page. */
const BUILD = JSON.parse(block("build") || "{}") as { version?: string; digest?: string };

function Foot(): JSX.Element {
  const w = words.value.footer;
  return (
    <footer class="foot">
      <p>{w.states}</p>
      <p class="build">
        {w.version} <b>{BUILD.version}</b> · {w.digest} <code>{BUILD.digest}</code>
      </p>
    </footer>
  );
}

// The outer page's overlay takes drops. The frame takes one itself only where the overlay was too late.
const drops = {
  onDragEnter: (event: DragEvent) => {
    event.preventDefault();
    if (event.dataTransfer?.types.includes("Files")) tellOuter({ kind: "drag" });
  },
  onDragOver: (event: DragEvent) => event.preventDefault(),
  onDrop: (event: DragEvent) => {
    event.preventDefault();
    const files = event.dataTransfer?.files;
    if (files && files.length > 0)
      void start(chosen(files).given, [], { mayAsk: true }).catch(() => undefined);
  },
};

export function Page(): JSX.Element {
  return (
    <div class="page" {...drops}>
      <Head />
      <TrainingMark />
      <CurrentScreen />
      <AnswerSheet />
      <Tour />
      <Foot />
      <Inputs />
      {helpOpen.value && <Help />}
      <PasswordQuestion />
      <LeaveQuestion />
      <CaseTrouble />
      <PassphraseAsked />
      <Palette />
      <Described />
      <RuleEditor />
    </div>
  );
}
