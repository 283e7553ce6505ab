// The page by keyboard alone: keys that arrive, controls that are reached and show that they are, and a
// focus that is never lost.

import assert from "node:assert/strict";
import { sleep, until } from "./browser.mjs";
import { there } from "./frame.mjs";

/**
 * Gives the frame of the application the keyboard. A script's wish for it can come too early, so it is
 * repeated until a key that means nothing arrives; and Chromium can pass over the wish of the frame
 * alone, so where none arrived the page wishes for it too.
 */
export async function focused(tab) {
  await tab.frame(() => {
    globalThis.hasHeard = false;
    addEventListener("keydown", () => (globalThis.hasHeard = true), { capture: true, once: true });
  });
  const hears = async () => {
    await tab.frame(() => window.focus());
    await tab.press("Shift");
    const hasHeard = await tab.frame(() => globalThis.hasHeard);
    if (!hasHeard) await handedOver(tab);
    return hasHeard;
  };
  await until(hears, { what: "the keyboard" });
}

/** Has the page take the focus and give it to the frame. What had it in there has it again. */
async function handedOver(tab) {
  await tab.frame(() => (globalThis.hadFocus = document.activeElement));
  await tab.outer(() => {
    const app = document.getElementById("app");
    app.blur();
    app.focus();
  });
  await tab.frame(() => globalThis.hadFocus?.focus());
}

/** Types into a field that has the focus by itself, as a dialog's first field does. */
export async function typed(tab, selector, value) {
  await there(tab, selector);
  await focused(tab);
  const hasFocus = (selector) => document.activeElement?.matches(selector);
  await until(() => tab.frame(hasFocus, selector), { what: `the focus on ${selector}` });
  await tab.type(value);
  const holds = ({ selector, value }) => document.querySelector(selector)?.value === value;
  await until(() => tab.frame(holds, { selector, value }), { what: `${selector} to hold what was typed` });
}

/** Moves the focus with Tab until it is on something. */
export async function tabTo(tab, selector) {
  await there(tab, selector);
  for (let times = 0; times < 150; times++) {
    if (await tab.frame((selector) => document.activeElement?.matches(selector), selector)) return;
    await tab.press("Tab");
  }
  assert.fail(`no Tab leads to ${selector}`);
}

/**
 * Presses a control with its key. That Tab leads to it is shown by `walked`: here the focus is set, which
 * is taken only by what Tab leads to, or the arrows of a group.
 */
export async function pressByKey(tab, selector) {
  const key = await reached(tab, selector);
  await tab.press(key);
  await keepsFocus(tab, selector);
}

/** Opens the event of the first row of the table. */
export async function openFirstByKey(tab) {
  await tab.frame(() => document.querySelector("[role=grid]").focus());
  await focused(tab);
  for (const key of ["Home", "Enter"]) await tab.press(key);
}

/** Writes into a field and leaves it, or chooses in a list. */
export async function fillByKey(tab, selector, value) {
  await reached(tab, selector);
  const { steps, isLeft } = await tab.frame(
    ({ selector, value }) => {
      const field = document.querySelector(selector);
      if (field.localName === "select") {
        const place = [...field.options].findIndex((option) => option.value === value);
        return { steps: place - field.selectedIndex };
      }
      field.select();
      return { isLeft: field.role !== "combobox" };
    },
    { selector, value },
  );
  for (let left = Math.abs(steps ?? 0); left > 0; left--) await tab.press(steps > 0 ? "ArrowDown" : "ArrowUp");
  if (steps !== undefined) return;
  await (value === "" ? tab.press("Delete") : tab.type(value));
  if (isLeft) await tab.press("Tab");
}

/** Gives a control the focus, and says with which key it is used. What is folded is unfolded first. */
async function reached(tab, selector) {
  const isFolded = (selector) => {
    const folded = document.querySelector(selector).closest("details:not([open])");
    const summary = folded?.querySelector(":scope > summary");
    if (!summary || summary.contains(document.querySelector(selector))) return false;
    summary.focus();
    return true;
  };
  if (await tab.frame(isFolded, selector)) {
    await focused(tab);
    await tab.press("Enter");
  }
  // A screen that is just drawn takes the focus to its head, so it may have to be set once more.
  const takes = async () => {
    await tab.frame((selector) => document.querySelector(selector).focus(), selector);
    await focused(tab);
    return tab.frame((selector) => document.activeElement === document.querySelector(selector), selector);
  };
  await until(takes, { what: `the keyboard to reach ${selector}`, limit: 5000 });
  await knowsOutlines(tab);
  await until(() => tab.frame(focusShows), { what: `the focus to show on ${selector}`, limit: 3000 });
  const isCheck = (selector) => document.querySelector(selector).matches("input[type=radio], input[type=checkbox]");
  return (await tab.frame(isCheck, selector)) ? " " : "Enter";
}

