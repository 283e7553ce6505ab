//! Times as logs write them; and the readers beside jiff, for many instants and zones.

use super::*;
use crate::base::{ZoneSource, rfc3339};
use jiff::Timestamp;

const REFERENCE: Instant = 1_620_300_000; // 2021-05-06T11:20:00Z

fn clock(zone: &str, date_order: DateOrder) -> Clock {
    Clock::new(TimeZone::get(zone).unwrap(), Some(REFERENCE), date_order)
}

fn tokyo() -> Clock {
    clock("Asia/Tokyo", DateOrder::MonthFirst)
}

/// What is read of a text: the kind, the instant and its decimals.
fn told(text: &str, form: &Form, clock: &Clock) -> String {
    let Some(time) = read(text.as_bytes(), form, clock) else {
        return "none".to_owned();
    };
    let kind = match time {
        Time::Zoned(_) => "zoned",
        Time::Assumed(_) => "assumed",
        Time::Yearless(_, ZoneSource::Stated) => "yearless zoned",
        Time::Yearless(_, ZoneSource::Assumed) => "yearless",
        Time::Absent => return "absent".to_owned(),
    };
    let stamp = time.stamp().unwrap();
    let decimals = if stamp.nanos == 0 { String::new() } else { format!(" {:09}", stamp.nanos) };
    format!("{kind} {}{decimals}", rfc3339(stamp.at))
}

/// Every text is read as expected, by its shape and by the name of its form, in Tokyo.
fn check(form: Form, expected: &str, texts: &[&str]) {
    for text in texts {
        assert_eq!(told(text, &Form::Auto, &tokyo()), expected, "{text}");
        assert_eq!(told(text, &form, &tokyo()), expected, "{text} as {}", form.name());
    }
}

#[test]
fn iso_with_zone() {
    let texts = [
        "2021-05-06T01:02:03Z",
        "2021-05-06t01:02:03z",
        "2021-05-06T10:02:03+09:00",
        "2021-05-06T10:02:03+0900",
        "2021-05-06T10:02:03+09",
        "2021-05-06 10:02:03 +0900",
        "2021-05-06 10:02:03 +09:00",
        "2021-05-06 10:02:03 [+0900]",
        "2021-05-06 10:02:03[+0900]",
        "2021-05-06 01:02:03 UTC",
        "2021-05-06 01:02:03 GMT",
        "2021-05-06 01:02:03UTC",
        "2021-05-06 10:02:03 JST",
        "2021-05-06 10:02:03 (JST)",
        "2021-05-06 03:02:03 CEST",
        "2021-05-05 18:02:03 PDT",
        "2021-05-06 10:02:03 GMT+9",
        "2021-05-06 10:02:03 UTC+09:00",
        "2021-05-06 10:02:03 UTC+9:00",
        "2021-05-06 10:02:03 Asia/Tokyo",
        "2021-05-06T10:02:03+09:00[Asia/Tokyo]",
        "2021-05-05 21:02:03-0400",
        "2021-05-05T20:32:03-04:30",
        "2021-05-05T21:02:03 America/New_York",
        "2021-126T01:02:03Z",
        "2021126T010203Z",
        "20210506T010203Z",
        "20210506010203Z",
        "20210506100203+0900",
        "210506010203Z",
        "2021/05/06 10:02:03 +0900",
    ];
    check(Form::Iso, "zoned 2021-05-06T01:02:03Z", &texts);
}

#[test]
fn iso_without_zone() {
    let texts = [
        "2021-05-06T10:02:03",
        "2021-05-06 10:02:03",
        "2021-05-06_10:02:03",
        "2021-05-06\t10:02:03",
        "2021-05-06-10.02.03",
        "2021-05-06_10-02-03",
        "2021-05-06:10:02:03",
        "2021/05/06 10:02:03",
        "2021/5/6 10:02:03",
        "2021.05.06 10:02:03",
        "2021-05-06, 10:02:03",
        "2021/05/06(木) 10:02:03",
        "2021/05/06（木） 10:02:03",
        "２０２１/０５/０６ １０:０２:０３",
        "２０２１／０５／０６　１０：０２：０３",
        "20210506 100203",
        "20210506T100203",
        "20210506-10:02:03",
        "20210506100203",
        "2021126100203",
        "2021-126T10:02:03",
        "2021-05-06 10:02:03 AM",
        "2021-05-06 10:02:03 CST",
    ];
    check(Form::Iso, "assumed 2021-05-06T01:02:03Z", &texts);
    check(Form::Iso, "assumed 2021-05-06T01:02:00Z", &["2021-05-06T10:02", "2021-05-06 10:02"]);
    check(Form::Iso, "assumed 2021-05-06T01:00:00Z", &["2021-05-06T10", "20210506T1000"]);
    check(Form::Iso, "assumed 2021-05-06T15:00:00Z", &["2021-05-06T24:00:00", "2021-05-06 24:00"]);
    check(Form::Iso, "zoned 2016-12-31T23:59:59Z", &["2016-12-31T23:59:60Z"]);
}

