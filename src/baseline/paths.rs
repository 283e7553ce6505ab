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
    /// The smallest fingerprints among its clients with a 2xx answer, zero where there are fewer.
    served_to: [Fingerprint; FEW],
    /// Answers by the first digit of their status, 1 to 5.
    pub by_class: [u32; 5],
    /// Sizes of 2xx answers.
    pub sizes: SizeSketch,
    /// Smallest and largest 2xx answer, in bytes.; sizes from 4 GiB on count as the same.
    extent: Option<(u32, u32)>,
    /// First 2xx answer and its place.
    pub served: Option<(Instant, Location)>,
}

impl PathStats {
    /// Nothing yet of a path.
    pub fn new(judged: Judged) -> Self {
        Self {
            judged,
            served_to: [0; FEW],
            by_class: [0; 5],
            sizes: SizeSketch::default(),
            extent: None,
            served: None,
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
            let (least, most) = self.extent.unwrap_or((bytes, bytes));
            self.extent = Some((least.min(bytes), most.max(bytes)));
        }
    }

    /// Notes whom the path was served to, and when.
    #[inline]
    pub fn served_to(&mut self, client: Fingerprint, at: Instant, location: Location) {
        self.add_client(client);
        let now = (at, location);
        self.served = Some(self.served.map_or(now, |known| known.min(now)));
    }

    #[inline]
    fn add_client(&mut self, client: Fingerprint) {
        // Zero stands for no client.
        let client = client.max(1);
        if self.served_to[0] == client || self.served_to.contains(&client) {
            return;
        }
        if let Some(free) = self.served_to.iter().position(|known| *known == 0) {
            self.served_to[free] = client;
            self.served_to[..=free].sort_unstable();
        } else if client < self.served_to[FEW - 1] {
            self.served_to[FEW - 1] = client;
            self.served_to.sort_unstable();
        }
    }

    /// Fetches every part that the next record will change into the processor's cache: the parts
    /// lie in several of its lines.
    #[inline]
    pub fn warm(&self) -> u64 {
        let served = self.served.map_or(0, |served| served.0.unsigned_abs());
        let extent = self.extent.map_or(0, |extent| u64::from(extent.1));
        let sizes = u64::from(self.sizes.is_empty());
        self.served_to[0] ^ u64::from(self.by_class[1]) ^ extent ^ served ^ sizes
    }

    /// Clients that it was served to, when they are few.
    pub fn few_clients(&self) -> Option<&[Fingerprint]> {
        let count = self.served_to.iter().position(|client| *client == 0)?;
        self.served_to.get(..count)
    }

    /// The size in bytes, when every 2xx answer had the same.
    pub fn only_size(&self) -> Option<u64> {
        self.extent
            .filter(|(least, most)| least == most && *most < u32::MAX)
            .map(|(least, _)| u64::from(least))
    }

    /// Answers counted.
    pub fn answers(&self) -> u64 {
        self.by_class.iter().map(|count| u64::from(*count)).sum()
    }
}

impl Merge for PathStats {
    fn merge(&mut self, other: Self) {
        other.served_to.iter().filter(|client| **client != 0).for_each(|c| self.add_client(*c));
        for (mine, theirs) in self.by_class.iter_mut().zip(other.by_class) {
            *mine = mine.saturating_add(theirs);
        }
        self.sizes.merge(other.sizes);
        self.extent = match (self.extent, other.extent) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
        self.served = match (self.served, other.served) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }
}

/// Whether an answer handed out what was asked for.
#[inline]
pub const fn is_served(status: u16) -> bool {
    matches!(status, 200..=299)
}
