// While a check runs: how far it is, as a whole and by file, what cannot be read, and the way to stop.

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Given, Refused, Tally } from "../engine/check";
import type { Provisional } from "../engine/provisional";
import { language, say, words } from "../i18n";
import { bytes, duration, number, percent } from "../lib/format";
import { visible } from "../lib/visible";
import { stop } from "../state/app";
import { Chunks } from "./chunks";
import { RefusedList } from "./failed";

const LOOK_MS = 200;

// Of many files that are no logs, so many are named.
const NAMED = 5;

// The rate is that of the last few seconds: long enough to be steady, short enough to be true.
const RATE_MS = 5_000;

/** Bytes of the files that are done by now: the share of the work, told in the files' own size. */
const bytesDone = (tally: Tally) => tally.share * tally.size;

/** Bytes per second over the last seconds; nothing before there is something to tell. */
function useRate(tally: Tally, now: number): number | undefined {
  const samples = useRef<{ at: number; done: number }[]>([]);
  const list = samples.current;
  if (tally.stage === "scan" && list.at(-1)?.at !== now) list.push({ at: now, done: bytesDone(tally) });
  while (list.length > 2 && now - (list[0]?.at ?? now) > RATE_MS) list.shift();
  const [first, last] = [list[0], list.at(-1)];
  if (!first || !last || last.at - first.at < LOOK_MS) return undefined;
  return ((last.done - first.done) * 1000) / (last.at - first.at);
}

/** The time now, told anew a few times a second. */
function useClock(): number {
  const [now, setNow] = useState(performance.now());
  useEffect(() => {
    const clock = setInterval(() => setNow(performance.now()), LOOK_MS);
    return () => clearInterval(clock);
  }, []);
  return now;
}

export function Checking({ tally, since }: { tally: Tally; since: number }): JSX.Element {
  const w = words.value.checking;
  const now = useClock();
  const rate = useRate(tally, now);
  useEffect(() => scrollTo(0, 0), []);
  return (
    <main class="narrow checking" data-now={Math.round(now)}>
      <div class="checking-head">
        <h1>{w.title}</h1>
        <div class="buttons">
          {tally.stage === "scan" && (
            <Pausing tally={tally} isPaused={tally.isPaused} isEnding={tally.isEnding} />
          )}
          <button type="button" class="main" data-action="cancel" onClick={() => void stop()}>
            {w.cancel} <kbd>{w.cancelHint}</kbd>
          </button>
        </div>
      </div>
      <Whole tally={tally} rate={rate} elapsed={(now - since) / 1000} />
      {/* Of a part, nothing found says nothing. */}
      {tally.provisional?.count ? <SoFar found={tally.provisional} /> : null}
      <Unreadable files={[...tally.unreadable, ...tally.refused]} />
      <Taken kind="rules" said={w.rules} names={tally.rules} />
      <Taken kind="lists" said={w.lists} names={tally.lists} />
      <Taken kind="mappings" said={w.mappings} names={tally.mappings} />
      <h2>
        {w.files} <span class="count">{number(language.value, tally.given.length)}</span>
      </h2>
      <div class="file-list">
        <Chunks
          items={tally.given}
          rowHeight={44}
          size={50}
          row={(given, at) => <FileProgress key={at} given={given} share={shareOf(tally, at)} />}
        />
      </div>
    </main>
  );
}

interface PausingProps {
  readonly tally: Tally;
  // What is drawn is drawn anew when these change.
  readonly isPaused: boolean;
  readonly isEnding: boolean;
}

/** The ways to stop without losing what was read. They take effect when the parts at work are read. */
function Pausing({ tally, isPaused, isEnding }: PausingProps): JSX.Element {
  const w = words.value.checking;
  return (
    <>
      <button type="button" data-action="pause" onClick={() => (isPaused ? tally.resume() : tally.pause())}>
        {isPaused ? w.resume : w.pause}
      </button>
      <button
        type="button"
        data-action="end"
        disabled={isEnding}
        onClick={() => tally.end()}
        title={w.endHint}
      >
        {w.end}
      </button>
    </>
  );
}

