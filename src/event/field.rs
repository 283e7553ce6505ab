//! The fields of the event model, named as in the Elastic Common Schema (ECS) 8.
//!
//! The first [`Field::INLINE`] are those of web requests, which are read most often.

macro_rules! fields {
    ($($(#[doc = $doc:literal])* $field:ident = $name:literal),* $(,)?) => {
        /// A field of the event model.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[repr(usize)]
        pub enum Field { $($(#[doc = $doc])* $field),* }

        impl Field {
            /// Every field, in order.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$field),*];

            /// Its name in ECS.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$field => $name),* }
            }
        }
    };
}

fields! {
    /// Address or host name of the client.
    SourceAddress = "source.address",
    /// Account.
    UserName = "user.name",
    /// HTTP method.
    Method = "http.request.method",
    /// What was asked for: path and query as sent.
    Target = "url.original",
    /// HTTP version.
    HttpVersion = "http.version",
    /// HTTP status of the answer.
    Status = "http.response.status_code",
    /// Bytes of the answer.
    BytesOut = "http.response.bytes",
    /// Bytes of the request.
    BytesIn = "http.request.bytes",
    /// Page that linked here, as the client says.
    Referrer = "http.request.referrer",
    /// Program of the client, as the client says.
    UserAgent = "user_agent.original",
    /// Host name of the site.
    Domain = "url.domain",
    /// Port of the site.
    Port = "url.port",
    /// Client's address as a proxy before the server says.
    ForwardedFor = "network.forwarded_ip",
    /// Time taken for the answer, in the unit that the log uses.
    Duration = "event.duration",
    /// What was done, in the words of the log or of ECS.
    Action = "event.action",
    /// `success`, `failure` or `unknown`.
    Outcome = "event.outcome",
    /// The log's own number or name for this kind of event.
    Code = "event.code",
    /// What wrote the event.
    Provider = "event.provider",
    /// The log that the event belongs to.
    Dataset = "event.dataset",
    /// Why it came out as it did.
    Reason = "event.reason",
    /// The event's own identity: no two events of a source share it.
    EventId = "event.id",
    /// Severity in the log's own words.
    Level = "log.level",
    /// Port of the client.
    SourcePort = "source.port",
    /// Bytes from client to server.
    SourceBytes = "source.bytes",
    /// Address or host name that was reached.
    DestinationAddress = "destination.address",
    /// Port that was reached.
    DestinationPort = "destination.port",
    /// Bytes from server to client.
    DestinationBytes = "destination.bytes",
    /// Machine that the event happened on.
    HostName = "host.name",
    /// Domain of the account.
    UserDomain = "user.domain",
    /// Number or other identity of the account.
    UserId = "user.id",
    /// Mail address of the account.
    UserEmail = "user.email",
    /// Account that was acted upon.
    TargetUser = "user.target.name",
    /// Group or role.
    GroupName = "group.name",
    /// Session.
    Session = "session.id",
    /// Organisation or tenant.
    Organization = "organization.name",
    /// Number or other identity of the organisation.
    OrganizationId = "organization.id",
    /// Project, site or repository within the service.
    Project = "project.name",
    /// Service or application.
    Service = "service.name",
    /// Document or other object, with its path.
    FilePath = "file.path",
    /// Name of the document or other object.
    FileName = "file.name",
    /// Bytes of the document.
    FileSize = "file.size",
    /// Program that acted.
    ProcessName = "process.name",
    /// Its number.
    ProcessId = "process.pid",
    /// Its file.
    Executable = "process.executable",
    /// Its command line.
    CommandLine = "process.command_line",
    /// File of the program that started it.
    ParentExecutable = "process.parent.executable",
    /// Command line of the program that started it.
    ParentCommandLine = "process.parent.command_line",
    /// `tcp`, `udp` and so on.
    Transport = "network.transport",
    /// `http`, `dns` and so on.
    Protocol = "network.protocol",
    /// Name that was looked up.
    DnsQuestion = "dns.question.name",
    /// Sender of a mail.
    MailFrom = "email.from.address",
    /// Recipients of a mail.
    MailTo = "email.to.address",
    /// Subject of a mail.
    MailSubject = "email.subject",
    /// Message-ID of a mail.
    MailId = "email.message_id",
    /// Rule or policy that decided.
    RuleName = "rule.name",
    /// What the log says in words.
    Message = "message",
    /// Windows event channel.
    Channel = "winlog.channel",
    /// Number of the record in its Windows event log.
    RecordNumber = "winlog.record_id",
}

impl Field {
    /// Number of fields.
    pub const COUNT: usize = Self::ALL.len();
    /// Number of the fields that an event holds a place for.
    pub const INLINE: usize = Self::Duration as usize + 1;

    /// The field of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }

    /// Whether an event holds a place for it.
    #[inline]
    pub const fn is_inline(self) -> bool {
        (self as usize) < Self::INLINE
    }
}

// They are kept as the bits of a word.
const _: () = assert!(Field::COUNT <= 64);

/// What a record says of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// The record has no such field.
    Absent,
    /// The record has the field and leaves it empty.
    Null,
    /// The field's bytes as stored.
    Text(&'a [u8]),
}

#[cfg(test)]
mod tests {
    use super::Field;

    #[test]
    fn every_field_stands_at_its_own_place_and_is_found_by_its_name() {
        for (place, field) in Field::ALL.into_iter().enumerate() {
            assert_eq!(field as usize, place, "{}", field.name());
            assert_eq!(Field::named(field.name()), Some(field));
        }
    }
}
