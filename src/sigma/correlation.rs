//! Correlations as rules write them, with the rules that they name found.

use super::condition::Condition;
use super::expr::Interner;
use super::modifier::Wrong;
use super::number::Number;
use super::problem::What;
use super::rule::RuleIndex;
use super::test::Order;
use super::yaml::{Node, Scalar};
use serde::{Deserialize, Serialize};

/// A correlation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correlation {
    /// The rule that it is.
    pub rule: RuleIndex,
    /// What is counted or compared.
    pub kind: CorrelationKind,
    /// The rules whose matches it takes, in the order written.
    pub of: Vec<RuleIndex>,
    /// Fields or aliases that must be the same within a group.
    pub group_by: Vec<String>,
    /// Names that stand for other fields in single rules.
    pub aliases: Vec<Alias>,
    /// How close together in time the matches must be.
    pub timespan_secs: u64,
    /// What must hold of a group.
    pub condition: Bounds,
    /// Whether the rules that it names make findings of their own.
    pub generates: bool,
}

/// What a correlation counts or compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CorrelationKind {
    /// Matches.
    EventCount,
    /// Distinct values of a field.
    ValueCount,
    /// Whether all rules match.
    Temporal,
    /// Whether all rules match one after another, as written.
    TemporalOrdered,
    /// The sum of a field.
    ValueSum,
    /// The mean of a field.
    ValueAvg,
    /// A percentile of a field.
    ValuePercentile,
    /// The median of a field.
    ValueMedian,
}

/// A name that stands for a field in each of some rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alias {
    /// The name.
    pub name: String,
    /// The rules with the fields.
    pub fields: Vec<(RuleIndex, String)>,
}

/// What must hold of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Bounds {
    /// All bounds hold of the figure. `fields` are those whose values count; `percentile` is from
    /// 0 to 100.
    Figure {
        /// The bounds.
        bounds: Vec<(Order, Number)>,
        /// The fields that give the values.
        fields: Vec<String>,
        /// Which percentile.
        percentile: Option<Number>,
    },
    /// These of the rules match.
    Rules(RuleCondition),
    /// Every rule matches.
    Every,
}

/// A condition over rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RuleCondition {
    /// A rule matches.
    Rule(RuleIndex),
    /// All hold.
    All(Vec<Self>),
    /// At least so many hold.
    AtLeast(u32, Vec<Self>),
    /// It does not hold.
    Not(Box<Self>),
}

/// An alias as written: its name, and for each rule the rule's name, the field, and the line.
type DraftAlias = (String, Vec<(String, String, u32)>);

/// A correlation as written: rules by name.
#[derive(Debug)]
pub(super) struct Draft {
    kind: CorrelationKind,
    of: Vec<(String, u32)>,
    group_by: Vec<String>,
    aliases: Vec<DraftAlias>,
    timespan_secs: u64,
    condition: DraftBounds,
    pub generates: bool,
}

#[derive(Debug)]
enum DraftBounds {
    Done(Bounds),
    Rules(Condition, u32),
}

const KEYS: [&str; 7] =
    ["type", "rules", "group-by", "timespan", "condition", "aliases", "generate"];

impl Draft {
    /// Reads the part `correlation` of a rule, and its `generate`. Names that are not known are noted
    /// in `unknown`.
    pub fn read(
        node: &Node<'_>,
        generate: Option<&Node<'_>>,
        unknown: &mut Vec<(u32, String)>,
    ) -> Result<Self, Wrong> {
        let members = node.members().ok_or_else(|| form(node, "correlation", "a mapping"))?;
        for (key, _) in members {
            let name = key.text().unwrap_or_default();
            if !KEYS.contains(&name) {
                unknown.push((key.line, format!("correlation.{name}")));
            }
        }
        let kind = read_kind(required(node, "type")?)?;
        let timespan = required(node, "timespan")?;
        let timespan_secs = timespan.text().and_then(seconds);
        Ok(Self {
            kind,
            of: named(required(node, "rules")?)?,
            group_by: texts(node.get("group-by"))?,
            aliases: node.get("aliases").map_or(Ok(Vec::new()), read_aliases)?,
            timespan_secs: timespan_secs
                .ok_or_else(|| form(timespan, "timespan", "a number with s, m, h, d, w, M or y"))?,
            condition: read_bounds(kind, node)?,
            generates: read_generate(generate)?,
        })
    }

    /// Names of the rules that it takes, with their lines.
    pub fn names(&self) -> &[(String, u32)] {
        &self.of
    }

