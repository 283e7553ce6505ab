// The focus is never lost. Where what has it goes away, what stood around it takes it: the section, the
// dialog, at last the screen. A dialog that goes away gives it back to what had it before. And it is
// never out of sight: lists that are drawn as they come near push away what Tab has just led to.

/** What takes the focus though Tab does not lead to it. */
const AROUND = "section, dialog, main";

/** What has the focus, and what stood around it then, the nearest first. */
interface Holder {
  readonly element: Element;
  readonly around: readonly Element[];
}

const around = (element: Element | null): Element[] => {
  const nearest = element?.closest(AROUND) ?? null;
  return nearest ? [nearest, ...around(nearest.parentElement)] : [];
};

/** Whether an element cannot have the focus any more. */
const isGone = (element: Element): boolean => !element.isConnected || element.matches(":disabled");

/** Gives an element the focus, and says whether it took it. */
function give(element: Element | null | undefined): boolean {
  if (!(element instanceof HTMLElement) || !element.isConnected) return false;
  if (element.matches(AROUND) && !element.hasAttribute("tabindex")) element.tabIndex = -1;
  element.focus({ preventScroll: true });
  return document.activeElement === element;
}

/** For how many frames what is drawn late may push the focus away. */
const FRAMES = 12;

function keepInSight(left: number): void {
  const { activeElement: has, body } = document;
  if (!has || has === body || left === 0) return;
  const { top, bottom } = has.getBoundingClientRect();
  if (bottom < 0 || top > innerHeight) has.scrollIntoView({ block: "nearest" });
  requestAnimationFrame(() => keepInSight(left - 1));
}

export function keepFocus(): void {
  let holder: Holder | undefined;
  const before = new WeakMap<Element, Element>();
  addEventListener("focusin", ({ target }) => {
    if (!(target instanceof Element)) return;
    const dialog = target.closest("dialog");
    if (dialog && holder && !before.has(dialog)) before.set(dialog, holder.element);
    holder = { element: target, around: around(target) };
  });
  addEventListener("keyup", ({ key }) => key === "Tab" && keepInSight(FRAMES));
  const look = () => {
    const has = document.activeElement ?? document.body;
    if (!holder || !isGone(holder.element) || (has !== document.body && has !== holder.element)) return;
    const heirs = holder.around.flatMap((one) => [one, before.get(one)]);
    [...heirs, document.querySelector("main")].some(give);
  };
  new MutationObserver(look).observe(document.body, {
    childList: true,
    subtree: true,
    attributeFilter: ["disabled"],
  });
}