#[test]
fn decimals_are_kept_to_the_nanosecond() {
    for (decimals, nanos) in [
        ("5", 500_000_000),
        ("123", 123_000_000),
        ("123456", 123_456_000),
        ("123456789", 123_456_789),
        ("1234567891234", 123_456_789),
        ("000000001", 1),
    ] {
        for mark in [".", ","] {
            let text = format!("2021-05-06T01:02:03{mark}{decimals}Z");
            let expected = format!("zoned 2021-05-06T01:02:03Z {nanos:09}");
            check(Form::Iso, &expected, &[&text]);
        }
    }
    check(
        Form::Iso,
        "assumed 2021-05-06T01:02:03Z 123000000",
        &["20210506100203123", "20210506100203.123", "2021-05-06-10.02.03.123"],
    );
}

#[test]
fn months_as_words() {
    check(
        Form::Clf,
        "zoned 2021-05-06T01:02:03Z",
        &[
            "06/May/2021:10:02:03 +0900",
            "06/May/2021 10:02:03 +0900",
            "6 May 2021 10:02:03 +0900",
            "06-May-2021 01:02:03 UTC",
            "06-May-2021 10:02:03 Asia/Tokyo",
        ],
    );
    check(
        Form::Clf,
        "assumed 2021-05-06T01:02:03Z",
        &[
            "06/May/2021:10:02:03",
            "06-May-2021 10:02:03",
            "06 May 2021 10:02:03",
            "06-MAY-21 10.02.03 AM",
            "6. Mai 2021 10:02:03",
            "6 mai 2021 10:02:03",
            "6 de mayo de 2021 10:02:03",
            "06 mag 2021 10:02:03",
        ],
    );
    check(Form::Clf, "zoned 2021-05-06T01:02:03Z 123000000", &["06/May/2021:10:02:03.123 +0900"]);
}

#[test]
fn weekdays_and_months_first() {
    check(
        Form::Ctime,
        "assumed 2021-05-06T01:02:03Z",
        &[
            "Thu May  6 10:02:03 2021",
            "Thu May 06 10:02:03 2021",
            "Thu, 06 May 2021 10:02:03",
            "Thursday, May 6, 2021 10:02:03 AM",
            "jeu. 06 mai 2021 10:02:03",
            "Do 6. Mai 2021 10:02:03",
        ],
    );
    check(
        Form::Ctime,
        "assumed 2021-05-06T01:02:03Z 123456000",
        &["Thu May 06 10:02:03.123456 2021"],
    );
    check(
        Form::Ctime,
        "zoned 2021-05-06T01:02:03Z",
        &[
            "Thu, 06 May 2021 10:02:03 +0900",
            "Thu, 6 May 2021 10:02:03 +0900 (JST)",
            "Thu May 6 01:02:03 UTC 2021",
            "Thu May  6 10:02:03 JST 2021",
            "Thu May 6 10:02:03 2021 +0900",
            "Thu May 06 2021 10:02:03 GMT+0900 (Japan Standard Time)",
            "Thu May 06 2021 10:02:03 GMT+0900 (日本標準時)",
        ],
    );
    check(
        Form::Syslog,
        "assumed 2021-05-06T01:02:03Z",
        &[
            "May  6 2021 10:02:03",
            "May 6, 2021 10:02:03 AM",
            "May 6, 2021, 10:02:03\u{202f}AM",
            "May  6 10:02:03 2021",
            "May 6, 2021 at 10:02:03 AM",
        ],
    );
}

