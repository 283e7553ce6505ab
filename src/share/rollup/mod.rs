//! All results together: who was affected, by whom and since when, who shares what with whom, whose
//! logs cannot tell, who has not answered. Nothing that was given is lost: what cannot be read is
//! listed with the reason and what to do. The same results give the same roll-up, in any order.

mod table;
mod text;
mod words;

use super::day::Day;
use super::key::SecretKey;
use super::pseudonym::{NameKind, PseudonymKey, canonical};
use super::result::{
    Answer, Ended, FindingCount, Involved, Lack, Level, Moment, Names, Naming, Origin, Party,
    Sufficiency, name_kind, rank, set_of, unsealed,
};
use super::seal::is_sealed;
use crate::base::{Arrange, Bilingual, Gather, Language, Text};
use crate::finding::{Severity, State};
use crate::report::{PartyKind, training};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The version of the form of a roll-up.
const VERSION: u32 = 1;

/// A file as it was given.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// Clients of whom an answer is expected, one on a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected(Vec<String>);

impl Expected {
    /// Reads the names in a text. Empty lines and lines that begin with `#` are none.
    pub fn read(text: &str) -> Self {
        let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
        let names = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        Self(names.map(str::to_owned).gather())
    }
}

/// How two writings of a client's name are the same: without regard to case and spaces.
fn folded(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// A name as it can be shown: in plain, where a client gave it so, or its pseudonym.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Shown {
    /// What it is.
    pub kind: NameKind,
    /// The name.
    pub name: String,
    /// Whether it is a pseudonym.
    pub is_pseudonym: bool,
}

/// The answer of a client.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Client {
    /// What it calls itself, or the file's name.
    pub client: String,
    /// Whether that is the file's name.
    pub is_unnamed: bool,
    /// The file.
    pub file: String,
    /// Whether it came sealed.
    pub is_sealed: bool,
    /// How much it tells.
    pub level: Level,
    /// The checker, where it was one.
    pub checker: Option<Origin>,
    /// Version and build of the program.
    pub made_by: String,
    /// The day on which it was made, where that is told.
    pub made_on: Option<Day>,
    /// The case to practise on, where it is one.
    pub training: Option<String>,
    /// How the questions that matter end together.
    pub state: State,
    /// How each question ends.
    pub questions: Vec<Ended>,
    /// First record of what carries the answer, where that is told.
    pub since: Option<Moment>,
    /// Last record of it.
    pub until: Option<Moment>,
    /// How many accounts and networks carry it, where that is told.
    pub counted: Option<[u64; 2]>,
    /// Which networks carry it, where that is told.
    pub networks: Vec<Shown>,
    /// Which addresses do.
    pub addresses: Vec<Shown>,
    /// Which accounts do.
    pub accounts: Vec<Shown>,
    /// Whether its logs can tell.
    pub sufficiency: Sufficiency,
    /// What is missing from them.
    pub lacks: Vec<Lack>,
    /// Both in words.
    pub logs: Text,
    /// First record of its logs.
    pub logs_from: Option<Moment>,
    /// Last record of them.
    pub logs_until: Option<Moment>,
    /// What else is to be known of it.
    pub notes: Vec<Text>,
}

/// A network, address or account that carries the answers of two clients or more.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Shared {
    /// What is shared.
    pub shown: Shown,
    /// An account without a domain: it may be somebody else's at each client.
    pub may_differ: bool,
    /// The clients.
    pub clients: Vec<String>,
    /// Worst severity of what carries it.
    pub severity: Severity,
    /// First record of that.
    pub first: Option<Moment>,
    /// Last record of it.
    pub last: Option<Moment>,
}

/// What was found at a client, and when.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Period {
    /// The client.
    pub client: String,
    /// Findings of which detection, how many, from when to when.
    pub found: FindingCount,
}

/// Parties whose data was reached, as a client reports them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Notify {
    /// The client.
    pub client: String,
    /// What they are.
    pub kind: PartyKind,
    /// Who, where that is told.
    pub party: Option<Shown>,
    /// Of a project, whose it is.
    pub within: Option<Shown>,
    /// Whether it is the client's own.
    pub is_own: bool,
    /// How many parties.
    pub parties: u64,
    /// Records of documents viewed, searches, lists, downloads, exports.
    pub acts: [u64; 5],
    /// First of these records.
    pub first: Option<Moment>,
    /// Last of them.
    pub last: Option<Moment>,
}

