//! A format, compiled: how its records are taken apart and what their parts mean.

use super::columns::Columns;
use super::definition::{Definition, DefinitionError, Kind, LogSource, Notation};
use super::gate::Gate;
use super::keys::{Arrangement, KeyId, Plan};
use super::layout::Layout;
use super::mapping::{Mapping, compile_constant, field_named, refuse};
use super::pattern::{Literal, Pattern};
use super::spec::Spec;
use crate::base::{Bilingual, Glob, Wrong};
use crate::event::Field;
use crate::text::kv;
use memchr::memmem;
use std::sync::OnceLock;

/// From this rank on stand formats that any log of their kind fits.
pub(super) const GENERIC: u8 = 90;

/// The rank of a built-in format that does not say.
const USUAL: u8 = 50;

/// A format, compiled.
#[derive(Clone, Debug)]
pub(super) struct Compiled {
    pub id: Box<str>,
    /// The format that its records count as.
    pub part_of: Option<Box<str>>,
    /// Formats in whose streams its records stand.
    pub within: Vec<Box<str>>,
    pub name: Box<str>,
    /// What Sigma calls its records.
    pub log_source: LogSource,
    pub rank: u8,
    pub method: Method,
    pub mapping: Mapping,
    pub inside: Vec<(KeyId, Notation)>,
    pub inner: Option<KeyId>,
    pub program: Option<KeyId>,
    pub is_multiline: bool,
    /// The field that no two events share.
    pub identity: Option<Field>,
}

/// How a record is taken apart.
#[derive(Clone, Debug)]
pub(super) enum Method {
    Layout(Layout),
    Text(Text),
    Syslog,
    Json,
    Columns(Columns),
    Pairs(kv::Options),
    Cef,
    Leef,
    Xml,
    Evtx,
    Utmp,
}

/// The patterns of a text format.
#[derive(Clone, Debug)]
pub(super) struct Text {
    pub programs: Vec<Glob>,
    pub bare: bool,
    pub patterns: Vec<TextPattern>,
    /// Of a format within others' streams, which most texts there are not of: what stands in every
    /// text that fits one of these, where there is such a thing.
    pub mark: Option<Literal>,
}

/// A pattern with the fields that follow from it.
#[derive(Clone, Debug)]
pub(super) struct TextPattern {
    pub pattern: Pattern,
    /// What the format asks for of the pattern's names.
    pub plan: Plan,
    /// The same where all of them are there, once that was asked.
    arrangement: OnceLock<Arrangement>,
    /// Open until the reader that it is for closes it.
    pub gate: Gate,
    pub set: Vec<(Field, Spec)>,
    /// Names of the pattern that are fields themselves.
    pub fields: Vec<(Field, Spec)>,
}

impl TextPattern {
    /// Where what the format asks for stands in what the pattern takes, where all its names are
    /// there.
    pub fn arranged(&self, mapping: &Mapping) -> &Arrangement {
        let names = || self.pattern.names().map(str::as_bytes);
        self.arrangement.get_or_init(|| mapping.arrange(names()))
    }
}

impl Text {
    /// Whether a text may fit one of the patterns, told by a mark that all of them have.
    pub fn may_fit(&self, text: &[u8]) -> bool {
        self.mark.as_ref().is_none_or(|mark| mark.find(text).is_some())
    }

    /// Looks the names of its patterns up among those that the format asks for.
    fn look_up(&mut self, mapping: &Mapping) {
        for known in &mut self.patterns {
            known.plan = mapping.plan(known.pattern.names().map(str::as_bytes));
        }
    }
}

impl Compiled {
    pub fn new(definition: &Definition) -> Result<Self, DefinitionError> {
        if let Some(place) = definition.without_effect() {
            let what = Wrong::new(
                "no effect with this kind; expected none",
                "この種類(kind)では効果がありません。削除してください。",
            );
            return Err(refuse(definition, place, what));
        }
        let mut mapping = Mapping::compile(definition)?;
        let mut method = method(definition, &mut mapping)?;
        let mut key = |name: &str| (!name.is_empty()).then(|| mapping.key(name));
        let (inner, program) = (key(&definition.inner), key(&definition.program));
        let inside = definition.inside.iter();
        let inside = inside.map(|inside| (mapping.key(&inside.key), inside.notation)).collect();
        match &mut method {
            Method::Columns(columns) => columns.look_up(&mapping),
            Method::Text(text) => text.look_up(&mapping),
            _ => {}
        }
        Ok(Self {
            id: definition.id.as_str().into(),
            part_of: (!definition.part_of.is_empty()).then(|| definition.part_of.as_str().into()),
            within: definition.within.iter().map(|id| id.as_str().into()).collect(),
            name: definition.name.as_str().into(),
            log_source: definition.logsource.clone(),
            rank: definition.rank.unwrap_or(USUAL),
            method,
            mapping,
            inside,
            inner,
            program,
            is_multiline: definition.multiline,
            identity: identity(definition)?,
        })
    }

