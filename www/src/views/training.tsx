// Cases to practise on: the offer, the making, and the mark that every screen of such a case bears.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { language, words } from "../i18n";
import { exercises } from "../i18n/exercise";
import { percent } from "../lib/format";
import { anyCase, SAMPLE, trainingOf } from "../lib/training";
import { visible, visibleLines } from "../lib/visible";
import { vendorWords } from "../i18n/vendor";
import { cancel, screen, showVendor, startCase } from "../state/app";
import { engines, messageOf } from "../state/engine";
import { classOf, exercise, secret, sheetOpen } from "../state/exercise";
import { rolledUp } from "../state/rollup";
import { Dialog } from "./dialog";
import { isOfExercise, Practise } from "./exercise";
import { StartTour } from "./tour";

// The screen tells how it goes.
const open = (name: string) => void startCase(name).catch(() => undefined);

/** The case of the screen that shows. */
function shown(): string | undefined {
  const now = screen.value;
  if (now.kind === "done" || now.kind === "data") return trainingOf(now.checked.report);
  if (now.kind === "rollup") return ofAll((rolledUp.value?.clients ?? []).map(({ training }) => training));
  if (now.kind === "class") return ofAll((classOf.value?.rows ?? []).map(({ training }) => training));
  if (now.kind === "exercise") return isCaseName(now.name) ? now.name : exercise.value?.asked.training;
  if (now.kind === "debrief") return exercise.value?.asked.training;
  return now.kind === "making" || now.kind === "checking" ? now.training : undefined;
}

/** A scenario file has more lines than a name. */
const isCaseName = (name: string) => !name.includes("\n");

/** The cases of results that are put together, where all of them are of such; else each says so. */
function ofAll(names: readonly (string | null)[]): string | undefined {
  return names.length > 0 && names.every(Boolean) ? [...new Set(names)].join(", ") : undefined;
}

/** Says that the logs are synthetic, on every screen of such a case. */
export function TrainingMark(): JSX.Element | null {
  const w = words.value.training;
  const name = shown();
  const [asked, setAsked] = useState(false);
  if (name === undefined) return null;
  return (
    <aside class="training" aria-label={w.label} data-training={name}>
      <p>
        <strong>{w.mark(visible(name))}</strong>
      </p>
      {isOfExercise() && !exercise.value?.finished && (
        <button
          type="button"
          data-action="sheet"
          aria-expanded={sheetOpen.value}
          onClick={() => (sheetOpen.value = !sheetOpen.value)}
        >
          {exercises.value.sheet.open}
        </button>
      )}
      {screen.value.kind === "done" && (
        <div class="buttons">
          <button type="button" data-action="another-case" onClick={() => open(anyCase())}>
            {w.another}
          </button>
          {secret.value !== name && (
            <button type="button" data-action="truth" onClick={() => setAsked(true)}>
              {w.truth}
            </button>
          )}
        </div>
      )}
      {asked && <Truth name={name} onClose={() => setAsked(false)} />}
    </aside>
  );
}

/** What happened in a case, which the engine makes once more for it. */
function Truth({ name, onClose }: { name: string; onClose: () => void }): JSX.Element {
  const w = words.value.training;
  const [text, setText] = useState<string>();
  useEffect(() => {
    void truthOf(name).then(setText, (error: unknown) => setText(messageOf(error)));
  }, [name]);
  return (
    <Dialog title={w.truthTitle} isWide onClose={onClose}>
      <p>{w.truthHint}</p>
      {text === undefined ? <p role="status">{w.making}</p> : <pre class="said">{visibleLines(text)}</pre>}
    </Dialog>
  );
}

async function truthOf(name: string): Promise<string> {
  return (await engines()).idle().ask("truth", { name });
}

/** The offer on the first screen. */
export function Sample(): JSX.Element {
  const w = words.value.training;
  return (
    <p class="offer">
      <button type="button" data-action="sample" onClick={() => open(SAMPLE)}>
        {w.offer}
      </button>
      <StartTour />
      <Practise />
      <span class="faint">{w.hint}</span>
      <button type="button" data-action="vendor" onClick={() => void showVendor()}>
        {vendorWords.value.open}
      </button>
    </p>
  );
}

/** The screen while a case is made. */
export function Making({ share }: { share: number }): JSX.Element {
  const w = words.value;
  return (
    <main class="narrow checking">
      <div class="checking-head">
        <h1>{w.training.making}</h1>
        <button type="button" class="main" data-action="cancel" onClick={() => void cancel()}>
          {w.checking.cancel} <kbd>{w.checking.cancelHint}</kbd>
        </button>
      </div>
      <section class="whole">
        <p class="stage">{percent(language.value, share, 1)}</p>
        <progress max={1} value={share} aria-label={w.training.making} />
      </section>
    </main>
  );
}
