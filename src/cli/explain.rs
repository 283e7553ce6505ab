//! `explain`: a rule beside the records of its log source, as text or as JSON.

use super::args::{ExplainOptions, Format};
use super::commands::output;
use super::session::Session;
use super::stats::Stats;
use super::{Failure, Status};
use crate::base::{Language, Location, counted, visible};
use crate::engine::{GroupTried, RecordTried, RuleTrial, RuleTried};
use crate::sigma::{ItemExplained, SearchExplained};
use std::io::Write;

pub(super) fn explain(options: &ExplainOptions) -> Result<Status, Failure> {
    let check = &options.check;
    let mut stats = Stats::new();
    let mut session = Session::for_check(check, &mut stats)?;
    let scanned = session.scan(check, &mut stats)?;
    let concluded = session.conclude(scanned, &mut stats);
    let mut trial = RuleTrial::of_check(&session.prepared, &options.rule);
    let is_meant = |location: &Location| {
        options.line.is_none_or(|line| concluded.number(&(None, *location)).0 == line)
    };
    let mut jobs = session.plan().jobs.clone();
    jobs.sort_by_key(|job| (job.stream, job.start));
    for job in &jobs {
        if let Some(source) = session.source(job.source) {
            trial.run(&session.prepared, job, source, &is_meant, &mut |_| ());
        }
    }
    let tried = concluded.tried(&trial, &session.sources());
    let Some(rule) = tried.first() else {
        return Err(Failure::Usage(format!("there is no rule {}", options.rule)));
    };
    if rule.is_correlation && options.line.is_some() {
        let what = "is about several records; leave --line out";
        return Err(Failure::Usage(format!("{} {what}", options.rule)));
    }
    let mut out = output(check.input.out.as_deref())?;
    match check.format {
        Format::Json => {
            serde_json::to_writer(&mut out, rule)?;
            out.write_all(b"\n")?;
        }
        _ => Writer { session: &session, lang: check.lang.into(), out: &mut out }.rule(rule)?,
    }
    out.flush()?;
    let has_matched = rule.matched > 0 || rule.groups_matched > 0;
    Ok(if has_matched { Status::Evidence } else { Status::NoEvidence })
}

struct Writer<'w> {
    session: &'w Session,
    lang: Language,
    out: &'w mut dyn Write,
}

