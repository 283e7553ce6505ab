//! Exercises: a perfect sheet gets full marks, one that claims too much stands below an honest
//! one, hints cost what they say, likelihoods count, and a class comes to the same in any order.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use sekisho::base::Bilingual;
use sekisho::train::exercise::{
    Answer, Asked, Exercise, FULL, Given, HINT_COSTS, HONEST, Handed, Kind, Level, Sheet, Stance,
    Verdict, Written, class, questions,
};
use sekisho::train::{Extras, Scenario, Wanted, generate};

fn wanted(scenario: Scenario, seed: u64) -> Wanted {
    Wanted { days: 40, users: 80, ..Wanted::new(scenario, seed) }
}

fn exercise(scenario: Scenario, seed: u64) -> Exercise {
    Exercise::of(wanted(scenario, seed), &mut |_, _| ()).unwrap()
}

/// The perfect sheet but for one answer.
fn with(exercise: &Exercise, asked: Asked, answer: Option<Answer>) -> Sheet {
    let mut sheet = exercise.perfect();
    sheet.answers.get_mut(&asked).unwrap().answer = answer;
    Sheet::read(&sheet.write()).unwrap()
}

fn points(exercise: &Exercise, asked: Asked, answer: Option<Answer>) -> i64 {
    let marks = exercise.marks(&with(exercise, asked, answer));
    marks.questions.iter().find(|mark| mark.question == asked).unwrap().points
}

#[test]
fn a_perfect_sheet_gets_full_marks() {
    for scenario in Scenario::ALL {
        for seed in [1, 7, 23] {
            for with in [Extras::NONE, Extras::HARD] {
                let wanted = Wanted { with, ..wanted(scenario, seed) };
                let exercise = Exercise::of(wanted, &mut |_, _| ()).unwrap();
                let sheet = Sheet::read(&exercise.perfect().write()).unwrap();
                let marks = exercise.marks(&sheet);
                assert_eq!(marks.total, FULL, "{wanted}: {marks:?}");
                assert!(marks.questions.iter().all(|mark| mark.verdict == Verdict::Right));
            }
        }
    }
}

#[test]
fn an_empty_sheet_gets_nothing() {
    let exercise = exercise(Scenario::T1, 7);
    let marks = exercise.marks(&Sheet::of(exercise.wanted()));
    assert_eq!((marks.total, marks.answers, marks.calibration, marks.draft), (0, 0, 0, 0));
}

/// What claims more than the logs say, for each kind of question.
fn over_claims(asked: Asked) -> Vec<Answer> {
    let many = |of: fn(usize) -> String| Answer::Names((0..2_000).map(of).collect());
    match asked.kind() {
        Kind::Choice => {
            asked.choices().iter().map(|choice| Answer::Choice(choice.id.to_owned())).collect()
        }
        Kind::Names => vec![
            Answer::Names(vec!["nobody@elsewhere.example".to_owned()]),
            many(|number| format!("P{number:04}")),
        ],
        Kind::Time => vec![Answer::Time("2019-01-01 00:00".to_owned())],
        Kind::Count => vec![Answer::Count(1_000_000)],
    }
}

#[test]
fn claiming_too_much_stands_below_an_honest_cannot_be_determined() {
    for scenario in Scenario::ALL {
        let exercise = exercise(scenario, 7);
        let right = exercise.perfect();
        for asked in Asked::ALL {
            let honest = with(&exercise, asked, Some(Answer::CannotDetermine));
            let right = right.answers.get(&asked).unwrap().answer.clone().unwrap();
            for claim in over_claims(asked).into_iter().filter(|claim| *claim != right) {
                let mut claimed = with(&exercise, asked, Some(claim.clone()));
                // However sure either is of itself.
                for (sure, unsure) in [(100, 0), (0, 100), (50, 50)] {
                    claimed.answers.get_mut(&asked).unwrap().likelihood = Some(sure);
                    let mut honest = honest.clone();
                    honest.answers.get_mut(&asked).unwrap().likelihood = Some(unsure);
                    let (claimed, honest) = (exercise.marks(&claimed), exercise.marks(&honest));
                    assert!(claimed.total < honest.total, "{scenario}: {asked:?}: {claim:?}");
                }
            }
        }
    }
}

