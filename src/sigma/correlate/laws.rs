//! What holds for all correlations: they say what a naive evaluator says that looks at all records
//! in order, and any cut and order of merging gives the same, also where bounds are reached.

use super::conclude::Concluded;
use super::number::Decimal;
use super::*;
use crate::base::{Instant, Location, Merge};
use proptest::collection::vec;
use proptest::prelude::*;

const SEED: Seed = Seed(11);

/// A record: when, which base rules it matches, and its fields.
#[derive(Clone, Debug)]
struct Record {
    at: Instant,
    matched: Vec<RuleIndex>,
    fields: BTreeMap<&'static str, String>,
}

fn record() -> impl Strategy<Value = Record> {
    let matched = prop::sample::subsequence(vec![1, 2, 3], 0..=3);
    let word =
        |words: &'static [&'static str]| prop::option::weighted(0.9, prop::sample::select(words));
    let fields = (word(&["sato", "ito"]), word(&["a", "b"]), word(&["1", "2.5", "-3", "40"]));
    (0i64..60, matched, fields).prop_map(|(at, matched, (user, host, value))| {
        let fields = [("user", user), ("host", host), ("value", value)];
        let said = fields.into_iter().filter_map(|(name, text)| Some((name, text?.to_owned())));
        Record { at, matched, fields: said.collect() }
    })
}

fn comparison() -> impl Strategy<Value = Comparison> {
    use Comparison::{Eq, Gt, Gte, Lt, Lte, Neq};
    prop::sample::select(&[Gte, Gte, Gt, Lt, Lte, Eq, Neq][..])
}

fn kind() -> impl Strategy<Value = Kind> {
    let percent = prop::sample::select(&[0, 50, 90, 100][..]);
    prop_oneof![
        Just(Kind::EventCount),
        Just(Kind::ValueCount),
        Just(Kind::ValueSum),
        Just(Kind::ValueAvg),
        percent.prop_map(Kind::ValuePercentile),
        Just(Kind::Temporal),
        Just(Kind::TemporalOrdered),
    ]
}

/// A correlation with the place `rule` that refers to some of `others`.
fn correlation(
    rule: RuleIndex,
    others: &'static [RuleIndex],
) -> impl Strategy<Value = Correlation> {
    let of = prop::sample::subsequence(others.to_vec(), 1..=2.min(others.len()));
    // The second is an alias: another field in each rule.
    let groups: &[&[&str]] = &[&[], &["user"], &["user", "host"], &["host"], &["*"]];
    let group = prop::sample::select(groups);
    let number = (0u64..5).prop_map(Decimal::whole);
    let predicates = vec((comparison(), number), 1..=2);
    let expression = prop::option::weighted(0.3, any::<bool>());
    (kind(), of, group, 0i64..25, predicates, expression).prop_map(
        move |(kind, of, group, span_secs, predicates, expression)| {
            let named = |name: &&str, rule: &RuleIndex| match (*name, rule % 2) {
                ("*", 0) => "user".to_owned(),
                ("*", _) => "host".to_owned(),
                (name, _) => name.to_owned(),
            };
            let referred = |rule: &RuleIndex| Referred {
                rule: *rule,
                group: group.iter().map(|name| named(name, rule)).collect(),
                value: vec!["value".to_owned()],
            };
            let last = of.len() as u16 - 1;
            let expression = expression.filter(|_| kind.is_temporal()).map(|both| {
                let not = Expression::Not(Box::new(Expression::Rule(last)));
                let first = Expression::Rule(0);
                if both {
                    Expression::All(vec![first, Expression::Rule(last)])
                } else {
                    Expression::AtLeast(1, vec![not, first])
                }
            });
            Correlation {
                rule,
                kind,
                of: of.iter().map(referred).collect(),
                group_by: group.iter().map(|name| (*name).to_owned()).collect(),
                span_secs,
                condition: Condition { predicates, expression },
            }
        },
    )
}

/// Two that rest on base rules, one on either, and one on that.
fn correlations() -> impl Strategy<Value = Correlations> {
    let all = (
        correlation(10, &[1, 2, 3]),
        correlation(11, &[1, 2, 3]),
        correlation(12, &[1, 10, 11]),
        correlation(13, &[2, 12, 10]),
    );
    all.prop_map(|(a, b, c, d)| {
        let (correlations, refused) = Correlations::new(vec![d, b, a, c]);
        assert_eq!(refused, []);
        correlations
    })
}

