// The first script of the application's frame. Sandbox and policy stop every request from it, but
// a browser may look up a name or open a connection before it finds that it may not ask: for
// `<link rel="preconnect">`, and for a frame within the frame. The application makes no such
// elements and reads no markup; so it cannot.
(() => {
  const { apply } = Reflect;
  const getter = (type, name) => Object.getOwnPropertyDescriptor(globalThis[type]?.prototype ?? {}, name)?.get;

  // Only the start may make elements of markup.
  const parsers = {
    Document: ["designMode", "open", "write", "writeln"],
    Element: ["innerHTML", "insertAdjacentHTML", "outerHTML", "setHTML", "setHTMLUnsafe"],
    ShadowRoot: ["innerHTML", "setHTML", "setHTMLUnsafe"],
    Range: ["createContextualFragment"],
    Node: ["cloneNode"],
  };
  for (const [type, names] of Object.entries(parsers)) {
    const holder = globalThis[type]?.prototype;
    for (const name of holder ? names : []) delete holder[name];
  }
  for (const name of ["parseHTML", "parseHTMLUnsafe"]) delete Document[name];
  for (const name of ["customElements", "DOMParser", "XSLTProcessor", "open"]) delete globalThis[name];

  // An element is judged by what it became: its name can be written in more than one way.
  const refused = ["base", "embed", "fencedframe", "frame", "iframe", "link", "meta", "object", "script"];
  const localName = getter("Element", "localName");
  const has = refused.includes;
  const guard = (name) => {
    const make = Document.prototype[name];
    Document.prototype[name] = function (...how) {
      const element = apply(make, this, how);
      if (apply(has, refused, [apply(localName, element, [])])) throw new TypeError("refused");
      return element;
    };
  };
  guard("createElement");
  guard("createElementNS");

  // Copying is all that the application asks of it; it could insert markup.
  const command = Document.prototype.execCommand;
  Document.prototype.execCommand = function (what) {
    return what === "copy" && apply(command, this, ["copy"]);
  };

  // A worker is under the policy of the page, but older versions of Firefox do not hold all that it
  // loads to it. The engine's workers load nothing; so each begins by giving up what could.
  const given = [
    "EventSource", "FontFace", "SharedWorker", "WebSocketStream", "WebTransport", "Worker", "caches",
  ];
  const lock = `for (const name of ${JSON.stringify(given)}) delete globalThis[name];\n`;
  const { get, set, delete: drop } = Map.prototype;
  const { createObjectURL, revokeObjectURL } = URL;
  const [contents, locked] = [new Map(), new Map()];
  URL.createObjectURL = (content) => {
    const url = apply(createObjectURL, URL, [content]);
    apply(set, contents, [url, content]);
    return url;
  };
  URL.revokeObjectURL = (url) => {
    const own = apply(get, locked, [url]);
    if (own) apply(revokeObjectURL, URL, [own]);
    for (const kept of [contents, locked]) apply(drop, kept, [url]);
    apply(revokeObjectURL, URL, [url]);
  };
  const { Blob, Worker } = globalThis;
  const Locked = function (url) {
    const content = apply(get, contents, [`${url}`]);
    if (!content) throw new TypeError("refused");
    let own = apply(get, locked, [`${url}`]);
    if (!own) {
      own = apply(createObjectURL, URL, [new Blob([lock, content], { type: "text/javascript" })]);
      apply(set, locked, [`${url}`, own]);
    }
    return new Worker(own);
  };
  Locked.prototype = Worker.prototype;
  Worker.prototype.constructor = Locked;
  globalThis.Worker = Locked;
})();
