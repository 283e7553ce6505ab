// A description of a format while it is put together: what the page guesses from the first records,
// what the user chooses, and the mapping file that follows. The engine alone judges whether it fits.

/** How records are written, of the ways that can be described here. */
export type Kind = "json" | "columns" | "pairs" | "text";

export const KINDS: readonly Kind[] = ["json", "columns", "pairs", "text"];

/** What a part of a record may be, with its field in the event model. */
export const ROLES = {
  user: "user.name",
  address: "source.address",
  action: "event.action",
  file: "file.path",
  url: "url.original",
  bytes: "http.response.bytes",
  tenant: "organization.name",
} as const;

export type Role = keyof typeof ROLES;

export const ROLE_NAMES = Object.keys(ROLES) as Role[];

export const SEPARATORS = [",", "tab", ";", "|", "space"] as const;
export type Separator = (typeof SEPARATORS)[number];

/** Forms of time that the engine knows by name; a pattern with `%` is one too. */
export const FORMS = [
  "auto",
  "iso",
  "clf",
  "syslog",
  "ctime",
  "numeric",
  "japanese",
  "epoch_s",
  "epoch_ms",
  "epoch_us",
  "filetime",
] as const;

export interface Draft {
  readonly name: string;
  readonly kind: Kind;
  readonly separator: Separator;
  /** The first line names the columns. */
  readonly isHeaded: boolean;
  /** `columns` without a header, separated by commas. */
  readonly columns: string;
  /** `text`, one pattern a line. */
  readonly patterns: string;
  /** Names that every record has: a record with all of them is of the format. */
  readonly claims: readonly string[];
  readonly time: string;
  readonly form: string;
  readonly roles: Readonly<Record<Role, string>>;
  readonly result: string;
  readonly success: string;
  readonly failure: string;
}

const NO_ROLES = Object.fromEntries(ROLE_NAMES.map((role) => [role, ""])) as Record<Role, string>;

