//! Fields that another program's parsers find in messages and that are no better than, or contrary
//! to, what the messages say. They do not count.

/// A field that is in doubt.
pub struct Doubt {
    /// The product.
    pub intake: &'static str,
    /// The field.
    pub field: &'static str,
    /// What the parser found; empty where it is about all that it finds there.
    pub wanted: &'static [&'static str],
    /// Why the message says otherwise.
    pub reason: &'static str,
}

const fn doubt(
    intake: &'static str,
    field: &'static str,
    wanted: &'static [&'static str],
    reason: &'static str,
) -> Doubt {
    Doubt { intake, field, wanted, reason }
}

impl Doubt {
    /// What it is about.
    pub fn name(&self) -> String {
        let wanted = if self.wanted.is_empty() { "all".to_owned() } else { self.wanted.join(", ") };
        format!("{} {} ({wanted})", self.intake, self.field)
    }
}

/// The place of the doubt about a value, if there is one.
pub fn place(intake: &str, field: &str, wanted: &str) -> Option<usize> {
    DOUBTS.iter().position(|doubt| {
        let is_it = doubt.wanted.is_empty() || doubt.wanted.contains(&wanted);
        doubt.intake == intake && doubt.field == field && is_it
    })
}

pub const DOUBTS: &[Doubt] = &[
    doubt(
        "AWS__aws-flow-logs",
        "outcome",
        &[],
        "log-status says whether flows were recorded, not whether they were let through",
    ),
    doubt(
        "AWS__aws-cloudtrail",
        "outcome",
        &["success"],
        "the call has an errorCode, or the record is about a rate of errors",
    ),
    doubt(
        "AWS__aws-cloudtrail",
        "user.name",
        &["AIDA11111111111111"],
        "the id of the account that was created",
    ),
    doubt(
        "Azure__azure-front-door",
        "source.ip",
        &["1.2.3.4"],
        "a probe goes to the origin; its address is the destination's",
    ),
    doubt(
        "BIND__bind",
        "source.ip",
        &["5.6.7.8", "10.0.0.1", "19e9:ae66:c43d:fc8:fcaf:df4a:2bd8:29ab"],
        "the server that was asked in vain, not one who asked",
    ),
    doubt("Beats__winlogbeat", "action", &["authentication_network"], "a name of the parser's own"),
    doubt(
        "Beats__winlogbeat",
        "user.name",
        &[
            "ACCOUNT01",
            "USER01-WIN",
            "HOST01",
            "ACCOUNT_01",
            "ACC0123",
            "USERNAME",
            "host01",
            "COMPUTER1",
            "VM-EXC-MSG-4",
        ],
        "the accounts of machines end in $",
    ),
    doubt(
        "Beats__winlogbeat",
        "user.name",
        &["WS-USER-01$", "WIN-41OB2LO92CR"],
        "the machine that took the sign-in, not the account that signed in",
    ),
    doubt(
        "Beats__winlogbeat",
        "user.name",
        &["account"],
        "the account whose password was used, not the one that used it",
    ),
    doubt(
        "Beats__winlogbeat",
        "source.ip",
        &["::ffff:1.2.3.4"],
        "an IPv4 address in the notation of IPv6",
    ),
    doubt(
        "Cisco__cisco-secure-firewall",
        "source.ip",
        &["2.2.2.2"],
        "Local is the firewall itself",
    ),
    doubt(
        "Cisco__cisco-secure-firewall",
        "source.ip",
        &["1.1.1.1", "fe80:11:2233:4455:6677:8899:aabb:ccdd"],
        "the address that the VPN assigned, not the one that the user came from",
    ),
    doubt(
        "Cisco__cisco-secure-firewall",
        "action",
        &["func return 1#012"],
        "words of a debug message",
    ),
    doubt("SonicWall__sonicwall-fw", "action", &["dropped"], "the log says drop"),
    doubt(
        "Zscaler__zscaler-zia",
        "user.name",
        &["johndoe"],
        "the owner of the device, not the one who signed in",
    ),
];