impl Writer<'_> {
    fn say<'t>(&self, en: &'t str, ja: &'t str) -> &'t str {
        match self.lang {
            Language::En => en,
            Language::Ja => ja,
        }
    }

    fn rule(&mut self, rule: &RuleTried) -> Result<(), Failure> {
        let (title, source) = (visible(&rule.title), visible(&rule.source));
        writeln!(self.out, "{title} ({})", visible(&rule.rule))?;
        if rule.is_correlation {
            return self.correlation(rule);
        }
        let (judged, matched) = (rule.judged, rule.matched);
        match self.lang {
            Language::En => {
                writeln!(self.out, "Records of {source}: {judged}, of which it matches {matched}")?;
            }
            Language::Ja => {
                writeln!(self.out, "{source} の記録:{judged}件、うち一致:{matched}件")?;
            }
        }
        for record in &rule.matches {
            self.record(record, self.say("Matches", "一致"))?;
        }
        for record in &rule.near {
            let off = record.explained.parts_off;
            let head = match self.lang {
                Language::En => format!("Does not match, by {off}"),
                Language::Ja => format!("不一致({off}か所)"),
            };
            self.record(record, &head)?;
        }
        Ok(())
    }

    fn correlation(&mut self, rule: &RuleTried) -> Result<(), Failure> {
        let matched = rule.groups_matched;
        match self.lang {
            Language::En => {
                writeln!(self.out, "A correlation. It matches for {}.", counted(matched, "group"))?;
            }
            Language::Ja => writeln!(self.out, "相関ルールです。一致したグループ:{matched}件")?,
        }
        rule.groups.iter().try_for_each(|group| self.group(group))
    }

    fn group(&mut self, tried: &GroupTried) -> Result<(), Failure> {
        let names = tried
            .group
            .iter()
            .map(|(field, value)| format!("{} «{}»", visible(field), visible(value)));
        let names: Vec<_> = names.collect();
        let whole = self.say("all records", "全記録").to_owned();
        let name = if names.is_empty() { whole } else { names.join(", ") };
        let head = match tried.holds {
            true => self.say("Matches", "一致"),
            false => self.say("Does not match", "不一致"),
        };
        let (first, last) = (&tried.first, &tried.last);
        writeln!(self.out, "\n{head}: {name}, {first} – {last}")?;
        let none = self.say("nothing", "なし").to_owned();
        let figure = tried.figure.as_ref().unwrap_or(&none);
        let asked = tried.asked.join(", ");
        if !asked.is_empty() {
            match self.lang {
                Language::En => writeln!(self.out, "  found {figure}, asked {asked}")?,
                Language::Ja => writeln!(self.out, "  結果 {figure}、条件 {asked}")?,
            }
        }
        for title in &tried.absent {
            let what = self.say("did not match", "一致なし");
            writeln!(self.out, "  {what}: {}", visible(title))?;
        }
        let cut = match tried.is_cut {
            true => self.say(" (of the first records)", "(先頭の記録のみ)"),
            false => "",
        };
        for (title, count) in &tried.rules {
            let title = visible(title);
            match self.lang {
                Language::En => {
                    writeln!(self.out, "  {title}: {}{cut}", counted(*count, "record"))?
                }
                Language::Ja => writeln!(self.out, "  {title}:{count}件{cut}")?,
            }
        }
        for (title, record) in &tried.records {
            let name = self.session.plan().name(record.stream).unwrap_or_default();
            let time = record.time.as_deref().unwrap_or_default();
            let (name, title) = (visible(&name), visible(title));
            writeln!(self.out, "    {time} {name}:{} {title}", record.line)?;
        }
        Ok(())
    }

    fn record(&mut self, tried: &RecordTried, head: &str) -> Result<(), Failure> {
        let record = &tried.record;
        let name = self.session.plan().name(record.stream).unwrap_or_default();
        let time = record.time.as_deref().unwrap_or_default();
        writeln!(self.out, "\n{head}: {}:{} {time}", visible(&name), record.line)?;
        tried.explained.searches.iter().try_for_each(|search| self.search(search))
    }

    fn search(&mut self, search: &SearchExplained) -> Result<(), Failure> {
        let (word, negated) = (self.holds(search.holds), self.negated(search.is_negated));
        writeln!(self.out, "  {}: {word}{negated}", visible(&search.name))?;
        search.items.iter().try_for_each(|item| self.item(item))
    }

    fn item(&mut self, item: &ItemExplained) -> Result<(), Failure> {
        let quoted = |texts: &[String]| {
            let texts = texts.iter().map(|text| format!("«{}»", visible(text)));
            texts.collect::<Vec<_>>().join(", ")
        };
        let field = item.field.as_deref().unwrap_or(self.say("any field", "任意の項目"));
        let values = match item.values.is_empty() {
            true => self.say("no value", "値なし").to_owned(),
            false => quoted(&item.values),
        };
        let negated = self.negated(item.is_negated);
        let (word, asked) = (self.holds(item.holds), quoted(&item.asked));
        let field = visible(field);
        match self.lang {
            Language::En => {
                writeln!(self.out, "    {word}{negated}: {field} is {values}, asked {asked}")?;
            }
            Language::Ja => {
                writeln!(self.out, "    {word}{negated}:{field} は {values}、条件 {asked}")?;
            }
        }
        Ok(())
    }

    fn negated(&self, is_negated: bool) -> &'static str {
        match (is_negated, self.lang) {
            (false, _) => "",
            (true, Language::En) => " (and must not)",
            (true, Language::Ja) => "(否定の条件)",
        }
    }

    fn holds(&self, holds: bool) -> &'static str {
        match (holds, self.lang) {
            (true, Language::En) => "holds",
            (false, Language::En) => "does not hold",
            (true, Language::Ja) => "成立",
            (false, Language::Ja) => "不成立",
        }
    }
}
