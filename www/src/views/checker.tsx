// What a vendor's checker says on the first screen: whose it is, what to do, and how to make sure.
//
// All of it is the vendor's text, and shown as text.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { OpenedChecker } from "../engine/protocol";
import { say, words } from "../i18n";
import { blocksOf, type Block, type Inline } from "../lib/markdown";
import { visible } from "../lib/visible";
import { messageOf } from "../state/engine";
import { checker, isOver } from "../state/checker";

/** The vendor's part of the first screen; nothing where the page is no checker. */
export function FromVendor(): JSX.Element | null {
  const now = checker.value;
  return now.kind === "opened" ? <FromVendorOf opened={now.opened} /> : null;
}

/** In place of everything else: a checker that was changed is not used. */
export function Refused({ why }: { why: unknown }): JSX.Element {
  const w = words.value.checker;
  return (
    <main class="start">
      <div class="panel alarm" role="alert" data-checker="refused">
        <h1>{w.refused}</h1>
        <p>{w.refusedTodo}</p>
        <pre class="said">{visible(messageOf(why))}</pre>
      </div>
    </main>
  );
}

/** The vendor's part, of a checker that is open or is being made. */
export function FromVendorOf({ opened }: { opened: OpenedChecker }): JSX.Element {
  const w = words.value.checker;
  const { about, fingerprint, edition } = opened;
  const instructions = say(about.instructions) || about.instructions.en || about.instructions.ja;
  return (
    <section class="panel from-vendor" aria-label={w.label} data-checker="opened">
      <div class="vendor-head">
        <Logo opened={opened} />
        <div>
          <h2>{visible(about.title)}</h2>
          <p>{w.from(visible(about.vendor))}</p>
        </div>
      </div>
      {isOver(opened) && <p class="panel alarm">{w.over(visible(about.expires))}</p>}
      <div class="instructions">
        {blocksOf(instructions).map((block, at) => (
          <Shown key={at} block={block} />
        ))}
      </div>
      {about.questions.length > 0 && <p>{w.questions(about.questions.map(visible).join(", "))}</p>}
      <dl class="vendor-facts">
        {about.contact !== "" && <Fact name={w.contact} value={about.contact} />}
        {about.expires !== "" && <Fact name={w.until} value={about.expires} />}
        <Fact name={w.fingerprint} value={fingerprint} />
        {edition !== "" && <Fact name={w.edition} value={edition} />}
      </dl>
      <p class="hint">{w.compare}</p>
    </section>
  );
}

function Fact({ name, value }: { name: string; value: string }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{visible(value)}</dd>
    </div>
  );
}

/** The vendor's mark. It stands in the page, so nothing is asked for. */
function Logo({ opened }: { opened: OpenedChecker }): JSX.Element | null {
  const file = opened.files.find(({ role }) => role === "logo")?.file;
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    setAddress(undefined);
    if (file) void addressOf(file).then(setAddress);
  }, [file]);
  return address === undefined ? null : <img class="vendor-logo" src={address} alt="" />;
}

async function addressOf(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const type = bytes[0] === 0x89 ? "image/png" : "image/jpeg";
  return `data:${type};base64,${btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))}`;
}

function Shown({ block }: { block: Block }): JSX.Element {
  switch (block.kind) {
    case "heading":
      return (
        <h3>
          <Inlines parts={block.parts} />
        </h3>
      );
    case "paragraph":
      return (
        <p>
          <Inlines parts={block.parts} />
        </p>
      );
    case "list": {
      const items = block.items.map((parts, at) => (
        <li key={at}>
          <Inlines parts={parts} />
        </li>
      ));
      return block.isNumbered ? <ol>{items}</ol> : <ul>{items}</ul>;
    }
  }
}

function Inlines({ parts }: { parts: readonly Inline[] }): JSX.Element {
  return (
    <>
      {parts.map(({ kind, text }, at) => {
        const shown = visible(text);
        if (kind === "strong") return <strong key={at}>{shown}</strong>;
        return kind === "code" ? <code key={at}>{shown}</code> : shown;
      })}
    </>
  );
}
