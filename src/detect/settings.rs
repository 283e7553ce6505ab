//! The thresholds of the detections. Each can be set; the defaults are those of the cards.

use serde::{Deserialize, Serialize};

/// Thresholds. Unknown names are refused, so that a slip of the pen does not go unnoticed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// B1, B5: usual answers of a path that must be known before one is called unusual.
    pub norm_answers: u32,
    /// B1, B5: robust z from which the size of an answer is unusual.
    pub unusual_z: u32,
    /// B8: different addresses refused to one client within ten minutes. At most 32.
    pub scan_refused: u32,
    /// D2: different documents within three minutes. At most 32.
    pub burst_documents: u32,
    /// D5: bytes to one client in a day that are never large.
    pub egress_bytes: u64,
    /// D5: times a client's own usual day.
    pub egress_own_times: u32,
    /// F2: records expected in a gap from which on it counts.
    pub gap_expected: u32,
    /// F2: days of history that are needed.
    pub gap_history_days: u32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            norm_answers: 20,
            unusual_z: 6,
            scan_refused: 30,
            burst_documents: 25,
            egress_bytes: 200_000_000,
            egress_own_times: 5,
            gap_expected: 20,
            gap_history_days: 14,
        }
    }
}

impl Thresholds {
    /// What is wrong with them, if anything is.
    pub fn check(&self) -> Result<(), String> {
        let distinct = u32::try_from(super::burst::KEPT).unwrap_or(u32::MAX);
        for (name, value) in
            [("scan_refused", self.scan_refused), ("burst_documents", self.burst_documents)]
        {
            if !(2..=distinct).contains(&value) {
                return Err(format!("thresholds.{name} is {value}; it takes 2 to {distinct}"));
            }
        }
        Ok(())
    }
}
