//! Classes of bytes, looked up by both halves of a byte at once.
//!
//! A byte is of the classes whose bits are set in what both of its halves are looked up as, so
//! that a class is a rectangle in the table of ASCII (Langdale and Lemire, "Parsing Gigabytes of
//! JSON per Second", 2019, section 3.1.2). Bytes that are not ASCII are of none.

/// `b`, `f`, `r` and `t`.
pub(super) const SIMPLE: u8 = BF | RT;
/// `r` and `R`.
pub(super) const R: u8 = 1 << 2;
/// What may open a question, and `p` and `q`, which few lines start with.
pub(super) const OPENS: u8 = ROWS[0] | ROWS[1] | ROWS[2] | ROWS[3] | ROWS[4];

const BF: u8 = 1 << 0;
const RT: u8 = 1 << 1;
const ROWS: [u8; 5] = [1 << 3, 1 << 4, 1 << 5, 1 << 6, 1 << 7];

/// By the high half.
pub(super) const HIGH: [u8; 16] = {
    let mut rows = [0; 16];
    rows[2] = ROWS[0];
    rows[3] = ROWS[1];
    rows[4] = ROWS[2];
    rows[5] = ROWS[3] | R;
    rows[6] = ROWS[4] | BF;
    rows[7] = ROWS[3] | R | RT;
    rows
};

/// By the low half.
pub(super) const LOW: [u8; 16] = {
    let columns: [(u8, &[u8]); 8] = [
        (ROWS[0], b" #*"),
        (ROWS[1], b">"),
        (ROWS[2], b"EHI"),
        (ROWS[3], b"PQUu"),
        (ROWS[4], b"ah"),
        (R, b"r"),
        (BF, b"bf"),
        (RT, b"rt"),
    ];
    let mut low = [0; 16];
    let mut at = 0;
    while at < columns.len() {
        let (class, mut letters) = columns[at];
        while let [letter, rest @ ..] = letters {
            low[(*letter & 0xf) as usize] |= class;
            letters = rest;
        }
        at += 1;
    }
    low
};