#[test]
fn what_cannot_be_determined_is_right_where_it_is_so() {
    let t1 = exercise(Scenario::T1, 7);
    for asked in [Asked::First, Asked::Entry] {
        assert_eq!(points(&t1, asked, Some(Answer::CannotDetermine)), FULL);
        assert_eq!(points(&t1, asked, Some(Answer::None)), 0);
    }
    assert_eq!(points(&t1, Asked::Accounts, Some(Answer::CannotDetermine)), HONEST);
    let claim = Answer::Time("2021-05-06T10:00:00+09:00".to_owned());
    assert!(points(&t1, Asked::First, Some(claim)) < 0);
    let t5 = exercise(Scenario::T5, 7);
    assert_eq!(points(&t5, Asked::Happened, Some(Answer::None)), FULL);
    assert!(points(&t5, Asked::Happened, Some(Answer::Choice("evidence".to_owned()))) < 0);
    assert_eq!(points(&t5, Asked::Logs, Some(Answer::Choice("missing".to_owned()))), FULL);
}

#[test]
fn names_times_and_counts_are_marked_by_how_near_they_are() {
    let t1 = exercise(Scenario::T1, 7);
    let Some(Answer::Names(names)) = t1.perfect().answers[&Asked::Accounts].answer.clone() else {
        panic!("no names")
    };
    assert_eq!(names.len(), 3);
    let said = |names: &[&str]| {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        points(&t1, Asked::Accounts, Some(Answer::Names(names)))
    };
    let [one, two, three] = names.as_slice() else { panic!("three names") };
    assert_eq!(said(&[one, two, &format!("  {} ", three.to_uppercase())]), FULL);
    // Two of three: recall 6,666, precision 10,000.
    assert_eq!(said(&[one, two]), 7_999);
    // And one that is not of it: precision 7,500, F1 8,571, less 2,500.
    assert_eq!(said(&[one, two, three, "x@y.example"]), 6_071);
    let network =
        |text: &str| points(&t1, Asked::Addresses, Some(Answer::Names(vec![text.into()])));
    assert_eq!((network("203.0.113.77"), network("203.0.113.0/24")), (FULL, FULL));
    assert!(network("203.0.0.0/16") < 0 && network("203.0.112.0/24") < 0);

    let t3 = exercise(Scenario::T3, 7);
    let Some(Answer::Count(count)) = t3.perfect().answers[&Asked::Downloaded].answer else {
        panic!("no count")
    };
    assert_eq!(count, 35);
    let counted = |count| points(&t3, Asked::Downloaded, Some(Answer::Count(count)));
    assert_eq!([35, 38, 42, 50].map(counted), [FULL, 7_000, 3_000, 0]);
    assert!(counted(70) < 0);

    let Some(Answer::Time(first)) = t3.perfect().answers[&Asked::First].answer.clone() else {
        panic!("no time")
    };
    let day = first.split('T').next().unwrap();
    let timed = |text: String| points(&t3, Asked::First, Some(Answer::Time(text)));
    assert_eq!(timed(first.clone()), FULL);
    assert_eq!(timed(format!("{day}T23:59:59Z")), 3_000);
    assert!(timed("2019-01-01 00:00".to_owned()) < 0);
}

#[test]
fn times_without_a_zone_are_those_of_the_logs() {
    let t3 = exercise(Scenario::T3, 7);
    let Some(Answer::Time(first)) = t3.perfect().answers[&Asked::First].answer.clone() else {
        panic!("no time")
    };
    let at: jiff::Timestamp = first.parse().unwrap();
    let tokyo = at.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(9)));
    let said = tokyo.strftime("%Y-%m-%d %H:%M").to_string();
    assert_eq!(points(&t3, Asked::First, Some(Answer::Time(said))), FULL);
    let said = tokyo.strftime("%Y-%m-%dT%H:%M:%S+09:00").to_string();
    assert_eq!(points(&t3, Asked::First, Some(Answer::Time(said))), FULL);
}

