//! Classes of bytes, looked up by both halves of a byte at once.
//!
//! A byte is of the classes whose bits are set in what both of its halves are looked up as, so
//! that a class is a rectangle in the table of ASCII (Langdale and Lemire, "Parsing Gigabytes of
//! JSON per Second", 2019, section 3.1.2). Bytes that are not ASCII are of none.

/// Control characters, and what may be a mark, quotes apart.
pub(super) const TELLING: u8 = 0b1111;
/// What may open a question, and a few that few lines start with: `.03:pq`.
pub(super) const OPENS: u8 = 0b1111_0000;

/// The classes: the high halves of their bytes, and the low ones.
const CLASSES: [(u8, &[u8], &[u8]); 8] = [
    (1 << 0, &[0, 1], &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]),
    (1 << 1, &[b'<' >> 4], b"<"),
    (1 << 2, &[b'K' >> 4], b"K"),
    (1 << 3, &[b'\'' >> 4], b"'"),
    (1 << 4, &[b' ' >> 4, b'>' >> 4], b" #*>"),
    (1 << 5, &[b'E' >> 4], b"EHI"),
    (1 << 6, &[b'P' >> 4, b'u' >> 4], b"PQUu"),
    (1 << 7, &[b'a' >> 4], b"ah"),
];

/// The classes by the high half of a byte, and by the low one.
pub(super) const HIGH: [u8; 16] = {
    let (mut all, mut at) = ([0; 16], 0);
    while at < CLASSES.len() {
        let (class, high, _) = CLASSES[at];
        all = with(all, class, high);
        at += 1;
    }
    all
};
pub(super) const LOW: [u8; 16] = {
    let (mut all, mut at) = ([0; 16], 0);
    while at < CLASSES.len() {
        let (class, _, low) = CLASSES[at];
        all = with(all, class, low);
        at += 1;
    }
    all
};

/// A table in which these are of a class too.
const fn with(mut all: [u8; 16], class: u8, mut these: &[u8]) -> [u8; 16] {
    while let [this, rest @ ..] = these {
        all[(*this & 0xf) as usize] |= class;
        these = rest;
    }
    all
}
