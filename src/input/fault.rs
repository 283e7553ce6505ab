//! Why bytes of a source were not had: faults that cut a stream, and parts that were left out. Each
//! kind has a name for programs, and words for people: what happened and what to do.

use super::ReadError;
use super::container::Known;
use crate::base::{Text, visible};
use serde::{Deserialize, Serialize};
use std::io;

/// Why a stream ended before its end.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, thiserror::Error,
)]
#[error("{} at byte {offset}: {what}", kind.id())]
pub struct Fault {
    /// What kind of fault.
    pub kind: FaultKind,
    /// Byte in the source, as far as it had been read.
    pub offset: u64,
    /// What the decoder or the system said; empty where the kind says all.
    pub what: String,
}

/// Kinds of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum FaultKind {
    /// The source could not be read.
    Unreadable,
    /// The source is shorter than it was when it was given.
    Shrank,
    /// Packed data end before their end.
    Truncated,
    /// Packed data are damaged.
    Corrupt,
    /// After the packed data come bytes that are none.
    TrailingBytes,
    /// Encrypted, and no password was given.
    PasswordNeeded,
    /// Encrypted, and none of the given passwords fits.
    PasswordWrong,
    /// Unpacking needs a larger dictionary than memory allows.
    Dictionary,
    /// It unpacks to far more bytes than packed data of logs do.
    Ratio,
    /// The source unpacks to more bytes than are read of one source.
    TooMuch,
    /// Part of a binary log is not as it was written.
    Altered,
    /// A worker failed twice at this part.
    Internal,
    /// The check was ended before all of it was read.
    Ended,
}

impl FaultKind {
    /// Its name for programs.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Shrank => "shrank",
            Self::Truncated => "truncated",
            Self::Corrupt => "corrupt",
            Self::TrailingBytes => "trailing_bytes",
            Self::PasswordNeeded => "password_needed",
            Self::PasswordWrong => "password_wrong",
            Self::Dictionary => "dictionary",
            Self::Ratio => "ratio",
            Self::TooMuch => "too_much",
            Self::Altered => "altered",
            Self::Internal => "internal",
            Self::Ended => "ended",
        }
    }
}

impl From<ReadError> for Fault {
    fn from(error: ReadError) -> Self {
        Self { kind: FaultKind::Unreadable, offset: error.offset, what: error.what }
    }
}

impl From<Fault> for io::Error {
    fn from(fault: Fault) -> Self {
        Self::other(fault)
    }
}

impl Fault {
    /// The fault that an error carries, if it carries one.
    pub fn carried_by(error: &io::Error) -> Option<&Self> {
        error.get_ref().and_then(|inner| inner.downcast_ref())
    }

    /// What happened, and what to do.
    pub fn words(&self) -> (Text, Text) {
        (self.what_happened(), self.kind.what_to_do())
    }

    fn what_happened(&self) -> Text {
        let (at, said) = (self.offset, visible(&self.what));
        match self.kind {
            FaultKind::Unreadable => Text::new(
                format!("It could not be read at byte {at}: {said}"),
                format!("バイト位置{at}で読み取れませんでした:{said}"),
            ),
            FaultKind::Shrank => Text::new(
                format!("It ended at byte {at}: it became shorter while it was read."),
                format!("バイト位置{at}で終わりました。読み取り中に短くなっています。"),
            ),
            FaultKind::Truncated => Text::new(
                format!("It ends at byte {at} in the middle of its data."),
                format!("データの途中、バイト位置{at}で終わっています。"),
            ),
            FaultKind::Corrupt => Text::new(
                format!("It is damaged near byte {at}: {said}"),
                format!("バイト位置{at}付近で破損しています:{said}"),
            ),
            FaultKind::TrailingBytes => Text::new(
                format!("From byte {at} on follow bytes that are no compressed data."),
                format!("バイト位置{at}以降に圧縮データではないバイトがあります。"),
            ),
            FaultKind::Altered => Text::new(
                format!("The part from byte {at} on is not as it was written: {said}"),
                format!("バイト位置{at}からの部分が、書き込まれた時の状態と一致しません:{said}"),
            ),
            FaultKind::Ended => Text::new(
                format!(
                    "The check was ended before all of it was read: {said} bytes, the first at byte {at}, are not checked."
                ),
                format!(
                    "途中で検査を終了したため、バイト位置{at}以降の{said}バイトは検査されていません。"
                ),
            ),
            FaultKind::Internal => Text::new(
                format!("The program failed at the part that begins at byte {at}: {said}"),
                format!("バイト位置{at}から始まる部分の処理に失敗しました:{said}"),
            ),
            _ => self.kind.limit(),
        }
    }
}

impl FaultKind {
    /// What happened, where the place in the source says nothing.
    const fn limit(self) -> Text {
        match self {
            Self::PasswordNeeded => Text::fixed(
                "It is encrypted and no password was given.",
                "暗号化されていますが、パスワードが指定されていません。",
            ),
            Self::PasswordWrong => Text::fixed(
                "It is encrypted and none of the given passwords fits.",
                "暗号化されており、指定されたパスワードはいずれも一致しません。",
            ),
            Self::Dictionary => Text::fixed(
                "Unpacking it needs more memory for its dictionary than is allowed here.",
                "展開に必要な辞書のメモリが、許容量を超えています。",
            ),
            Self::Ratio => Text::fixed(
                "It was cut off: it unpacks to over 1 GiB and over 500 times its packed size, as no log does.",
                "展開後のサイズが1GiBかつ圧縮時の500倍を超えたため、以降を打ち切りました(通常のログではあり得ない比率です)。",
            ),
            _ => Text::fixed(
                "It was cut off: the file unpacks to more than is read of one file.",
                "展開後のサイズが1ファイルの上限を超えたため、以降を打ち切りました。",
            ),
        }
    }

