//! Lists of every form, what is taken of them and what is told about the rest.

use super::*;
use crate::intel::Kind;
use crate::train::Random;

/// What is taken, `KIND VALUE`, and what is not, `LINE REASON TEXT`.
fn of(text: &str) -> (String, Vec<String>, Vec<String>) {
    let mut lists = Lists::default();
    let mut told = Vec::new();
    read(&mut lists, "list", "00", text, &mut |refused| {
        told.push(format!("{} {} {}", refused.line, refused.why.name(), refused.text));
    });
    let taken = (0..lists.len() as u32).map(|id| {
        let (kind, with_subdomains, text) = lists.value(id).unwrap();
        format!("{} {}{text}", kind.name(), if with_subdomains { "*." } else { "" })
    });
    let kept: Vec<_> = lists.refused().map(|(_, refused)| refused.line).collect();
    assert_eq!(kept.len(), told.len());
    (lists.ids()[0].format.clone(), taken.collect(), told)
}

#[track_caller]
fn check(text: &str, format: &str, taken: &[&str], told: &[&str]) {
    let found = of(text);
    assert_eq!(found.0, format);
    assert_eq!(found.1, taken, "taken");
    let shown: Vec<String> = found.2.iter().map(|line| line.chars().take(60).collect()).collect();
    assert_eq!(shown, told, "told");
}

#[test]
fn plain_text_is_one_value_a_line() {
    check(
        "\u{feff}# a list\n\n203.0.113[.]5 # a server\r\n*.evil.example.jp\nhxxp://evil.example.jp/a\naccount: Sato\nuser-agent: evil/1.0 (x, y) # z\nnonsense here\nmd5: 12\n10.0.0.1\n2001:db8::/64\n",
        "text",
        &[
            "address 203.0.113.5",
            "domain *.evil.example.jp",
            "url evil.example.jp/a",
            "account sato",
            "user_agent evil/1.0 (x, y) # z",
            "network 2001:db8::/64",
        ],
        &["8 shape nonsense here", "9 unfit 12", "10 noisy 10.0.0.1"],
    );
}

#[test]
fn columns_of_csv_are_told_by_their_names() {
    check(
        "Indicator;Type;Valid_Until;Comment\n203.0.113.5;ip;2021-06-01;\"a; \"\"b\"\"\nc\"\nevil.example.jp;domain;;x\nx;yara;;\n203.0.113.6;ip;soon;\n;;;\n",
        "csv",
        &["address 203.0.113.5", "domain *.evil.example.jp"],
        &["5 kind x", "6 validity 203.0.113.6;ip;soon;", "7 shape ;;;"],
    );
    check(
        "uuid,event_id,category,type,value,comment,to_ids,date\n\"u\",1,\"Network activity\",\"ip-dst|port\",\"203.0.113.5|443\",\"\",1,20210506\n\"u\",1,\"x\",\"filename|md5\",\"a.exe|00000000000000000000000000000001\",\"\",1,1\n\"u\",1,\"x\",\"url\",\"http://evil.example.jp/\",\"\",0,1\nuuid,event_id,category,type,value,comment,to_ids,date\n",
        "csv",
        &["address 203.0.113.5", "hash 00000000000000000000000000000001"],
        &["4 context \"u\",1,\"x\",\"url\",\"http://evil.example.jp/\",\"\",0,1"],
    );
    check(
        "203.0.113.5,seen in May\nname,evil.example.jp\nneither,nor\n",
        "csv",
        &["address 203.0.113.5", "domain evil.example.jp"],
        &["3 shape neither,nor"],
    );
    check(
        "md5,sha256\n,\n00000000000000000000000000000001,zz\n",
        "csv",
        &["hash 00000000000000000000000000000001"],
        &["2 shape ,", "3 unfit zz"],
    );
}

fn bundle(objects: &[&str]) -> String {
    format!("{{\"type\":\"bundle\",\"objects\":[\n{}\n]}}", objects.join(",\n"))
}