/// A file that is not counted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct SetAside {
    /// The file.
    pub file: String,
    /// Why.
    pub why: Text,
    /// What to do about it.
    pub todo: Text,
}

/// All results together.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RollUp {
    /// The version of its form.
    pub sekisho_rollup: u32,
    /// How many clients' answers end in which state.
    pub states: BTreeMap<&'static str, u64>,
    /// The answers: those about which most is to be done first.
    pub clients: Vec<Client>,
    /// What clients share.
    pub shared: Vec<Shared>,
    /// Whose logs cannot tell what was asked.
    pub insufficient: Vec<String>,
    /// Expected clients without an answer.
    pub not_answered: Vec<String>,
    /// Files that are not counted.
    pub set_aside: Vec<SetAside>,
    /// What was found when, of medium severity or more.
    pub timeline: Vec<Period>,
    /// Whom the clients' reports name as those whose data was reached.
    pub notify: Vec<Notify>,
    /// What is to be known of all of it.
    pub notes: Vec<Text>,
}

impl RollUp {
    /// For a terminal.
    pub fn text(&self, language: Language) -> String {
        text::text(self, language)
    }

    /// As CSV, one row for each answer.
    pub fn csv(&self, language: Language) -> String {
        table::csv(self, language)
    }

    /// The notification list as CSV, one row for each party.
    pub fn parties(&self, language: Language) -> String {
        table::parties(self, language)
    }

    /// As JSON, with a line end.
    pub fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default() + "\n"
    }

    /// Whether an answer says that something is possible or more.
    pub fn has_evidence(&self) -> bool {
        self.clients.iter().any(|client| rank(client.state) <= rank(State::Possible))
    }
}

