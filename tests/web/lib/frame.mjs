// What stands in the frame of the application.

import { until } from "./browser.mjs";

/** Waits for a selector. */
export const there = (tab, selector, limit) =>
  until(() => tab.frame((selector) => !!document.querySelector(selector), selector), { what: selector, limit });

export const count = (tab, selector) =>
  tab.frame((selector) => document.querySelectorAll(selector).length, selector);

/** All text of an element, drawn or not. */
export const text = (tab, selector = "#root") =>
  tab.frame((selector) => document.querySelector(selector)?.textContent ?? "", selector);
