//! The rules of a check: run on each event, and asked again when a count is opened.

use super::load::LoadedRules;
use super::settings::RuleSettings;
use crate::base::{Seed, Text, counted};
use crate::event::{Event, Field};
use crate::format::{FormatIndex, Reader};
use crate::report::{NotEvaluable, RulePack, questions};
use crate::sigma::{self, Found, Key, LogSource, Matcher, RuleIndex, Rules};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The rules of a check.
#[derive(Debug, Default)]
pub(super) struct CheckRules {
    pub rules: Rules,
    /// The log source that each format states.
    pub sources: Vec<LogSource>,
    /// SHA-256 of all that the rules say.
    sha256: String,
    /// Rules that cannot be used, by what is wrong with them and what to do.
    unusable: BTreeMap<(Text, Text), BTreeSet<String>>,
}

impl CheckRules {
    /// The rules that the settings let speak.
    pub fn new(loaded: LoadedRules, settings: &RuleSettings, reader: &Reader) -> Self {
        let sources = (0..reader.count()).map(|format| log_source(reader, format as FormatIndex));
        let mut unusable = BTreeMap::<_, BTreeSet<_>>::new();
        for problem in loaded.problems.into_iter().filter(|problem| problem.is_error) {
            let rule = problem.rule.unwrap_or(problem.file);
            unusable.entry((problem.what, problem.hint)).or_default().insert(rule);
        }
        Self {
            rules: Rules::new(loaded.set, |rule| settings.lets_speak(rule)),
            sources: sources.collect(),
            sha256: loaded.sha256,
            unusable,
        }
    }

    /// Runs them, if there are any.
    pub fn run(self: &Arc<Self>, seed: Seed) -> Option<Running> {
        let is_empty = self.rules.set.rules().is_empty();
        (!is_empty).then(|| Running {
            of: Arc::clone(self),
            seed,
            matcher: Matcher::new(Arc::clone(&self.rules.set), seed),
        })
    }

    /// The set as a pack.
    pub fn pack(&self) -> Option<RulePack> {
        let set = &self.rules.set;
        let rules = set.rules().len() + self.unusable.values().map(BTreeSet::len).sum::<usize>();
        (rules > 0).then(|| RulePack {
            name: questions::SIGMA.to_owned(),
            rules: u32::try_from(rules).unwrap_or(u32::MAX),
            sha256: self.sha256.clone(),
        })
    }

    /// The rules that could not match anything in what was read; those that miss the same,
    /// together.
    pub fn not_evaluable(&self, found: &Found) -> Vec<NotEvaluable> {
        let set = &self.rules.set;
        let mut groups = BTreeMap::<sigma::NotEvaluable, Vec<String>>::new();
        for (rule, reason) in set.not_evaluable(&found.seen) {
            let ids = groups.entry(reason).or_default();
            ids.extend(set.rule(rule).map(|rule| rule.id.clone()));
        }
        let unusable = self.unusable.iter().map(|((reason, needs), rules)| NotEvaluable {
            id: questions::SIGMA.to_owned(),
            name: unusable(rules.len() as u64),
            reason: reason.clone(),
            needs: needs.clone(),
            rules: rules.iter().cloned().collect(),
        });
        let lacking = groups.into_iter().map(|(reason, ids)| lacking(&reason, ids));
        lacking.chain(unusable).collect()
    }
}

fn log_source(reader: &Reader, format: FormatIndex) -> LogSource {
    let stated = reader.log_source(format);
    let part = |part: &str| (!part.is_empty()).then(|| part.to_owned());
    stated.map_or_else(LogSource::default, |stated| LogSource {
        category: part(&stated.category),
        product: part(&stated.product),
        service: part(&stated.service),
    })
}

fn unusable(count: u64) -> Text {
    Text::new(
        format!("{} that cannot be used", counted(count, "rule")),
        format!("使用できないルール{count}件"),
    )
}

/// Rules that miss the same.
fn lacking(reason: &sigma::NotEvaluable, rules: Vec<String>) -> NotEvaluable {
    let count = rules.len() as u64;
    let (name, reason, needs) = match reason {
        sigma::NotEvaluable::Source(source) => {
            let source = source.name();
            (
                Text::new(
                    format!("{} for {source}", counted(count, "rule")),
                    format!("{source} のルール{count}件"),
                ),
                Text::fixed(
                    "No record of this log source was read.",
                    "この種類のログの記録がありません。",
                ),
                Text::new(format!("Logs of {source}."), format!("{source} のログ。")),
            )
        }
        sigma::NotEvaluable::Fields(fields) => {
            let fields = fields.join(", ");
            (
                Text::new(
                    format!("{} that ask for {fields}", counted(count, "rule")),
                    format!("項目 {fields} を必要とするルール{count}件"),
                ),
                Text::new(
                    format!("No record of their log source has {fields}."),
                    format!("対象の種類のログのどの記録にも項目 {fields} がありません。"),
                ),
                Text::new(
                    format!("The same logs with {fields}."),
                    format!("項目 {fields} を含む同じ種類のログ。"),
                ),
            )
        }
    };
    NotEvaluable { id: questions::SIGMA.to_owned(), name, reason, needs, rules }
}

/// Rules as they run.
pub(super) struct Running {
    of: Arc<CheckRules>,
    seed: Seed,
    matcher: Matcher,
}

impl Running {
    /// Compares an event with the rules for its log source, and notes what matched.
    pub fn observe(&mut self, event: &Event<'_>, format: FormatIndex, found: &mut Found) {
        let Some(source) = self.of.sources.get(usize::from(format)) else { return };
        let matched = self.matcher.matches(event, source).to_vec();
        if self.matcher.was_judged() {
            let is_request = event.fields.has(Field::Target);
            found.requests += u64::from(is_request);
            found.others += u64::from(!is_request);
        }
        if !matched.is_empty() {
            let field = |name: &str| self.field(event, source, name);
            found.observe(&self.of.rules, &matched, event, &field, self.seed);
        }
    }

    /// Every key under which findings rest on an event.
    pub fn keys(&mut self, event: &Event<'_>, format: FormatIndex) -> Vec<Key> {
        let Some(source) = self.of.sources.get(usize::from(format)) else { return Vec::new() };
        let matched: Vec<RuleIndex> = self.matcher.matches(event, source).to_vec();
        if matched.is_empty() {
            return Vec::new();
        }
        let field = |name: &str| self.field(event, source, name);
        self.of.rules.keys(&matched, event, &field, self.seed)
    }

    fn field<'e>(
        &self,
        event: &Event<'e>,
        source: &LogSource,
        name: &str,
    ) -> Option<Cow<'e, [u8]>> {
        self.matcher.values(event, source, name).first().copied().map(Cow::Borrowed)
    }

    /// Hands over what events have shown.
    pub fn hand_over(&self, found: &mut Found) {
        found.seen.merge(self.matcher.seen().clone());
    }
}