/// Puts results together. `key` is the vendor's: it opens what is sealed to it.
pub fn rollup(given: &[Given<'_>], key: Option<&SecretKey>, expected: &Expected) -> RollUp {
    let Read { answers, mut set_aside } = Read::all(given, key);
    let mut known = Known { key: key.map(SecretKey::pseudonyms), plain: BTreeMap::new() };
    for (_, answer) in &answers {
        known.learn(&answer.naming);
    }
    let mut clients: Vec<Client> =
        answers.iter().map(|(file, answer)| client(file, answer, &known)).collect();
    note(&mut clients, expected, key);
    let order = |of: &Client| {
        (rank(of.state), of.since.is_none(), of.since.clone(), of.client.clone(), of.file.clone())
    };
    clients.arrange_by_key(order);
    set_aside.arrange();
    let is_open = |of: &&Client| of.sufficiency == Sufficiency::CannotTell;
    let name_of = |file: &str, answer: &Answer| name(file, answer).0;
    RollUp {
        sekisho_rollup: VERSION,
        states: states(&clients),
        shared: shared(&answers, &known),
        insufficient: clients.iter().filter(is_open).map(|of| of.client.clone()).collect(),
        not_answered: not_answered(&clients, expected),
        timeline: timeline(&answers, name_of),
        notify: notify(&answers, &known, name_of),
        notes: notes(&clients),
        clients,
        set_aside,
    }
}

/// What could be read, by file, and what could not.
struct Read {
    answers: Vec<(String, Answer)>,
    set_aside: Vec<SetAside>,
}

impl Read {
    fn all(given: &[Given<'_>], key: Option<&SecretKey>) -> Self {
        let mut given = given.to_vec();
        given.arrange_by_key(|file| (file.name, file.bytes));
        let mut read = Self { answers: Vec::new(), set_aside: Vec::new() };
        let mut texts = BTreeMap::<String, &str>::new();
        for file in given {
            let text = unsealed(file.bytes, key);
            let answer = text.and_then(|text| {
                let answer = Answer::read(&text, is_sealed(file.bytes))?;
                Ok((text, answer))
            });
            match answer {
                Ok((text, answer)) => match texts.get(&text) {
                    Some(first) => read.set_aside.push(repeated(file.name, first)),
                    None => {
                        texts.insert(text, file.name);
                        read.answers.push((file.name.to_owned(), answer));
                    }
                },
                Err(error) => read.set_aside.push(SetAside {
                    file: file.name.to_owned(),
                    why: error.told(),
                    todo: error.todo(),
                }),
            }
        }
        read
    }
}

fn repeated(file: &str, first: &str) -> SetAside {
    SetAside {
        file: file.to_owned(),
        why: Text::new(
            format!("the same result as {first}; it is counted once"),
            format!("{first}と同じ結果です(1件として数えています)"),
        ),
        todo: Text::fixed(
            "Nothing, where one client sent it twice.",
            "同じ取引先の重複であれば、対応は不要です。",
        ),
    }
}

/// What names are called: in plain, where the key tells that a pseudonym stands for a name that
/// another client gave in plain.
struct Known {
    key: Option<PseudonymKey>,
    plain: BTreeMap<String, String>,
}

impl Known {
    fn learn(&mut self, naming: &Naming) {
        let Naming::Plain(names) = naming else { return };
        for Involved { kind, name, network, .. } in &names.involved {
            self.learn_one(*kind, name);
            network.iter().for_each(|network| self.learn_one(NameKind::Network, network));
        }
        for Party { kind, name, within, .. } in &names.parties {
            self.learn_one(name_kind(*kind), name);
            within.iter().for_each(|within| self.learn_one(NameKind::Tenant, within));
        }
    }

    fn learn_one(&mut self, kind: NameKind, name: &str) {
        let id = self.id(kind, name);
        self.plain.entry(id).or_insert_with(|| name.to_owned());
    }

    /// What two clients' names are compared by.
    fn id(&self, kind: NameKind, name: &str) -> String {
        match &self.key {
            Some(key) => pseudonym_id(&key.id(), key.of(kind, name).text()),
            None => format!("={}", canonical(kind, name)),
        }
    }

    fn shown(&self, kind: NameKind, id: &str) -> Shown {
        match self.plain.get(id) {
            Some(name) => Shown { kind, name: name.clone(), is_pseudonym: false },
            None => {
                let name = id.rsplit('/').next().unwrap_or(id).to_owned();
                Shown { kind, name, is_pseudonym: true }
            }
        }
    }

    /// The names of a result by what they are compared by.
    fn names(&self, naming: &Naming) -> Names<String> {
        match naming {
            Naming::None => Names { involved: Vec::new(), parties: Vec::new() },
            Naming::Plain(names) => names.named(|kind, name| self.id(kind, name)),
            Naming::Pseudonyms { key, names } => {
                names.named(|_, pseudonym| pseudonym_id(key, pseudonym.text()))
            }
        }
    }
}

/// Pseudonyms of two keys are never the same.
fn pseudonym_id(key: &str, pseudonym: &str) -> String {
    format!("{key}/{pseudonym}")
}

/// What a client is called, and whether that is the file's name.
fn name(file: &str, answer: &Answer) -> (String, bool) {
    match answer.about.client.as_str() {
        "" => (file.to_owned(), true),
        client => (client.to_owned(), false),
    }
}

fn client(file: &str, answer: &Answer, known: &Known) -> Client {
    let Answer { level, is_sealed, about, verdict, counts, naming } = answer;
    let (client, is_unnamed) = name(file, answer);
    let names = known.names(naming);
    let of = |kind| -> Vec<Shown> {
        set_of(names.of(kind).map(|id| known.shown(kind, id))).into_iter().collect()
    };
    let counts = counts.as_ref();
    Client {
        client,
        is_unnamed,
        file: file.to_owned(),
        is_sealed: *is_sealed,
        level: *level,
        checker: about.checker.clone(),
        made_by: format!("{} ({})", about.version, about.build),
        made_on: about.made_on,
        training: about.training.clone(),
        state: verdict.state(),
        questions: verdict.questions.clone(),
        since: counts.and_then(|counts| counts.since.clone()),
        until: counts.and_then(|counts| counts.until.clone()),
        counted: counts.map(|counts| [counts.networks, counts.accounts]),
        networks: of(NameKind::Network),
        addresses: of(NameKind::Address),
        accounts: of(NameKind::Account),
        sufficiency: verdict.logs.sufficiency,
        lacks: verdict.logs.lacks.clone(),
        logs: words::logs(verdict.logs.sufficiency, &verdict.logs.lacks),
        logs_from: verdict.logs.first.clone(),
        logs_until: verdict.logs.last.clone(),
        notes: Vec::new(),
    }
}

/// Says of each answer what is particular to it.
fn note(clients: &mut [Client], expected: &Expected, key: Option<&SecretKey>) {
    let mut times = BTreeMap::<String, Times>::new();
    for client in clients.iter() {
        let times = times.entry(folded(&client.client)).or_default();
        times.results += 1;
        times.latest = times.latest.max(client.made_on);
    }
    let has_editions = editions(clients).len() > 1;
    let expected = set_of(expected.0.iter().map(|name| folded(name)));
    let own = key.map(|key| key.public().fingerprint());
    for client in clients {
        let name = folded(&client.client);
        let times = times.get(&name).copied().unwrap_or_default();
        let is_earlier = client.made_on.is_some() && client.made_on < times.latest;
        let is_twice = times.results > 1 && !is_earlier;
        let is_strange = !expected.is_empty() && !expected.contains(&name);
        let by = client.checker.as_ref().map(|checker| &checker.fingerprint);
        let is_other = own.as_ref().is_some_and(|own| by.is_some_and(|by| by != own));
        let edition = client.checker.as_ref().map(|checker| checker.edition.as_str());
        let notes = [
            (is_earlier, EARLIER),
            (is_twice, TWICE),
            (is_strange, STRANGE),
            (client.is_unnamed, UNNAMED),
            (by.is_none(), NO_CHECKER),
            (is_other, OTHER_CHECKER),
        ];
        let notes = notes.into_iter().filter_map(|(is, note)| is.then_some(note));
        let edition = edition.filter(|edition| has_editions && !edition.is_empty()).map(of_edition);
        let training = client.training.as_deref().map(training);
        client.notes = training.into_iter().chain(notes).chain(edition).collect();
    }
}

/// The results of one client.
#[derive(Clone, Copy, Default)]
struct Times {
    results: u64,
    latest: Option<Day>,
}

/// The editions of each key's checkers, with the days on which results were made with them.
fn editions(clients: &[Client]) -> BTreeMap<(&str, &str), Vec<Option<Day>>> {
    let mut editions = BTreeMap::<_, Vec<_>>::new();
    for client in clients {
        if let Some(Origin { fingerprint, edition, .. }) = &client.checker {
            editions
                .entry((fingerprint.as_str(), edition.as_str()))
                .or_default()
                .push(client.made_on);
        }
    }
    editions
}

fn of_edition(edition: &str) -> Text {
    Text::new(
        format!("Made with the edition {edition} of the checker."),
        format!("チェッカーの版: {edition}"),
    )
}

const EARLIER: Text = Text::fixed(
    "This client gave a result of a later day too: both are listed.",
    "同じ取引先から、より新しい日付の結果も届いています。どちらも掲載しています。",
);
const TWICE: Text = Text::fixed(
    "This client gave several different results: all are listed.",
    "同じ取引先から内容の異なる結果が複数届いています。すべて掲載しています。",
);
const STRANGE: Text =
    Text::fixed("Not on the list of expected clients.", "回答予定の一覧にない名前です。");
const UNNAMED: Text = Text::fixed(
    "The result has no name: the file's name stands for it.",
    "名前の記入がないため、ファイル名を表示しています。",
);
const NO_CHECKER: Text =
    Text::fixed("Made without a checker.", "チェッカーを使わずに作成されています。");
const OTHER_CHECKER: Text = Text::fixed(
    "Made with a checker that was signed with another key.",
    "別の鍵で署名されたチェッカーで作成されています。",
);

fn states(clients: &[Client]) -> BTreeMap<&'static str, u64> {
    let mut states = BTreeMap::new();
    for client in clients {
        let name = match client.state {
            State::Confirmed => "confirmed",
            State::Likely => "likely",
            State::Possible => "possible",
            State::NoEvidence => "no_evidence",
            State::CannotDetermine => "cannot_determine",
        };
        *states.entry(name).or_default() += 1;
    }
    states
}

fn not_answered(clients: &[Client], expected: &Expected) -> Vec<String> {
    let answered = set_of(clients.iter().map(|of| folded(&of.client)));
    expected.0.iter().filter(|name| !answered.contains(&folded(name))).cloned().collect()
}

/// What was met at one client after another.
struct Met<'a> {
    kind: NameKind,
    clients: BTreeSet<String>,
    is_bare: bool,
    severity: Severity,
    first: Option<&'a Moment>,
    last: Option<&'a Moment>,
}

