//! How to pack eight bytes, by which of them are kept.

/// For each choice of eight bytes, their places one behind the other.
pub(super) const PLACES: [u64; 256] = {
    let mut places = [0; 256];
    let mut choice = 0;
    while choice < 256 {
        let (mut place, mut len) = (0, 0);
        while place < 8 {
            if choice >> place & 1 == 1 {
                places[choice] |= place << (8 * len);
                len += 1;
            }
            place += 1;
        }
        choice += 1;
    }
    places
};

/// For each choice of eight bytes, what makes line feeds of those that are `n`.
pub(super) const FEEDS: [u64; 256] = {
    let mut feeds = [0; 256];
    let mut choice = 0;
    while choice < 256 {
        let mut place = 0;
        while place < 8 {
            if choice >> place & 1 == 1 {
                feeds[choice] |= (b'n' as u64 ^ b'\n' as u64) << (8 * place);
            }
            place += 1;
        }
        choice += 1;
    }
    feeds
};
