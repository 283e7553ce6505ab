//! Detections: one file each, listed once. Each observes events of one shard, merges with what
//! other shards saw, and makes findings only when everything was seen.
//!
//! A detection that cannot merge does not compile; one that is not in the list does not exist.

mod accounts;
mod answers;
mod burst;
mod changes;
mod days;
mod declared;
mod forms;
mod outcome;
mod packs;
mod parties;
mod places;
mod seen;
mod settings;

mod a10_factor;
mod a11_weak_method;
mod a12_many_organisations;
mod a13_no_login;
mod a14_alarm;
mod a1_spray;
mod a2_stuffing;
mod a3_guessing;
mod a4_impossible_travel;
mod a5_new_place;
mod a6_off_hours;
mod a7_dormant;
mod a8_two_places;
mod a9_shared_session;
mod b10_after_exploit;
mod b11_call_out;
mod b1_payload;
mod b2_product;
mod b3_new_program;
mod b4_web_shell;
mod b5_traversal;
mod b6_config_download;
mod b7_extraction;
mod b8_scanner_hit;
mod b9_installer;
mod c1_anonymous;
mod c2_forced_browsing;
mod c3_enumeration;
mod c4_projects;
mod c5_tenants;
mod c6_refused_then_served;
mod c7_admin_pages;
mod d10_mail_rule;
mod d11_mail_reader;
mod d12_automation;
mod d13_low_and_slow;
mod d1_mass_download;
mod d2_burst;
mod d3_export;
mod d4_off_hours;
mod d5_egress;
mod d6_search;
mod d7_directory;
mod d8_settings;
mod d9_share;
mod e1_new_account;
mod e2_role_change;
mod e3_credential;
mod e4_consent;
mod e5_upload_call;
mod e6_program_placed;
mod e7_short_lived;
mod f1_cleared;
mod f2_gap;
mod f3_numbers;
mod f4_time_reversal;
mod f5_damaged;
mod f6_rotation;
mod f7_contradiction;
mod f8_differing_copies;
mod f9_clock;
mod g1_vendor_network;
mod g2_vendor_window;
mod g3_vendor_tenants;
mod g5_two_organisations;
mod g6_retired;

pub use crate::finding::{Card, Needs};
pub use accounts::acted;
pub use declared::{Declared, DeclaredContext, DeclaredError};
pub use outcome::Site;
pub use packs::{Pack, packs};
pub use seen::{Marks, Seen};
pub use settings::Thresholds;

use crate::base::limits::{MINUTES, OWN_MINUTES};
use crate::base::networks::Located;
use crate::base::{Instant, Merge, Seed, Text, Told, Weigh, Weighed, grouped, let_go};
use crate::baseline::Baseline;
use crate::event::{Event, Field};
use crate::finding::{Finding, Gap};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A detection.
pub trait Detector: Sync {
    /// What it keeps of a shard.
    type Partial: Merge + Default + Serialize + DeserializeOwned + Send;
    /// What it is, in words.
    const CARD: Card;
    /// Only events with one of these marks are shown to `observe`. A detection that concludes from
    /// the baseline alone wants none.
    const WANTS: Marks = Marks::EMPTY;
    /// Whether it concludes from what is not there. Where a part of the logs was not read it then
    /// says nothing.
    const NEEDS_ALL: bool = false;

    /// Sees one event. Knows nothing of other events.
    fn observe(&self, _: &Seen<'_>, _: &mut Self::Partial) {}

    /// Sees one event that is no request.
    #[inline]
    fn observe_other(&self, _: &Event<'_>, _: Instant, _: Seed, _: &mut Self::Partial) {}

    /// Concludes from everything that was seen.
    fn conclude(&self, partial: Self::Partial, context: &Conclusion<'_>) -> Verdict;

    /// Whether a finding of this detection rests on an event. Asked again of every event when a
    /// finding's count is opened. What accounts did is told by `acted`, for all detections.
    fn rests_on(&self, seen: &Seen<'_>, finding: &Finding) -> bool {
        finding.scope.records.contains(&seen.event.location.key())
    }
}

/// What a detection concluded.
#[derive(Debug, Default)]
pub struct Verdict {
    /// What it found.
    pub findings: Vec<Finding>,
    /// Why it could not be evaluated in whole or part, and what would change that.
    pub not_evaluable: Option<(Text, Text)>,
    /// Periods without records.
    pub gaps: Vec<Gap>,
    /// Limits that were reached.
    pub bounds: Vec<Text>,
}

/// What a detection may look at when it concludes.
#[derive(Clone, Copy)]
pub struct Conclusion<'a> {
    /// The thresholds in force.
    pub thresholds: &'a Thresholds,
    /// What is normal in these logs.
    pub baseline: &'a Baseline,
    /// How this site answers what does not exist.
    pub site: &'a Site,
    /// The streams that were read.
    pub streams: &'a [StreamView],
    /// What is declared of the organisation.
    pub declared: &'a Declared,
    /// Where networks are, as far as tables that are given say.
    pub located: &'a Located,
    /// Whether a part of the logs was not read, though it could have been.
    pub is_partial: bool,
    /// What the detections in front of this one in the list concluded.
    pub earlier: &'a [(&'static Card, Verdict)],
}