#[test]
fn hints_cost_what_they_say_and_name_what_is_there() {
    for scenario in Scenario::ALL {
        let exercise = exercise(scenario, 7);
        for asked in Asked::ALL {
            for (hints, cost) in (0..=3).zip(HINT_COSTS) {
                let mut sheet = exercise.perfect();
                sheet.answers.get_mut(&asked).unwrap().hints = hints;
                let marks = exercise.marks(&sheet);
                let mark = marks.questions.iter().find(|mark| mark.question == asked).unwrap();
                assert_eq!(mark.points, FULL * (100 - cost) / 100);
                assert_eq!(mark.before_hints, FULL);
            }
            let hint = |level| exercise.hint(asked, level);
            let hints = [Level::Where, Level::Filter, Level::Row].map(hint);
            for text in &hints {
                assert!(!text.en.is_empty() && !text.ja.is_empty(), "{scenario}: {asked:?}");
            }
            assert_ne!(hints[0], hints[2]);
        }
        // A level tells where, and no more.
        let told = format!("{:?}", Asked::ALL.map(|asked| exercise.hint(asked, Level::Where)));
        for solved in exercise.key().solved {
            if let Answer::Names(names) = solved.answer {
                assert!(names.iter().all(|name| !told.contains(name)), "{scenario}");
            }
        }
    }
}

#[test]
fn likelihoods_count() {
    let exercise = exercise(Scenario::T2, 7);
    let calibration = |likelihood: Option<u8>, answer: Option<Answer>| {
        let mut sheet = exercise.perfect();
        for given in sheet.answers.values_mut() {
            given.likelihood = likelihood;
            given.answer = answer.clone().or_else(|| given.answer.take());
        }
        exercise.marks(&sheet).calibration
    };
    assert_eq!(calibration(Some(100), None), FULL);
    assert_eq!(calibration(Some(90), None), 9_600);
    assert_eq!(calibration(Some(50), None), 0);
    assert_eq!(calibration(None, None), 0);
    // Sure of what is wrong.
    let wrong = Some(Answer::None);
    assert!(calibration(Some(100), wrong.clone()) < calibration(Some(10), wrong));
}

#[test]
fn a_draft_is_marked_by_what_the_logs_bear() {
    let exercise = exercise(Scenario::T1, 7);
    let draft = |stance: Option<Stance>, text: &str| {
        let mut sheet = exercise.perfect();
        for written in sheet.draft.values_mut() {
            *written = Written { stance, text: text.to_owned() };
        }
        exercise.marks(&sheet)
    };
    assert_eq!(draft(None, "").draft, 0);
    let open = draft(Some(Stance::Open), "調査中").draft;
    let known = draft(Some(Stance::Known), "something").draft;
    assert!(known < open && open < FULL, "{known} {open}");
    // The cause of T1 is not known, and saying so is right.
    assert_eq!(draft(Some(Stance::Open), "調査中").items[3].points, FULL);
    assert!(draft(Some(Stance::Known), "SQL").items[3].points < 0);
    // A text has to name what it is about.
    let named = draft(Some(Stance::Known), "203.0.113.77").items[0].points;
    assert!(named > draft(Some(Stance::Known), "an intruder").items[0].points);
}

