//! Exploring: columns answer as reading each record does, whatever the cuts.

use super::*;
use crate::base::Language;
use crate::engine::{Job, JobKind, Plan, Settings, plan, read_job, survey};
use crate::engine::{Memory, Places, Visitor};
use crate::event::{Event, Field};
use crate::format::FormatIndex;
use crate::shard::Cuts;

/// Two access logs and one of sign-ins.
fn logs() -> Vec<(&'static str, Vec<u8>)> {
    let mut web = String::new();
    for n in 0..900 {
        let (address, status, second) = (n % 7, if n % 5 == 0 { 503 } else { 200 }, n % 60);
        let (minute, user) = (n / 60, if n % 3 == 0 { "sato" } else { "-" });
        web.push_str(&format!(
            "192.0.{address}.{n_} - {user} [06/May/2021:10:{minute:02}:{second:02} +0900] \
             \"GET /files/{n}.pdf HTTP/1.1\" {status} {n} \"-\" \"Agent/{address}\"\n",
            n_ = n % 250
        ));
    }
    let mut sign_ins = String::new();
    for n in 0..60 {
        let user = ["sato", "suzuki", "=cmd"][n % 3];
        sign_ins.push_str(&format!(
            "May  6 01:{n:02}:00 gate sshd[{n}]: Failed password for {user} from 203.0.113.{n} port 50000 ssh2\n"
        ));
    }
    vec![("web/access.log", web.into_bytes()), ("auth.log", sign_ins.into_bytes())]
}

struct Explored {
    prepared: Prepared,
    files: Vec<Vec<u8>>,
    explorer: Explorer,
}

fn explored(cuts: Cuts) -> Explored {
    let settings = Settings { latest: Some("2021-12-31".to_owned()), ..Settings::default() };
    let meant = settings.meant(&[]).unwrap();
    let logs = logs();
    let surveys =
        logs.iter().map(|(name, bytes)| survey(name, bytes.len() as u64, None, bytes, &meant));
    let plan = plan(&settings, &[], surveys.collect(), cuts);
    let files = plan
        .sources
        .iter()
        .map(|source| logs.iter().find(|(name, _)| *name == source.name).unwrap().1.clone());
    let files: Vec<_> = files.collect();
    let prepared = Prepared::new(plan).unwrap();
    let mut explorer = Explorer::new(&prepared);
    for job in in_order(&prepared.plan) {
        let columns = load(&prepared, &job, &files[job.source as usize], &mut |_| ());
        explorer.add(&Columns::decode(&columns.encode().unwrap()).unwrap());
    }
    Explored { prepared, files, explorer }
}

fn in_order(plan: &Plan) -> Vec<Job> {
    let mut jobs: Vec<_> =
        plan.jobs.iter().copied().filter(|job| job.kind == JobKind::Scan).collect();
    jobs.sort_by_key(|job| (job.stream, job.start));
    jobs
}

impl Explored {
    /// Asks with all that this takes: words are sought first.
    fn ask(&mut self, text: &str, facets: &[Name]) -> Answer {
        let words = self.explorer.unsought(text).unwrap();
        let met: Vec<_> = in_order(&self.prepared.plan)
            .iter()
            .map(|job| {
                seek(&self.prepared, job, &self.files[job.source as usize], &words, &mut |_| ())
            })
            .map(|met| Met::decode(&met.encode().unwrap()).unwrap())
            .collect();
        self.explorer.add_words(&words, &met);
        self.explorer.ask(text, facets).unwrap()
    }

    fn places(&self) -> Vec<(u32, u64)> {
        let rows = self.explorer.rows(0, usize::MAX, &[]);
        rows.iter().map(|row| (row.stream, row.offset)).collect()
    }
}

/// The slow way: each record by itself.
struct Each<'e> {
    matched: Matched,
    prepared: &'e Prepared,
    found: Vec<(u32, u64)>,
}

impl Visitor for Each<'_> {
    fn record(&mut self, text: Option<&[u8]>) {
        self.matched.record(text);
    }

    fn event(&mut self, event: &Event<'_>, format: FormatIndex) {
        let log = self.prepared.plan.name(event.location.stream).unwrap();
        let format = self.prepared.format_id(format).unwrap_or_default();
        if self.matched.asks_for(event, format, &log) {
            self.found.push(event.location.key());
        }
    }

    fn seen(&mut self, _: &crate::detect::Seen<'_>, _: Places) {}
}

const QUERIES: [&str; 13] = [
    "",
    "status:503",
    "status>=500 ip:192.0.2.0/24",
    "user:sato or user:suzuki",
    "-user:*",
    "user!=sato agent~/3",
    "log:auth.log outcome:failure",
    "format:apache_combined time<2021-05-06T01:05",
    "time:2021-05-06T01:03",
    "PDF -\"/1\"",
    "\"failed password\" not sato",
    "nowhere",
    "rule.name:x or email.subject:*",
];

#[test]
fn columns_answer_as_reading_each_record_does() {
    let mut explored = explored(Cuts::Usual);
    for text in QUERIES {
        let answer = explored.ask(text, &[]);
        let mut each = Each {
            matched: Matched::new(Query::parse(text).unwrap()),
            prepared: &explored.prepared,
            found: Vec::new(),
        };
        for job in in_order(&explored.prepared.plan) {
            let source = &explored.files[job.source as usize];
            read_job(
                &explored.prepared,
                &job,
                source,
                &mut Memory::default(),
                &mut each,
                &mut |_| (),
            );
        }
        let mut places = explored.places();
        places.sort_unstable();
        assert_eq!(places, each.found, "{text}");
        assert_eq!(answer.found, each.found.len() as u64, "{text}");
    }
}