#[test]
fn months_in_other_languages() {
    for (month, names) in [
        (1, ["janv.", "Jän", "ene", "gen", "jan"]),
        (2, ["févr.", "Feb", "feb", "feb", "fev"]),
        (3, ["mars", "Mär", "mar", "mar", "mar"]),
        (4, ["avr.", "Apr", "abr", "apr", "abr"]),
        (5, ["mai", "Mai", "may", "mag", "mai"]),
        (6, ["juin", "Jun", "jun", "giu", "jun"]),
        (7, ["juil.", "Jul", "jul", "lug", "jul"]),
        (8, ["août", "Aug", "ago", "ago", "ago"]),
        (9, ["sept.", "Sep", "sep", "set", "set"]),
        (10, ["oct.", "Okt", "oct", "ott", "out"]),
        (11, ["nov.", "Nov", "nov", "nov", "nov"]),
        (12, ["déc.", "Dez", "dic", "dic", "dez"]),
    ] {
        for name in names {
            let expected = format!("assumed 2020-{month:02}-06T01:02:03Z");
            check(Form::Syslog, &expected, &[&format!("{name}  6 2020 10:02:03")]);
        }
    }
}

#[test]
fn times_without_a_year() {
    let texts = ["May  6 10:02:03", "May 6 10:02:03", "May 06 10:02:03", "*May  6 10:02:03"];
    check(Form::Syslog, "yearless 2021-05-06T01:02:03Z", &texts);
    check(Form::Syslog, "yearless 2021-05-06T01:02:03Z 123000000", &["*May  6 10:02:03.123"]);
    check(
        Form::Syslog,
        "yearless zoned 2021-05-06T01:02:03Z",
        &["May  6 01:02:03 UTC", "May  6 10:02:03 JST", "May  6 10:02:03 +0900"],
    );
    check(Form::Clf, "yearless 2021-05-06T01:02:03Z", &["06 May 10:02:03"]);
    check(Form::Numeric, "yearless 2021-05-06T01:02:03Z", &["05-06 10:02:03", "05/06 10:02:03"]);
    // A day behind the reference is the latest.
    check(Form::Syslog, "yearless 2021-05-07T11:20:00Z", &["May  7 20:20:00"]);
    check(Form::Syslog, "yearless 2020-05-07T11:20:01Z", &["May  7 20:20:01"]);
    check(Form::Syslog, "yearless 2020-02-29T01:02:03Z", &["Feb 29 10:02:03"]);
    check(Form::Syslog, "none", &["Feb 30 10:02:03"]);
    let at_new_year = tokyo().with_reference(Some(1_609_426_800)); // 2021-01-01T00:00:00+09:00
    assert_eq!(told("Dec 31 23:59:59", &Form::Auto, &at_new_year), "yearless 2020-12-31T14:59:59Z");
    assert_eq!(told("Jan  1 00:00:01", &Form::Auto, &at_new_year), "yearless 2020-12-31T15:00:01Z");
    let unknown = tokyo().with_reference(None);
    assert_eq!(told("May  6 10:02:03", &Form::Auto, &unknown), "absent");
    assert_eq!(told("May  6 10:62:03", &Form::Auto, &unknown), "none");
}

#[test]
fn dates_in_digits() {
    check(
        Form::Numeric,
        "assumed 2021-05-06T04:02:03Z",
        &[
            "5/6/2021 1:02:03 PM",
            "05/06/2021 13:02:03",
            "05/06/2021 01:02:03 PM",
            "05/06/2021, 1:02:03 p.m.",
            "06.05.2021 13:02:03",
            "05-06-2021 13:02:03",
            "05/06/21 13:02:03",
            "06.05.21 13:02:03",
            "210506 13:02:03",
            "21/05/06 13:02:03",
            "05/06/2021:13:02:03",
            "05-06-21 13:02:03",
        ],
    );
    check(Form::Numeric, "assumed 2021-05-06T00:02:03Z", &["210506  9:02:03"]);
    check(Form::Numeric, "zoned 2021-05-06T13:02:03Z", &["05/06/2021:13:02:03 GMT"]);
    check(Form::Numeric, "assumed 2021-05-26T04:02:03Z", &["26/05/2021 13:02:03"]);
    check(Form::Numeric, "assumed 2021-05-05T15:02:03Z", &["5/6/2021 12:02:03 AM"]);
    check(Form::Numeric, "none", &["5/6/2021 13:02:03 PM"]);
    let form = Form::Numeric;
    for (order, text, expected) in [
        (DateOrder::DayFirst, "05/06/2021 00:00:00", "2021-06-05"),
        (DateOrder::DayFirst, "05/16/2021 00:00:00", "2021-05-16"),
        (DateOrder::DayFirst, "05/06/21 00:00:00", "2021-06-05"),
        (DateOrder::YearFirst, "05/06/21 00:00:00", "2005-06-21"),
        (DateOrder::YearFirst, "05/06/2021 00:00:00", "2021-05-06"),
    ] {
        let expected = format!("assumed {expected}T00:00:00Z");
        assert_eq!(told(text, &form, &clock("UTC", order)), expected, "{text}");
    }
}