#[test]
fn the_key_shows_lines_that_stand_in_the_logs() {
    for scenario in Scenario::ALL {
        let files = generate(&wanted(scenario, 7)).unwrap();
        let key = exercise(scenario, 7).key();
        for step in &key.timeline {
            let name = format!("logs/{}", step.log);
            let log = files.iter().find(|file| file.name == name).unwrap();
            let log = std::str::from_utf8(&log.bytes).unwrap();
            match step.line {
                Some(line) => assert_eq!(log.lines().nth(line as usize - 1), Some(&*step.text)),
                None => assert!(!log.contains(&step.text), "{scenario}: {}", step.text),
            }
        }
        let is_incident = !matches!(scenario, Scenario::Quiet | Scenario::T5);
        assert_eq!(key.timeline.iter().any(|step| !step.is_decoy), is_incident);
        assert_eq!(key.digest(), exercise(scenario, 7).key().digest());
    }
    assert_ne!(exercise(Scenario::T1, 7).key().digest(), exercise(Scenario::T1, 8).key().digest());
}

#[test]
fn what_strangers_name_is_bounded() {
    let large = Wanted { users: 5_000, days: 366, ..Wanted::new(Scenario::T1, 1) };
    let error = Exercise::of(large, &mut |_, _| ()).err().unwrap();
    assert!(error.told().en.contains("at most 120000"), "{error}");
    assert!(error.told().ja.contains("120000まで"), "{error}");
}

#[test]
fn questions_are_the_same_of_every_case() {
    assert_eq!(questions().len(), Asked::ALL.len());
    for question in questions() {
        assert_eq!(Asked::named(question.id.name()), Some(question.id));
        assert_eq!(question.kind == Kind::Choice, !question.choices.is_empty());
    }
}

/// Whether a text is a Japanese sentence, whatever it quotes.
fn is_japanese(text: &str) -> bool {
    text.contains('。') && text.chars().any(|sign| ('ぁ'..='ん').contains(&sign))
}