/** What is found so far. */
function SoFar({ found }: { found: Provisional }): JSX.Element {
  const w = words.value.checking;
  const l = language.value;
  return (
    <section class="panel" data-provisional={found.count}>
      <h2>
        {w.soFar} <span class="count">{number(l, found.count)}</span>
      </h2>
      <p class="note" role="status">
        {w.soFarNote(percent(l, found.share, 1))}
      </p>
      <ul class="so-far">
        {found.leading.map(({ id, severity, title }) => (
          <li key={id}>
            <span class={`severity severity-${severity}`}>{words.value.severity[severity]}</span>{" "}
            {visible(say(title))}
          </li>
        ))}
      </ul>
    </section>
  );
}

interface TakenProps {
  readonly kind: string;
  readonly said: string;
  readonly names: readonly string[];
}

/** What was not taken for logs. */
function Taken({ kind, said, names }: TakenProps): JSX.Element | null {
  if (names.length === 0) return null;
  const more = names.length - NAMED;
  return (
    <p class="note" role="status" data-taken={kind}>
      {said} {names.slice(0, NAMED).map(visible).join(", ")}
      {more > 0 && ` +${number(language.value, more)}`}
    </p>
  );
}

function Whole({
  tally,
  rate,
  elapsed,
}: {
  tally: Tally;
  rate: number | undefined;
  elapsed: number;
}): JSX.Element {
  const w = words.value.checking;
  const l = language.value;
  const done = bytesDone(tally);
  const left = rate ? (tally.size - done) / rate : undefined;
  const stage =
    tally.stage === "survey"
      ? w.survey(number(l, tally.surveyed), number(l, tally.given.length))
      : tally.isPaused
        ? w.paused
        : w[tally.stage];
  return (
    <section class="whole">
      <p class="stage">{stage}</p>
      <progress max={1} value={tally.share} aria-label={w.title} />
      <dl class="facts">
        <Fact name={w.read} value={`${bytes(l, done)} / ${bytes(l, tally.size)}`} />
        <Fact name={w.rate} value={rate === undefined ? w.soon : `${bytes(l, rate)}/s`} />
        <Fact name={w.left} value={left === undefined ? w.soon : duration(l, Math.ceil(left))} />
        <Fact name={w.elapsed} value={duration(l, elapsed)} />
      </dl>
      <Announced share={tally.share} stage={stage} scanning={tally.stage === "scan"} />
    </section>
  );
}

function Fact({ name, value }: { name: string; value: string }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** Speaks at every quarter, and at every change of stage: often enough, and no oftener. */
function Announced({
  share,
  stage,
  scanning,
}: {
  share: number;
  stage: string;
  scanning: boolean;
}): JSX.Element {
  const quarter = Math.floor(share * 4) / 4;
  const text = scanning ? words.value.checking.announce(percent(language.value, quarter, 1)) : stage;
  return (
    <p class="unseen-text" role="status">
      {text}
    </p>
  );
}

function Unreadable({ files }: { files: readonly Refused[] }): JSX.Element | null {
  if (files.length === 0) return null;
  return (
    <section class="panel warning" role="status">
      <h2>{words.value.checking.cannotRead}</h2>
      <RefusedList refused={files} />
    </section>
  );
}

/** How far one file is. One without any work is done as soon as the work is known. */
function shareOf(tally: Tally, at: number): number {
  if (tally.stage === "survey") return 0;
  const work = tally.work[at] ?? 0;
  return tally.stage === "conclude" || work === 0 ? 1 : (tally.done[at] ?? 0) / work;
}

function FileProgress({ given, share }: { given: Given; share: number }): JSX.Element {
  const l = language.value;
  const name = visible(given.name);
  return (
    <div class="file-progress">
      <span class="file-name">{name}</span>
      <span class="file-size">
        {share >= 1 ? words.value.checking.fileDone : percent(l, share, 1)} · {bytes(l, given.file.size)}
      </span>
      <progress max={1} value={share} aria-label={name} />
    </div>
  );
}
