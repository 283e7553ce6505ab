//! Which texts the time and the fields of a format may have, by the names that a record has.

/// Which of the texts that a field may have, as bits. The last bit stands for all behind it too.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Texts(u64);

impl Texts {
    /// The last bit.
    const LAST: usize = u64::BITS as usize - 1;

    pub fn add(&mut self, text: usize) {
        self.0 |= 1 << text.min(Self::LAST);
    }

    /// The places of these of so many, in order.
    pub fn places(self, count: usize) -> impl Iterator<Item = usize> {
        let mut left = self.0 & !(1 << Self::LAST);
        let from = if left == self.0 { count } else { Self::LAST };
        let first = std::iter::from_fn(move || {
            let at = (left != 0).then(|| left.trailing_zeros() as usize)?;
            left &= left - 1;
            Some(at)
        });
        first.chain(from..count)
    }
}

/// The texts that a record may have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Given<'g> {
    /// Of the time first, behind it of each field.
    pub texts: &'g [Texts],
    /// Which of these have some, as bits.
    pub some: &'g [u64],
}

/// The same, kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept {
    texts: Box<[Texts]>,
    some: Box<[u64]>,
}

impl Given<'_> {
    pub fn keep(&self) -> Kept {
        Kept { texts: self.texts.into(), some: self.some.into() }
    }
}

impl Kept {
    pub fn given(&self) -> Given<'_> {
        Given { texts: &self.texts, some: &self.some }
    }
}