fn observed<'r>(
    correlations: &Correlations,
    records: impl Iterator<Item = (usize, &'r Record)>,
) -> Notes {
    let mut notes = Notes::default();
    for (place, record) in records {
        let field = |name: &str| Some(Cow::Borrowed(record.fields.get(name)?.as_bytes()));
        let location = Location { stream: 1, length: 9, offset: place as u64, line: 0, record: 0 };
        notes.observe(correlations, &record.matched, (Some(record.at), location), &field, SEED);
    }
    notes
}

/// Looks at everything, again and again.
struct Naive<'n> {
    correlations: &'n Correlations,
    records: &'n [Record],
}

/// A match of a rule: when, since when, and the record whose fields speak.
#[derive(Clone, Debug)]
struct Hit {
    at: Instant,
    since: Instant,
    record: usize,
    /// Of different matches of a correlation at an instant for a group, only one is counted.
    said: Option<(usize, Instant, Vec<String>)>,
}

impl Naive<'_> {
    fn get(&self, rule: RuleIndex) -> Option<&Correlation> {
        self.correlations.all().iter().find(|correlation| correlation.rule == rule)
    }

    fn fields(&self, record: usize, names: &[String]) -> Option<Vec<String>> {
        names.iter().map(|name| self.records[record].fields.get(name.as_str()).cloned()).collect()
    }

    fn value(&self, kind: Kind, record: usize, names: &[String]) -> Option<String> {
        match kind {
            Kind::EventCount | Kind::Temporal | Kind::TemporalOrdered => Some(String::new()),
            Kind::ValueCount => self.fields(record, names).map(|all| all.join("|")),
            _ => self.fields(record, &names[..1]).map(|all| all[0].clone()),
        }
    }

    fn hits(&self, rule: RuleIndex) -> Vec<Hit> {
        if let Some(correlation) = self.get(rule) {
            return self
                .groups(correlation)
                .into_iter()
                .flat_map(|(names, hits)| {
                    self.steps(correlation, &hits)
                        .into_iter()
                        .flat_map(move |(at, since)| {
                            let here: Vec<Hit> = hits
                                .iter()
                                .filter(|(_, hit)| hit.at == at)
                                .map(|(_, hit)| hit.clone())
                                .collect();
                            here.into_iter()
                                .map({
                                    let names = names.clone();
                                    move |hit| Hit {
                                        at,
                                        since,
                                        record: hit.record,
                                        said: Some((rule as usize, at, names.clone())),
                                    }
                                })
                                .collect::<Vec<_>>()
                        })
                        .collect::<Vec<_>>()
                })
                .collect();
        }
        let of = self.records.iter().enumerate().filter(|(_, r)| r.matched.contains(&rule));
        of.map(|(record, r)| Hit { at: r.at, since: r.at, record, said: None }).collect()
    }

    /// The hits of a correlation by group, each with the place of its rule.
    fn groups(&self, correlation: &Correlation) -> BTreeMap<Vec<String>, Vec<(usize, Hit)>> {
        let mut groups = BTreeMap::<_, Vec<(usize, Hit)>>::new();
        let mut seen = BTreeSet::new();
        for (place, referred) in correlation.of.iter().enumerate() {
            for hit in self.hits(referred.rule) {
                let Some(group) = self.fields(hit.record, &referred.group) else { continue };
                let Some(value) = self.value(correlation.kind, hit.record, &referred.value) else {
                    continue;
                };
                // A record is counted once, a match of a correlation once for each value.
                let source = match &hit.said {
                    None => (None, hit.record),
                    Some(said) => (Some((said.clone(), value)), 0),
                };
                let apart = if correlation.kind.is_temporal() {
                    place
                } else {
                    usize::from(hit.said.is_some()) * (place + 1)
                };
                if seen.insert((group.clone(), source, apart)) {
                    groups.entry(group).or_default().push((place, hit));
                } else if hit.said.is_some() {
                    // The same match through another record: it speaks to those above.
                    groups.entry(group).or_default().push((usize::MAX, hit));
                }
            }
        }
        groups
    }

    fn steps(&self, correlation: &Correlation, hits: &[(usize, Hit)]) -> Vec<(Instant, Instant)> {
        let times: BTreeSet<_> = hits.iter().map(|(_, hit)| hit.at).collect();
        times
            .into_iter()
            .filter_map(|at| {
                let inside = |from: Instant| {
                    hits.iter().filter(move |(_, hit)| (from..=at).contains(&hit.at))
                };
                let from = at - correlation.span_secs;
                let counted: Vec<&(usize, Hit)> =
                    inside(from).filter(|(place, _)| *place != usize::MAX).collect();
                let start = if correlation.kind == Kind::TemporalOrdered {
                    (from..=at)
                        .rev()
                        .find(|start| self.is_ordered(correlation, &counted, *start))?
                } else {
                    from
                };
                let since = inside(start).map(|(_, hit)| hit.since).min()?;
                self.holds(correlation, &counted).then_some((at, since))
            })
            .collect()
    }

    fn is_ordered(
        &self,
        correlation: &Correlation,
        hits: &[&(usize, Hit)],
        start: Instant,
    ) -> bool {
        let mut now = start;
        (0..correlation.of.len()).all(|place| {
            let next = hits
                .iter()
                .filter(|(of, hit)| *of == place && hit.at >= now)
                .map(|(_, hit)| hit.at)
                .min();
            next.is_some_and(|at| {
                now = at;
                true
            })
        })
    }

    fn holds(&self, correlation: &Correlation, hits: &[&(usize, Hit)]) -> bool {
        let text = |hit: &(usize, Hit)| {
            self.value(correlation.kind, hit.1.record, &correlation.of[hit.0].value).unwrap()
        };
        let mut numbers: Vec<f64> = hits.iter().filter_map(|hit| text(hit).parse().ok()).collect();
        numbers.sort_by(f64::total_cmp);
        let sum: f64 = numbers.iter().sum();
        let rules: BTreeSet<usize> = hits.iter().map(|(place, _)| *place).collect();
        let figure = match correlation.kind {
            Kind::EventCount => hits.len() as f64,
            Kind::ValueCount => {
                hits.iter().map(|hit| text(hit)).collect::<BTreeSet<_>>().len() as f64
            }
            Kind::ValueSum => sum,
            Kind::ValueAvg => sum / numbers.len() as f64,
            Kind::ValuePercentile(percent) => percentile(&numbers, f64::from(percent)),
            Kind::Temporal | Kind::TemporalOrdered => rules.len() as f64,
        };
        let is_numeric = !matches!(
            correlation.kind,
            Kind::EventCount | Kind::ValueCount | Kind::Temporal | Kind::TemporalOrdered
        );
        if is_numeric && numbers.is_empty() {
            return false;
        }
        // The numbers of these tests are such that no mean comes near a whole number by chance.
        let micro = (figure * 1e6).round() as i128;
        let matched = |rule: u16| rules.contains(&usize::from(rule));
        correlation.condition.expression.as_ref().is_none_or(|what| what.holds(&matched))
            && correlation
                .condition
                .predicates
                .iter()
                .all(|(how, than)| how.holds(&micro, &(i128::from(than.whole_above()) * 1_000_000)))
    }

    /// Every match as rule, names and windows with their records.
    fn conclude(&self) -> Vec<Said> {
        let mut all = Vec::new();
        for correlation in self.correlations.all() {
            for (names, hits) in self.groups(correlation) {
                let mut windows: Vec<(Instant, Instant)> = Vec::new();
                for (at, since) in self.steps(correlation, &hits) {
                    match windows.last_mut() {
                        Some(last) if since <= last.1 => *last = (last.0.min(since), at),
                        _ => windows.push((since, at)),
                    }
                }
                if windows.len() > 20 {
                    windows = vec![(windows[0].0, windows[windows.len() - 1].1)];
                }
                let opened = windows
                    .iter()
                    .map(|span| (*span, self.rows(correlation, &names, *span)))
                    .collect::<Vec<_>>();
                if !opened.is_empty() {
                    all.push((correlation.rule, names, opened));
                }
            }
        }
        all.sort();
        all
    }

    fn rows(&self, correlation: &Correlation, names: &[String], span: (Instant, Instant)) -> u64 {
        let of = (0..self.records.len()).filter(|record| {
            (span.0..=span.1).contains(&self.records[*record].at)
                && self.reaches(correlation, *record).contains(names)
        });
        of.count() as u64
    }

    /// The groups of a correlation that a record belongs to.
    fn reaches(&self, correlation: &Correlation, record: usize) -> BTreeSet<Vec<String>> {
        let of = correlation.of.iter().filter(|referred| match self.get(referred.rule) {
            Some(below) => !self.reaches(below, record).is_empty(),
            None => self.records[record].matched.contains(&referred.rule),
        });
        of.filter(|referred| self.value(correlation.kind, record, &referred.value).is_some())
            .filter_map(|referred| self.fields(record, &referred.group))
            .collect()
    }
}