#[test]
fn cuts_do_not_matter() {
    let mut whole = explored(Cuts::Usual);
    let mut cut = explored(Cuts::Drawn { mean: 3_000, seed: 7 });
    assert!(in_order(&cut.prepared.plan).len() > in_order(&whole.prepared.plan).len());
    let names = whole.explorer.names();
    assert_eq!(names, cut.explorer.names());
    for text in QUERIES {
        assert_eq!(whole.ask(text, &names), cut.ask(text, &names), "{text}");
        for (name, is_descending) in
            [(None, true), (Some(Name::Field(Field::Status)), false), (Some(Name::Log), true)]
        {
            whole.explorer.sort(name, is_descending);
            cut.explorer.sort(name, is_descending);
            assert_eq!(
                whole.explorer.rows(0, 200, &names),
                cut.explorer.rows(0, 200, &names),
                "{text}"
            );
        }
        assert_eq!(
            whole.explorer.cross(Who::Accounts),
            cut.explorer.cross(Who::Accounts),
            "{text}"
        );
        assert_eq!(whole.explorer.as_json(&names), cut.explorer.as_json(&names), "{text}");
    }
}

#[test]
fn counts_add_up() {
    let mut explored = explored(Cuts::Usual);
    let answer = explored.ask("", &[Name::Log, Name::Field(Field::Status)]);
    assert_eq!((answer.events, answer.found, answer.left_out), (960, 960, 0));
    assert_eq!(
        answer.facets[0].values,
        [("web/access.log".to_owned(), 900), ("auth.log".to_owned(), 60)]
    );
    assert_eq!(answer.facets[1].values, [("200".to_owned(), 720), ("503".to_owned(), 180)]);
    assert_eq!(answer.steps.iter().map(|(_, count)| count).sum::<u64>(), 960);
    assert_eq!(answer.first.as_deref(), Some("2021-05-06T01:00:00Z"));
}

#[test]
fn rows_are_in_the_order_asked_for() {
    let mut explored = explored(Cuts::Usual);
    explored.ask("log:web/*", &[]);
    let bytes = Name::Field(Field::BytesOut);
    explored.explorer.sort(Some(bytes), true);
    let first = explored.explorer.rows(0, 3, &[bytes]);
    let values: Vec<_> = first.iter().map(|row| row.values[0].as_deref().unwrap()).collect();
    assert_eq!(values, ["899", "898", "897"], "as numbers, not as texts");
    explored.explorer.sort(Some(Name::Field(Field::UserName)), true);
    let last = explored.explorer.rows(899, 1, &[Name::Field(Field::UserName)]);
    assert_eq!(last[0].values, [None], "what has no value is last, either way");
}

#[test]
fn the_order_is_that_of_comparing_row_by_row() {
    let mut explored = explored(Cuts::Usual);
    for query in ["", "log:web/*", "status:503 or user:*"] {
        for name in explored.explorer.names() {
            explored.ask(query, &[]);
            explored.explorer.sort(None, false);
            let by_time = explored.explorer.rows(0, 960, &[name]);
            for is_descending in [false, true] {
                let mut expected = by_time.clone();
                expected.sort_by(|a, b| {
                    let [a, b] = [a, b].map(|row| row.values[0].as_deref());
                    let key = |text: &str| {
                        let number = crate::event::number(text.as_bytes());
                        (number.is_none(), number, text.to_owned())
                    };
                    let by_value = a.map(key).cmp(&b.map(key));
                    let by_value = if is_descending { by_value.reverse() } else { by_value };
                    a.is_none().cmp(&b.is_none()).then(by_value)
                });
                explored.explorer.sort(Some(name), is_descending);
                let sorted = explored.explorer.rows(0, 960, &[name]);
                assert_eq!(sorted, expected, "{query} {name:?} {is_descending}");
            }
        }
    }
}

#[test]
fn what_is_copied_is_no_formula() {
    let mut explored = explored(Cuts::Usual);
    explored.ask("log:auth.log", &[]);
    let names = [Name::Field(Field::UserName)];
    let csv = explored.explorer.as_csv(&names, Language::En);
    assert_eq!(csv.rows, 60);
    assert!(
        csv.text.starts_with("\"time\",\"log\",\"offset\",\"user.name\"\r\n"),
        "{}",
        &csv.text[..60]
    );
    assert!(csv.text.contains("\"'=cmd\""));
    let json = explored.explorer.as_json(&names).text;
    assert_eq!(json.lines().count(), 60);
    assert!(json.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()));
}

#[test]
fn a_network_with_many_accounts_stands_first() {
    let mut explored = explored(Cuts::Usual);
    explored.ask("", &[]);
    let crossing = explored.explorer.cross(Who::Accounts);
    assert_eq!(crossing.networks[0], ("203.0.113.0/24".to_owned(), 3, 60));
    assert_eq!(crossing.who[0].0, "sato");
    assert_eq!(crossing.who[0].1, 8, "seven networks of the web log, and the other one");
    let column = |name: &str| {
        crossing.networks.iter().position(|(known, _, _)| known == name).unwrap() as u32
    };
    assert!(crossing.cells.contains(&(0, column("203.0.113.0/24"), 20)));
    assert_eq!(explored.explorer.cross(Who::Organisations), Crossing::default());
}