#[test]
fn dates_in_japanese() {
    check(
        Form::Japanese,
        "assumed 2021-05-06T01:02:03Z",
        &[
            "2021年5月6日 10時02分03秒",
            "2021年05月06日(木) 10:02:03",
            "令和3年5月6日 10:02:03",
            "2021年5月6日10時2分3秒",
            "令和3年5月6日 午前10時02分03秒",
            "2021年5月6日(木)午前10:02:03",
            "２０２１年５月６日　１０時０２分０３秒",
            "2021年 5月 6日 10:02:03",
        ],
    );
    check(Form::Japanese, "assumed 2021-05-06T13:02:00Z", &["令和3年5月6日 午後10時02分"]);
    check(Form::Japanese, "assumed 2019-05-06T03:00:00Z", &["令和元年5月6日 午後0時"]);
    check(Form::Japanese, "assumed 2018-05-06T01:02:03Z", &["平成30年5月6日 10:02:03"]);
}

#[test]
fn counts() {
    check(
        Form::Epoch,
        "zoned 2021-05-06T01:02:03Z",
        &[
            "1620262923",
            "1620262923000",
            "1620262923000000",
            "1620262923000000000",
            "1.620262923E9",
            "1.620262923e+12",
        ],
    );
    check(
        Form::Epoch,
        "zoned 2021-05-06T01:02:03Z 123000000",
        &[
            "1620262923.123",
            "1620262923123",
            "1620262923123000",
            "1620262923123000000",
            "1.620262923123E9",
        ],
    );
    check(
        Form::JsonDate,
        "zoned 2021-05-06T01:02:03Z 123000000",
        &["/Date(1620262923123)/", "/Date(1620262923123+0900)/", "\\/Date(1620262923123)\\/"],
    );
    check(Form::Filetime, "zoned 2021-05-06T01:02:03Z 123456700", &["132647365231234567"]);
    check(Form::Ticks, "zoned 2021-05-06T01:02:03Z 123456700", &["637558597231234567"]);
    check(Form::Tai64n, "zoned 2021-05-06T01:02:03Z 123456789", &["@4000000060934015075bcd15"]);
    for (form, text, expected) in [
        (Form::EpochSecs, "0", "zoned 1970-01-01T00:00:00Z"),
        (Form::Epoch, "86400", "zoned 1970-01-02T00:00:00Z"),
        (Form::EpochSecs, "7258118399", "zoned 2199-12-31T23:59:59Z"),
        (Form::EpochSecs, "7258118400", "none"),
        (Form::EpochMillis, "1001.5", "zoned 1970-01-01T00:00:01Z 001500000"),
        (Form::EpochMicros, "1000001", "zoned 1970-01-01T00:00:01Z 000001000"),
        (Form::EpochNanos, "1000000001", "zoned 1970-01-01T00:00:01Z 000000001"),
        (Form::Webkit, "13264736523123456", "zoned 2021-05-06T01:02:03Z 123456000"),
        (Form::Filetime, "0", "none"),
        (Form::EpochSecs, "-1", "none"),
        (Form::EpochSecs, "99999999999999999999999", "none"),
    ] {
        assert_eq!(told(text, &form, &tokyo()), expected, "{text} as {}", form.name());
    }
}