fn percentile(numbers: &[f64], percent: f64) -> f64 {
    if numbers.is_empty() {
        return 0.0;
    }
    let rank = percent * (numbers.len() - 1) as f64 / 100.0;
    let (low, high) = (numbers[rank.floor() as usize], numbers[rank.ceil() as usize]);
    low + (high - low) * rank.fract()
}

type Said = (RuleIndex, Vec<String>, Vec<((Instant, Instant), u64)>);

fn said(concluded: &Concluded) -> Vec<Said> {
    let windows = |found: &Match| found.windows.iter().map(|w| (w.span, w.records)).collect();
    let names = |found: &Match| found.names.iter().map(|name| (**name).to_owned()).collect();
    let mut all: Vec<Said> =
        concluded.matches.iter().map(|found| (found.rule, names(found), windows(found))).collect();
    all.sort();
    all
}

/// The records in several parts, merged from the last on.
fn merged(correlations: &Correlations, records: &[Record], parts: usize) -> Notes {
    let mut all = Notes::default();
    for part in (0..parts).rev() {
        let of = records.iter().enumerate().filter(|(place, _)| place * 7 % parts == part);
        let mut mine = observed(correlations, of);
        mine = postcard::from_bytes(&postcard::to_allocvec(&mine).unwrap()).unwrap();
        if part % 2 == 0 {
            all.merge(mine);
        } else {
            mine.merge(all);
            all = mine;
        }
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn correlations_say_what_a_naive_evaluator_says(
        correlations in correlations(),
        records in vec(record(), 0..24),
    ) {
        let notes = observed(&correlations, records.iter().enumerate());
        let naive = Naive { correlations: &correlations, records: &records };
        prop_assert_eq!(said(&conclude(&correlations, &notes)), naive.conclude());
    }

    #[test]
    fn what_is_explained_to_match_is_what_matches(
        correlations in correlations(),
        records in vec(record(), 0..24),
    ) {
        let notes = observed(&correlations, records.iter().enumerate());
        let concluded = conclude(&correlations, &notes);
        for correlation in correlations.all() {
            let of = concluded.matches.iter().filter(|found| found.rule == correlation.rule);
            let matched: BTreeSet<_> = of.map(|found| found.group).collect();
            let explained = explain(&correlations, &notes, correlation.rule);
            let (holding, near): (Vec<_>, Vec<_>) = explained.iter().partition(|one| one.holds);
            prop_assert_eq!(holding.iter().map(|one| one.group).collect::<BTreeSet<_>>(), matched);
            prop_assert!(holding.iter().all(|one| one.unmet.is_empty() && one.absent.is_empty()));
            let is_figure = !correlation.kind.is_temporal();
            prop_assert!(near.iter().all(|one| !is_figure || !one.unmet.is_empty()));
        }
    }

    #[test]
    fn any_cut_and_order_gives_the_same(
        correlations in correlations(),
        records in vec(record(), 0..60),
        parts in 1usize..6,
        room in prop::sample::select(&[64usize, 256, 4_096, 1 << 19][..]),
    ) {
        let correlations = Correlations { room, ..correlations };
        let whole = conclude(&correlations, &observed(&correlations, records.iter().enumerate()));
        let cut = conclude(&correlations, &merged(&correlations, &records, parts));
        prop_assert_eq!(&cut, &whole);
    }

    #[test]
    fn records_open_as_they_were_counted(
        correlations in correlations(),
        records in vec(record(), 0..40),
    ) {
        let concluded = conclude(&correlations, &observed(&correlations, records.iter().enumerate()));
        for found in &concluded.matches {
            for window in &found.windows {
                let rests = |record: &&Record| {
                    let field = |name: &str| Some(Cow::Borrowed(record.fields.get(name)?.as_bytes()));
                    (window.span.0..=window.span.1).contains(&record.at)
                        && correlations.groups(&record.matched, &field, SEED).contains(&(found.rule, found.group))
                };
                prop_assert_eq!(records.iter().filter(rests).count() as u64, window.records);
            }
        }
    }
}

/// A correlation of the first base rule, by user.
fn simple(kind: Kind, predicate: (Comparison, u64), span_secs: i64) -> Correlations {
    let referred =
        Referred { rule: 1, group: vec!["user".to_owned()], value: vec!["value".to_owned()] };
    let (correlations, _) = Correlations::new(vec![Correlation {
        rule: 9,
        kind,
        of: vec![referred],
        group_by: vec!["user".to_owned()],
        span_secs,
        condition: Condition {
            predicates: vec![(predicate.0, Decimal::whole(predicate.1))],
            expression: None,
        },
    }]);
    correlations
}

fn at(at: Instant, user: &str, value: &str) -> Record {
    let fields = [("user", user.to_owned()), ("value", value.to_owned())].into_iter().collect();
    Record { at, matched: vec![1], fields }
}

#[test]
fn the_bound_of_a_group_makes_it_coarse_and_is_told() {
    let correlations =
        Correlations { room: 64, ..simple(Kind::EventCount, (Comparison::Gte, 90), 200) };
    let records: Vec<_> = (0..100).map(|second| at(second * 2, "sato", "1")).collect();
    let concluded = conclude(&correlations, &observed(&correlations, records.iter().enumerate()));
    assert_eq!(concluded.coarse, [(9, 16)]);
    assert_eq!(concluded.matches.len(), 1);
}

#[test]
fn the_bound_of_all_groups_keeps_some_in_whole_and_is_told() {
    let correlations =
        Correlations { room: 64, ..simple(Kind::EventCount, (Comparison::Gte, 3), 10) };
    let of = |user: usize| (0..3).map(move |second| at(second, &format!("u{user}"), "1"));
    let records: Vec<_> = (0..200).flat_map(of).collect();
    let concluded = conclude(&correlations, &observed(&correlations, records.iter().enumerate()));
    let one_in = concluded.sampled[0].1;
    assert!(one_in > 1);
    assert!(!concluded.matches.is_empty());
    assert!(concluded.matches.iter().all(|found| found.windows[0].records == 3));
}

#[test]
fn ten_million_hits_stay_within_bounds() {
    const HITS: u64 = 10_000_000;
    const BYTES: usize = 64 << 20;
    let correlations = simple(Kind::ValueCount, (Comparison::Gte, 3), 600);
    let mut notes = Notes::default();
    for hit in 0..HITS {
        // A group for every tenth hit, and another value in each.
        let user = (hit / 10).to_string();
        let value = hit.to_string();
        let field = |name: &str| {
            let text = if name == "user" { &user } else { &value };
            Some(Cow::Owned(text.clone().into_bytes()))
        };
        let location = Location { stream: 1, length: 9, offset: hit, line: 0, record: 0 };
        notes.observe(&correlations, &[1], (Some(hit as Instant), location), &field, SEED);
    }
    let bytes = postcard::to_allocvec(&notes).unwrap().len();
    assert!(bytes < BYTES, "{bytes}");
    let concluded = conclude(&correlations, &notes);
    assert!(concluded.sampled[0].1 > 1 && !concluded.matches.is_empty());
    assert!(concluded.matches.iter().all(|found| found.windows[0].records <= 10));
}

#[test]
fn the_nearest_time_and_what_it_lacks_are_told() {
    let correlations = simple(Kind::ValueCount, (Comparison::Gte, 3), 10);
    // Two different values within the span, then two more too late.
    let records =
        [at(0, "sato", "a"), at(50, "sato", "b"), at(55, "sato", "c"), at(90, "sato", "d")];
    let notes = observed(&correlations, records.iter().enumerate());
    let explained = explain(&correlations, &notes, 9);
    let [group] = explained.as_slice() else { panic!("{explained:?}") };
    assert_eq!((group.holds, group.span), (false, (50, 55)));
    assert_eq!(group.figure, Some(Decimal::whole(2)));
    assert_eq!(group.unmet, [(Comparison::Gte, Decimal::whole(3))]);
}

#[test]
fn what_refers_to_itself_is_refused() {
    let one = |rule, of| Correlation {
        rule,
        of: vec![Referred { rule: of, group: Vec::new(), value: Vec::new() }],
        ..simple(Kind::EventCount, (Comparison::Gte, 1), 1).all[0].clone()
    };
    let (correlations, refused) = Correlations::new(vec![one(5, 6), one(6, 5), one(7, 1)]);
    assert_eq!(refused, [(5, Refused::Circle), (6, Refused::Circle)]);
    assert_eq!(correlations.all.len(), 1);
}

#[test]
fn means_are_exact() {
    let correlations = simple(Kind::ValueAvg, (Comparison::Eq, 2), 10);
    let records = [at(0, "sato", "1.999999"), at(1, "sato", "2.000001"), at(2, "sato", "2.000001")];
    let concluded = conclude(&correlations, &observed(&correlations, records.iter().enumerate()));
    assert_eq!(concluded.matches[0].windows[0].span, (0, 1));
    assert_eq!(Decimal::read(b"2"), Some(Decimal::whole(2)));
}
