//! The fields of the event model, named as in the Elastic Common Schema (ECS) 8.

/// A field of the event model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(usize)]
pub enum Field {
    /// Address or host name of the client.
    SourceAddress,
    /// Account.
    UserName,
    /// HTTP method.
    Method,
    /// What was asked for: path and query as sent.
    Target,
    /// HTTP version.
    HttpVersion,
    /// HTTP status of the answer.
    Status,
    /// Bytes of the answer.
    BytesOut,
    /// Bytes of the request.
    BytesIn,
    /// Page that linked here, as the client says.
    Referrer,
    /// Program of the client, as the client says.
    UserAgent,
    /// Host name of the site.
    Domain,
    /// Port of the site.
    Port,
    /// Client's address as a proxy before the server says.
    ForwardedFor,
    /// Time taken for the answer, in the unit that the log uses.
    Duration,
}

impl Field {
    /// Number of fields.
    pub const COUNT: usize = Self::ALL.len();

    /// Every field, in order.
    pub const ALL: [Self; 14] = [
        Self::SourceAddress,
        Self::UserName,
        Self::Method,
        Self::Target,
        Self::HttpVersion,
        Self::Status,
        Self::BytesOut,
        Self::BytesIn,
        Self::Referrer,
        Self::UserAgent,
        Self::Domain,
        Self::Port,
        Self::ForwardedFor,
        Self::Duration,
    ];

    /// Its name in ECS.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SourceAddress => "source.address",
            Self::UserName => "user.name",
            Self::Method => "http.request.method",
            Self::Target => "url.original",
            Self::HttpVersion => "http.version",
            Self::Status => "http.response.status_code",
            Self::BytesOut => "http.response.bytes",
            Self::BytesIn => "http.request.bytes",
            Self::Referrer => "http.request.referrer",
            Self::UserAgent => "user_agent.original",
            Self::Domain => "url.domain",
            Self::Port => "url.port",
            Self::ForwardedFor => "network.forwarded_ip",
            Self::Duration => "event.duration",
        }
    }
}

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
    fn every_field_stands_at_its_own_place() {
        for (place, field) in Field::ALL.into_iter().enumerate() {
            assert_eq!(field as usize, place, "{}", field.name());
        }
    }
}
