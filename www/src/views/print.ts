// Prints the report: all sections and the findings that are listed are drawn first, since what is far
// from the window is not.

import { signal } from "@preact/signals";

/** Everything is drawn, wherever the window is. */
export const isPrinting = signal(false);

// Two frames: one to draw, one to be sure that it was.
const drawn = () => new Promise((resume) => requestAnimationFrame(() => requestAnimationFrame(resume)));

export async function print(): Promise<void> {
  isPrinting.value = true;
  await drawn();
  try {
    window.print();
  } finally {
    isPrinting.value = false;
  }
}

export const printReport = (): void => void print();
