// Words of results: what a client gives back, and the results of all clients together.

import { computed } from "@preact/signals";
import type { Language } from "../lib/shell";
import { language } from ".";

const en = {
  give: {
    title: "Give the result back",
    intro:
      "A result file tells as much of this report as you choose. You see what is in it before you save it, and send it yourself: this page sends nothing.",
    to: (vendor: string) =>
      `${vendor} asked for this check. A result file tells them as much of this report as you choose. You see what is in it before you save it, and send it yourself: this page sends nothing.`,
    level: "How much it tells",
    levels: {
      verdict: "Verdict only.",
      counts: "With counts.",
      pseudonyms: "With pseudonyms.",
      full: "The whole report.",
    },
    tells: {
      verdict: "How each question ends, which period the logs cover, and whether they can tell.",
      counts:
        "Also how many findings of which detection and severity, from when to when, and how many accounts, networks and parties. No names.",
      pseudonyms:
        "Also accounts, addresses, networks and parties, each under a pseudonym, so that the same one can be recognised elsewhere.",
      full: "With all names, and the records of the logs that it shows.",
    },
    keyed:
      "The same name has the same pseudonym at all clients of this vendor. Whoever has this checker can try names: IPv4 addresses, mail domains and usual account names are few enough to try them all. Encrypt the file.",
    unkeyed:
      "The pseudonyms are made with a random key that is kept nowhere. No other result has the same, so they cannot be compared; nobody can try names either.",
    client: "What you call yourself (may be left empty)",
    text: "What the file contains",
    making: "It is being put together…",
    more: (n: string) => `${n} more characters.`,
    whole: "Show all",
    seal: (vendor: string) => `Encrypt it, so that only ${vendor} can read it`,
    compare: (fingerprint: string) =>
      `It is encrypted to the key ${fingerprint}. Compare that with what the vendor tells you by another way, such as the telephone.`,
    save: "Save the result",
    saveSealed: "Save the result, encrypted",
    nothingElse: "Nothing else goes into the file, and nothing leaves this machine.",
  },
  rollup: {
    title: "Results of clients",
    reading: "The results are being read…",
    files: (n: string) => `${n} ${n === "1" ? "file" : "files"} given. More can be dropped on this page.`,
    add: "Add result files",
    key: "The vendor’s key file",
    keyHint:
      "Only encrypted results need it; it also shows where clients that give names and clients that give pseudonyms mean the same. It stays in the memory of this page.",
    keyNeeded: "Some results are encrypted: choose the vendor’s key file to read them.",
    keyIs: (name: string) => `${name} is used. It stays in the memory of this page.`,
    expected: "Clients of whom an answer is expected, one on each line",
    saveCsv: "Answers (CSV)",
    saveJson: "All of it (JSON)",
    saveParties: "List to notify by (CSV)",
    answers: "Answers",
    levels: {
      verdict: "verdict only",
      counts: "with counts",
      pseudonyms: "with pseudonyms",
      full: "whole report",
    },
    madeOn: (day: string) => `made on ${day} (UTC)`,
    shared: "What clients share",
    sharedHint:
      "Accounts, addresses and networks that carry the answers of two clients or more. Inner addresses are left out: they mean another machine at each client. What is shared may also be a service that all use.",
    mayDiffer: "A name without a domain: it may be another account at each client.",
    notAnswered: "Not answered",
    setAside: "Files that are not counted",
    timeline: "What was found when (UTC)",
    notify: "Whose data was reached, as the clients report it",
    pseudonym: (name: string) => `pseudonym ${name}`,
    untold: "not told",
    kind: {
      network: "network",
      address: "address",
      account: "account",
      domain: "mail domain",
      tenant: "organisation",
      project: "project",
    },
    heads: {
      client: "Client",
      answer: "Answer",
      since: "Since (UTC)",
      networks: "Networks",
      accounts: "Accounts",
      logs: "Can the logs tell?",
      kind: "Kind",
      name: "Name",
      severity: "Severity",
      clients: "Clients",
      file: "File",
      why: "Why",
      todo: "What to do",
      detection: "Detection",
      findings: "Findings",
      parties: "Parties",
    },
  },
};

type ResultWords = typeof en;