/// What carries the answers of two clients or more. Inner addresses mean another machine at each.
fn shared(answers: &[(String, Answer)], known: &Known) -> Vec<Shared> {
    let named: Vec<(String, Names<String>)> = answers
        .iter()
        .map(|(file, answer)| (name(file, answer).0, known.names(&answer.naming)))
        .collect();
    let mut met = BTreeMap::<&str, Met<'_>>::new();
    for (client, names) in &named {
        for of in names.involved.iter().filter(|of| !of.is_private) {
            let network = of.network.as_ref().map(|id| (NameKind::Network, id));
            for (kind, id) in [(of.kind, &of.name)].into_iter().chain(network) {
                let entry = met.entry(id).or_insert_with(|| Met {
                    kind,
                    clients: BTreeSet::new(),
                    is_bare: of.is_bare,
                    severity: of.severity,
                    first: None,
                    last: None,
                });
                entry.clients.insert(client.clone());
                entry.severity = entry.severity.max(of.severity);
                entry.first = entry.first.into_iter().chain(&of.first).min();
                entry.last = entry.last.into_iter().chain(&of.last).max();
            }
        }
    }
    let within = addresses_of_networks(&named);
    let says_more = |id: &str, of: &Met<'_>| {
        // A network says no more than its one address at the same clients.
        let mut addresses = within.get(id).into_iter().flatten().filter_map(|id| met.get(*id));
        of.clients.len() > 1 && !addresses.any(|address| address.clients == of.clients)
    };
    let mut shared: Vec<Shared> = met
        .iter()
        .filter(|(id, of)| says_more(id, of))
        .map(|(id, of)| Shared {
            shown: known.shown(of.kind, id),
            may_differ: of.is_bare,
            clients: of.clients.iter().cloned().collect(),
            severity: of.severity,
            first: of.first.cloned(),
            last: of.last.cloned(),
        })
        .collect();
    let order = |of: &Shared| {
        let many = std::cmp::Reverse((of.severity, of.clients.len()));
        (of.may_differ, many, of.shown.clone())
    };
    shared.arrange_by_key(order);
    shared
}

