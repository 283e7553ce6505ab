// Words of the screen on which a vendor makes a checker.

import { computed } from "@preact/signals";
import type { Language } from "../lib/shell";
import { language } from ".";

const en = {
  open: "Make a checker for your clients",
  title: "Make a checker",
  intro:
    "A checker is this page as one file, with what your clients are to look for in it, signed with your key. A client opens it and drops logs on it; nothing is installed and nothing is sent. All of this happens in the page: files dropped here go into the checker.",
  says: "What the client reads",
  heading: "What is looked for, in a line",
  vendor: "Who asks: your organisation",
  contact: "Whom to turn to (telephone, address)",
  expires: "Last day of use, such as 2027-03-31",
  logo: "Your mark (PNG or JPEG)",
  noLogo: "Remove the mark",
  instructions: { en: "Instructions in English", ja: "Instructions in Japanese" },
  instructionsHint:
    "Headings (##), lists (1. or -), **strong** and `code`; all else is text. Where one language is empty, the other is shown.",
  questions: "The questions that matter",
  questionsHint: "None chosen: those that usually do.",
  looks: "What is looked for, and how",
  looksHint:
    "The settings below are those of this page. Rules, indicators, mapping files and what is declared go into the checker, and hold for every check with it.",
  more: "Further settings and thresholds, as in a settings file (JSON)",
  private: "Put the indicators in as digests only",
  ranges: "Ranges of addresses cannot be digests and are left out.",
  noRules: "The files of rules hold none that can be used.",
  noIndicators: "The indicator lists hold nothing that is looked for.",
  key: "Your key",
  keyIntro:
    "It signs the checker and opens the results that clients encrypt to you. Keep the file where only you can read it: whoever has it can sign as you. It is not shown again, and this page forgets it when you leave this screen.",
  makeKey: "Make a key and save it",
  chooseKey: "Key file",
  keyIs: (name: string, fingerprint: string) => `${name} is used. Fingerprint: ${fingerprint}`,
  noKey: "No key yet.",
  preview: "How it looks to the client",
  previewHint: "In the language chosen above. Above the place to drop logs stands this:",
  noFingerprint: "(follows from your key)",
  make: "Make the checker and save it",
  making: "The checker is being made",
  needs: "Before it can be made: a key, and what is marked above.",
  made: (bytes: string) => `checker.html was made: ${bytes} bytes.`,
  sha256: "SHA-256 of the checker",
  page: "SHA-256 of the page in it",
  madeHint:
    "Results name the edition, so that a roll-up shows which checker each was made with. Tell your clients the fingerprint and the digest of the checker by another way than the file, such as the telephone. The digest of the page stands in SHA256SUMS of the release: compare it.",
};

type VendorWords = typeof en;

const ja: VendorWords = {
  open: "取引先向けのチェッカーを作る",
  title: "チェッカーの作成",
  intro:
    "チェッカーは、このページに調査の内容を収め、鍵で署名した 1 つのファイルです。取引先は、開いてログをドロップするだけで調べられます。インストールも送信もありません。作成はすべてこのページの中で行い、ここにドロップしたファイルはチェッカーに収められます。",
  says: "取引先に示す内容",
  heading: "調べる内容(1 行)",
  vendor: "事業者名",
  contact: "問い合わせ先(電話番号、メールアドレスなど)",
  expires: "使用期限の日付(例: 2027-03-31)",
  logo: "ロゴ(PNG または JPEG)",
  noLogo: "ロゴを外す",
  instructions: { en: "手順(英語)", ja: "手順(日本語)" },
  instructionsHint:
    "見出し(##)、箇条書き(1. または -)、**強調**、`コード` を使えます。ほかは文字のまま表示します。一方の言語が空欄のときは、もう一方を表示します。",
  questions: "重視する問い",
  questionsHint: "選ばないときは、通常の問いを重視します。",
  looks: "調べるものと設定",
  looksHint:
    "以下はこのページの設定です。ルール、インジケーター、マッピングファイル、申告事項はチェッカーに収められ、そのチェッカーによるすべての調査で使われます。",
  more: "そのほかの設定としきい値(設定ファイルと同じ JSON)",
  private: "インジケーターをダイジェストだけにして収める",
  ranges: "アドレスの範囲はダイジェストにできないため、除かれます。",
  noRules: "ルールのファイルに、使えるルールがありません。",
  noIndicators: "インジケーターのリストに、探せるものがありません。",
  key: "鍵",
  keyIntro:
    "チェッカーに署名し、取引先が暗号化した結果を開くための鍵です。鍵を持つ人は、事業者として署名できます。本人だけが読める場所に保管してください。再び表示することはなく、この画面を離れるとページからも消えます。",
  makeKey: "鍵を作って保存する",
  chooseKey: "鍵ファイル",
  keyIs: (name, fingerprint) => `${name} を使います。フィンガープリント: ${fingerprint}`,
  noKey: "鍵がまだありません。",
  preview: "取引先での表示",
  previewHint: "上で選んだ言語での表示です。ログをドロップする場所の上に、次のように表示します。",
  noFingerprint: "(鍵から決まります)",
  make: "チェッカーを作って保存する",
  making: "チェッカーを作っています",
  needs: "作るには、鍵の用意と、上に示した誤りの修正が必要です。",
  made: (bytes) => `checker.html を作りました(${bytes} バイト)。`,
  sha256: "チェッカーの SHA-256",
  page: "収めたページの SHA-256",
  madeHint:
    "結果ファイルには版が記録され、集計でどのチェッカーによる結果かが分かります。フィンガープリントとチェッカーの SHA-256 は、電話など、ファイルとは別の方法で取引先に伝えてください。ページの SHA-256 は、配布物の SHA256SUMS と照合してください。",
};

const WORDS: Record<Language, VendorWords> = { en, ja };

/** These words in the language shown. */
export const vendorWords = computed(() => WORDS[language.value]);
