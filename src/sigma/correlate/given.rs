//! Correlations as rules state them, made ready.

use super::number::Decimal;
use super::{Condition, Correlation, Expression, Kind, Referred};
use crate::sigma::{self, Bounds, CorrelationKind, RuleCondition, RuleIndex};

impl Correlation {
    /// What a rule states. None where a figure is asked of it that it cannot have.
    pub fn of(stated: &sigma::Correlation) -> Option<Self> {
        let (predicates, values, percent) = match &stated.condition {
            Bounds::Figure { bounds, fields, percentile } => {
                let number = |number: &sigma::Number| Decimal::read(number.to_string().as_bytes());
                let predicate =
                    |(order, than): &(sigma::Order, sigma::Number)| Some((*order, number(than)?));
                let predicates = bounds.iter().map(predicate).collect::<Option<Vec<_>>>()?;
                let percent = match percentile {
                    Some(stated) => percent(number(stated)?)?,
                    None => 50,
                };
                (predicates, fields.as_slice(), percent)
            }
            Bounds::Rules(_) => (Vec::new(), &[][..], 0),
            Bounds::Every => {
                (vec![(sigma::Order::Gte, Decimal::whole(stated.of.len() as u64))], &[][..], 0)
            }
        };
        let field = |name: &String, rule: RuleIndex| {
            let aliases = stated.aliases.iter().filter(|alias| alias.name == *name);
            let mut fields = aliases.flat_map(|alias| &alias.fields);
            let field = fields.find(|(of, _)| *of == rule).map(|(_, field)| field);
            field.unwrap_or(name).clone()
        };
        let referred = |rule: &RuleIndex| Referred {
            rule: *rule,
            group: stated.group_by.iter().map(|name| field(name, *rule)).collect(),
            value: values.iter().map(|name| field(name, *rule)).collect(),
        };
        let expression = match &stated.condition {
            Bounds::Rules(condition) => Some(express(condition, &stated.of)?),
            Bounds::Figure { .. } | Bounds::Every => None,
        };
        Some(Self {
            rule: stated.rule,
            kind: kind(stated.kind, percent),
            of: stated.of.iter().map(referred).collect(),
            group_by: stated.group_by.clone(),
            span_secs: i64::try_from(stated.timespan_secs).unwrap_or(i64::MAX >> 1),
            condition: Condition { predicates, expression },
        })
    }
}

/// A whole number from 0 to 100.
fn percent(stated: Decimal) -> Option<u8> {
    let whole = stated.whole_above();
    let is_whole = stated == Decimal::whole(whole);
    u8::try_from(whole).ok().filter(|percent| is_whole && *percent <= 100)
}

const fn kind(stated: CorrelationKind, percent: u8) -> Kind {
    match stated {
        CorrelationKind::EventCount => Kind::EventCount,
        CorrelationKind::ValueCount => Kind::ValueCount,
        CorrelationKind::Temporal => Kind::Temporal,
        CorrelationKind::TemporalOrdered => Kind::TemporalOrdered,
        CorrelationKind::ValueSum => Kind::ValueSum,
        CorrelationKind::ValueAvg => Kind::ValueAvg,
        CorrelationKind::ValuePercentile => Kind::ValuePercentile(percent),
        CorrelationKind::ValueMedian => Kind::ValuePercentile(50),
    }
}

/// A condition over rules by their places in `of`.
fn express(stated: &RuleCondition, of: &[RuleIndex]) -> Option<Expression> {
    let all = |parts: &[RuleCondition]| {
        parts.iter().map(|part| express(part, of)).collect::<Option<Vec<_>>>()
    };
    Some(match stated {
        RuleCondition::Rule(rule) => {
            let place = of.iter().position(|other| other == rule)?;
            Expression::Rule(u16::try_from(place).ok()?)
        }
        RuleCondition::All(parts) => Expression::All(all(parts)?),
        RuleCondition::AtLeast(count, parts) => Expression::AtLeast(*count, all(parts)?),
        RuleCondition::Not(part) => Expression::Not(Box::new(express(part, of)?)),
    })
}
