// The frame's own file inputs. They stay in the page whatever the screen, so that a key or a button
// can open them anywhere.

import { createRef, type JSX } from "preact";
import { chosen } from "../lib/dropped";
import { start } from "../state/app";

const files = createRef<HTMLInputElement>();
const folder = createRef<HTMLInputElement>();

export const chooseFiles = (): void => files.current?.click();
export const chooseFolder = (): void => folder.current?.click();

// Spread, because Preact's types do not know the attribute.
const WHOLE_FOLDER = { webkitdirectory: true };

function take(input: HTMLInputElement): void {
  const { given, refused } = chosen(input.files ?? []);
  // Emptied, so that choosing the same files again is a change again.
  input.value = "";
  // The screen tells how the check ends.
  if (given.length > 0) void start(given, refused, { mayAsk: true }).catch(() => undefined);
}

export function Inputs(): JSX.Element {
  return (
    <div hidden>
      <input
        type="file"
        multiple
        data-choose="files"
        ref={files}
        onChange={(event) => take(event.currentTarget)}
      />
      <input
        type="file"
        {...WHOLE_FOLDER}
        data-choose="folder"
        ref={folder}
        onChange={(event) => take(event.currentTarget)}
      />
    </div>
  );
}
