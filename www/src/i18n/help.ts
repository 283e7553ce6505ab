// Words of the help: what the states mean, and how things are done. Detections and formats describe
// themselves.

import { computed } from "@preact/signals";
import type { Language } from "../lib/shell";
import { language } from ".";

const en = {
  title: "Help",
  search: "Search the help",
  nothing: (needle: string) => `Nothing in the help says “${needle}”. Try fewer or other words.`,
  found: (n: string) => `${n} found`,
  groups: { states: "How an answer ends", tasks: "How to …", questions: "Questions" },
  card: {
    severity: "At most",
    why: "Why it matters",
    innocent: "What else could explain it",
    needs: "Needs",
  },
  states: {
    confirmed:
      "Records state the act itself, or two independent sources agree. It is not an inference any more.",
    likely: "The records fit the act, and hardly anything innocent. Verify before you report it as a fact.",
    possible: "Something fits, and so does an innocent cause. It needs a person who knows the site.",
    no_evidence:
      "The logs could have shown it, and show none. It holds for these logs and their period only.",
    cannot_determine:
      "The logs given could not have shown it: they lack a source, a field, or a period. What would help is said.",
  },
  tasks: {
    files: {
      name: "Check logs",
      body: "Drop files, folders or archives on the page, or press o. Formats, encodings and archives are recognised by their content. Before the answer the page shows what it recognised; Enter goes on with what it suggests.",
    },
    zone: {
      name: "Set a time zone or an encoding",
      body: "Where a log states no zone, the page asks before the answer. Later: beside the log, among the logs that were read.",
    },
    password: {
      name: "Open an encrypted archive",
      body: "The page asks for its password, which stays in memory only. Without one, the rest is checked and the report names what was not.",
    },
    mapping: {
      name: "Describe a log that no format fits",
      body: "Choose “Describe this format …” beside it and mark what is time, account, address, act. The description can be saved as a file and given to others.",
    },
    judge: {
      name: "Judge findings",
      body: "Open a finding and mark it as confirmed, benign (with a reason) or open. The answers change at once; Ctrl+Z takes it back. All of it stands in the report.",
    },
    declare: {
      name: "Say what is usual here",
      body: "Own networks, vendors, their accounts and windows, holidays, retired projects: under Settings, or where the page asks. Findings that this explains are weighed anew without reading the files again.",
    },
    rows: {
      name: "See the records behind a number",
      body: "Every count opens its records, and every record the lines before and after it in its file.",
    },
    explore: {
      name: "Look through all events",
      body: "“Explore all events” in the report: type a query such as user.name:sato and status>=400, choose values, sort, copy as CSV or JSON.",
    },
    rules: {
      name: "Use Sigma rules and indicator lists",
      body: "Drop them with the logs: a rule, a folder, an archive of rules; STIX, MISP, OpenIOC, CSV or text. Rules that cannot run on these logs are listed with what they lack.",
    },
    keep: {
      name: "Keep a case",
      body: "“Save the case” makes one file, encrypted if you give a passphrase. Dropped on the page, it opens again, with or without its logs.",
    },
    hand: {
      name: "Hand the result over",
      body: "HTML or paper, JSON, CSV, Timesketch, STIX, MISP, ATT&CK Navigator, OCSF; with less personal data if you choose. The page sends nothing: you do.",
    },
    private: {
      name: "Be sure that nothing leaves",
      body: "Open “Nothing leaves this page” on the first screen and run the test, or disconnect the network: everything goes on working.",
    },
  },
};

const ja: typeof en = {
  title: "ヘルプ",
  search: "ヘルプを検索",
  nothing: (needle) => `「${needle}」を含む説明はありません。語を減らすか、別の語でお試しください。`,
  found: (n) => `${n}件`,
  groups: { states: "回答の状態", tasks: "操作方法", questions: "質問" },
  card: {
    severity: "最大の重大度",
    why: "なぜ重要か",
    innocent: "ほかに考えられる理由",
    needs: "必要なもの",
  },
  states: {
    confirmed: "行為そのものの記録があるか、独立した2つの情報源が一致しています。推定ではありません。",
    likely:
      "記録は当該行為とよく一致し、正当な理由はほとんど考えられません。事実として報告する前に裏付けを取ってください。",
    possible: "当該行為とも、正当な理由とも矛盾しません。現場を知る担当者の判断が必要です。",
    no_evidence:
      "記録されるはずのログにおいて、痕跡が見つかりませんでした。提供されたログとその期間に限ります。",
    cannot_determine:
      "提供されたログでは判断できません。情報源、項目または期間が不足しています。何があれば判断できるかを示します。",
  },
  tasks: {
    files: {
      name: "ログを調べる",
      body: "ファイル、フォルダー、アーカイブをページにドロップするか、oキーで選びます。形式・文字コード・圧縮は内容から判別します。回答の前に認識結果を示し、Enterキーで提案どおりに進みます。",
    },
    zone: {
      name: "時刻帯や文字コードを指定する",
      body: "時刻帯の記載がないログについては、回答の前に確認します。後から変更する場合は、読み込んだログの一覧で該当ログから指定します。",
    },
    password: {
      name: "暗号化されたアーカイブを開く",
      body: "パスワードの入力を求めます(メモリー上にのみ保持)。入力しない場合も、ほかのファイルは調べ、調べられなかったものを報告に示します。",
    },
    mapping: {
      name: "未対応の形式のログを読む",
      body: "該当ログの「この形式を定義する…」から、時刻・アカウント・アドレス・操作などの位置を指定します。指定内容はファイルに保存し、他の人に渡せます。",
    },
    judge: {
      name: "検知を判断する",
      body: "検知を開き、「確認」「無害(理由を記入)」「未判断」を選びます。回答はただちに変わり、Ctrl+Zで取り消せます。判断はすべて報告に残ります。",
    },
    declare: {
      name: "通常の状態を申告する",
      body: "自組織のネットワーク、委託先とそのアカウント・作業時間、休日、終了したプロジェクトなどを、設定または確認画面で指定します。説明のつく検知は、ファイルを読み直さずに評価し直します。",
    },
    rows: {
      name: "件数の根拠となる記録を見る",
      body: "すべての件数から記録を開くことができ、各記録からファイル内の前後の行を確認できます。",
    },
    explore: {
      name: "すべてのイベントを見る",
      body: "報告の「全イベントを調べる」で、user.name:sato and status>=400 のような検索式、値の選択、並べ替えができ、CSVやJSONでコピーできます。",
    },
    rules: {
      name: "Sigmaルールや指標リストを使う",
      body: "ログと一緒にドロップします(ルール、フォルダー、ルールのアーカイブ、STIX・MISP・OpenIOC・CSV・テキスト)。実行できないルールは、不足しているものとともに一覧に示します。",
    },
    keep: {
      name: "ケースを保存する",
      body: "「ケースを保存」で1つのファイルになります。パスフレーズを指定すると暗号化されます。ページにドロップすると、ログの有無にかかわらず再び開けます。",
    },
    hand: {
      name: "結果を渡す",
      body: "HTML・印刷、JSON、CSV、Timesketch、STIX、MISP、ATT&CK Navigator、OCSFで出力できます。個人情報を減らすこともできます。このページからは何も送信しません。",
    },
    private: {
      name: "外部に送信されないことを確かめる",
      body: "最初の画面の確認欄でテストを実行するか、ネットワークを切断してください。切断してもすべて動作します。",
    },
  },
};

const WORDS: Record<Language, typeof en> = { en, ja };

export const helpWords = computed(() => WORDS[language.value]);