#[test]
fn sheets_that_do_not_fit_are_refused_with_the_reason() {
    let sheet = |answers: &str| {
        Sheet::read(&format!(r#"{{"sekisho_sheet":1,"training":"T1-7","answers":{answers}}}"#))
    };
    sheet("{}").unwrap();
    sheet(r#"{"first":{"answer":"cannot_determine"},"entry":{"answer":{"choice":"exploit"}}}"#)
        .unwrap();
    for (answers, why) in [
        (r#"{"first":{"answer":{"time":"yesterday"}}}"#, "first: expected a time"),
        (r#"{"first":{"answer":{"count":3}}}"#, "first: expected a time"),
        (r#"{"entry":{"answer":{"choice":"magic"}}}"#, "entry: expected one of its choices"),
        (r#"{"viewed":{"likelihood":101}}"#, "0 to 100"),
        (r#"{"viewed":{"hints":4}}"#, "three levels"),
        (r#"{"colour":{}}"#, "unknown variant"),
    ] {
        let told = sheet(answers).unwrap_err().told();
        assert!(told.en.contains(why), "{}", told.en);
        assert!(is_japanese(&told.ja), "{}", told.ja);
    }
    let other = |text: &str| Sheet::read(text).unwrap_err().to_string();
    assert!(other(r#"{"sekisho_sheet":2,"training":"T1-7"}"#).contains("version 2"));
    assert!(other(r#"{"sekisho_sheet":1,"training":"T9-7"}"#).contains("such as T1-7"));
    // A count of nothing, and names that are none.
    let read = sheet(r#"{"viewed":{"answer":{"count":0}},"accounts":{"answer":{"names":[" "]}}}"#);
    let read = read.unwrap();
    assert_eq!(read.answers[&Asked::Viewed].answer, Some(Answer::None));
    assert_eq!(read.answers[&Asked::Accounts], Given::default());
}

#[test]
fn a_class_is_marked_anew_in_any_order() {
    let exercise = exercise(Scenario::T1, 7);
    let result = |name: &str, extra: &[&str]| {
        let mut sheet = exercise.perfect();
        sheet.trainee = name.to_owned();
        let given = sheet.answers.get_mut(&Asked::Accounts).unwrap();
        if let Some(Answer::Names(names)) = &mut given.answer {
            names.extend(extra.iter().map(|name| (*name).to_owned()));
        }
        exercise.result(&sheet).write()
    };
    let best = result("山田", &[]);
    let (one, two) = (result("=cmd", &["x@y.example"]), result("Sato", &["X@y.example"]));
    let forged = two.replace(r#""total":9"#, r#""total":99"#).replace("Sato", "Forger");
    let mut handed = vec![
        Handed { name: "a.json", text: &best },
        Handed { name: "b.json", text: &one },
        Handed { name: "c.json", text: &two },
        Handed { name: "d.json", text: &forged },
        Handed { name: "e.json", text: "{}" },
    ];
    let all = class(&handed);
    handed.reverse();
    assert_eq!(class(&handed).json(), all.json());
    let named: Vec<_> = all.rows.iter().map(|row| (&*row.trainee, row.was_changed)).collect();
    assert_eq!(named, [("山田", false), ("=cmd", false), ("Forger", true), ("Sato", false)]);
    assert_eq!(all.rows[0].marks.total, FULL);
    assert_eq!(all.rows[2].marks, all.rows[3].marks);
    let accounts = all.questions.iter().find(|of| of.question == Asked::Accounts).unwrap();
    assert_eq!(accounts.mistakes.len(), 1);
    assert_eq!((accounts.mistakes[0].count, &*accounts.mistakes[0].name), (3, "x@y.example"));
    assert_eq!(all.set_aside.len(), 1);
    let csv = all.csv(sekisho::base::Language::Ja);
    assert!(csv.contains("'=cmd") && csv.contains("100.00"), "{csv}");
    assert_eq!(csv.lines().count(), 6);
    let cells = |line: &str| line.matches(',').count();
    let lines: Vec<_> = csv.lines().filter(|line| !line.contains('"')).collect();
    assert!(lines.iter().all(|line| cells(line) == cells(lines[0])), "{csv}");
}

#[test]
fn own_scenarios_are_files_and_names() {
    let read = |text: &str| Wanted::read(text);
    let own = read("campaign = \"T4\"\nseed = 9\ndays = 60\nusers = 100\ndecoys = [\"scanners\", \"journey\"]\ndefects = [\"gap\"]\n").unwrap();
    let name = "T4-9,days=60,users=100,with=scanners.journey.gap";
    assert_eq!(own.to_string(), name);
    assert_eq!(name.parse::<Wanted>().unwrap(), own);
    assert_eq!("T1-7,hard".parse::<Wanted>().unwrap().to_string(), "T1-7,hard");
    assert_eq!(read("campaign = \"T1\"").unwrap(), Wanted::new(Scenario::T1, 1));
    for (text, why) in [
        ("campaign = \"T9\"", "«T9»; expected quiet"),
        ("campaign = \"T1\"\ndecoys = [\"gap\"]", "«decoys: gap»"),
        ("campaign = \"T1\"\ndefects = [\"x\"]", "«defects: x»; expected one of gap, rotated"),
        ("campaign = \"T1\"\ndays = 3", "3 days"),
        ("seed = 3", "campaign"),
        ("campaign = \"T1\"\ncolour = 3", "colour"),
    ] {
        let told = read(text).unwrap_err().told();
        assert!(told.en.contains(why), "{}", told.en);
        assert!(is_japanese(&told.ja), "{}", told.ja);
    }
    for wrong in ["T1-7,", "T1-7,days", "T1-7,days=x", "T1-7,with=x", "T1-7,days=3", "T1-7,soft"] {
        let told = wrong.parse::<Wanted>().unwrap_err().told();
        assert!(is_japanese(&told.ja), "{}", told.ja);
    }
    // What is added is no part of the incident, and leaves its records as they are.
    let with = |with| Wanted { with, ..wanted(Scenario::T1, 7) };
    let key = |with: Wanted| Exercise::of(with, &mut |_, _| ()).unwrap().key();
    let (usual, hard) = (key(with(Extras::NONE)), key(with(Extras::HARD)));
    assert_ne!(usual.digest(), hard.digest());
    assert_eq!(usual.solved[1].answer, hard.solved[1].answer);
    assert!(hard.decoys.len() == 4 && hard.defects.len() == 1);
}
