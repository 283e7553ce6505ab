// The browser's own chooser of files, opened by a key.

import { until } from "./browser.mjs";

/**
 * Notes that a chooser is asked for. What it gives waits for that, chooses, and says whether it could.
 * Firefox's driver cannot answer a chooser, so there none opens: it is enough that the field was asked
 * for one in the wake of a key. Files are given to it by hand then; a folder cannot be.
 */
export async function asksForChooser(tab, kind) {
  const field = `[data-choose=${kind}]`;
  if (tab.raw.waitForEvent) {
    const asked = tab.raw.waitForEvent("filechooser");
    return async (path) => {
      await (await asked).setFiles(path);
      return true;
    };
  }
  await tab.frame((field) => {
    const asked = (event) => {
      event.preventDefault();
      globalThis.chooserAsked = navigator.userActivation?.isActive ?? true;
    };
    globalThis.chooserAsked = false;
    document.querySelector(field).addEventListener("click", asked, { once: true });
  }, field);
  return async (path) => {
    await until(() => tab.frame(() => globalThis.chooserAsked), { what: `the chooser of ${kind}` });
    if (kind === "files") await tab.choose(field, [path]);
    return kind === "files";
  };
}
