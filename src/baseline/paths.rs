//! How each path answers: status, sizes, and by how many clients it is used.

use crate::base::limits::{ERROR_SIZES, PATHS};
use crate::base::{Fingerprint, Instant, Location, LogSize, Merge, Sampled, SizeSketch};
use crate::judge::Judged;
use serde::{Deserialize, Serialize};

/// Every path, without its query.
pub type Paths = Sampled<PathStats, PATHS>;

/// How often an error was answered with exactly so many bytes.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct ErrorSizes(Sampled<ErrorSize, ERROR_SIZES>);

/// One size of error pages.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct ErrorSize {
    bytes: u64,
    times: u32,
}

impl ErrorSizes {
    /// Counts an error page.
    #[inline]
    pub fn add(&mut self, bytes: u64) {
        // An odd factor keeps sizes apart and spreads them over the table.
        let key = bytes.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        if let Some(size) = self.0.entry(key, || ErrorSize { bytes, times: 0 }) {
            size.times = size.times.saturating_add(1);
        }
    }

    /// Sizes that were seen at least so often.
    pub fn at_least(&self, times: u32) -> impl Iterator<Item = u64> {
        let sizes = self.0.sorted().into_iter();
        sizes.filter(move |(_, size)| size.times >= times).map(|(_, size)| size.bytes)
    }
}

impl Merge for ErrorSize {
    fn merge(&mut self, other: Self) {
        self.times = self.times.saturating_add(other.times);
    }
}

impl Merge for ErrorSizes {
    fn merge(&mut self, other: Self) {
        self.0.merge(other.0);
    }
}

/// A path is used by few clients when it has fewer than this many.
pub const FEW: usize = 4;

/// How a path answers. Requests with a payload count in `clients` only.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PathStats {
    /// What was judged of the path itself.
    pub judged: Judged,
    /// Its clients with a 2xx answer: their fingerprints in order, as long as they are few.
    served_to: FewClients,
    /// Answers by the first digit of their status, 1 to 5.
    pub by_class: [u32; 5],
    /// Sizes of 2xx answers.
    pub sizes: SizeSketch,
    /// Smallest and largest 2xx answer, in bytes; sizes from 4 GiB on count as the same.
    extent: Extent,
    /// First 2xx answer and its place.
    served: (Instant, Location),
    /// Bytes of the path.
    length: u16,
}

/// Smallest and largest of some numbers; the smallest is larger where there are none.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Extent {
    least: u32,
    most: u32,
}

/// The fingerprints of fewer than `FEW` clients in order, zero behind the last; `MANY` everywhere
/// when there are more.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct FewClients([Fingerprint; FEW - 1]);

const MANY: Fingerprint = Fingerprint::MAX;

/// Before the first answer.
const NEVER: Instant = Instant::MAX;

impl PathStats {
    /// Nothing yet of a path of so many bytes.
    pub fn new(judged: Judged, length: usize) -> Self {
        Self {
            judged,
            served_to: FewClients::default(),
            by_class: [0; 5],
            sizes: SizeSketch::default(),
            extent: Extent { least: u32::MAX, most: 0 },
            served: (NEVER, Location::default()),
            length: u16::try_from(length).unwrap_or(u16::MAX),
        }
    }

    /// Counts an answer without a payload in the request.
    #[inline]
    pub fn answered(&mut self, status: u16, bytes: Option<u64>) {
        let class = usize::from(status / 100).wrapping_sub(1);
        if let Some(count) = self.by_class.get_mut(class) {
            *count = count.saturating_add(1);
        }
        if let (true, Some(bytes)) = (is_served(status), bytes) {
            self.sizes.add(LogSize::of(bytes), 1);
            let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
            self.extent.merge(Extent { least: bytes, most: bytes });
        }
    }

    /// Notes whom the path was served to, and when.
    #[inline]
    pub fn served_to(&mut self, client: Fingerprint, at: Instant, location: Location) {
        self.served_to.add(client);
        self.served = self.served.min((at, location));
    }

    /// Fetches every part that the next record will change into the processor's cache: the parts
    /// lie in several of its lines.
    #[inline]
    pub fn warm(&self) -> u64 {
        self.served_to.0[0]
            ^ u64::from(self.by_class[1] ^ self.extent.most)
            ^ self.served.0.unsigned_abs()
            ^ u64::from(self.judged.program)
            ^ u64::from(self.sizes.warm())
    }

    /// Bytes of the path.
    pub fn length(&self) -> u64 {
        u64::from(self.length)
    }

    /// Clients that it was served to, when they are few.
    pub fn few_clients(&self) -> Option<&[Fingerprint]> {
        self.served_to.list()
    }

    /// First 2xx answer and its place.
    pub fn served(&self) -> Option<(Instant, Location)> {
        (self.served.0 != NEVER).then_some(self.served)
    }

    /// The size in bytes, when every 2xx answer had the same.
    pub fn only_size(&self) -> Option<u64> {
        let Extent { least, most } = self.extent;
        (least == most && most < u32::MAX).then_some(u64::from(least))
    }

    /// Answers counted.
    pub fn answers(&self) -> u64 {
        self.by_class.iter().map(|count| u64::from(*count)).sum()
    }
}

impl FewClients {
    #[inline]
    fn add(&mut self, client: Fingerprint) {
        let client = client.clamp(1, MANY - 1);
        if self.0[0] != MANY && !self.0.contains(&client) {
            self.add_new(client);
        }
    }

    fn add_new(&mut self, client: Fingerprint) {
        match self.0.iter().position(|known| *known == 0) {
            Some(free) => {
                self.0[free] = client;
                self.0[..=free].sort_unstable();
            }
            None => self.0.fill(MANY),
        }
    }

    fn list(&self) -> Option<&[Fingerprint]> {
        let count = self.0.iter().take_while(|client| **client != 0).count();
        self.0.get(..count).filter(|clients| !clients.contains(&MANY))
    }
}

impl Merge for FewClients {
    fn merge(&mut self, other: Self) {
        match other.list() {
            Some(clients) => clients.iter().for_each(|client| self.add(*client)),
            None => self.0.fill(MANY),
        }
    }
}

impl Merge for Extent {
    #[inline]
    fn merge(&mut self, other: Self) {
        self.least = self.least.min(other.least);
        self.most = self.most.max(other.most);
    }
}

impl Merge for PathStats {
    fn merge(&mut self, other: Self) {
        self.served_to.merge(other.served_to);
        for (mine, theirs) in self.by_class.iter_mut().zip(other.by_class) {
            *mine = mine.saturating_add(theirs);
        }
        self.sizes.merge(other.sizes);
        self.extent.merge(other.extent);
        self.served = self.served.min(other.served);
    }
}

/// Whether an answer handed out what was asked for.
#[inline]
pub const fn is_served(status: u16) -> bool {
    matches!(status, 200..=299)
}
