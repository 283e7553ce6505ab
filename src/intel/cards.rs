//! What the sweeps are, in words.

use super::value::Kind;
use crate::base::Text;
use crate::event::Field;
use crate::finding::{Card, Needs, Severity};

/// The sweeps, in the order of their ids.
pub const CARDS: &[Card; 5] = &[ADDRESSES, NAMES, HASHES, PEOPLE, PRIVATE];

const INNOCENT_SHARED: Text = Text::fixed(
    "The indicator is old and its address or name belongs to others now; many share it; a scanner that scans everybody; the lookup of an analyst.",
    "指標が古く現在は別の利用者のもの、多数が共有するもの、無差別のスキャナー、分析者自身の調査。",
);

const ADDRESSES: Card = Card {
    id: "I1",
    name: Text::fixed("Address on an indicator list", "指標リストに載るアドレス"),
    what: Text::fixed(
        "An address of a client, a server or a proxy's client that is on a list given, or within a network of one. Hits outside an indicator's validity are told apart, as low.",
        "クライアント・接続先・プロキシの申告するアドレスのうち、指定されたリストの値、またはその範囲に含まれるもの。有効期間外の一致は区別し、低とします。",
    ),
    why: Text::fixed(
        "Attackers use an address against several victims; a list is what others have seen.",
        "攻撃者は同じアドレスを複数の標的に用います。リストは他者の観測結果です。",
    ),
    innocent: INNOCENT_SHARED,
    needs: Needs {
        fields: &[],
        words: Text::fixed(
            "Logs with addresses of clients or of servers that were reached.",
            "クライアントまたは接続先のアドレスを含むログ。",
        ),
    },
    attack: &["T1071", "T1595"],
    severity: Severity::Medium,
};

const NAMES: Card = Card {
    id: "I2",
    name: Text::fixed(
        "Domain, link or user agent on an indicator list",
        "指標リストに載るドメイン・URL・ユーザーエージェント",
    ),
    what: Text::fixed(
        "A host name, a link or a user agent that is on a list given: in requests, referrers, lookups of names and mail addresses. Domains are compared whole, or with everything below them where the list says so; user agents letter by letter.",
        "要求・リファラー・名前解決・メールアドレス中のホスト名、URL、ユーザーエージェントのうち、指定されたリストに載るもの。ドメインは完全一致(リストが示す場合は配下を含む)、ユーザーエージェントは完全一致。",
    ),
    why: Text::fixed(
        "Names and tools of attackers are used against several victims; a list is what others have seen.",
        "攻撃者の名前や道具は複数の標的に用いられます。リストは他者の観測結果です。",
    ),
    innocent: INNOCENT_SHARED,
    needs: Needs {
        fields: &[],
        words: Text::fixed(
            "Logs of a proxy, of name lookups or of mail; access logs with referrer and user agent.",
            "プロキシ・名前解決・メールのログ、またはリファラーとユーザーエージェントを含むアクセスログ。",
        ),
    },
    attack: &["T1071.001", "T1071.004"],
    severity: Severity::Medium,
};

const HASHES: Card = Card {
    id: "I3",
    name: Text::fixed("File hash on an indicator list", "指標リストに載るファイルハッシュ"),
    what: Text::fixed(
        "An MD5, SHA-1 or SHA-256 on a list given that stands in any field of a record by itself or behind a name, as in SHA256=….",
        "記録のいずれかの項目に単独で、またはSHA256=…の形で現れる、指定されたリストのMD5・SHA-1・SHA-256。",
    ),
    why: Text::fixed(
        "A hash names one file: where it is logged, the file was there.",
        "ハッシュは1つのファイルを特定します。記録されていれば、そのファイルが存在したことになります。",
    ),
    innocent: Text::fixed(
        "A tool that administrators use too; a file that was blocked or only looked up; an identity of another kind that has this form.",
        "管理者も用いるツール、遮断または照会されただけのファイル、同じ形の別の識別子。",
    ),
    needs: Needs {
        fields: &[],
        words: Text::fixed(
            "Logs that hold hashes of files, such as Sysmon, endpoint protection or a mail gateway.",
            "ファイルのハッシュを含むログ(Sysmon、エンドポイント保護、メールゲートウェイなど)。",
        ),
    },
    attack: &["T1204.002", "T1105"],
    severity: Severity::High,
};

const PEOPLE: Card = Card {
    id: "I4",
    name: Text::fixed(
        "Mail address or account on an indicator list",
        "指標リストに載るメールアドレス・アカウント",
    ),
    what: Text::fixed(
        "An account or a mail address, of an account, a sender or a recipient, that is on a list given.",
        "アカウント、またはアカウント・差出人・宛先のメールアドレスのうち、指定されたリストに載るもの。",
    ),
    why: Text::fixed(
        "Attackers send from the same addresses and make accounts of the same names.",
        "攻撃者は同じ差出人アドレスや同じ名前のアカウントを用います。",
    ),
    innocent: Text::fixed(
        "Another person of the same name; a forged sender; a mailing list.",
        "同名の別人、詐称された差出人、メーリングリスト。",
    ),
    needs: Needs {
        fields: &[],
        words: Text::fixed("Logs of sign-ins or of mail.", "認証ログまたはメールのログ。"),
    },
    attack: &["T1078", "T1566"],
    severity: Severity::Medium,
};

const PRIVATE: Card = Card {
    id: "I5",
    name: Text::fixed("Value on a private list", "非公開リストに載る値"),
    what: Text::fixed(
        "A value of a kind that a private list holds whose salted Argon2id digest is in the list. Up to 8,192 distinct values of a check are tried.",
        "非公開リストの種類に当たる値で、ソルト付きArgon2idダイジェストがリストに含まれるもの。1回の検査で最大8,192個の異なる値を試します。",
    ),
    why: Text::fixed(
        "Whoever made the list knows the value and did not want to hand it around.",
        "リストの作成者はその値を知っており、値そのものを配布したくなかったことになります。",
    ),
    innocent: INNOCENT_SHARED,
    needs: Needs {
        fields: &[],
        words: Text::fixed(
            "Logs that hold values of the kinds in the list.",
            "リストに含まれる種類の値を含むログ。",
        ),
    },
    attack: &["T1071"],
    severity: Severity::Medium,
};

/// The sweep of a kind.
pub(super) const fn of(kind: Kind) -> &'static Card {
    &CARDS[match kind {
        Kind::Address | Kind::Network => 0,
        Kind::Domain | Kind::Url | Kind::UserAgent => 1,
        Kind::Hash => 2,
        Kind::Email | Kind::Account => 3,
    }]
}

/// The sweep of private lists.
pub(super) const fn of_private() -> &'static Card {
    &CARDS[4]
}

/// Fields in which an indicator says that something was reached from inside.
pub(super) const OUTWARD: u64 =
    1 << Field::DestinationAddress as u64 | 1 << Field::DnsQuestion as u64;

/// A kind in words.
pub(super) const fn words(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Address => ("address", "アドレス"),
        Kind::Network => ("network", "ネットワーク"),
        Kind::Domain => ("domain", "ドメイン"),
        Kind::Url => ("link", "URL"),
        Kind::UserAgent => ("user agent", "ユーザーエージェント"),
        Kind::Hash => ("hash", "ハッシュ"),
        Kind::Email => ("mail address", "メールアドレス"),
        Kind::Account => ("account", "アカウント"),
    }
}