fn addresses_of_networks(named: &[(String, Names<String>)]) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut within = BTreeMap::<&str, BTreeSet<&str>>::new();
    for of in named.iter().flat_map(|(_, names)| &names.involved) {
        if let Some(network) = &of.network {
            within.entry(network).or_default().insert(&of.name);
        }
    }
    within
}

fn timeline(
    answers: &[(String, Answer)],
    name_of: impl Fn(&str, &Answer) -> String,
) -> Vec<Period> {
    let mut periods = Vec::new();
    for (file, answer) in answers {
        let client = name_of(file, answer);
        let found = answer.counts.iter().flat_map(|counts| &counts.findings);
        let dated = found
            .filter(|of| of.findings > 0 && of.severity >= Severity::Medium && of.first.is_some());
        periods.extend(dated.map(|of| Period { client: client.clone(), found: of.clone() }));
    }
    let order = |of: &Period| {
        let found = &of.found;
        let which = (found.detection.clone(), found.rule.clone(), found.severity, found.records);
        (found.first.clone(), of.client.clone(), which, found.last.clone())
    };
    periods.arrange_by_key(order);
    periods
}

fn notify(
    answers: &[(String, Answer)],
    known: &Known,
    name_of: impl Fn(&str, &Answer) -> String,
) -> Vec<Notify> {
    let mut list = Vec::new();
    for (file, answer) in answers {
        let client = name_of(file, answer);
        let names = known.names(&answer.naming);
        let by_name = names.parties.iter().map(|party| Notify {
            client: client.clone(),
            kind: party.kind,
            party: Some(known.shown(name_kind(party.kind), &party.name)),
            within: party.within.as_ref().map(|id| known.shown(NameKind::Tenant, id)),
            is_own: party.is_own,
            parties: 1,
            acts: party.acts,
            first: party.first.clone(),
            last: party.last.clone(),
        });
        list.extend(by_name);
        let counted = answer.counts.iter().flat_map(|counts| &counts.parties);
        let counted = counted.filter(|_| answer.naming == Naming::None).map(|count| Notify {
            client: client.clone(),
            kind: count.kind,
            party: None,
            within: None,
            is_own: count.is_own,
            parties: count.parties,
            acts: count.acts,
            first: count.first.clone(),
            last: count.last.clone(),
        });
        list.extend(counted);
    }
    let order = |of: &Notify| {
        (of.client.clone(), of.kind, of.party.clone(), of.within.clone(), of.is_own, of.acts)
    };
    list.arrange_by_key(order);
    list
}