/// Numbers, names and addresses that are no times, and dates and times that do not exist.
const NOT_TIMES: &[&str] = &[
    "",
    "-",
    "0",
    "1",
    "200",
    "404",
    "65535",
    "20210506",
    "1.2.3",
    "1.2.3.4",
    "10.20.30.40",
    "192.0.2.1",
    "192.0.2.1:443",
    "2001:db8::1",
    "10.0.19041.1 10:02:03",
    "03-1234-5678",
    "090-1234-5678",
    "0312345678",
    "819012345678",
    "2025550123",
    "+81 3 1234 5678",
    "202-555-0123",
    "1620262923-12",
    "1620262923.1.2",
    "12345678901",
    "123456789012345678",
    "2021-05-06",
    "2021/05/06",
    "05/06/2021",
    "2021年5月6日",
    "10:02:03",
    "10:02",
    "2021-02-29T10:02:03Z",
    "2021-02-30 10:02:03",
    "2021-13-06 10:02:03",
    "2021-00-06 10:02:03",
    "2021-05-00 10:02:03",
    "2021-05-06 24:00:01",
    "2021-05-06 10:60:03",
    "2021-05-06 10:02:61",
    "2021-05-06 10:02:031",
    "2021-366T10:02:03",
    "1969-12-31T23:59:59Z",
    "2200-01-01T00:00:00Z",
    "31/Feb/2021:10:02:03 +0900",
    "06/Mai/2021",
    "32/13/2021 10:02:03",
    "99.99.2021 10:02:03",
    "May",
    "May 6",
    "May be",
    "Thursday",
    "Thu 10:02:03",
    "mar 10",
    "out of memory",
    "set 10",
    "@home",
    "@4000000060934015ffffffff",
    "/Date(x)/",
    "/Date(1620262923123)",
    "/Date(1620262923123-3123)/",
    "1E5",
    "1.5E300",
    "1.2345678E5",
    "v1.2.3",
    "12/24 10",
    "10-12 10:02",
    "3.14159",
    "2021",
    "2021-05",
    "2021-05-06 10:02:03 HTTP",
    "2021-05-06 10:02:03Z0",
    "13:02:03 PM",
    "令和3年",
    "２０２１",
    "2021-05-06T10:02:03+19:00",
    "2021-05-06T10:02:03+09:60",
    "\u{fffd}",
    "年月日",
    "00-01-02-03-04-05",
    "12-11-10-09-08-07",
    "2021-05-06T10%3A02",
];

#[test]
fn what_is_no_time() {
    for text in NOT_TIMES {
        assert_eq!(told(text, &Form::Auto, &tokyo()), "none", "{text}");
    }
}

#[test]
fn a_time_ends_where_it_ends() {
    for (text, length) in [
        ("2021-05-06T10:02:03Z host app", 20),
        ("2021-05-06 10:02:03,123 INFO x", 23),
        ("2021-05-06 10:02:03,404,GET", 19),
        ("2021-05-06T10:02:03.313913FOO err", 26),
        ("2021-05-06T10:02:03,672:DEBUG:x", 23),
        ("06/May/2021:10:02:03 +0900] \"GET", 26),
        ("May  6 10:02:03 host app[1]: x", 15),
        ("May  6 10:02:03 2001:db8::1 x", 15),
        ("May  6 10:02:03 203.0.113.9 x", 15),
        ("May  6 10:02:03 AMBER x", 15),
        ("May  6 10:02:03 UTC: %SYS-5", 19),
        ("May  6 10:02:03 2021 x", 20),
        ("Thu May 06 10:02:03.123456 2021] [error]", 31),
        ("1620262923.579:2996): x", 14),
        ("1620262923123 Hello", 13),
        ("@4000000060934015075bcd15 x", 25),
        ("2021-05-06 10:02:03 +0900 [main] x", 25),
        ("2021-05-06 10:02:03 -12 degrees", 19),
        ("2021-05-06 10:02:03 [main] x", 19),
        ("2021-05-06 10:02:03.123 PDT [1] LOG", 27),
        ("5/6/2021 1:02:03 PM: x", 19),
        ("2021年5月6日 10時02分03秒 起動", 31),
        ("2021-05-06 10:02:03. Next", 19),
        ("2021-05-06 10:02:03,203.0.113.9", 19),
        ("5/6/21 10:02,200", 12),
        ("Thu May  6 10:02:03 2021\"}", 24),
        ("2021-05-06 10:02:03 Alpha", 19),
    ] {
        let read = read_prefix(text.as_bytes(), &Form::Auto, &tokyo());
        assert_eq!(read.map(|(_, length)| length), Some(length), "{text}");
    }
}

