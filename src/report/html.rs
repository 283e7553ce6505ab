//! The report as one HTML file that needs nothing else: no script, no request, and a policy that
//! forbids both. Everything that comes from a log goes through one escaping writer.

mod parties;

use super::judge::Judgement;
use super::model::{Incident, Report, SourceReport, Unparsed};
use super::words::{confidence, judgement, line_said, outcome, pick, severity, state, training};
use crate::base::{Language, Text, visible};
use crate::finding::{Evidence, Finding};
use std::collections::BTreeMap;

/// Findings that are written out; a report must stay small enough to be opened.
const FINDINGS: usize = 500;

/// The report as HTML.
pub fn html(report: &Report, language: Language) -> String {
    let mut page = Page::titled(language, "Sekisho report", "Sekisho レポート");
    page.head(report);
    page.answers(report);
    page.incidents(report);
    page.findings(report);
    page.affected(report);
    page.secrets(report);
    page.sources(report);
    page.rest(report);
    page.end()
}

const STYLE: &str = include_str!("report.css");

/// A page that is being written.
pub struct Page {
    out: String,
    lang: Language,
}

impl Page {
    /// A page of its own, up to where its text begins.
    pub(super) fn titled(lang: Language, en: &'static str, ja: &'static str) -> Self {
        let mut page = Self { out: String::new(), lang };
        page.begin(en, ja);
        page
    }

    /// The page as written.
    pub(super) fn end(mut self) -> String {
        self.out.push_str("</main></body></html>\n");
        self.out
    }

    /// Markup that is part of the program.
    pub(super) fn markup(&mut self, markup: &'static str) -> &mut Self {
        self.out.push_str(markup);
        self
    }