/** Gives the frame the test of whether something is outlined. */
const knowsOutlines = (tab) =>
  tab.frame(() => {
    globalThis.isOutlined = (element) => {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
      return (outlineStyle !== "none" && parseFloat(outlineWidth) >= 1) || boxShadow !== "none";
    };
  });

/** Whether what has the focus shows it, by itself or by what stands around it. Runs in the frame. */
function focusShows() {
  const shows = globalThis.isOutlined;
  const has = document.activeElement;
  return !!has && has !== document.body && (shows(has) || (!!has.parentElement && has.parentElement.matches(":focus-within") && shows(has.parentElement)));
}

/** The focus is somewhere after a control was used: a screen that goes away hands it to the next. */
async function keepsFocus(tab, selector) {
  const isKept = () => document.activeElement !== null && document.activeElement !== document.body;
  await until(() => tab.frame(isKept), { what: `the focus after ${selector}`, limit: 5000 });
}

/**
 * Goes once around with Tab. Gives what it does not lead to, and what has the focus unseen. In a group
 * of radio buttons, and where arrows lead, Tab goes to one of them alone.
 */
export async function walked(tab) {
  await knowsOutlines(tab);
  await tab.frame(() => (globalThis.visited = new Set()));
  await tab.frame(() => {
    const scope = document.querySelector("dialog[open]") ?? document;
    [...scope.querySelectorAll("button, input, summary, [tabindex='0']")].find((one) => one.checkVisibility() && !one.disabled)?.focus();
  });
  await focused(tab);
  const unseen = new Set();
  for (let known = 0, left = 700; known < 8 && left > 0; left--) {
    const { isNew, trouble } = await tab.frame(visit);
    known = isNew ? 0 : known + 1;
    if (trouble && (await stillUnseen(tab))) unseen.add(trouble);
    await tab.press("Tab");
  }
  return { unreached: await tab.frame(unvisited), unseen: [...unseen] };
}

/** Colours and outlines take a moment. */
async function stillUnseen(tab) {
  await sleep(400);
  return (await tab.frame(visit)).trouble !== null;
}

/** Notes what has the focus, and tells what is wrong with how it shows. Runs in the frame. */
function visit() {
  const has = document.activeElement;
  // What the document would focus again is no stop while the focus is outside of it.
  if (!has || has === document.body || !document.hasFocus()) return { isNew: false, trouble: null };
  const isNew = !globalThis.visited.has(has);
  globalThis.visited.add(has);
  const shows = globalThis.isOutlined;
  const around = [...(has.labels ?? []), has.parentElement, has.querySelector("[aria-selected=true]")];
  const { top, bottom, left, right } = has.getBoundingClientRect();
  const isInView = bottom > 0 && top < innerHeight && right > 0 && left < innerWidth;
  const name = `${has.localName} ${has.className} ${(has.ariaLabel ?? has.textContent ?? "").trim().slice(0, 40)}`;
  if (!shows(has) && !around.some((one) => one && shows(one))) return { isNew, trouble: `no outline: ${name}` };
  return { isNew, trouble: isInView ? null : `out of view: ${name}` };
}

/** What could be used and was not visited. Runs in the frame. */
function unvisited() {
  const scope = document.querySelector("dialog[open]") ?? document;
  const usable = scope.querySelectorAll("button, a[href], input, select, textarea, summary, [tabindex='0']");
  const isLed = (one) => one.matches("[tabindex='-1']") || one.disabled || !one.checkVisibility({ visibilityProperty: true });
  const isOfGroup = (one) => one.type === "radio" && [...globalThis.visited].some((other) => other.name === one.name && other.form === one.form);
  const left = [...usable].filter((one) => !globalThis.visited.has(one) && !isLed(one) && !isOfGroup(one));
  return left.map((one) => `${one.localName} ${one.className} ${(one.ariaLabel ?? one.textContent ?? "").trim().slice(0, 40)}`);
}