impl<'a> Conclusion<'a> {
    /// What detections in front of this one found.
    pub fn found(&self) -> impl Iterator<Item = &'a Finding> {
        self.earlier.iter().flat_map(|(_, verdict)| &verdict.findings)
    }
}

/// What detections know of a stream.
#[derive(Clone, Debug)]
pub struct StreamView {
    /// Its id.
    pub id: u32,
    /// Name of its file.
    pub name: String,
    /// The file's name without the marks of rotation.
    pub log_source: String,
    /// Records that were understood.
    pub parsed: u64,
    /// Of these, requests to web servers.
    pub requests: u64,
    /// First and last time.
    pub span: Option<(Instant, Instant)>,
    /// Signs of damage, in the order of their places.
    pub damage: Vec<Damage>,
}

/// A sign that a file is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// What was seen.
    pub what: Text,
    /// The record concerned, where it is one.
    pub place: Option<crate::base::Location>,
    /// Lines concerned.
    pub lines: u64,
}

macro_rules! detectors {
    ($($field:ident: $detector:path),* $(,)?) => {
        /// What every detection is. One that looks at what others found stands behind them.
        pub const CARDS: &[Card] = &[$(<$detector as Detector>::CARD),*];

        /// What every detection keeps of a shard.
        #[derive(Default, Serialize, Deserialize)]
        pub struct States { $($field: <$detector as Detector>::Partial),* }

        impl Merge for States {
            fn merge(&mut self, other: Self) { $(self.$field.merge(other.$field);)* }
        }

        impl States {
            /// Marks that at least one detection wants.
            pub const WANTED: Marks = Marks::EMPTY$(.union(<$detector as Detector>::WANTS))*;

            /// Lets go of them one after the other, by the ids of the detections.
            pub fn take_apart(self, told: Told<'_>) {
                $(let_go(<$detector as Detector>::CARD.id, self.$field, told);)*
            }

            /// Shows an event to every detection that wants it.
            pub fn observe(&mut self, seen: &Seen<'_>) {
                $(if seen.marks.meet(<$detector as Detector>::WANTS) {
                    $detector.observe(seen, &mut self.$field);
                })*
            }

            /// Shows an event that is no request to every detection.
            #[inline]
            pub fn observe_other(&mut self, event: &Event<'_>, at: Instant, seed: Seed) {
                $($detector.observe_other(event, at, seed, &mut self.$field);)*
            }

            /// Lets every detection conclude whose fields the logs have.
            pub fn conclude(
                self,
                context: &Conclusion<'_>,
                has: impl Fn(Field) -> bool,
            ) -> Vec<(&'static Card, Verdict)> {
                let mut all = Vec::with_capacity(CARDS.len());
                $(
                    let here = Conclusion { earlier: &all, ..*context };
                    let one = concluded(&$detector, self.$field, &here, &has);
                    all.push(one);
                )*
                all
            }
        }

        /// The marks of events that findings of a detection rest on; empty when any event may be
        /// one.
        pub fn wants(detector: &str) -> Marks {
            $(if detector == <$detector as Detector>::CARD.id {
                return <$detector as Detector>::WANTS;
            })*
            Marks::EMPTY
        }

        /// Whether a finding rests on an event.
        pub fn rests_on(seen: &Seen<'_>, finding: &Finding) -> bool {
            $(if finding.detector == <$detector as Detector>::CARD.id {
                return $detector.rests_on(seen, finding);
            })*
            false
        }
    };
}