    /// Any text: the only way by which text gets into the page.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        for c in visible(text).chars() {
            match c {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '"' => self.out.push_str("&quot;"),
                '\'' => self.out.push_str("&#39;"),
                c => self.out.push(c),
            }
        }
        self
    }

    pub(super) fn said(&mut self, text: &Text) -> &mut Self {
        let lang = self.lang;
        self.text(text.in_language(lang))
    }

    pub(super) fn word(&mut self, en: &'static str, ja: &'static str) -> &mut Self {
        let word = pick(self.lang, en, ja);
        self.text(word)
    }

    pub(super) fn number(&mut self, number: u64) -> &mut Self {
        self.text(&number.to_string())
    }

    fn cells(&mut self, cells: &[&str]) -> &mut Self {
        self.markup("<tr>");
        for cell in cells {
            self.markup("<td>").text(cell).markup("</td>");
        }
        self.markup("</tr>\n")
    }

    pub(super) fn headings(&mut self, words: &[(&'static str, &'static str)]) -> &mut Self {
        self.markup("<table><thead><tr>");
        for (en, ja) in words {
            self.markup("<th>").word(en, ja).markup("</th>");
        }
        self.markup("</tr></thead><tbody>\n")
    }

    fn begin(&mut self, en: &'static str, ja: &'static str) {
        self.markup(match self.lang {
            Language::En => "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">",
            Language::Ja => "<!doctype html><html lang=\"ja\"><head><meta charset=\"utf-8\">",
        });
        self.markup("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"><meta name=\"viewport\" content=\"width=device-width\"><title>");
        self.word(en, ja);
        self.markup("</title><style>").markup(STYLE).markup("</style></head><body><main>");
    }

    fn head(&mut self, report: &Report) {
        if let Some(case) = report.training() {
            self.markup("<p class=\"training\"><strong>").said(&training(case));
            self.markup("</strong></p>");
        }
        self.markup("<header><h1>");
        if let Some(first) = report.questions.first() {
            self.said(&state(first.state)).markup("</h1><p class=\"lead\">").said(&first.summary);
        }
        self.markup("</p>");
        if let Some(checker) = report.checker() {
            self.markup("<p>").said(&checker).markup("</p>");
        }
        if let Some(how) = &report.reduced {
            self.markup("<p>").said(how).markup("</p>");
        }
        self.markup("</header>\n");
    }

    fn answers(&mut self, report: &Report) {
        self.markup("<h2>").word("Questions", "質問と回答").markup("</h2>\n");
        for answer in &report.questions {
            self.markup("<section class=\"answer\"><h3>").text(&answer.id).markup(" ");
            self.said(&answer.question).markup("</h3><p><strong>").said(&state(answer.state));
            self.markup("</strong> ").said(&answer.summary).markup("</p>");
            self.list(&answer.because);
            if !answer.would_change.is_empty() {
                self.markup("<p class=\"small\">");
                self.word("What would change this:", "この回答が変わり得るもの:").markup("</p>");
                self.list(&answer.would_change);
            }
            self.links(&answer.findings);
            self.markup("</section>\n");
        }
    }

    pub(super) fn list(&mut self, texts: &[Text]) {
        if texts.is_empty() {
            return;
        }
        self.markup("<ul>");
        for text in texts {
            self.markup("<li>").said(text).markup("</li>");
        }
        self.markup("</ul>");
    }

    fn links(&mut self, findings: &[String]) {
        if findings.is_empty() {
            return;
        }
        self.markup("<p class=\"small\">");
        for id in findings.iter().take(50) {
            self.markup("<a href=\"#").text(id).markup("\">").text(id).markup("</a> ");
        }
        self.markup("</p>");
    }

    fn incidents(&mut self, report: &Report) {
        if report.incidents.is_empty() {
            return;
        }
        self.markup("<h2>").word("Incidents", "インシデント").markup(" (");
        self.number(report.incidents.len() as u64).markup(")</h2>\n");
        let titles = report.findings.iter().map(|finding| (&*finding.id, &finding.title)).collect();
        for incident in report.incidents.iter().take(FINDINGS) {
            self.incident(incident, &titles);
        }
    }

    fn incident(&mut self, incident: &Incident, titles: &BTreeMap<&str, &Text>) {
        self.markup("<section class=\"finding\"><h3>").said(&incident.title);
        self.markup("</h3><p class=\"small\">").word("Severity", "重大度").markup(": ");
        self.said(&severity(incident.severity)).markup(" · ").text(&incident.first);
        self.markup(" – ").text(&incident.last).markup("</p><p>").said(&incident.reason);
        self.markup("</p>\n");
        self.headings(&[
            ("First", "最初"),
            ("Tactic (ATT&CK)", "戦術(ATT&CK)"),
            ("Finding", "検知"),
        ]);
        for step in incident.story.iter().take(FINDINGS) {
            self.markup("<tr><td>").text(&step.at).markup("</td><td>");
            match &step.tactic {
                Some(tactic) => self.said(&tactic.name),
                None => self.markup("–"),
            };
            self.markup("</td><td><a href=\"#").text(&step.finding).markup("\">");
            self.text(&step.finding).markup("</a> ");
            if let Some(title) = titles.get(&*step.finding) {
                self.said(title);
            }
            self.markup("</td></tr>\n");
        }
        self.markup("</tbody></table></section>\n");
    }

    fn findings(&mut self, report: &Report) {
        self.markup("<h2>").word("Findings", "検知").markup(" (");
        self.number(report.findings.len() as u64).markup(")</h2>\n");
        for finding in report.findings.iter().take(FINDINGS) {
            self.finding(report, finding);
        }
        if report.findings.len() > FINDINGS {
            self.markup("<p>").number((report.findings.len() - FINDINGS) as u64).markup(" ");
            self.word("more are in the JSON report.", "件はJSONレポートにあります。")
                .markup("</p>");
        }
    }

    fn finding(&mut self, report: &Report, finding: &Finding) {
        self.markup("<section class=\"finding\" id=\"").text(&finding.id).markup("\"><h3>");
        self.text(&finding.id).markup(" ").said(&finding.title).markup("</h3><p class=\"small\">");
        self.word("Severity", "重大度")
            .markup(": ")
            .said(&severity(finding.severity))
            .markup(" · ");
        self.word("Confidence", "確度").markup(": ").said(&confidence(finding.confidence));
        if let Some(ended) = finding.outcome {
            self.markup(" · ").word("Outcome", "結果").markup(": ").said(&outcome(ended));
        }
        self.markup(" · ").number(finding.count).markup(" ").word("records", "件").markup(" · ");
        self.text(finding.first.as_deref().unwrap_or("–")).markup(" – ");
        self.text(finding.last.as_deref().unwrap_or("–")).markup(" · ATT&amp;CK ");
        self.text(&finding.attack.join(", ")).markup("</p><p>").said(&finding.reason);
        self.markup("</p><p class=\"small\">")
            .word("What else could explain it:", "他に考えられる原因:");
        self.markup(" ").said(&finding.innocent).markup("</p>");
        if let Some(of) = report.judgement(&finding.id) {
            self.judgement(of);
        }
        self.rule(finding);
        for evidence in &finding.evidence {
            self.evidence(report, evidence);
        }
        self.markup("</section>\n");
    }

    fn judgement(&mut self, of: &Judgement) {
        let line = judgement(of, self.lang);
        self.markup("<p class=\"judged\"><strong>").word("Judged", "判断").markup(":</strong> ");
        self.text(&line).markup("</p>");
    }

    /// Judgements of findings that are not in the report.
    fn set_aside(&mut self, report: &Report) {
        if report.judgements_set_aside.is_empty() {
            return;
        }
        self.markup("<h2>").word(
            "Judgements of findings that are not in this report",
            "本レポートにない検知に対する判断",
        );
        self.markup("</h2>\n");
        for of in &report.judgements_set_aside {
            self.markup("<p><strong>").text(&of.finding).markup("</strong></p>");
            self.judgement(of);
        }
    }

    /// The rule of a finding, and where to read on: as text, since a report leads nowhere else.
    fn rule(&mut self, finding: &Finding) {
        if let Some(rule) = &finding.rule {
            self.markup("<p class=\"small\">").word("Rule", "ルール").markup(": ").text(rule);
            self.markup("</p>");
        }
        for reference in &finding.references {
            self.markup("<p class=\"small\">").text(reference).markup("</p>");
        }
    }

    fn evidence(&mut self, report: &Report, evidence: &Evidence) {
        let name = stream_name(report, evidence.stream);
        self.markup("<figure><figcaption>").text(name).markup(":");
        self.text(&line_said(evidence.line));
        self.markup(" · ").word("byte", "バイト").markup(" ").number(evidence.offset);
        self.markup("</figcaption><pre>");
        match (&evidence.text, evidence.mark) {
            (None, _) => {
                self.word("It could not be read again.", "再読み取りできませんでした。");
            }
            (Some(text), None) => {
                self.text(text);
            }
            (Some(text), Some(mark)) => self.marked(text, mark),
        }
        self.markup("</pre>");
        if let Some(decoded) = &evidence.decoded {
            self.markup("<p class=\"small\">").word("Decoded:", "復号:").markup(" <code>");
            self.text(decoded).markup("</code></p>");
        }
        self.markup("</figure>");
    }

    fn marked(&mut self, text: &str, [from, to]: [u32; 2]) {
        let part = |from: usize, to: usize| -> String {
            text.chars().skip(from).take(to.saturating_sub(from)).collect()
        };
        let (from, to) = (from as usize, to as usize);
        self.text(&part(0, from)).markup("<mark>").text(&part(from, to)).markup("</mark>");
        self.text(&part(to, usize::MAX));
    }

    fn sources(&mut self, report: &Report) {
        self.markup("<h2>").word("Sources", "ソース").markup("</h2>\n");
        self.headings(&[
            ("File", "ファイル"),
            ("Bytes", "バイト"),
            ("SHA-256", "SHA-256"),
            ("Format", "形式"),
            ("Records", "記録"),
            ("Not understood", "解釈不能"),
            ("Repeated", "重複"),
            ("First", "最初"),
            ("Last", "最後"),
        ]);
        for source in &report.sources {
            self.source(source);
        }
        self.markup("</tbody></table>\n");
        for source in &report.sources {
            for problem in &source.problems {
                self.markup("<p class=\"problem\"><strong>")
                    .text(&source.name)
                    .markup("</strong> ");
                self.said(&problem.what).markup(" ").said(&problem.todo).markup("</p>\n");
            }
        }
    }

    fn source(&mut self, source: &SourceReport) {
        for stream in &source.streams {
            self.cells(&[
                &source.name,
                &source.size.to_string(),
                source.sha256.as_deref().unwrap_or("–"),
                stream.format.as_deref().unwrap_or("–"),
                &stream.records.to_string(),
                &stream.unparsed.to_string(),
                &stream.repeated.to_string(),
                stream.first.as_deref().unwrap_or("–"),
                stream.last.as_deref().unwrap_or("–"),
            ]);
        }
    }

    fn rest(&mut self, report: &Report) {
        self.markup("<h2>")
            .word("Could not be evaluated", "評価できなかった検知")
            .markup("</h2><ul>");
        for detection in &report.not_evaluable {
            self.markup("<li>").text(&detection.id).markup(" ").said(&detection.name).markup(": ");
            self.said(&detection.reason).markup(" ").said(&detection.needs);
            if !detection.rules.is_empty() {
                self.markup("<details><summary>").word("Rules", "ルール").markup("</summary>");
                self.text(&detection.rules.join(", ")).markup("</details>");
            }
            self.markup("</li>");
        }
        self.markup("</ul>");
        self.list(&report.coverage.bounds);
        self.not_swept(report);
        self.set_aside(report);
        self.markup("<h2>").word("Bytes that were not understood", "解釈できなかったバイト");
        self.markup("</h2>\n");
        self.headings(&[
            ("File", "ファイル"),
            ("Line", "行"),
            ("Lines", "行数"),
            ("Byte", "バイト位置"),
            ("Reason", "理由"),
            ("Begins", "先頭"),
        ]);
        for run in &report.unparsed {
            self.unparsed(report, run);
        }
        self.markup("</tbody></table><footer><p>").text(&report.tool.name).markup(" ");
        self.text(&report.tool.version).markup(" · ").text(&report.tool.build).markup("</p><p>");
        self.word(
            "This report speaks of the logs given and of nothing else. Custody begins where the files were given to this program.",
            "本レポートは提供されたログのみについて述べるものです。証拠保全の起点は、本プログラムにファイルが渡された時点です。",
        );
        self.markup("</p></footer>");
    }

    fn not_swept(&mut self, report: &Report) {
        if report.not_swept.is_empty() {
            return;
        }
        self.markup("<h2>").word("Indicators not swept for", "照合しない指標").markup("</h2>\n");
        self.headings(&[
            ("List", "リスト"),
            ("Line", "行"),
            ("Indicator", "指標"),
            ("Reason", "理由"),
            ("What to do", "対処"),
        ]);
        let lang = self.lang;
        for part in &report.not_swept {
            let (reason, todo) = (part.reason.in_language(lang), part.todo.in_language(lang));
            self.cells(&[&part.list, &part.line.to_string(), &part.text, reason, todo]);
        }
        self.markup("</tbody></table>");
    }

    fn unparsed(&mut self, report: &Report, run: &Unparsed) {
        let reason = run.reason.in_language(self.lang).to_owned();
        self.cells(&[
            stream_name(report, run.stream),
            &line_said(run.line),
            &run.lines.to_string(),
            &run.offset.to_string(),
            &reason,
            run.sample.as_deref().unwrap_or("–"),
        ]);
    }
}

fn stream_name(report: &Report, stream: u32) -> &str {
    let holds = |source: &&SourceReport| source.streams.iter().any(|known| known.id == stream);
    report.sources.iter().find(holds).map_or("-", |source| source.name.as_str())
}