    /// A layout that the user gave.
    pub fn of_layout(id: &str, layout: Layout) -> Self {
        Self {
            id: id.into(),
            part_of: None,
            within: Vec::new(),
            name: id.into(),
            log_source: LogSource { category: "webserver".to_owned(), ..LogSource::default() },
            rank: 0,
            method: Method::Layout(layout),
            mapping: Mapping::default(),
            inside: Vec::new(),
            inner: None,
            program: None,
            is_multiline: false,
            identity: None,
        }
    }

    /// Whether its records stand on lines of their own, told by nothing around them.
    pub const fn is_bare(&self) -> bool {
        match &self.method {
            Method::Text(text) => text.bare,
            Method::Json | Method::Syslog | Method::Evtx | Method::Utmp => false,
            _ => true,
        }
    }

    /// Whether it is for messages of programs that it names.
    pub fn has_programs(&self) -> bool {
        match &self.method {
            Method::Text(text) => !text.programs.is_empty(),
            _ => false,
        }
    }

    /// Whether records of streams of the format, or of the one that it is a part of, can be tried
    /// for it before all others. Pairs of a part may be those of the whole, written otherwise.
    pub const fn is_direct(&self) -> bool {
        let is_direct = match &self.method {
            Method::Text(text) => text.bare,
            Method::Pairs(_) => self.part_of.is_none(),
            Method::Columns(_) | Method::Cef | Method::Leef | Method::Utmp => true,
            _ => false,
        };
        is_direct && !self.is_generic()
    }

    /// Whether its records begin with a header that no others have.
    pub const fn is_headed(&self) -> bool {
        matches!(self.method, Method::Cef | Method::Leef)
    }

    /// Whether it takes what no other format with such a header does.
    pub fn is_open_to(&self, other: &Self) -> bool {
        let is_same = matches!(
            (&self.method, &other.method),
            (Method::Cef, Method::Cef) | (Method::Leef, Method::Leef)
        );
        is_same && !self.is_generic() && !self.mapping.claims_values()
    }

    /// Whether these are some, not any.
    pub fn names_programs(&self) -> bool {
        match &self.method {
            Method::Text(text) => {
                !text.programs.is_empty() && !text.programs.iter().any(Glob::fits_all)
            }
            _ => false,
        }
    }

    /// Whether any log of its kind fits it.
    pub const fn is_generic(&self) -> bool {
        self.rank >= GENERIC
    }
}

fn identity(definition: &Definition) -> Result<Option<Field>, DefinitionError> {
    match definition.identity.as_str() {
        "" => Ok(None),
        "event.id" => Ok(Some(Field::EventId)),
        "winlog.record_id" => Ok(Some(Field::RecordNumber)),
        other => {
            let (en, ja) = ("event.id or winlog.record_id", "event.idまたはwinlog.record_id");
            Err(refuse(definition, "identity", Wrong::expected(other, en, ja)))
        }
    }
}

fn method(definition: &Definition, mapping: &mut Mapping) -> Result<Method, DefinitionError> {
    let at = |place: &'static str| move |wrong: Wrong| refuse(definition, place, wrong);
    Ok(match definition.kind {
        Kind::Layout => {
            let layout = match definition.more_may_follow {
                true => Layout::from_apache(&definition.log_format, true),
                false => Layout::from_user(&definition.log_format),
            };
            Method::Layout(layout.map_err(|error| at("log_format")(Wrong(error.told())))?)
        }
        Kind::Text => Method::Text(text(definition, mapping)?),
        Kind::Syslog => Method::Syslog,
        Kind::Json => Method::Json,
        Kind::Columns => Method::Columns(Columns::compile(definition).map_err(at("columns"))?),
        Kind::Pairs => Method::Pairs(pairs(definition).map_err(at("pair_separator"))?),
        Kind::Cef => Method::Cef,
        Kind::Leef => Method::Leef,
        Kind::Xml => Method::Xml,
        Kind::Evtx => Method::Evtx,
        Kind::Utmp => Method::Utmp,
    })
}