/// Instants whose zones change their clocks around them, and others.
fn instants() -> impl Iterator<Item = i64> {
    let spread = (0..7_258_118_400).step_by(86_399 * 397);
    // The Sundays of 2021 on which Berlin and New York change, by quarters of an hour.
    let changes = [1_615_705_200, 1_616_893_200, 1_635_642_000, 1_636_264_800];
    spread.chain(changes.into_iter().flat_map(|at| (at - 7_200..at + 7_200).step_by(900)))
}

const ZONES: [&str; 5] =
    ["Asia/Tokyo", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Etc/GMT+3"];

#[test]
fn local_times_agree_with_jiff() {
    for zone in ZONES {
        let clock = clock(zone, DateOrder::MonthFirst);
        for at in instants() {
            // As a local time, so that skipped ones are among them.
            let local = Timestamp::from_second(at).unwrap().to_zoned(TimeZone::UTC).datetime();
            let zoned = clock.zone().to_ambiguous_zoned(local).compatible().unwrap();
            let expected = zoned.timestamp().as_second();
            for pattern in LOCAL {
                let text = local.strftime(pattern).to_string();
                let read = read(text.as_bytes(), &Form::Auto, &clock).and_then(|t| t.stamp());
                let expected = (0..7_258_118_400).contains(&expected).then_some(expected);
                assert_eq!(read.map(|stamp| stamp.at), expected, "{text} {zone}");
            }
            let text = format!("{} {zone}", local.strftime("%F %T"));
            let stated = read(text.as_bytes(), &Form::Auto, &tokyo()).and_then(|t| t.stamp());
            let assumed = read(&text.as_bytes()[..19], &Form::Auto, &clock);
            assert_eq!(stated, assumed.and_then(|t| t.stamp()), "{text}");
            if let Some(stamp) = stated {
                assert_eq!(stamp.at + i64::from(stamp.offset_secs), at, "{text}");
            }
        }
    }
}

const LOCAL: [&str; 14] = [
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M:%S",
    "%d/%b/%Y:%H:%M:%S",
    "%a %b %e %H:%M:%S %Y",
    "%a, %d %b %Y %H:%M:%S",
    "%B %-d, %Y %I:%M:%S %p",
    "%m/%d/%Y %I:%M:%S %p",
    "%d.%m.%Y %H:%M:%S",
    "%Y%m%d%H%M%S",
    "%Y-%jT%H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
    "%Y年%-m月%-d日 %-H時%M分%S秒",
    "%d-%b-%Y %H:%M:%S",
    "%Y%m%dT%H%M%S",
];

#[test]
fn zoned_times_agree_with_jiff() {
    let patterns = [
        "%Y-%m-%dT%H:%M:%S%:z",
        "%Y-%m-%d %H:%M:%S %z",
        "%d/%b/%Y:%H:%M:%S %z",
        "%a, %d %b %Y %H:%M:%S %z",
        "%Y%m%dT%H%M%S%z",
        "%a %b %d %Y %H:%M:%S GMT%z",
        "%m/%d/%Y %H:%M:%S %z",
        "%b %e %H:%M:%S %z %Y",
    ];
    for zone in ZONES {
        let zone = TimeZone::get(zone).unwrap();
        // Before 1970-01-02 the date may be one of 1969.
        for at in instants().filter(|at| *at > 86_400) {
            let zoned = Timestamp::from_second(at).unwrap().to_zoned(zone.clone());
            for pattern in patterns {
                let text = zoned.strftime(pattern).to_string();
                let read = read(text.as_bytes(), &Form::Auto, &tokyo());
                let Some(Time::Zoned(stamp)) = read else { panic!("{text}: {read:?}") };
                assert_eq!((stamp.at, stamp.offset_secs), (at, zoned.offset().seconds()), "{text}");
                assert_eq!(super::read(text.as_bytes(), &form(pattern), &tokyo()), read, "{text}");
            }
        }
    }
}

/// The pattern itself as a form, in jiff's own reading.
fn form(pattern: &str) -> Form {
    Form::parse(pattern).unwrap()
}

#[test]
fn years_agree_with_a_search() {
    for reference in instants().filter(|at| (63_072_000..7_000_000_000).contains(at)) {
        let clock = tokyo().with_reference(Some(reference));
        for (month, day) in [(1, 1), (2, 28), (2, 29), (3, 1), (5, 6), (12, 31)] {
            let text = jiff::civil::date(2000, month, day).strftime("%b %e 10:02:03").to_string();
            let expected = (1970..2200).rev().find_map(|year| {
                let date = jiff::civil::Date::new(year, month, day).ok()?;
                let zoned = date.at(10, 2, 3, 0).to_zoned(clock.zone().clone()).ok()?;
                let at = zoned.timestamp().as_second();
                (at <= reference + 86_400).then_some(at)
            });
            let read = read(text.as_bytes(), &Form::Syslog, &clock).unwrap();
            assert_eq!(read.stamp().map(|stamp| stamp.at), expected, "{text} before {reference}");
        }
    }
}

#[test]
fn patterns() {
    for (pattern, text, expected) in [
        ("%Y-%m-%d %H:%M:%S%.f", "2021-05-06 10:02:03.5", "assumed 2021-05-06T01:02:03Z 500000000"),
        ("%b %e %H:%M:%S", "May  6 10:02:03", "yearless 2021-05-06T01:02:03Z"),
        ("%d/%m/%y %H:%M", "06/05/21 10:02", "assumed 2021-05-06T01:02:00Z"),
        ("%s", "1620262923", "zoned 2021-05-06T01:02:03Z"),
        ("%Y-%m-%d %H:%M:%S %z", "2021-05-06 10:02:03 +0900", "zoned 2021-05-06T01:02:03Z"),
        ("%Y-%m-%d", "2021-05-06", "none"),
        ("%H:%M:%S", "10:02:03", "none"),
        ("%Y-%m-%d %H:%M:%S", "2021-05-06 10:02:03 x", "none"),
    ] {
        assert_eq!(told(text, &form(pattern), &tokyo()), expected, "{text} as {pattern}");
    }
}

#[test]
fn names_are_read_back() {
    for (name, form) in NAMED {
        assert_eq!(Form::parse(name), Ok(form.clone()));
        assert_eq!(form.name(), name);
    }
    for name in ["", "epoch_h", "%", "%!", "%Y %Ö"] {
        assert!(Form::parse(name).is_err(), "{name}");
    }
}

#[test]
fn any_bytes_are_read_without_harm() {
    let whole = "Thu, 06 May 2021 10:02:03.123 GMT+09:00 (JST) 令和３年５月６日（木） 午後10時2分 @4000/Date(1E9)";
    let forms = NAMED.map(|(_, form)| form);
    for from in 0..whole.len() {
        for to in from..whole.len() {
            for form in &forms {
                let text = &whole.as_bytes()[from..to];
                if let Some((_, length)) = read_prefix(text, form, &tokyo()) {
                    assert!(length <= text.len());
                }
            }
        }
    }
}

/// The readers of the common forms beside those of all forms, which read the same and more.
#[test]
fn common_forms_agree_with_their_slow_twins() {
    type Reader = fn(&[u8], &Clock) -> Option<(Time, usize)>;
    let twins: [(&str, Reader, Reader); 5] = [
        ("2021-05-06T10:02:03.123+09:00 x", iso::read_common, iso::read),
        ("2021-05-06 10:02:03,123Z", iso::read_common, iso::read),
        ("06/May/2021:10:02:03 +0900] [x", words::read_common, words::day_first),
        ("May  6 10:02:03 host app: x", words::read_syslog, words::month_first),
        ("May  6 10:02:03 2021", words::read_syslog, words::month_first),
    ];
    let mut read = 0;
    for (text, fast, slow) in twins {
        for first in 0..text.len() {
            for second in first..text.len() {
                for (one, other) in [(b'0', b'3'), (b' ', b'9'), (b'Z', b'-'), (b'+', b'[')] {
                    let mut text = text.as_bytes().to_vec();
                    (text[first], text[second]) = (one, other);
                    if let Some(found) = fast(&text, &tokyo()) {
                        let shown = String::from_utf8_lossy(&text);
                        assert_eq!(slow(&text, &tokyo()), Some(found), "{shown}");
                        read += 1;
                    }
                }
            }
        }
    }
    assert!(read > 1_000, "{read}");
}
