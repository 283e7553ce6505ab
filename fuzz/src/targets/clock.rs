//! Times: in a named form, or by a pattern that stands on the first line.

use super::{choice, one_of};
use jiff::tz::TimeZone;
use sekisho::base::clock::{Clock, DateOrder, Form, read as read_time, read_prefix};
use sekisho::base::{Stamp, rfc3339, rfc3339_exact};

const FORMS: &[Form] = &[
    Form::Auto,
    Form::Iso,
    Form::Clf,
    Form::Syslog,
    Form::Ctime,
    Form::Numeric,
    Form::Japanese,
    Form::Epoch,
    Form::EpochSecs,
    Form::EpochMillis,
    Form::EpochMicros,
    Form::EpochNanos,
    Form::JsonDate,
    Form::Filetime,
    Form::Ticks,
    Form::Webkit,
    Form::Tai64n,
];

/// 1970-01-01 and 2200-01-01.
const YEARS: std::ops::Range<i64> = 0..7_258_118_400;

thread_local!(static CLOCKS: [Clock; 3] = [
    clock("UTC", None, DateOrder::MonthFirst),
    clock("Asia/Tokyo", Some(1_620_262_800), DateOrder::DayFirst),
    clock("America/New_York", Some(1_620_262_800), DateOrder::MonthFirst),
]);

fn clock(zone: &str, reference: Option<i64>, order: DateOrder) -> Clock {
    Clock::new(TimeZone::get(zone).expect("zones are part of the program"), reference, order)
}

pub fn read(input: &[u8]) -> usize {
    let (which, text) = choice(input);
    CLOCKS.with(|clocks| {
        let clock = one_of(clocks, which / FORMS.len() as u8);
        in_form(text, one_of(FORMS, which), clock);
        in_form(text, &Form::Auto, clock);
        let end = text.iter().position(|byte| *byte == b'\n').unwrap_or(text.len());
        let pattern = std::str::from_utf8(&text[..end]).ok().map(Form::parse);
        if let (Some(Ok(form)), Some(text)) = (pattern, text.get(end + 1..)) {
            assert_eq!(Form::parse(&form.name()).as_ref(), Ok(&form));
            in_form(text, &form, clock);
        }
    });
    text.len()
}

/// A time ends inside its text, names an instant that exists, and is the same without what
/// follows it, where that can be no part of a time.
fn in_form(text: &[u8], form: &Form, clock: &Clock) {
    let Some((time, length)) = read_prefix(text, form, clock) else {
        assert_eq!(read_time(text, form, clock), None);
        return;
    };
    assert!(length > 0 && length <= text.len(), "{form:?}: {length} bytes");
    if length == text.len() {
        assert_eq!(read_time(text, form, clock), Some(time));
    }
    if let Some(stamp) = time.stamp() {
        let Stamp { at, nanos, offset_secs } = stamp;
        // The years are those of the local time.
        let local = at + i64::from(offset_secs);
        assert!(YEARS.contains(&at) || YEARS.contains(&local), "{form:?}: {at}");
        assert!(nanos < 1_000_000_000, "{form:?}: {nanos} ns");
        assert!(offset_secs.abs() < 19 * 3_600, "{form:?}: {offset_secs} s");
        assert!(rfc3339_exact(stamp).starts_with(rfc3339(at).trim_end_matches('Z')));
    }
}