fn pairs(definition: &Definition) -> Result<kv::Options, Wrong> {
    let one = |text: &str, usual: u8| match text.as_bytes() {
        [] => Ok(usual),
        [byte] => Ok(*byte),
        _ if text == "tab" => Ok(b'\t'),
        _ => Err(Wrong::expected(text, "one sign or tab", "1文字またはtab")),
    };
    let separator = one(&definition.pair_separator, b' ')?;
    let assign = one(&definition.assign, b'=')?;
    Ok(kv::Options { separator, assign, runs_on: false })
}

fn text(definition: &Definition, mapping: &mut Mapping) -> Result<Text, DefinitionError> {
    let mut patterns = Vec::new();
    for pattern in &definition.pattern {
        for text in pattern.matches.all() {
            let refuse = |what| refuse(definition, &format!("pattern «{text}»"), what);
            let compiled = Pattern::compile(text).map_err(refuse)?;
            let mut set = Vec::new();
            for (name, value) in &pattern.set {
                let field = field_named(name).map_err(refuse)?;
                set.push((field, compile_constant(value, mapping.keys()).map_err(refuse)?));
            }
            let mut fields = Vec::new();
            for name in compiled.names() {
                if let Some(field) = Field::named(name) {
                    fields.push((field, Spec::compile(name, mapping.keys()).map_err(refuse)?));
                }
            }
            let (plan, gate) = (Plan::default(), Gate::open());
            let arrangement = OnceLock::new();
            patterns.push(TextPattern { pattern: compiled, plan, arrangement, gate, set, fields });
        }
    }
    if patterns.is_empty() && definition.programs.is_empty() {
        let none = Wrong::new("none; a text needs one at least", "ありません。1つ以上必要です。");
        return Err(refuse(definition, "pattern", none));
    }
    let programs =
        definition.programs.iter().map(|program| Glob::whole(program)).collect::<Vec<_>>();
    let bare = definition.bare || programs.is_empty();
    let mark = if definition.within.is_empty() { None } else { mark(&patterns) };
    Ok(Text { programs, bare, patterns, mark })
}

