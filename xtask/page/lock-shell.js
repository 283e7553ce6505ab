// The last script of the outer page. That page is not sandboxed, as the application's frame is,
// and a policy governs neither WebRTC nor where a page is led. It needs none of these, nor any
// new element after its start; so they are taken from it, and no script that might run in it
// later could send anything. Deleted members cannot come back: no frame can be made whose
// window would still have them.
(() => {
  const members = {
    Document: [
      "adoptNode", "append", "createElement", "createElementNS", "designMode", "evaluate",
      "execCommand", "importNode", "moveBefore", "open", "prepend", "replaceChildren", "write",
      "writeln",
    ],
    DocumentFragment: ["append", "moveBefore", "prepend", "replaceChildren"],
    ShadowRoot: ["innerHTML", "setHTML", "setHTMLUnsafe"],
    Node: ["appendChild", "cloneNode", "insertBefore", "replaceChild"],
    Element: [
      "after", "append", "attachShadow", "attributes", "before", "getAttributeNode",
      "getAttributeNodeNS", "innerHTML", "insertAdjacentElement", "insertAdjacentHTML",
      "moveBefore", "outerHTML", "prepend", "removeAttribute", "removeAttributeNS",
      "removeAttributeNode", "replaceChildren", "replaceWith", "setAttribute", "setAttributeNS",
      "setAttributeNode", "setAttributeNodeNS", "setHTML", "setHTMLUnsafe", "toggleAttribute",
    ],
    CharacterData: ["after", "before", "replaceWith"],
    HTMLElement: ["click", "contentEditable"],
    HTMLIFrameElement: ["allow", "contentDocument", "getSVGDocument", "sandbox", "src", "srcdoc"],
    EventTarget: ["dispatchEvent"],
    Range: ["createContextualFragment", "insertNode", "surroundContents"],
    DOMImplementation: ["createDocument", "createHTMLDocument"],
  };
  const ways = [
    "customElements", "open", "DOMParser", "XSLTProcessor", "XPathEvaluator", "XPathExpression", "WebTransport",
    "WebSocketStream", "PaymentRequest", "PresentationRequest", "SharedWorker", "Worker", "fetchLater",
  ];
  for (const [type, names] of Object.entries(members)) {
    const holder = globalThis[type]?.prototype;
    for (const name of holder ? names : []) delete holder[name];
  }
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    if (ways.includes(name) || /^(webkit|moz)?RTC/.test(name)) delete globalThis[name];
  }
  // A reload asks only for the page itself, and going back and forth only for what was there.
  const { apply } = Reflect;
  const { preventDefault } = Event.prototype;
  const kind = Object.getOwnPropertyDescriptor(globalThis.NavigateEvent?.prototype ?? {}, "navigationType")?.get;
  globalThis.navigation?.addEventListener("navigate", (event) => {
    const how = kind && apply(kind, event, []);
    if (how !== "reload" && how !== "traverse") apply(preventDefault, event, []);
  });

  // Older versions of Firefox have no such event. There a document hears that it will be left while
  // the script that leads it away still runs, and stopping as soon as that ends comes before
  // anything is sent. Where no script runs it is the user who leaves.
  const stack = Object.getOwnPropertyDescriptor(Error.prototype, "stack")?.get;
  if (!globalThis.navigation && stack) {
    const { Error, queueMicrotask, stop } = globalThis;
    const { indexOf } = String.prototype;
    const { postMessage } = MessagePort.prototype;
    const { port1, port2 } = new MessageChannel();
    const halt = () => apply(stop, globalThis, []);
    port1.onmessage = halt;
    addEventListener("beforeunload", () => {
      const frames = apply(stack, new Error(), []);
      if (apply(indexOf, frames, ["\n"]) >= frames.length - 1) return;
      apply(queueMicrotask, globalThis, [halt]);
      // A script may have begun the same again before it ended.
      apply(postMessage, port2, [null]);
    });
  }
})();
