// The dialog in which people describe a format of their own: the first records as stored, what their
// parts mean, and at once how they are understood.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Told } from "../engine/pool";
import type { Preview } from "../engine/protocol";
import { language, words } from "../i18n";
import { download } from "../lib/download";
import { draftOf, guess, idOf, mappingOf, namesIn, pairsIn, type Draft, type Pairs } from "../lib/draft";
import { visible, visibleLines } from "../lib/visible";
import { startAgain } from "../state/app";
import { described, preview, type Described as Subject } from "../state/describe";
import { messageOf } from "../state/engine";
import { addMapping, setStream, streamSettings } from "../state/settings";
import { Dialog } from "./dialog";
import { LogText } from "./log-text";
import { Meaning, Shape, type Errors } from "./mapping-fields";
import { Understood } from "./mapping-preview";

// Typing is followed, but not letter by letter.
const PAUSE_MS = 200;
const RECORDS_SHOWN = 6;

export function Described(): JSX.Element | null {
  const subject = described.value;
  return subject && <Describe key={subject.name} subject={subject} />;
}

function Describe({ subject }: { subject: Subject }): JSX.Element {
  const [stored, setStored] = useState<Preview | undefined>();
  const [error, setError] = useState("");
  useEffect(() => {
    preview(subject, undefined, "").then(setStored, (error) => setError(messageOf(error)));
  }, []);
  const close = () => (described.value = null);
  return (
    <Dialog title={words.value.mapping.title} onClose={close} isWide>
      <p class="file-name">{visible(subject.name)}</p>
      <p class="hint">{words.value.mapping.intro}</p>
      {stored && <Form subject={subject} stored={stored} />}
      <p class="field-error" role="alert">
        {error}
      </p>
    </Dialog>
  );
}

/** Names in the order in which records give them. */
const namesOf = (records: readonly Pairs[]) => [
  ...new Set(records.flatMap((pairs) => pairs.map(([name]) => name))),
];

function Form({ subject, stored }: { subject: Subject; stored: Preview }): JSX.Element {
  const texts = stored.lines;
  const [draft, setDraft] = useState(() => {
    const first = draftOf(subject.name, texts);
    return guess(
      first,
      first.kind === "json" ? stored.records.map(({ pairs }) => pairs) : pairsIn(first, texts),
    );
  });
  const [zone, setZone] = useState(streamSettings.value.get(subject.name)?.zone ?? "");
  const ownNames = namesIn(draft, texts);
  const mapping = mappingOf(draft, ownNames);
  const { result, error } = usePreview(subject, draft.name, mapping, zone);
  const given = (result ?? stored).records.map(({ pairs }) => pairs);
  const records = draft.kind === "text" || draft.kind === "json" ? given : pairsIn(draft, texts);
  const names = ownNames.length > 0 ? ownNames : namesOf(records);
  // What names suggest is filled in when they appear, and never against a choice.
  const known = names.join("\n");
  useEffect(() => setDraft((draft) => guess(draft, records)), [known]);
  const change = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
  const missed = (result ?? stored).records.filter(({ format }) => format !== idOf(draft.name));
  return (
    <>
      <Records texts={texts} />
      <Shape
        draft={draft}
        change={change}
        errors={errorsOf(error)}
        samples={missed.map(({ text }) => text)}
      />
      <Meaning
        draft={draft}
        change={change}
        errors={errorsOf(error)}
        names={names}
        samples={
          new Map(
            records
              .flat()
              .filter(([, value]) => value !== "")
              .reverse(),
          )
        }
        zone={zone}
        setZone={setZone}
      />
      <Understood result={result} id={idOf(draft.name)} error={errorsOf(error).other} />
      <Finish subject={subject} draft={draft} mapping={mapping} zone={zone} isWrong={error !== undefined} />
    </>
  );
}

/** How the first records are understood, followed while the description changes. */
function usePreview(subject: Subject, name: string, text: string, zone: string) {
  const [state, setState] = useState<{ result: Preview | undefined; error: unknown }>({
    result: undefined,
    error: undefined,
  });
  useEffect(() => {
    let isStale = false;
    const pause = setTimeout(() => {
      preview(subject, { name, text }, zone).then(
        (result) => isStale || setState({ result, error: undefined }),
        (error) => isStale || setState((last) => ({ ...last, error })),
      );
    }, PAUSE_MS);
    return () => {
      isStale = true;
      clearTimeout(pause);
    };
  }, [text, zone]);
  return state;
}

/** What the engine said, at the field that it is about. */
function errorsOf(error: unknown): Errors {
  if (error === undefined) return { other: "" };
  const place = error instanceof Told ? error.place : undefined;
  if (!place) return { other: messageOf(error) };
  const wrong = place[language.value];
  const field = fieldOf(place.name);
  return field ? { other: "", [field]: wrong } : { other: `${place.name}: ${wrong}` };
}

/** The field in which people say what the engine reads at a place of a mapping file. */
function fieldOf(place: string): string | undefined {
  if (place.startsWith("pattern")) return "patterns";
  if (place.startsWith("when")) return "result";
  if (place === "fields.@timestamp") return "time";
  const [, field] = /^fields\.(.+)$/.exec(place) ?? [];
  return field ?? (place === "columns" || place === "zone" ? place : undefined);
}

function Records({ texts }: { texts: readonly string[] }): JSX.Element {
  return (
    <section class="stored">
      <h3>{words.value.mapping.records}</h3>
      <ol tabIndex={0} aria-label={words.value.mapping.records}>
        {texts.slice(0, RECORDS_SHOWN).map((text, at) => (
          <li key={at}>
            <LogText text={text} />
          </li>
        ))}
      </ol>
    </section>
  );
}

interface FinishProps {
  readonly subject: Subject;
  readonly draft: Draft;
  readonly mapping: string;
  readonly zone: string;
  readonly isWrong: boolean;
}

function Finish({ subject, draft, mapping, zone, isWrong }: FinishProps): JSX.Element {
  const w = words.value.mapping;
  const save = () => {
    const file = `${idOf(draft.name).replace(/^own_/, "") || "format"}.toml`;
    download(file, new Blob([mapping], { type: "application/toml" }));
  };
  const use = () => {
    addMapping({ id: idOf(draft.name), name: draft.name.trim(), text: mapping });
    const { encoding } = streamSettings.value.get(subject.name) ?? { encoding: "" };
    setStream(subject.name, { zone: zone.trim(), encoding });
    described.value = null;
    startAgain(subject.checked);
  };
  return (
    <>
      <details>
        <summary>{w.asFile}</summary>
        <pre class="said" data-mapping-text>
          {visibleLines(mapping)}
        </pre>
      </details>
      <div class="buttons">
        <button type="button" class="main" data-action="use-mapping" disabled={isWrong} onClick={use}>
          {w.use}
        </button>
        <button type="button" data-action="save-mapping" disabled={isWrong} onClick={save}>
          {w.save}
        </button>
      </div>
    </>
  );
}