/// The longest run of letters that stands in a literal of every pattern.
fn mark(patterns: &[TextPattern]) -> Option<Literal> {
    let (first, others) = patterns.split_first()?;
    let runs = |literal: &[u8]| -> Vec<Box<[u8]>> {
        literal.split(|byte| !byte.is_ascii_alphabetic()).map(Into::into).collect()
    };
    let stands_in = |run: &[u8], known: &TextPattern| {
        known.pattern.literals().any(|literal| memmem::find(literal, run).is_some())
    };
    let all = first.pattern.literals().flat_map(runs);
    let shared = all.filter(|run| others.iter().all(|known| stands_in(run, known)));
    let longest = shared.max_by_key(|run| run.len()).filter(|run| !run.is_empty())?;
    Some(Literal::new(&longest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::Clock;
    use crate::format::{FormatIndex, Reader, Situation, State};
    use bumpalo::Bump;

    /// What is wrong with a description with these lines, if anything is.
    fn refused(lines: &str) -> Option<DefinitionError> {
        let head = "id = \"portal\"\nname = \"Portal\"\nwhat = { en = \"x\", ja = \"x\" }\n";
        let definition = Definition::parse(&format!("{head}{lines}")).unwrap();
        Compiled::new(&definition).err()
    }

    fn refusal(lines: &str) -> String {
        refused(lines).map_or_else(String::new, |error| error.to_string())
    }

    #[test]
    fn what_is_wrong_is_told_in_both_languages() {
        let text = "kind = \"text\"\nbare = true\n";
        let json = "kind = \"json\"\n";
        for (lines, en, ja) in [
            (
                format!("{text}pattern = [{{ match = \"<a\" }}]"),
                "a < without >",
                "「>」がありません",
            ),
            (
                format!("{text}pattern = [{{ match = \"x <a:odd>\" }}]"),
                "«odd»",
                "「odd」は使えません",
            ),
            (format!("{text}pattern = [{{ match = \"<a>\" }}]"), "fit anything", "固定の文字列"),
            (format!("{text}pattern = []"), "one at least", "1つ以上"),
            (format!("{json}claims = [\"\"]"), "an empty condition", "条件が空です"),
            (format!("{json}claims = [\"a>=x\"]"), "expected a number", "数値ではありません"),
            (format!("{json}zone = \"JST\""), "expected UTC", "UTCを指定"),
            (
                format!("{json}[fields]\n\"user\" = \"a\""),
                "expected @timestamp",
                "「user」は使えません",
            ),
            (
                format!("{json}[fields]\n\"user.name\" = \"a -> up\""),
                "one of first",
                "「up」は使えません",
            ),
            (
                format!("{json}[fields]\n\"user.name\" = \"{{a\""),
                "a { without }",
                "「}」がありません",
            ),
            ("kind = \"columns\"".to_owned(), "neither columns nor", "どちらかを指定"),
        ] {
            let told = refused(&lines).unwrap().told();
            assert!(told.en.contains(en), "{}", told.en);
            assert!(told.ja.contains(ja) && !told.ja.contains("expected"), "{}", told.ja);
        }
        let ja = Definition::parse("id = 3").unwrap_err().told().ja;
        assert_eq!(ja, "1行目: 整数ではなく、文字列で書いてください。");
    }

    #[test]
    fn what_would_be_without_effect_is_refused() {
        let layout = "kind = \"layout\"\nlog_format = \"%h %l %u %t \\\"%r\\\" %>s %b\"\n";
        assert_eq!(refusal(layout), "");
        let told = refusal(&format!("{layout}claims = [\"a\"]"));
        assert_eq!(told, "format portal, claims: no effect with this kind; expected none");
        let told = refusal("kind = \"syslog\"\n[fields]\n\"user.name\" = \"user\"");
        assert_eq!(told, "format portal, fields: no effect with this kind; expected none");
    }

    #[test]
    fn formats_that_are_named_must_be_others_that_there_are() {
        let head = "id = \"portal\"\nname = \"Portal\"\nwhat = { en = \"x\", ja = \"x\" }\n";
        let text = "kind = \"text\"\nbare = true\npattern = [{ match = \"door <a>\" }]\n";
        let refusal = |line: &str| {
            let definition = Definition::parse(&format!("{head}{text}{line}")).unwrap();
            Reader::new(&[], &[definition]).err().map(|error| error.told())
        };
        for (key, open, close) in [("part_of", "", ""), ("within", "[", "]"), ("extends", "", "")] {
            let named = |id: &str| format!("{key} = {open}\"{id}\"{close}");
            assert_eq!(refusal(&named("nginx_access")), None, "{key}");
            for id in ["nginx_acess", "portal"] {
                let told = refusal(&named(id)).unwrap();
                let en = format!("format portal, {key}: «{id}»; expected the id of another format");
                assert_eq!(told.en, en);
                assert!(told.ja.contains(key) && told.ja.contains("ほかの形式のid"), "{}", told.ja);
            }
        }
    }

    #[test]
    fn claims_may_begin_with_names_that_stand_for_others() {
        let head = "id = \"portal\"\nname = \"Portal\"\nwhat = { en = \"x\", ja = \"x\" }\n";
        let claims = "kind = \"json\"\nclaims = [\"user & login\", \"*door & open\"]\n";
        let alias = "[alias]\nuser = [\"account\"]\n[fields]\n\"user.name\" = \"user\"";
        let definition = Definition::parse(&format!("{head}{claims}{alias}")).unwrap();
        let reader = Reader::of(&[definition]).unwrap();
        let nothing = Situation::new(FormatIndex::MAX, Clock::default());
        let fits = |record: &[u8]| {
            let (arena, state) = (Bump::new(), State::default());
            reader.read(&nothing, &state, record, &arena).is_some()
        };
        assert!(fits(br#"{"account":"sato","login":1}"#));
        assert!(fits(br#"{"front":{"door":1},"open":1}"#));
        assert!(!fits(br#"{"account":"sato","logout":1}"#));
    }
}