fn indicator(pattern: &str) -> String {
    let pattern = pattern.replace('\\', "\\\\").replace('"', "\\\"");
    format!(
        "{{\"type\":\"indicator\",\"id\":\"i\",\"name\":\"n\",\"pattern\":\"{pattern}\",\"pattern_type\":\"stix\",\"valid_from\":\"2021-01-01T00:00:00Z\"}}"
    )
}

#[track_caller]
fn pattern(pattern: &str, taken: &[&str], told: &[&str]) {
    check(&bundle(&[&indicator(pattern)]), "stix", taken, told);
}

#[test]
fn comparisons_of_stix_that_stand_alone_are_taken() {
    pattern("[ipv4-addr:value = '203.0.113.5']", &["address 203.0.113.5"], &[]);
    pattern(
        "[ipv4-addr:value = '203.0.113.5' OR domain-name:value IN ('a.example.jp', 'b.example.jp')] OR ([url:value='http://a.example.jp/\\'x'])",
        &[
            "address 203.0.113.5",
            "domain a.example.jp",
            "domain b.example.jp",
            "url a.example.jp/'x",
        ],
        &[],
    );
    pattern("[ipv4-addr:value ISSUBSET '198.51.100.0/24']", &["network 198.51.100.0/24"], &[]);
    pattern(
        "[file:hashes.MD5 = '00000000000000000000000000000001' AND file:hashes.'SHA-1' = '0000000000000000000000000000000000000001']",
        &["hash 00000000000000000000000000000001", "hash 0000000000000000000000000000000000000001"],
        &[],
    );
    pattern(
        "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '203.0.113.5']",
        &["address 203.0.113.5"],
        &[],
    );
    pattern(
        "[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = 'evil/1.0']",
        &["user_agent evil/1.0"],
        &[],
    );
    pattern(
        "[email-message:from_ref.value = 'a@example.jp' OR user-account:account_login = 'b']",
        &["email a@example.jp", "account b"],
        &[],
    );
}

#[test]
fn what_asks_for_more_is_told_with_the_reason() {
    let short = |text: &str| text.chars().take(60).collect::<String>();
    for (text, why) in [
        (
            "[domain-name:value = 'a.example.jp' AND url:value = 'b']",
            "2 pattern domain-name:value = 'a.example.jp'",
        ),
        ("[url:value LIKE '%evil%']", "2 pattern url:value LIKE '%evil%'"),
        ("[domain-name:value != 'a.example.jp']", "2 pattern domain-name:value != 'a.example.jp'"),
        (
            "[domain-name:value NOT IN ('a.example.jp')]",
            "2 pattern domain-name:value NOT IN ('a.example.jp')",
        ),
        ("[process:name = 'evil']", "2 kind process:name = 'evil'"),
        ("[file:hashes.SSDEEP = 'x']", "2 kind file:hashes.SSDEEP = 'x'"),
        ("[ipv4-addr:value = 'x']", "2 unfit ipv4-addr:value = 'x'"),
        (
            "[url:value = 'a.example.jp/'] REPEATS 5 TIMES",
            "2 pattern [url:value = 'a.example.jp/'] REPEATS 5 TIMES",
        ),
        (
            "[url:value = 'a.example.jp/'] FOLLOWEDBY [url:value = 'b']",
            "2 pattern [url:value = 'a.example.jp/'] FOLLOWEDBY [url:value = 'b']",
        ),
        ("[url:value = 'a", "2 syntax [url:value = 'a"),
        ("[url:value = 5", "2 syntax [url:value = 5"),
        ("", "2 syntax "),
        ("[[[", "2 syntax [[["),
    ] {
        pattern(text, &[], &[&short(why)]);
    }
    pattern(&"(".repeat(100_000), &[], &[&short(&format!("2 syntax {}", "(".repeat(120)))]);
    let revoked =
        indicator("[url:value = 'a.example.jp/']").replace("\"id\"", "\"revoked\":true,\"id\"");
    let yara = indicator("rule x {}").replace("\"stix\"", "\"yara\"");
    let observed = "{\"type\":\"ipv4-addr\",\"value\":\"203.0.113.5\"}";
    let identity = "{\"type\":\"identity\",\"name\":\"x\"}";
    let odd = "{\"type\":7}";
    check(
        &bundle(&[&revoked, &yara, observed, identity, odd]),
        "stix",
        &[],
        &[
            "2 withdrawn [url:value = 'a.example.jp/']",
            "3 kind rule x {}",
            "4 observed 203.0.113.5",
            "6 damaged {\"type\":7}",
        ],
    );
    let found = of("{\"type\":\"bundle\",\n\"objects\":[{]}");
    assert!(found.1.is_empty() && found.2[0].starts_with("2 damaged"), "{:?}", found.2);
}