detectors! {
    a1: a1_spray::Spray,
    a2: a2_stuffing::Stuffing,
    a3: a3_guessing::Guessing,
    a4: a4_impossible_travel::ImpossibleTravel,
    a5: a5_new_place::NewPlace,
    a7: a7_dormant::Dormant,
    a8: a8_two_places::TwoPlaces,
    a9: a9_shared_session::SharedSession,
    a10: a10_factor::Factor,
    a11: a11_weak_method::WeakMethod,
    a12: a12_many_organisations::ManyOrganisations,
    a13: a13_no_login::NoLogin,
    a14: a14_alarm::Alarm,
    b1: b1_payload::Payload,
    b2: b2_product::Product,
    b3: b3_new_program::NewProgram,
    b4: b4_web_shell::WebShell,
    b5: b5_traversal::Traversal,
    b6: b6_config_download::ConfigDownload,
    b7: b7_extraction::Extraction,
    b8: b8_scanner_hit::ScannerHit,
    b9: b9_installer::Installer,
    b10: b10_after_exploit::AfterExploit,
    b11: b11_call_out::CallOut,
    c1: c1_anonymous::Anonymous,
    c2: c2_forced_browsing::ForcedBrowsing,
    c3: c3_enumeration::Enumeration,
    c4: c4_projects::Projects,
    c5: c5_tenants::Tenants,
    c6: c6_refused_then_served::RefusedThenServed,
    c7: c7_admin_pages::AdminPages,
    d1: d1_mass_download::MassDownload,
    d2: d2_burst::Burst,
    d3: d3_export::Export,
    d4: d4_off_hours::OffHours,
    d5: d5_egress::Egress,
    d6: d6_search::Search,
    d7: d7_directory::Directory,
    d8: d8_settings::SystemSettings,
    d9: d9_share::Share,
    d10: d10_mail_rule::MailRule,
    d11: d11_mail_reader::MailReader,
    d12: d12_automation::Automation,
    d13: d13_low_and_slow::LowAndSlow,
    e1: e1_new_account::NewAccount,
    e2: e2_role_change::RoleChange,
    e3: e3_credential::Credential,
    e4: e4_consent::Consent,
    e5: e5_upload_call::UploadCall,
    e6: e6_program_placed::ProgramPlaced,
    e7: e7_short_lived::ShortLived,
    f1: f1_cleared::Cleared,
    f2: f2_gap::GapInLog,
    f3: f3_numbers::MissingNumbers,
    f4: f4_time_reversal::TimeReversal,
    f5: f5_damaged::Damaged,
    f6: f6_rotation::RotationHole,
    f7: f7_contradiction::Contradiction,
    f8: f8_differing_copies::DifferingCopies,
    f9: f9_clock::ClockDoubt,
    g1: g1_vendor_network::VendorNetwork,
    g2: g2_vendor_window::VendorWindow,
    g3: g3_vendor_tenants::VendorTenants,
    g5: g5_two_organisations::TwoOrganisations,
    g6: g6_retired::Retired,
    a6: a6_off_hours::UnusualHours,
}

/// What a detection concludes, or which fields it misses.
fn concluded<D: Detector>(
    detector: &D,
    partial: D::Partial,
    context: &Conclusion<'_>,
    has: &impl Fn(Field) -> bool,
) -> (&'static Card, Verdict) {
    let card = const { &D::CARD };
    let is_blind = D::NEEDS_ALL && context.is_partial;
    let missing = card.needs.missing(has).or_else(|| is_blind.then_some(NOT_ALL_READ));
    let verdict = match missing {
        Some(reason) => Verdict { not_evaluable: Some(reason), ..Verdict::default() },
        None => detector.conclude(partial, context),
    };
    (card, verdict)
}

/// Why nothing is concluded from what is not there, and what would change that.
const NOT_ALL_READ: (Text, Text) = (
    Text::fixed(
        "It looks for what is missing, and a part of the logs was not read.",
        "記録の欠落や不在を調べる検知ですが、ログの一部が読み取られていません。",
    ),
    Text::fixed("Check all of the logs, to the end.", "すべてのログを最後まで検査してください。"),
);

/// What to say of a table that was too small to hold everything, and kept one in so many.
fn bounds(id: &str, one_in: u64) -> Vec<Text> {
    if one_in <= 1 {
        return Vec::new();
    }
    vec![Text::new(
        format!(
            "{id} looked at one in {one_in} of the clients, accounts or requests concerned: there were more than it can hold."
        ),
        format!(
            "{id}は対象のクライアント・アカウント・要求を{one_in}件に1件だけ調べました(保持できる上限を超過)。"
        ),
    )]
}

/// What a detection could not look at of those whose minutes it keeps.
fn bounds_of<V: Weigh, const LIMIT: usize>(
    id: &str,
    table: &Weighed<V, LIMIT, MINUTES>,
) -> Vec<Text> {
    let latest = (table.heaviest() >= OWN_MINUTES).then(|| {
        Text::new(
            format!(
                "{id} looked at the latest {} active minutes only of each client or account that has as many.",
                grouped(OWN_MINUTES as u64)
            ),
            format!(
                "{id}は、活動のあった分が{}以上あるクライアント・アカウントについて、最後の{0}分のみを調べました。",
                grouped(OWN_MINUTES as u64)
            ),
        )
    });
    bounds(id, table.one_in()).into_iter().chain(latest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn ids_are_unique_and_cards_are_complete_in_both_languages() {
        let ids: BTreeSet<_> = CARDS.iter().map(|card| card.id).collect();
        assert_eq!(ids.len(), CARDS.len());
        for card in CARDS {
            for text in [&card.name, &card.what, &card.why, &card.innocent, &card.needs.words] {
                assert!(!text.en.is_empty() && !text.ja.is_empty(), "{}", card.id);
            }
            assert!(!card.attack.is_empty(), "{}", card.id);
        }
    }
}