    /// Lets the rules be asked for the fields that are needed of them.
    pub fn intern(&self, interner: &mut Interner) {
        let of_aliases = self.aliases.iter().flat_map(|(_, fields)| fields);
        let of_aliases = of_aliases.map(|(_, field, _)| field);
        let is_alias = |name: &&String| self.aliases.iter().any(|(alias, _)| alias == *name);
        let counted = match &self.condition {
            DraftBounds::Done(Bounds::Figure { fields, .. }) => fields.as_slice(),
            _ => &[],
        };
        let plain = self.group_by.iter().chain(counted).filter(|name| !is_alias(name));
        for field in plain.chain(of_aliases) {
            interner.field(field);
        }
    }

    /// Puts rules in the place of their names.
    pub fn resolve(
        &self,
        rule: RuleIndex,
        find: &dyn Fn(&str) -> Option<RuleIndex>,
    ) -> Result<Correlation, Wrong> {
        let found = |name: &str, line: u32| {
            find(name).ok_or_else(|| Wrong { line, what: What::NoRule(name.to_owned()) })
        };
        let of = self.of.iter().map(|(name, line)| found(name, *line));
        let of: Vec<_> = of.collect::<Result<_, _>>()?;
        let mut aliases = Vec::new();
        for (name, fields) in &self.aliases {
            let fields =
                fields.iter().map(|(of, field, line)| Ok((found(of, *line)?, field.clone())));
            aliases.push(Alias { name: name.clone(), fields: fields.collect::<Result<_, _>>()? });
        }
        let condition = match &self.condition {
            DraftBounds::Done(bounds) => bounds.clone(),
            DraftBounds::Rules(condition, line) => {
                Bounds::Rules(over_rules(condition, *line, &self.of, &found)?)
            }
        };
        Ok(Correlation {
            rule,
            kind: self.kind,
            of,
            group_by: self.group_by.clone(),
            aliases,
            timespan_secs: self.timespan_secs,
            condition,
            generates: self.generates,
        })
    }
}

type Found<'f> = dyn Fn(&str, u32) -> Result<RuleIndex, Wrong> + 'f;

fn over_rules(
    condition: &Condition,
    line: u32,
    of: &[(String, u32)],
    found: &Found<'_>,
) -> Result<RuleCondition, Wrong> {
    let all = |parts: &[Condition]| -> Result<Vec<_>, Wrong> {
        parts.iter().map(|part| over_rules(part, line, of, found)).collect()
    };
    Ok(match condition {
        Condition::Search(name) => RuleCondition::Rule(found(name, line)?),
        Condition::All(parts) => RuleCondition::All(all(parts)?),
        Condition::Any(parts) => RuleCondition::AtLeast(1, all(parts)?),
        Condition::Not(part) => RuleCondition::Not(Box::new(over_rules(part, line, of, found)?)),
        Condition::Of(quantity, pattern) => {
            let fitting = of.iter().filter(|(name, _)| pattern.fits(name));
            let rules = fitting.map(|(name, line)| Ok(RuleCondition::Rule(found(name, *line)?)));
            let rules: Vec<_> = rules.collect::<Result<_, Wrong>>()?;
            match quantity {
                super::condition::Quantity::All => RuleCondition::All(rules),
                super::condition::Quantity::AtLeast(count) => RuleCondition::AtLeast(*count, rules),
            }
        }
    })
}

fn form(node: &Node<'_>, part: &str, expected: &'static str) -> Wrong {
    Wrong { line: node.line, what: What::Form(part.to_owned(), expected) }
}

fn required<'n, 'a>(node: &'n Node<'a>, name: &'static str) -> Result<&'n Node<'a>, Wrong> {
    node.get(name).ok_or(Wrong { line: node.line, what: What::Missing(name) })
}

fn read_kind(node: &Node<'_>) -> Result<CorrelationKind, Wrong> {
    Ok(match node.text().unwrap_or_default() {
        "event_count" => CorrelationKind::EventCount,
        "value_count" => CorrelationKind::ValueCount,
        "temporal" => CorrelationKind::Temporal,
        "temporal_ordered" => CorrelationKind::TemporalOrdered,
        "value_sum" => CorrelationKind::ValueSum,
        "value_avg" => CorrelationKind::ValueAvg,
        "value_percentile" => CorrelationKind::ValuePercentile,
        "value_median" => CorrelationKind::ValueMedian,
        _ => return Err(form(node, "type", "a kind of correlation of the specification")),
    })
}

fn named(node: &Node<'_>) -> Result<Vec<(String, u32)>, Wrong> {
    let name = |item: &Node<'_>| {
        let text = item.text().ok_or_else(|| form(item, "rules", "names or ids of rules"))?;
        Ok((text.to_owned(), item.line))
    };
    node.items().iter().map(name).collect()
}

