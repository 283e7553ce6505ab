//! The thresholds of the detections. Each can be set; the defaults are those of the cards.

use crate::base::Wrong;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// Thresholds. Unknown names are refused, so that a slip of the pen does not go unnoticed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// A1: accounts that a network is refused for within an hour.
    pub spray_accounts: u32,
    /// A1: accounts that a network is refused for within a day.
    pub slow_spray_accounts: u32,
    /// A2: failed sign-ins of a network within a day before one succeeds.
    pub stuffing_failures: u32,
    /// A2: percent of these for accounts that do not exist.
    pub stuffing_unknown_percent: u32,
    /// A3: failed sign-ins to one account within 15 minutes before one succeeds.
    pub guessing_failures: u32,
    /// A4: kilometres between two places at least.
    pub travel_km: u32,
    /// A4: kilometres in an hour that nobody travels.
    pub travel_kmh: u32,
    /// A7: days without activity.
    pub dormant_days: u32,
    /// A10: second factors denied within an hour before a sign-in succeeds.
    pub factor_denials: u32,
    /// A12: accounts that a network signs in to.
    pub shared_accounts: u32,
    /// B1, B5: usual answers of a path that must be known before one is called unusual.
    pub norm_answers: u32,
    /// B1, B5: robust z from which the size of an answer is unusual.
    pub unusual_z: u32,
    /// B7: requests with SQL to one page within ten minutes.
    pub extraction_requests: u32,
    /// B8: different addresses refused to one client within ten minutes. At most 32.
    pub scan_refused: u32,
    /// B11: seconds between a request and the connection that it may have caused. At most 3,600.
    pub call_out_secs: u32,
    /// B11: days of connections of a server before one is new.
    pub call_out_days: u32,
    /// B11: new destinations in these days from which on one more says nothing.
    pub call_out_new: u32,
    /// C6: refusals of a document before it is handed out. At most 8.
    pub refusals: u32,
    /// C7: pages for those who run the application, in a day.
    pub admin_pages: u32,
    /// C4: projects of an account in a day.
    pub projects: u32,
    /// C4: of these, never used before.
    pub new_projects: u32,
    /// D1: different documents of an account in a day.
    pub mass_documents: u32,
    /// D2: different documents within three minutes. At most 32.
    pub burst_documents: u32,
    /// D5: bytes to one client in a day that are never large.
    pub egress_bytes: u64,
    /// D5: times a client's own usual day.
    pub egress_own_times: u32,
    /// D6: searches for what leads further in a day. At most 16.
    pub sensitive_searches: u32,
    /// D6: documents taken within 30 minutes of these.
    pub search_downloads: u32,
    /// D9: documents shared with outsiders in a day.
    pub shares: u32,
    /// D11: mails of an account that a program reads in a day.
    pub mails_read: u64,
    /// D12: days on which an account used a browser before a tool says something.
    pub browser_days: u32,
    /// D13: different documents of a project that one account takes little by little.
    pub slow_documents: u32,
    /// F2: records expected in a gap from which on it counts.
    pub gap_expected: u32,
    /// F2: days of history that are needed.
    pub gap_history_days: u32,
    /// G6: days that nobody touched a project before it counts as retired.
    pub retired_days: u32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            spray_accounts: 10,
            slow_spray_accounts: 20,
            stuffing_failures: 20,
            stuffing_unknown_percent: 30,
            guessing_failures: 10,
            travel_km: 500,
            travel_kmh: 1_000,
            dormant_days: 90,
            factor_denials: 5,
            shared_accounts: 3,
            norm_answers: 20,
            unusual_z: 6,
            extraction_requests: 30,
            scan_refused: 30,
            call_out_secs: 60,
            call_out_days: 7,
            call_out_new: 7,
            refusals: 3,
            admin_pages: 3,
            projects: 5,
            new_projects: 3,
            mass_documents: 50,
            burst_documents: 25,
            egress_bytes: 200_000_000,
            egress_own_times: 5,
            sensitive_searches: 3,
            search_downloads: 5,
            shares: 10,
            mails_read: 1_000,
            browser_days: 10,
            slow_documents: 30,
            gap_expected: 20,
            gap_history_days: 14,
            retired_days: 180,
        }
    }
}

impl Thresholds {
    /// What is wrong with them, if anything is.
    pub fn check(&self) -> Result<(), Wrong> {
        let distinct = u32::try_from(super::burst::KEPT).unwrap_or(u32::MAX);
        let any = 1..=u32::MAX;
        let ranges = [
            ("scan_refused", self.scan_refused, 2..=distinct),
            ("burst_documents", self.burst_documents, 2..=distinct),
            ("spray_accounts", self.spray_accounts, any.clone()),
            ("slow_spray_accounts", self.slow_spray_accounts, any.clone()),
            ("stuffing_failures", self.stuffing_failures, any.clone()),
            ("guessing_failures", self.guessing_failures, any.clone()),
            ("travel_km", self.travel_km, any.clone()),
            ("travel_kmh", self.travel_kmh, any.clone()),
            ("slow_documents", self.slow_documents, any.clone()),
            ("dormant_days", self.dormant_days, any.clone()),
            ("factor_denials", self.factor_denials, any.clone()),
            ("extraction_requests", self.extraction_requests, any.clone()),
            ("call_out_secs", self.call_out_secs, 1..=3_600),
            ("call_out_days", self.call_out_days, any.clone()),
            ("call_out_new", self.call_out_new, any.clone()),
            ("admin_pages", self.admin_pages, any.clone()),
            ("shares", self.shares, any.clone()),
            ("shared_accounts", self.shared_accounts, any.clone()),
            ("search_downloads", self.search_downloads, any.clone()),
            ("retired_days", self.retired_days, any),
            ("refusals", self.refusals, 1..=8),
            ("browser_days", self.browser_days, 1..=16),
            ("sensitive_searches", self.sensitive_searches, 1..=16),
        ];
        let mut outside = ranges.into_iter().filter(|(_, value, range)| !range.contains(value));
        outside.next().map_or(Ok(()), |(name, value, range)| Err(out_of(name, value, &range)))
    }
}

/// A threshold is none of those that it can be.
fn out_of(name: &str, value: u32, range: &RangeInclusive<u32>) -> Wrong {
    let (least, most) = (range.start(), range.end());
    let (en, ja) = match *most {
        u32::MAX => (format!("{least} or more"), format!("{least}以上")),
        _ => (format!("{least} to {most}"), format!("{least}~{most}")),
    };
    Wrong::new(
        format!("thresholds.{name} is {value}; it takes {en}"),
        format!("thresholds.{name}の値{value}は使えません。{ja}で指定してください。"),
    )
}
