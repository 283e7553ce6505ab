//! Whose data was reached and what is to be changed, in the HTML report.

use super::Page;
use crate::report::model::Report;
use crate::report::parties::{ABOUT, ACTS, Affected, kind};
use crate::report::secrets::{Secret, kind as kind_of_secret};

impl Page {
    /// Whose data accounts reached.
    pub(super) fn affected(&mut self, report: &Report) {
        if report.affected.is_empty() {
            return;
        }
        self.markup("<h2 id=\"affected\">").word("Whose data", "誰のデータか").markup(" (");
        self.number(report.affected.len() as u64).markup(")</h2><p class=\"small\">").said(&ABOUT);
        self.markup("</p>\n");
        let own = [("Kind", "種別"), ("Name", "名称"), ("Within", "所属")];
        let behind =
            [("First (UTC)", "最初(UTC)"), ("Last (UTC)", "最後(UTC)"), ("Findings", "検知")];
        self.headings(&[&own[..], &ACTS, &behind].concat());
        for party in &report.affected {
            self.party(report, party);
        }
        self.markup("</tbody></table>\n");
    }

    fn party(&mut self, report: &Report, party: &Affected) {
        self.markup("<tr><td>").said(&kind(party.kind)).markup("</td><td>").text(&party.name);
        self.markup("</td><td>").text(party.within.as_deref().unwrap_or("–")).markup("</td>");
        for count in party.counts() {
            self.markup("<td>").number(count).markup("</td>");
        }
        self.markup("<td>").text(party.first.as_deref().unwrap_or("–")).markup("</td><td>");
        self.text(party.last.as_deref().unwrap_or("–")).markup("</td><td>");
        self.links(&party.findings);
        if !report.stands(&party.findings) {
            self.word("judged benign", "無害と判断");
        }
        self.markup("</td></tr>\n");
    }

    /// What is to be changed.
    pub(super) fn secrets(&mut self, report: &Report) {
        if report.secrets.is_empty() {
            return;
        }
        self.markup("<h2 id=\"secrets\">").word("To be changed", "変更が必要なもの").markup(" (");
        self.number(report.secrets.len() as u64).markup(")</h2>\n");
        self.headings(&[
            ("Kind", "種別"),
            ("Name", "名称"),
            ("What to do", "対処"),
            ("Why", "理由"),
            ("Findings", "検知"),
        ]);
        for secret in &report.secrets {
            self.secret(secret);
        }
        self.markup("</tbody></table>\n");
    }

    fn secret(&mut self, secret: &Secret) {
        self.markup("<tr><td>").said(&kind_of_secret(secret.kind)).markup("</td><td>");
        self.said(&secret.name).markup("</td><td>").said(&secret.todo).markup("</td><td>");
        self.list(&secret.because);
        self.markup("</td><td>");
        self.links(&secret.findings);
        self.markup("</td></tr>\n");
    }
}