/// What is to be known of all answers.
fn notes(clients: &[Client]) -> Vec<Text> {
    let versions = set_of(clients.iter().map(|of| of.made_by.as_str()));
    let editions = editions(clients);
    let of_level = |level| clients.iter().filter(|of| of.level == level).count();
    let told_less = of_level(Level::Verdict) + of_level(Level::Counts);
    let made_up = clients.iter().filter(|of| of.training.is_some()).count();
    let mut notes = Vec::new();
    if made_up > 0 {
        notes.push(Text::new(
            format!("TRAINING: {made_up} of {} results are of synthetic logs.", clients.len()),
            format!("訓練用:{}件中{made_up}件は合成ログの結果です。", clients.len()),
        ));
    }
    if versions.len() > 1 {
        notes.push(Text::new(
            format!(
                "The results were made by {} versions of the program: what one version does not look for, its answers do not tell.",
                versions.len()
            ),
            format!(
                "{}種類の版で作成された結果が含まれています。版により検知の範囲が異なります。",
                versions.len()
            ),
        ));
    }
    notes.extend(days(clients));
    if editions.len() > 1 {
        notes.push(Text::new(
            format!(
                "They were made with {} checkers, or editions of one: what one does not look for, its answers do not tell.",
                editions.len()
            ),
            format!(
                "{}種類(版を含む)のチェッカーで作成された結果が含まれています。種類により検知の範囲が異なります。",
                editions.len()
            ),
        ));
        notes.extend(editions.iter().map(edition_words));
    }
    if told_less > 0 {
        notes.push(Text::new(
            format!("{told_less} of {} results name nobody, so that what they share with others cannot be told.", clients.len()),
            format!("{}件中{told_less}件は名称・仮名を含まないため、他との共通点は分かりません。", clients.len()),
        ));
    }
    notes
}

/// From which day to which day the results were made, and how many do not tell.
fn days(clients: &[Client]) -> Option<Text> {
    let told = set_of(clients.iter().filter_map(|of| of.made_on));
    let (first, last) = (told.first()?, told.last()?);
    let untold = clients.iter().filter(|of| of.made_on.is_none()).count();
    if first == last && untold == 0 {
        return None;
    }
    Some(Text::new(
        format!(
            "The results were made from {first} to {last} (UTC), by the clocks of the clients; {untold} tell no day. What happened later stands in none."
        ),
        format!(
            "結果の作成日は{first}から{last}まで(UTC、取引先の時計による)です。日付のない結果は{untold}件です。作成後の出来事は含まれません。"
        ),
    ))
}

fn edition_words((&(key, edition), days): (&(&str, &str), &Vec<Option<Day>>)) -> Text {
    let told = set_of(days.iter().flatten());
    let period = match (told.first(), told.last()) {
        (Some(first), Some(last)) => format!("{first} – {last}"),
        _ => "–".to_owned(),
    };
    let edition = if edition.is_empty() { "–" } else { edition };
    let results = days.len();
    Text::new(
        format!("Edition {edition} of the key {key}: {results} results, {period}."),
        format!("版 {edition}(鍵 {key}): {results}件、{period}"),
    )
}