    const fn what_to_do(self) -> Text {
        match self {
            Self::Unreadable => Text::fixed(
                "Check that the file still exists and may be read.",
                "ファイルが存在し、読み取り権限があることを確認してください。",
            ),
            Self::PasswordNeeded | Self::PasswordWrong => Text::fixed(
                "Give the password in the settings, or decrypt the file and give the logs inside.",
                "設定でパスワードを指定するか、復号して中のログを指定してください。",
            ),
            Self::Dictionary | Self::TooMuch => UNPACK,
            Self::Ratio => Text::fixed(
                "If it is a real log, unpack it and give the file inside; what was read before has been checked.",
                "実際のログであれば、展開して中のファイルを指定してください。打ち切り位置より前は検査済みです。",
            ),
            Self::Altered => Text::fixed(
                "If the log was copied while in use, export it again with the event viewer or wevtutil; what could be read has been checked.",
                "使用中にコピーしたログであれば、イベントビューアーまたはwevtutilで再度エクスポートしてください。読み取れた部分は検査済みです。",
            ),
            Self::Ended => {
                Text::fixed("Check it again, to the end.", "最後まで再検査してください。")
            }
            Self::Internal => Text::fixed(
                "Check the file again by itself; if it happens again, report it with the version shown below.",
                "このファイルだけで再検査し、再発する場合は版番号を添えて報告してください。",
            ),
            Self::Shrank | Self::Truncated | Self::Corrupt | Self::TrailingBytes => Text::fixed(
                "Copy the file again from where it comes and check it anew; what was read before this place has been checked.",
                "元の場所からコピーし直して再検査してください。この位置より前は検査済みです。",
            ),
        }
    }
}

const UNPACK: Text = Text::fixed(
    "Unpack it elsewhere and give the logs inside.",
    "別途展開し、中のログを指定してください。",
);

/// A part of a source that was not read, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LeftOut {
    /// Its path inside the source, as text; none for the source itself.
    pub path_inside: Option<String>,
    /// Its size in bytes as the container states it.
    pub size: Option<u64>,
    /// Why.
    pub reason: Reason,
}

/// Why a part was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Reason {
    /// Of a kind that is known but not read.
    NotRead(Known),
    /// A container inside more containers than are opened.
    TooDeep,
    /// This entry and those behind it: a container of more entries than are read.
    TooMany,
    /// An archive inside an archive, larger than may be held in memory.
    TooLargeToHold,
    /// Its bytes are those of another entry: the mark of a zip bomb.
    Overlapping,
    /// Packed by a method that is not read.
    Method,
    /// A sparse file of a tar archive.
    Sparse,
    /// Everything behind the place where the limit on a source's unpacked bytes was reached.
    BehindLimit,
}

impl Reason {
    /// Its name for programs.
    pub const fn id(self) -> &'static str {
        match self {
            Self::NotRead(_) => "container_not_read",
            Self::TooDeep => "too_deep",
            Self::TooMany => "too_many_entries",
            Self::TooLargeToHold => "too_large_to_hold",
            Self::Overlapping => "overlapping_entries",
            Self::Method => "method_not_read",
            Self::Sparse => "sparse_not_read",
            Self::BehindLimit => "behind_limit",
        }
    }

    /// What happened, and what to do.
    pub fn words(self) -> (Text, Text) {
        let what = match self {
            Self::NotRead(known) => {
                let name = known.name();
                return (
                    Text::new(
                        format!("This is a {name} file, which is not read."),
                        format!("{name}ファイルです。この種類には対応していません。"),
                    ),
                    Text::fixed(
                        "Unpack or export it as text and give the logs inside.",
                        "展開またはテキストとして出力し、中のログを指定してください。",
                    ),
                );
            }
            Self::Overlapping => {
                return (
                    Text::fixed(
                        "Its bytes are also those of another entry: archives made to exhaust a reader are built so.",
                        "他の項目とデータが重なっています。読み手を過負荷にする細工された書庫の特徴です。",
                    ),
                    Text::fixed(
                        "Ask where the archive comes from; if it is genuine, have it packed again.",
                        "書庫の出所を確認し、正規のものであれば作り直してもらってください。",
                    ),
                );
            }
            Self::TooDeep => Text::fixed(
                "It lies inside more containers than are opened.",
                "書庫の入れ子が深すぎるため、開いていません。",
            ),
            Self::TooMany => Text::fixed(
                "The archive has more entries than are read; the rest was left out from here on.",
                "書庫の項目数が上限を超えたため、これ以降を読んでいません。",
            ),
            Self::TooLargeToHold => Text::fixed(
                "It is an archive inside an archive and too large to be held in memory.",
                "書庫の中の書庫で、メモリに保持できる大きさを超えています。",
            ),
            Self::Method => Text::fixed(
                "It is packed by a method that is not read.",
                "対応していない方式で圧縮されています。",
            ),
            Self::Sparse => Text::fixed(
                "It is a sparse file, which is not read from tar archives.",
                "スパースファイルのため、tar書庫からは読んでいません。",
            ),
            Self::BehindLimit => Text::fixed(
                "The rest of the file was left out: a limit on unpacked bytes was reached.",
                "展開後のサイズが上限に達したため、これ以降を読んでいません。",
            ),
        };
        (what, UNPACK)
    }
}