fn texts(node: Option<&Node<'_>>) -> Result<Vec<String>, Wrong> {
    let text = |item: &Node<'_>| {
        item.text().map(str::to_owned).ok_or_else(|| form(item, "group-by", "names of fields"))
    };
    node.map_or(&[][..], Node::items).iter().map(text).collect()
}

fn read_generate(node: Option<&Node<'_>>) -> Result<bool, Wrong> {
    match node.map(|node| (node, node.scalar())) {
        None => Ok(false),
        Some((_, Some(Scalar::Bool(value)))) => Ok(value),
        Some((node, _)) => Err(form(node, "generate", "true or false")),
    }
}

type Aliases = Vec<(String, Vec<(String, String, u32)>)>;

fn read_aliases(node: &Node<'_>) -> Result<Aliases, Wrong> {
    let wrong = |node: &Node<'_>| form(node, "aliases", "names with a mapping of rules to fields");
    let mut aliases = Vec::new();
    for (name, of) in node.members().ok_or_else(|| wrong(node))? {
        let mut fields = Vec::new();
        for (rule, field) in of.members().ok_or_else(|| wrong(of))? {
            let (Some(rule_name), Some(field_name)) = (rule.text(), field.text()) else {
                return Err(wrong(rule));
            };
            fields.push((rule_name.to_owned(), field_name.to_owned(), rule.line));
        }
        aliases.push((name.text().ok_or_else(|| wrong(name))?.to_owned(), fields));
    }
    Ok(aliases)
}

fn read_bounds(kind: CorrelationKind, node: &Node<'_>) -> Result<DraftBounds, Wrong> {
    let is_temporal = matches!(kind, CorrelationKind::Temporal | CorrelationKind::TemporalOrdered);
    let Some(condition) = node.get("condition") else {
        return match is_temporal {
            true => Ok(DraftBounds::Done(Bounds::Every)),
            false => Err(Wrong { line: node.line, what: What::Missing("condition") }),
        };
    };
    if let (true, Some(text)) = (is_temporal, condition.text()) {
        let parsed = Condition::parse(text);
        let wrong = |part| Wrong { line: condition.line, what: What::Condition(part) };
        return Ok(DraftBounds::Rules(parsed.map_err(wrong)?, condition.line));
    }
    let members = condition.members();
    let members = members.ok_or_else(|| form(condition, "condition", "a mapping of bounds"))?;
    read_figure(kind, condition, members).map(DraftBounds::Done)
}

fn read_figure(
    kind: CorrelationKind,
    condition: &Node<'_>,
    members: &[(Node<'_>, Node<'_>)],
) -> Result<Bounds, Wrong> {
    let (mut bounds, mut fields, mut percentile) = (Vec::new(), Vec::new(), None);
    for (key, value) in members {
        let number = || {
            let number = value.text().and_then(|text| Number::parse(text.as_bytes()));
            number.ok_or_else(|| form(value, "condition", "numbers as bounds"))
        };
        let order = match key.text().unwrap_or_default() {
            "eq" => Order::Eq,
            "neq" => Order::Neq,
            "lt" => Order::Lt,
            "lte" => Order::Lte,
            "gt" => Order::Gt,
            "gte" => Order::Gte,
            "field" => {
                fields = texts(Some(value))?;
                continue;
            }
            "percentile" => {
                percentile = Some(number()?);
                continue;
            }
            other => {
                let what = What::Form(
                    other.to_owned(),
                    "one of eq, neq, lt, lte, gt, gte, field, percentile",
                );
                return Err(Wrong { line: key.line, what });
            }
        };
        bounds.push((order, number()?));
    }
    if bounds.is_empty() {
        return Err(form(condition, "condition", "at least one bound"));
    }
    let needs_field = !matches!(
        kind,
        CorrelationKind::EventCount | CorrelationKind::Temporal | CorrelationKind::TemporalOrdered
    );
    if needs_field && fields.is_empty() {
        return Err(Wrong { line: condition.line, what: What::Missing("field") });
    }
    if kind == CorrelationKind::ValuePercentile && percentile.is_none() {
        return Err(Wrong { line: condition.line, what: What::Missing("percentile") });
    }
    Ok(Bounds::Figure { bounds, fields, percentile })
}

/// `15s`, `30m`, `1h`, `7d`, `2w`, `1M`, `1y`. Months and years are the mean ones.
fn seconds(text: &str) -> Option<u64> {
    let (at, unit) = text.char_indices().next_back()?;
    let unit = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 604_800,
        'M' => 2_629_746,
        'y' => 31_556_952,
        _ => return None,
    };
    text[..at].parse::<u64>().ok()?.checked_mul(unit)
}
