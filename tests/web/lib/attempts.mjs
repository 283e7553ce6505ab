// Every way out of a page that is known. The functions here run inside the page, the frame or a
// worker, so each holds all that it needs. Each attempt asks for an address of its own, so that
// the listener can tell which one got through.

/** Attempts that leave the document where it is. Resolves when all were tried. */
export async function quiet({ base, udpPort, where }) {
  const url = (name) => `${base}/leak/${where}/${name}`;
  const at = (name) => url(name).replace("http:", "ws:");
  const source = (code) => URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const soon = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const stun = (Connection) => {
    const connection = new Connection({ iceServers: [{ urls: `stun:127.0.0.1:${udpPort}` }] });
    connection.createDataChannel("x");
    return connection.createOffer().then((offer) => connection.setLocalDescription(offer));
  };
  const attempts = {
    "fetch": () => fetch(url("fetch"), { mode: "no-cors" }),
    "fetch-post": () => fetch(url("fetch-post"), { method: "POST", mode: "no-cors", body: "x", keepalive: true }),
    "xhr": () => {
      const request = new XMLHttpRequest();
      request.open("GET", url("xhr"));
      request.send();
    },
    "websocket": () => new WebSocket(at("websocket")),
    "websocket-stream": () => new WebSocketStream(at("websocket-stream")).opened,
    "eventsource": () => new EventSource(url("eventsource")),
    "webtransport": () => new WebTransport(url("webtransport").replace("http:", "https:")).ready,
    "import": () => import(url("import")),
    "worker": () => new Worker(url("worker")),
    "module-worker": () => new Worker(url("module-worker"), { type: "module" }),
    "blob-worker": () => new Worker(source(`fetch("${url("blob-worker")}", { mode: "no-cors" })`)),
    "blob-worker-importscripts": () => new Worker(source(`importScripts("${url("blob-worker-importscripts")}")`)),
    "font": () => new FontFace("leak", `url(${url("font")})`).load(),
    "cache": () => caches.open("x").then((cache) => cache.add(url("cache"))),
    "webrtc": () => stun(RTCPeerConnection),
  };
  if (typeof importScripts === "function") {
    attempts["importscripts"] = () => importScripts(url("importscripts"));
  }
  if (typeof document !== "undefined") {
    const add = (tag, properties, where = document.body) => {
      const element = document.createElement(tag);
      for (const [name, value] of Object.entries(properties)) element.setAttribute(name, value);
      where.append(element);
      return element;
    };
    const link = (rel, name, more = {}) => () =>
      add("link", { rel, href: url(name), ...more }, document.head);
    Object.assign(attempts, {
      "beacon": () => navigator.sendBeacon(url("beacon"), "x"),
      "fetch-later": () => fetchLater(url("fetch-later"), { activateAfter: 0 }),
      "image": () => (new Image().src = url("image")),
      "image-set": () => add("img", { srcset: `${url("image-set")} 1x` }),
      "svg-image": () => {
        const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
        const image = document.createElementNS("http://www.w3.org/2000/svg", "image");
        image.setAttribute("href", url("svg-image"));
        svg.append(image);
        document.body.append(svg);
      },
      "input-image": () => add("input", { type: "image", src: url("input-image") }),
      "style-link": link("stylesheet", "style-link"),
      "style-import": () => (add("style", {}).textContent = `@import url(${url("style-import")});`),
      "style-constructed": () => {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(`body{border-image:url(${url("style-constructed")}) 1}`);
        document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
      },
      "style-property": () => (add("p", {}).style.backgroundImage = `url(${url("style-property")})`),
      "prefetch": link("prefetch", "prefetch"),
      "preload": link("preload", "preload", { as: "image" }),
      "module-preload": link("modulepreload", "module-preload"),
      "prerender": link("prerender", "prerender"),
      "icon": link("icon", "icon"),
      "manifest": link("manifest", "manifest"),
      "preconnect": link("preconnect", "preconnect"),
      "dns-prefetch": () => add("link", { rel: "dns-prefetch", href: `//dns-${where}.leak-test.invalid` }, document.head),
      "speculation": () => {
        const rules = { prefetch: [{ source: "list", urls: [url("speculation")] }] };
        add("script", { type: "speculationrules" }).textContent = JSON.stringify(rules);
      },
      "script": () => add("script", { src: url("script") }),
      "script-module": () => add("script", { src: url("script-module"), type: "module" }),
      "script-inline": () => (add("script", {}).textContent = `fetch("${url("script-inline")}", { mode: "no-cors" })`),
      "eval": () => Function(`return fetch("${url("eval")}", { mode: "no-cors" })`)(),
      "video": () => add("video", { src: url("video"), preload: "auto" }),
      "audio": () => (new Audio(url("audio")).preload = "auto"),
      "poster": () => add("video", { poster: url("poster") }),
      "track": () => (add("track", { src: url("track"), default: "" }, add("video", {})).track.mode = "showing"),
      "object": () => add("object", { data: url("object") }),
      "embed": () => add("embed", { src: url("embed") }),
      "frame-source": () => add("iframe", { src: url("frame-source") }),
      "frame-document": () => add("iframe", { srcdoc: `<img src="${url("frame-document")}">` }),
      "frame-refresh": () => add("iframe", { srcdoc: `<meta http-equiv="refresh" content="0;url=${url("frame-refresh")}">` }),
      "frame-data": () => add("iframe", { src: `data:text/html,<img src="${url("frame-data")}">` }),
      "frame-blob": () => {
        const page = new Blob([`<img src="${url("frame-blob")}">`], { type: "text/html" });
        add("iframe", { src: URL.createObjectURL(page) });
      },
      "blank-frame-fetch": () => add("iframe", {}).contentWindow.fetch(url("blank-frame-fetch"), { mode: "no-cors" }),
      "blank-frame-webrtc": () => stun(add("iframe", {}).contentWindow.RTCPeerConnection),
      "blank-frame-location": () => (add("iframe", {}).contentWindow.location = url("blank-frame-location")),
      "blank-frame-open": () => add("iframe", {}).contentWindow.open(url("blank-frame-open")),
      "blank-frame-write": () => {
        const inside = add("iframe", {}).contentDocument;
        inside.write(`<img src="${url("blank-frame-write")}">`);
        inside.close();
      },
      "markup": () => document.body.insertAdjacentHTML("beforeend", `<img src="${url("markup")}">`),
      "markup-unsafe": () => add("div", {}).setHTMLUnsafe(`<iframe src="${url("markup-unsafe")}"></iframe>`),
      "template": () => {
        const template = document.createElement("template");
        template.innerHTML = `<img src="${url("template")}">`;
        document.body.append(document.importNode(template.content, true));
      },
      "range": () => document.body.append(new Range().createContextualFragment(`<img src="${url("range")}">`)),
      "service-worker": () => navigator.serviceWorker.register(url("service-worker")),
      "shared-worker": () => new SharedWorker(url("shared-worker")),
      "audio-worklet": () => new AudioContext().audioWorklet.addModule(url("audio-worklet")),
      "payment": () => new PaymentRequest([{ supportedMethods: url("payment") }], { total: { label: "x", amount: { currency: "EUR", value: "1" } } }).canMakePayment(),
    });
  }
  const results = {};
  for (const [name, attempt] of Object.entries(attempts)) {
    try {
      const limit = soon(400).then(() => "no answer");
      const value = await Promise.race([Promise.resolve(attempt()).then(() => "no error"), limit]);
      results[name] = value;
    } catch (error) {
      results[name] = `${error?.name ?? error}`;
    }
  }
  return results;
}