/** A first description, from the name of a file and its first records. */
export function draftOf(file: string, records: readonly string[]): Draft {
  const kind = kindOf(records);
  const separator = kind === "columns" ? separatorOf(records) : ",";
  const cells = split(records[0] ?? "", separator);
  const isHeaded = kind === "columns" && cells.every((cell) => cell !== "" && !/^[\d[]/.test(cell));
  return {
    name: baseOf(file),
    kind,
    separator,
    isHeaded,
    columns: cells.map((_, at) => `column${at + 1}`).join(", "),
    patterns: propose(records),
    claims: [],
    time: "",
    form: "auto",
    roles: NO_ROLES,
    result: "",
    success: "",
    failure: "",
  };
}

const baseOf = (file: string) => file.replace(/^.*[/›]\s*/, "").replace(/\.\w{1,5}$/, "") || file;

const PAIR = /(?:^|[\s,;|])([\w.@-]+)=/g;

function kindOf(records: readonly string[]): Kind {
  const first = records[0] ?? "";
  if (/^\s*\{/.test(first)) return "json";
  if ([...first.matchAll(PAIR)].length >= 3) return "pairs";
  return separatorOf(records) === "space" ? "text" : "columns";
}

/** The separator that stands equally often in each of the first records; a space where none does. */
function separatorOf(records: readonly string[]): Separator {
  const some = records.slice(0, 6);
  const fits = (separator: Separator) => {
    const widths = some.map((record) => split(record, separator).length);
    return (widths[0] ?? 0) > 2 && widths.every((width) => width === widths[0]);
  };
  return SEPARATORS.find((separator) => separator !== "space" && fits(separator)) ?? "space";
}

/** Cells of a record, near enough to count and name them. */
export function split(record: string, separator: Separator): string[] {
  const sign = separator === "tab" ? "\t" : separator === "space" ? " " : separator;
  const cells: string[] = [];
  let cell = "";
  let quoted = false;
  for (const character of record) {
    if (character === '"') quoted = !quoted;
    else if (character === sign && !quoted) {
      cells.push(cell.trim());
      cell = "";
    } else cell += character;
  }
  return [...cells, cell.trim()];
}

const list = (text: string) =>
  text
    .split(/[,、]/)
    .map((part) => part.trim())
    .filter(Boolean);

/** What a record says under its own names. */
export type Pairs = readonly (readonly [name: string, value: string])[];

/** The names that records give, as far as their text alone shows them. */
export function namesIn(draft: Draft, records: readonly string[]): string[] {
  const first = records[0] ?? "";
  switch (draft.kind) {
    case "columns":
      return draft.isHeaded ? split(first, draft.separator) : list(draft.columns);
    case "pairs":
      return [...new Set([...first.matchAll(PAIR)].map((match) => match[1] as string))];
    case "json":
    case "text":
      return [];
  }
}

/** What records say under their own names, near enough to suggest what they mean. */
export function pairsIn(draft: Draft, records: readonly string[]): Pairs[] {
  const names = namesIn(draft, records);
  switch (draft.kind) {
    case "columns":
      return records.slice(draft.isHeaded ? 1 : 0).map((record) => {
        const cells = split(record, draft.separator);
        return names.map((name, at) => [name, cells[at] ?? ""] as const);
      });
    case "pairs":
      return records.map((record) =>
        [...record.matchAll(/(?:^|[\s,;|])([\w.@-]+)=(?:"([^"]*)"|([^\s,;|]*))/g)].map(
          ([, name, quoted, plain]) => [name ?? "", quoted ?? plain ?? ""] as const,
        ),
      );
    case "json":
    case "text":
      return [];
  }
}

const GUESSES: readonly (readonly [Role | "time" | "result", RegExp])[] = [
  ["time", /time|date|^ts$|日時|時刻|日付/i],
  ["user", /user|account|actor|login|member|employee|ユーザ|利用者|社員|氏名|アカウント/i],
  ["address", /(^|[._-])(ip|addr|address|client|src|remote)|アドレス|接続元/i],
  ["action", /action|event|operation|activity|method|操作|処理/i],
  ["file", /file|document|object|resource|ファイル|文書|対象/i],
  ["url", /url|uri|path/i],
  ["result", /result|outcome|status|success|結果|成否/i],
  ["bytes", /bytes|size|サイズ|容量/i],
  ["tenant", /tenant|company|organi[sz]ation|テナント|会社|組織/i],
];

const SUCCESS = /^(ok|success|successful|succeeded|true|allow(ed)?|pass(ed)?|成功|許可|正常)$/i;
const FAILURE = /^(fail\w*|error|denied|deny|blocked|reject\w*|false|ng|失敗|拒否|異常|エラー)$/i;

/** Fills in what names and values suggest, where nothing was chosen yet. */
export function guess(draft: Draft, records: readonly Pairs[]): Draft {
  const names = [...new Set(records.flatMap((pairs) => pairs.map(([name]) => name)))];
  const roles = { ...draft.roles };
  const taken = new Set<string>();
  const found: Partial<Record<Role | "time" | "result", string>> = {};
  for (const [role, words] of GUESSES) {
    const field = role === "time" || role === "result" ? undefined : ROLES[role];
    const name =
      names.find((name) => name === field) ?? names.find((name) => !taken.has(name) && words.test(name));
    if (name === undefined) continue;
    taken.add(name);
    found[role] = name;
  }
  for (const role of ROLE_NAMES) roles[role] ||= found[role] ?? "";
  const result = draft.result || (found.result ?? "");
  const values = records.flatMap((pairs) =>
    pairs.filter(([name]) => name === result).map(([, value]) => value),
  );
  const matching = (words: RegExp) => [...new Set(values.filter((value) => words.test(value)))].join(", ");
  return {
    ...draft,
    roles,
    time: draft.time || (found.time ?? ""),
    result,
    success: draft.success || matching(SUCCESS),
    failure: draft.failure || matching(FAILURE),
    claims: draft.claims.length > 0 ? draft.claims : claimsOf(records),
  };
}

/** Up to three names that every record has: fewer would fit too much, more would fit too little. */
function claimsOf(records: readonly Pairs[]): string[] {
  const [first, ...others] = records;
  const has = (pairs: Pairs, name: string) => pairs.some(([other, value]) => other === name && value !== "");
  const names =
    first?.filter(([name]) => has(first, name) && others.every((pairs) => has(pairs, name))) ?? [];
  return [...new Set(names.map(([name]) => name))].slice(0, 3);
}

const TIMES = [
  /\d{4}[-/]\d{2}[-/]\d{2}[T ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:Z| ?[+-]\d{2}:?\d{2})?/,
  /\d{2}\/[A-Z][a-z]{2}\/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4}/,
  /[A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2}/,
  /\d{4}年\d{1,2}月\d{1,2}日 ?\d{1,2}(?::\d{2}:\d{2}|時\d{1,2}分(?:\d{1,2}秒)?)/,
];

const PARTS = new RegExp(
  [
    `(?<time>${TIMES.map(({ source }) => source).join("|")})`,
    '"(?<quoted>[^"]*)"',
    "(?<ip>\\b\\d{1,3}(?:\\.\\d{1,3}){3}\\b|\\b(?:[0-9a-fA-F]{1,4}:){2,7}[0-9a-fA-F:]*[0-9a-fA-F]\\b)",
    '(?<key>[A-Za-z_][\\w.-]*)=(?<value>[^\\s,;"]+)',
    "(?<number>\\b\\d+\\b)",
  ].join("|"),
  "gu",
);

const literal = (text: string) => text.replaceAll("<", "<<");

/** A pattern made from a line: its times, addresses, quoted parts, values and numbers as parts. */
function proposeOne(line: string): string {
  const counts = { quoted: 0, ip: 0, number: 0, time: 0 };
  const named = (kind: keyof typeof counts, first: string, others: string) =>
    counts[kind]++ === 0 ? first : `${others}${counts[kind]}`;
  let pattern = "";
  let at = 0;
  for (const match of line.matchAll(PARTS)) {
    const { time, quoted, ip, key, number } = match.groups as Record<string, string | undefined>;
    pattern += literal(line.slice(at, match.index));
    at = match.index + match[0].length;
    if (time !== undefined) pattern += counts.time++ === 0 ? "<@timestamp>" : "<_>";
    else if (quoted !== undefined) pattern += `"<${named("quoted", "text1", "text")}:quoted>"`;
    else if (ip !== undefined) pattern += `<${named("ip", "source.address", "address")}:ip>`;
    else if (key !== undefined) pattern += `${key}=<${key}>`;
    else if (number !== undefined) pattern += `<${named("number", "number1", "number")}:int>`;
  }
  return pattern + literal(line.slice(at));
}

/** A pattern made from the first of some lines. Words that differ in those of like shape are parts. */
export function propose(lines: readonly string[]): string {
  const [first, ...others] = lines.slice(0, 20).map((line) => proposeOne(line).split(" "));
  if (!first) return "";
  const alike = others.filter((words) => words.length === first.length);
  let parts = 0;
  let hasFile = false;
  const words = first.map((word, at) => {
    if (word.includes("<") || alike.every((words) => words[at] === word)) return word;
    const [, before = "", inner = "", behind = ""] = /^([[("']*)(.*?)([\])"',;:]*)$/u.exec(word) ?? [];
    const isFile = !hasFile && /^(\/|\\\\|[A-Za-z]:\\)|\.[a-z]{2,5}$/.test(inner);
    hasFile ||= isFile;
    return `${before}<${isFile ? "file.path" : `part${++parts}`}>${behind}`;
  });
  return words.join(" ");
}

/** A text of TOML. JSON's escapes are TOML's, which wants one more. */
const text = (value: string) => JSON.stringify(value).replaceAll("\u007f", "\\u007F");
const texts = (values: readonly string[]) => `[${values.map(text).join(", ")}]`;

/** The id of a description: by its name, in letters that an id may have. */
export function idOf(name: string): string {
  let sum = 0;
  for (const character of name) sum = (Math.imul(sum, 31) + (character.codePointAt(0) ?? 0)) >>> 0;
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
  return plain === name.toLowerCase() ? `own_${plain}` : `own_${plain && `${plain}_`}${sum.toString(36)}`;
}

/** The mapping file. */
export function mappingOf(draft: Draft, names: readonly string[]): string {
  const name = draft.name.trim() || "own";
  const lines = [
    `id = ${text(idOf(name))}`,
    `name = ${text(name)}`,
    `what = { en = ${text(name)}, ja = ${text(name)} }`,
    `kind = ${text(draft.kind)}`,
    ...shapeOf(draft, names),
    "",
    "[fields]",
    ...fieldsOf(draft),
  ];
  if (draft.result !== "") {
    for (const [outcome, values] of [
      ["success", list(draft.success)],
      ["failure", list(draft.failure)],
    ] as const) {
      if (values.length === 0) continue;
      lines.push("", "[[when]]", `if = ${text(`${draft.result}=${values.join("|")}`)}`);
      lines.push(`set = { "event.outcome" = ${text(outcome)} }`);
    }
  }
  if (draft.kind === "text") lines.push("", "[[pattern]]", `match = ${texts(patternsOf(draft))}`);
  return `${lines.join("\n")}\n`;
}

const patternsOf = ({ patterns }: Draft) => patterns.split("\n").filter((line) => line.trim() !== "");

function shapeOf({ kind, separator, isHeaded, claims }: Draft, names: readonly string[]): string[] {
  const asked = (claims.length > 0 ? claims : names.slice(0, 3)).join(" & ");
  const claim = `claims = ${texts(asked === "" ? [] : [asked])}`;
  switch (kind) {
    case "json":
    case "pairs":
      return [claim];
    case "columns":
      return isHeaded
        ? [`separator = ${text(separator)}`, 'header = "first"', `requires = ${texts(names)}`]
        : [`separator = ${text(separator)}`, `columns = ${texts(names)}`, claim];
    case "text":
      return [];
  }
}

function fieldsOf({ time, form, roles }: Draft): string[] {
  const fields: string[] = [];
  if (time !== "") {
    const how = form.trim() === "" || form === "auto" ? "" : ` -> ${form.trim()}`;
    fields.push(`"@timestamp" = ${text(time + how)}`);
  }
  for (const role of ROLE_NAMES) {
    const from = roles[role];
    if (from === "") continue;
    const how = role === "address" ? " -> endpoint" : role === "url" ? " -> url" : "";
    fields.push(`${text(ROLES[role])} = ${text(from + how)}`);
  }
  return fields;
}