const ja: ResultWords = {
  give: {
    title: "結果を返す",
    intro:
      "結果ファイルには、このレポートのうち選んだ範囲だけが入ります。保存する前に内容をすべて確認でき、送付はご自身で行います。このページから送信されるものはありません。",
    to: (vendor) =>
      `この確認は${vendor}の依頼によるものです。結果ファイルには、このレポートのうち選んだ範囲だけが入ります。保存する前に内容をすべて確認でき、送付はご自身で行います。このページから送信されるものはありません。`,
    level: "開示する範囲",
    levels: {
      verdict: "判定のみ。",
      counts: "件数まで。",
      pseudonyms: "仮名まで。",
      full: "レポート全体。",
    },
    tells: {
      verdict: "各質問の判定、ログの期間、ログで判定できるかどうか。",
      counts:
        "加えて、検知の種類・重大度ごとの件数と期間、アカウント・ネットワーク・関係先の数。名称は含みません。",
      pseudonyms:
        "加えて、アカウント・アドレス・ネットワーク・関係先を仮名で示します。同じものを他でも識別できます。",
      full: "すべての名称と、レポートに示されたログの記録を含みます。",
    },
    keyed:
      "同じ名称は、この事業者のすべての取引先で同じ仮名になります。このチェッカーを持つ人は名称を推測して照合できます(IPv4アドレス、メールドメイン、一般的なアカウント名は総当たりが可能です)。ファイルは暗号化してください。",
    unkeyed:
      "仮名は、保存されないランダムな鍵で作成します。他の結果と同じ仮名にはならないため照合できず、名称を推測して照合することもできません。",
    client: "名称(空欄可)",
    text: "ファイルの内容",
    making: "内容を作成しています…",
    more: (n) => `ほか${n}文字。`,
    whole: "すべて表示",
    seal: (vendor) => `${vendor}だけが読めるように暗号化する`,
    compare: (fingerprint) =>
      `鍵${fingerprint}宛てに暗号化します。電話など別の手段で事業者から知らされた値と照合してください。`,
    save: "結果を保存",
    saveSealed: "暗号化して結果を保存",
    nothingElse: "ファイルにはこれ以外の内容は入らず、このパソコンの外には何も送信されません。",
  },
  rollup: {
    title: "取引先の結果",
    reading: "結果を読み込んでいます…",
    files: (n) => `${n}件のファイルがあります。このページにドロップすると追加できます。`,
    add: "結果ファイルを追加",
    key: "事業者の鍵ファイル",
    keyHint:
      "暗号化された結果の読み込みに必要です。名称と仮名が同じものを指す場合の照合にも使います。このページのメモリにだけ置かれます。",
    keyNeeded: "暗号化された結果があります。読み込むには事業者の鍵ファイルを選んでください。",
    keyIs: (name) => `${name}を使用しています。このページのメモリにだけ置かれます。`,
    expected: "回答予定の取引先(1行に1件)",
    saveCsv: "回答一覧(CSV)",
    saveJson: "すべて(JSON)",
    saveParties: "通知先一覧(CSV)",
    answers: "回答",
    levels: { verdict: "判定のみ", counts: "件数まで", pseudonyms: "仮名まで", full: "レポート全体" },
    madeOn: (day) => `作成日 ${day}(UTC)`,
    shared: "取引先間の共通点",
    sharedHint:
      "2件以上の取引先の回答の根拠となったアカウント・アドレス・ネットワークです。内部アドレスは取引先ごとに別の機器を指すため除いています。共通のサービスを利用しているだけの場合もあります。",
    mayDiffer: "ドメインのない名前のため、取引先ごとに別のアカウントである可能性があります。",
    notAnswered: "未回答",
    setAside: "集計対象外のファイル",
    timeline: "検知の時系列(UTC)",
    notify: "誰のデータか(取引先の報告による)",
    pseudonym: (name) => `仮名 ${name}`,
    untold: "記載なし",
    kind: {
      network: "ネットワーク",
      address: "アドレス",
      account: "アカウント",
      domain: "メールドメイン",
      tenant: "組織",
      project: "プロジェクト",
    },
    heads: {
      client: "取引先",
      answer: "回答",
      since: "開始(UTC)",
      networks: "ネットワーク",
      accounts: "アカウント",
      logs: "ログで判定できるか",
      kind: "種別",
      name: "名称",
      severity: "重大度",
      clients: "取引先",
      file: "ファイル",
      why: "理由",
      todo: "対処",
      detection: "検知",
      findings: "件数",
      parties: "関係先数",
    },
  },
};

const WORDS: Record<Language, ResultWords> = { en, ja };

/** These words in the language shown. */
export const results = computed(() => WORDS[language.value]);