/** Runs `quiet` in a Blob worker of the document that it is called in. */
export async function quietInWorker({ argument, code }) {
  const starter = `postMessage("started"); onmessage = ({ data }) => (${code})(data).then((results) => postMessage(results));`;
  const worker = new Worker(URL.createObjectURL(new Blob([starter])));
  return new Promise((resolve, reject) => {
    let started = false;
    worker.onmessage = ({ data }) => (data === "started" ? (started = true) : resolve(data));
    // An attempt may fail late, past its own catch: that is no failure of the worker.
    worker.onerror = (event) => started || reject(new Error(event.message ?? "the worker did not start"));
    worker.postMessage(argument);
  });
}

/** Attempts that would lead the document, or a new one, to another address. */
export const LEADING = [
  "location-assign", "location-href", "location-replace", "navigate", "link", "link-detached",
  "link-event", "link-blank", "link-download", "link-download-blank", "link-ping", "svg-link",
  "area", "open", "open-then-lead", "document-open", "form-get", "form-post", "form-blank",
  "form-detached", "meta-refresh", "top-location", "parent-location", "child-location",
  "markup-refresh", "write-refresh",
];

/** Makes one attempt of `LEADING`. */
export function lead({ base, where, name }) {
  const url = `${base}/leak/${where}/${name}`;
  const make = (tag, properties) => Object.assign(document.createElement(tag), properties);
  const put = (element) => (document.body.append(element), element);
  const link = (more) => put(make("a", { href: url, textContent: "x", ...more }));
  const form = (more) => put(make("form", { action: url, ...more }));
  const attempts = {
    "location-assign": () => location.assign(url),
    "location-href": () => (location.href = url),
    "location-replace": () => location.replace(url),
    "navigate": () => navigation.navigate(url),
    "link": () => link({}).click(),
    "link-detached": () => make("a", { href: url }).click(),
    "link-event": () => make("a", { href: url }).dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true })),
    "link-blank": () => link({ target: "_blank" }).click(),
    "link-download": () => link({ download: "x" }).click(),
    "link-download-blank": () => link({ download: "x", target: "_blank" }).click(),
    "link-ping": () => link({ href: "#", ping: url }).click(),
    "svg-link": () => {
      const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      const anchor = document.createElementNS("http://www.w3.org/2000/svg", "a");
      anchor.setAttribute("href", url);
      svg.append(anchor);
      put(svg);
      anchor.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
    },
    "area": () => {
      const map = put(make("map", { name: "m" }));
      const area = make("area", { href: url });
      map.append(area);
      area.click();
    },
    "open": () => open(url),
    "open-then-lead": () => (open("about:blank").location = url),
    "document-open": () => document.open(url, "_blank", ""),
    "form-get": () => form({ method: "get" }).submit(),
    "form-post": () => form({ method: "post" }).submit(),
    "form-blank": () => form({ target: "_blank" }).requestSubmit(),
    "form-detached": () => make("form", { action: url }).submit(),
    "meta-refresh": () => document.head.append(make("meta", { httpEquiv: "refresh", content: `0;url=${url}` })),
    "top-location": () => (top.location = url),
    "parent-location": () => (parent.location = url),
    "child-location": () => (frames[0].location = url),
    "markup-refresh": () => document.head.insertAdjacentHTML("beforeend", `<meta http-equiv="refresh" content="0;url=${url}">`),
    "write-refresh": () => document.write(`<meta http-equiv="refresh" content="0;url=${url}">`),
  };
  try {
    attempts[name]();
    return "no error";
  } catch (error) {
    return `${error?.name ?? error}`;
  }
}