#[test]
fn a_validity_is_taken_from_stix() {
    let mut lists = Lists::default();
    let text = indicator("[ipv4-addr:value = '203.0.113.5']")
        .replace("\"valid_from\"", "\"valid_until\":\"2021-06-01T00:00:00Z\",\"valid_from\"");
    read(&mut lists, "list", "00", &bundle(&[&text]), &mut |_| ());
    let id = lists.find(Kind::Address, false, b"203.0.113.5").unwrap();
    let given = lists.given(id).next().unwrap();
    assert_eq!(
        (given.note, given.line, given.window),
        ("n", 2, Some((1_609_459_200, 1_622_505_600)))
    );
}

#[test]
fn attributes_of_misp_are_taken_from_events_and_objects() {
    let event = "{\"response\": [\n{\"Event\": {\"info\": \"case\", \"Attribute\": [\n{\"type\":\"ip-src\",\"value\":\"203.0.113.5\",\"to_ids\":true,\"comment\":\"\"},\n{\"type\":\"domain|ip\",\"value\":\"evil.example.jp|203.0.113.6\",\"to_ids\":true},\n{\"type\":\"comment\",\"value\":\"x\",\"to_ids\":false},\n{\"type\":\"mutex\",\"value\":\"m\",\"to_ids\":true},\n{\"type\":\"url\",\"value\":5}],\n\"Object\": [{\"name\":\"file\",\"Attribute\":[{\"type\":\"sha256\",\"value\":\"0000000000000000000000000000000000000000000000000000000000000001\"},\n{\"type\":\"md5\",\"value\":\"x\"}]}]}}]}";
    check(
        event,
        "misp",
        &[
            "address 203.0.113.5",
            "domain *.evil.example.jp",
            "address 203.0.113.6",
            "hash 0000000000000000000000000000000000000000000000000000000000000001",
        ],
        &["5 context x", "6 kind m", "7 damaged {\"type\":\"url\",\"value\":5}", "9 unfit x"],
    );
    let deep = "{\"Event\":".repeat(40) + "{}" + &"}".repeat(40);
    assert_eq!(of(&deep).2.len(), 1);
}

#[test]
fn items_of_openioc_are_taken_as_they_are_joined() {
    let item = |search: &str, condition: &str, content: &str| {
        format!(
            "<IndicatorItem id=\"i\" condition=\"{condition}\"><Context document=\"d\" search=\"{search}\" type=\"mir\"/><Content type=\"string\">{content}</Content></IndicatorItem>\n"
        )
    };
    let text = [
        "<?xml version=\"1.0\"?>\n<ioc><definition><Indicator operator=\"OR\" id=\"a\">\n",
        &item("FileItem/Md5sum", "is", "00000000000000000000000000000001"),
        &item("Network/DNS", "contains", "evil"),
        &item("RegistryItem/Path", "is", "x"),
        "<!-- <IndicatorItem> --><Indicator operator=\"AND\">\n",
        &item("PortItem/remoteIP", "is", "203.0.113.5"),
        &item("Network/DNS", "is", "a.example.jp"),
        "</Indicator>\n<Indicator operator=\"AND\">\n",
        &item("Network/URI", "is", "http://a.example.jp/&amp;b"),
        "</Indicator></Indicator></definition></ioc>",
    ];
    check(
        &text.concat(),
        "openioc",
        &["hash 00000000000000000000000000000001", "url a.example.jp/&b"],
        &["4 pattern evil", "5 kind x", "7 pattern 203.0.113.5"],
    );
    assert_eq!(of("<html></html>").2, ["1 damaged "]);
    let deep = "<Indicator operator='OR'>".repeat(1_000);
    assert_eq!(of(&deep).2, ["1 damaged "]);
}

