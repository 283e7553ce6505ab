// The command palette: everything that can be done now, found by a few letters.

import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useId, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { LANGUAGES, language, nameOf, words } from "../i18n";
import { exercises } from "../i18n/exercise";
import { helpWords } from "../i18n/help";
import { results } from "../i18n/results";
import { vendorWords } from "../i18n/vendor";
import { visible } from "../lib/visible";
import { leave, screen, showExercise, showVendor, stop } from "../state/app";
import { hasLogs, saveCase } from "../state/cases";
import { checker } from "../state/checker";
import { exercise, finishAsked, saveSheet, sheetOpen } from "../state/exercise";
import { explore, isExploring } from "../state/explore";
import { redo, undo } from "../state/judge";
import { listFindings } from "../state/report";
import { saveRollUp } from "../state/rollup";
import { THEMES, theme } from "../state/theme";
import { Dialog } from "./dialog";
import { isOfExercise } from "./exercise";
import { helpOpen } from "./help";
import { chooseFiles, chooseFolder } from "./inputs";
import { printReport } from "./print";

export const paletteOpen = signal(false);

interface Command {
  readonly name: string;
  readonly run: () => void;
}

/** The sections of the report that show, by their headings. */
function sections(): Command[] {
  return [...document.querySelectorAll<HTMLElement>("[data-section]")].map((section) => ({
    name: section.querySelector("h2")?.firstChild?.textContent?.trim() ?? section.id,
    run: () => {
      section.focus({ preventScroll: true });
      section.scrollIntoView();
    },
  }));
}

function ofScreen(): Command[] {
  const w = words.value;
  const now = screen.value;
  if (now.kind === "checking" || now.kind === "making")
    return [{ name: w.checking.cancel, run: () => void stop() }];
  if (now.kind === "rollup") return ofRollUp();
  if (now.kind !== "done") return [];
  const { checked } = now;
  const ofLogs = [{ name: w.explore.open, run: () => void explore(checked) }];
  if (isExploring.value) return [{ name: w.explore.back, run: () => (isExploring.value = false) }];
  return [
    ...(hasLogs(checked) ? ofLogs : []),
    { name: w.palette.allFindings, run: () => listFindings("") },
    { name: w.case.save, run: () => void saveCase(checked) },
    { name: w.palette.print, run: printReport },
    { name: w.judge.undo, run: () => void undo() },
    { name: w.judge.redo, run: () => void redo() },
    { name: w.report.other, run: () => void leave() },
    ...sections(),
  ];
}

function ofRollUp(): Command[] {
  const w = results.value.rollup;
  return [
    { name: w.saveCsv, run: () => void saveRollUp("csv") },
    { name: w.saveJson, run: () => void saveRollUp("json") },
    { name: w.saveParties, run: () => void saveRollUp("parties") },
    { name: words.value.palette.print, run: printReport },
    { name: words.value.report.other, run: () => void leave() },
    ...sections(),
  ];
}

/** What can be done about exercises. */
function ofExercise(): Command[] {
  const w = exercises.value;
  const now = exercise.value;
  const name = now?.asked.training;
  const practise = {
    name: name === undefined ? w.practise : w.start.going(visible(name)),
    run: () => showExercise(name ?? "T1-1"),
  };
  if (!now || now.finished || !isOfExercise()) return [practise];
  const handIn = () => {
    sheetOpen.value = true;
    finishAsked.value = true;
  };
  return [
    { name: w.sheet.open, run: () => (sheetOpen.value = true) },
    { name: `${w.sheet.title}: ${w.sheet.finish}`, run: handIn },
    { name: w.sheet.save, run: saveSheet },
    practise,
  ];
}

function commands(): Command[] {
  const w = words.value;
  const isChecker = checker.value.kind !== "none";
  return [
    ...ofScreen(),
    { name: w.drop.files, run: chooseFiles },
    { name: w.drop.folder, run: chooseFolder },
    ...(isChecker ? [] : ofExercise()),
    ...(isChecker ? [] : [{ name: vendorWords.value.open, run: () => void showVendor() }]),
    ...LANGUAGES.map((one) => ({
      name: `${w.languageLabel}: ${nameOf(one)}`,
      run: () => (language.value = one),
    })),
    ...THEMES.map((one) => ({ name: `${w.theme.label}: ${w.theme[one]}`, run: () => (theme.value = one) })),
    { name: helpWords.value.title, run: () => (helpOpen.value = true) },
  ];
}

export function Palette(): JSX.Element | null {
  return paletteOpen.value ? <OpenPalette /> : null;
}

function OpenPalette(): JSX.Element {
  const w = words.value.palette;
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [needle, setNeedle] = useState("");
  const [at, setAt] = useState(0);
  const all = useMemo(commands, []);
  const parts = needle.toLowerCase().split(/\s+/).filter(Boolean);
  const offered = all.filter(({ name }) => parts.every((part) => name.toLowerCase().includes(part)));
  useLayoutEffect(() => field.current?.focus(), []);
  const close = () => (paletteOpen.value = false);
  const run = (command: Command | undefined) => {
    if (!command) return;
    close();
    // The dialog gives the focus back first.
    setTimeout(command.run);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    const count = Math.max(1, offered.length);
    if (event.key === "ArrowDown") setAt((at + 1) % count);
    else if (event.key === "ArrowUp") setAt((at + count - 1) % count);
    else if (event.key === "Enter") run(offered[at]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title={w.title} onClose={close}>
      <input
        type="text"
        // Preact asks for a list where there is the role: the commands below are the list.
        list={undefined}
        role="combobox"
        ref={field}
        value={needle}
        data-field="command"
        aria-label={w.title}
        aria-expanded={true}
        aria-controls={`${id}-commands`}
        aria-activedescendant={offered[at] ? `${id}-${at}` : undefined}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => {
          setNeedle(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <ul id={`${id}-commands`} class="commands" role="listbox" aria-label={w.title}>
        {offered.map((command, place) => (
          <li
            key={command.name}
            id={`${id}-${place}`}
            role="option"
            aria-selected={place === at}
            ref={(element) => {
              if (place === at) element?.scrollIntoView({ block: "nearest" });
            }}
            onClick={() => run(command)}
          >
            {command.name}
          </li>
        ))}
      </ul>
      {offered.length === 0 && (
        <p class="none" role="status">
          {w.none}
        </p>
      )}
    </Dialog>
  );
}
