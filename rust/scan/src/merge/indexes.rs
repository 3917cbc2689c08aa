//! Sets of sample indexes, and their bytes in the portable Roaring format.

use roaring::RoaringBitmap;

/// Numbers in their order, each once.
#[derive(Debug)]
pub(crate) struct Indexes(Vec<u32>);

impl Indexes {
    /// Of numbers in their order, each once.
    pub(super) fn new(sorted: Vec<u32>) -> Self {
        Self(sorted)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn first(&self) -> Option<u32> {
        self.0.first().copied()
    }

    pub(crate) fn last(&self) -> Option<u32> {
        self.0.last().copied()
    }

    /// Leaves those below `most`.
    pub(super) fn cut(&mut self, most: u32) {
        self.0.truncate(self.0.partition_point(|&it| it < most));
    }

    pub(crate) fn contains(&self, index: u32) -> bool {
        self.0.binary_search(&index).is_ok()
    }

    /// Replaces `bytes` by those of the set: equal sets are equal bytes however they came about.
    pub(crate) fn write(&self, bytes: &mut Vec<u8>) {
        bytes.clear();
        if self.len() <= MOST && self.last().is_some_and(|last| last < 1 << 16) {
            one_container(&self.0, bytes);
        } else {
            any(&self.0, bytes);
        }
    }
}

/// Numbers in their order, each once.
pub(super) fn sorted_once(mut numbers: Vec<u32>) -> Vec<u32> {
    if numbers.is_sorted_by(|a, b| a < b) {
        return numbers;
    }
    let last = numbers.iter().max().map_or(0, |&last| last as usize);
    if last / 64 >= numbers.len() {
        numbers.sort_unstable();
        numbers.dedup();
        return numbers;
    }
    // Close together, they are soon marked, and the marks soon read.
    let mut marks = vec![0_u64; last / 64 + 1];
    numbers.drain(..).for_each(|number| marks[number as usize / 64] |= 1 << (number % 64));
    for (first, mut marks) in (0..).step_by(64).zip(marks) {
        while marks != 0 {
            numbers.push(first + marks.trailing_zeros());
            marks &= marks - 1;
        }
    }
    numbers
}

/// Adds the bytes of any set.
fn any(sorted: &[u32], bytes: &mut Vec<u8>) {
    let mut set = RoaringBitmap::from_sorted_iter(sorted.iter().copied()).unwrap_or_default();
    set.optimize();
    // Writing to memory cannot fail.
    let _ = set.serialize_into(bytes);
}

/// What an array of 16 bits each may hold.
const MOST: usize = 4096;

/// The same, sooner, of a set that fits into one array or its runs, whichever is shorter. See
/// <https://github.com/RoaringBitmap/RoaringFormatSpec>.
fn one_container(sorted: &[u32], bytes: &mut Vec<u8>) {
    let runs = 1 + sorted.windows(2).filter(|pair| pair[0] + 1 != pair[1]).count();
    let shorter = 2 + 4 * runs < 2 * sorted.len();
    if shorter {
        // The cookie with one container, which holds runs.
        bytes.extend([0x3b, 0x30, 0, 0, 1]);
    } else {
        bytes.extend([0x3a, 0x30, 0, 0, 1, 0, 0, 0]);
    }
    bytes.extend([0, 0]);
    bytes.extend(low(sorted.len() - 1));
    if shorter {
        bytes.extend(low(runs));
        for run in sorted.chunk_by(|a, b| a + 1 == *b) {
            bytes.extend(low(run[0] as usize));
            bytes.extend(low(run.len() - 1));
        }
    } else {
        // Where the array starts.
        bytes.extend([16, 0, 0, 0]);
        let start = bytes.len();
        bytes.resize(start + 2 * sorted.len(), 0);
        for (place, &index) in bytes[start..].as_chunks_mut().0.iter_mut().zip(sorted) {
            *place = low(index as usize);
        }
    }
}

fn low(number: usize) -> [u8; 2] {
    let [a, b, ..] = number.to_le_bytes();
    [a, b]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn numbers_are_put_in_order() {
        let sets: [&[u32]; 6] =
            [&[], &[0], &[3, 1, 3, 2], &[64, 63, 64, 0, 127], &[u32::MAX, 0, 7], &[9, 8, 1 << 20]];
        for set in sets {
            let sorted: BTreeSet<u32> = set.iter().copied().collect();
            assert!(sorted_once(set.to_vec()).into_iter().eq(sorted));
        }
        let many = (0..999).map(|number| number * 7919 % 1000).collect();
        assert!(sorted_once(many).is_sorted());
    }

    #[test]
    fn small_sets_have_the_bytes_of_any() {
        let mut state = 1_u64;
        let mut draw = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) % below
        };
        let mut sets: Vec<Vec<u32>> = vec![vec![0], vec![65_535], (0..4096).collect()];
        sets.extend([vec![1, 2, 3], vec![1, 2, 3, 4], vec![3, 4, 65_534, 65_535]]);
        for _ in 0..600 {
            let (sparse, most) = (1 + draw(9), 1 << (4 + draw(13)));
            let mut set: Vec<u32> = (0..most).filter(|_| draw(sparse) == 0).collect();
            set.truncate(MOST);
            sets.extend((!set.is_empty()).then_some(set));
        }
        for set in sets {
            let (mut one, mut other) = (Vec::new(), Vec::new());
            one_container(&set, &mut one);
            any(&set, &mut other);
            assert_eq!(one, other, "{set:?}");
        }
    }

    #[test]
    fn sets_of_all_sizes_are_read_back() {
        let mut bytes = Vec::new();
        for set in [(0..5000).collect(), vec![1, 1 << 16, u32::MAX], vec![7]] {
            let indexes = Indexes::new(set.clone());
            indexes.write(&mut bytes);
            let read = RoaringBitmap::deserialize_from(&*bytes).unwrap();
            assert_eq!(read.iter().collect::<Vec<u32>>(), set);
            assert_eq!((indexes.first(), indexes.len()), (Some(set[0]), set.len()));
            assert!(indexes.contains(set[0]) && !indexes.contains(6000));
        }
    }
}