#[test]
fn what_is_no_list_is_told() {
    assert_eq!(of("PK\u{3}\u{4}\0\0").2, ["1 damaged "]);
    assert_eq!(of("{\"sekisho_private_list\": 1}").2, ["1 damaged "]);
    assert_eq!(of("{}").2, ["1 damaged "]);
    assert_eq!(of(""), ("text".to_owned(), vec![], vec![]));
}

#[test]
fn lines_are_told_at_any_place_of_a_long_text() {
    let text: String = (0..3_000).map(|n| format!("{n}\n")).collect();
    let lines = Lines::new(&text);
    for (line, part) in (1..).zip(text.lines()).step_by(7) {
        assert_eq!(lines.of(part), line);
    }
}

/// Whatever the bytes, every reader ends, and takes or tells no more than there is.
#[test]
fn readers_end_on_any_text() {
    let seeds = [
        bundle(&[&indicator("[ipv4-addr:value = '203.0.113.5' OR (url:value IN ('a','b'))]")]),
        "{\"Event\":{\"Attribute\":[{\"type\":\"domain|ip\",\"value\":\"a|b\"}]}}".to_owned(),
        "<ioc><Indicator operator=\"AND\"><IndicatorItem condition=\"is\"><Context search=\"a/Md5sum\"/><Content>x</Content></IndicatorItem></Indicator></ioc>".to_owned(),
        "value,type\n\"a\nb\",ip\n検.example.jp,domain\n".to_owned(),
        "hxxp[:]//evil[.]example.jp\nuser-agent: x\n2001:db8::/64 # y\n".to_owned(),
    ];
    for seed in 0..6_000 {
        let mut random = Random::new(seed);
        let mut text: Vec<char> = random.pick(&seeds).unwrap().chars().collect();
        for _ in 0..=random.below(6) {
            let at = random.below(text.len() as u64) as usize;
            let odd: Vec<char> = "[](){}<>'\"\\,:;|/.-@#\n\0検\u{feff}Z".chars().collect();
            match random.below(3) {
                0 => text[at] = *random.pick(&odd).unwrap(),
                1 => text.insert(at, *random.pick(&odd).unwrap()),
                _ => text.truncate(at.max(1)),
            }
        }
        let text: String = text.into_iter().collect();
        let (_, taken, told) = of(&text);
        assert!(taken.len() + told.len() <= text.len() + 1, "seed {seed}");
    }
}

#[test]
fn lists_that_say_what_they_are_are_told_from_logs() {
    let lists = [
        r#"{"type": "bundle", "id": "bundle--1", "objects": [{"type": "indicator", "spec_version": "2.1"}]}"#,
        "\u{feff} {\"response\": [{\"Event\": {\"Attribute\": [{\"type\": \"ip-dst\", \"to_ids\": true}]}}]}",
        "<?xml version=\"1.0\"?>\n<ioc xmlns=\"http://schemas.mandiant.com/2010/ioc\" id=\"a\">",
        r#"{"sekisho_private_list": 1, "algorithm": "argon2id-96"}"#,
    ];
    let logs = [
        r#"{"Event": {"System": {"EventID": 4624, "Channel": "Security"}}}"#,
        r#"{"Records": [{"eventVersion": "1.08", "eventSource": "s3.amazonaws.com"}]}"#,
        "<Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\"><System>",
        "192.0.2.1 - - [06/May/2021:12:00:00 +0900] \"GET /<ioc HTTP/1.1\" 200 1",
        "type,value\nip,192.0.2.1\n",
        "",
    ];
    assert!(lists.iter().all(|head| is_list(head)), "{lists:?}");
    assert!(!logs.iter().any(|head| is_list(head)), "{logs:?}");
}
