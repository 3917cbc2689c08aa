//! Decimal numbers as they are written: how many digits they claim.

/// A plain decimal: its text without sign and separators, and the digits after the point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    pub(super) places: u32,
    pub(super) significant: u32,
}

/// The decimal that is the only number of an answer.
pub(super) fn decimal(answer: &str) -> Option<Decimal> {
    let start = answer.find(|c: char| c.is_ascii_digit() || c == '.')?;
    let rest = &answer[start..];
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
    let number = rest[..end].trim_end_matches('.');
    let (whole, places) = number.split_once('.')?;
    let other = |text: &str| text.bytes().any(|b| b.is_ascii_digit());
    if places.is_empty() || places.contains('.') || other(&answer[..start]) || other(&rest[end..]) {
        return None;
    }
    let digits = [whole, places].concat();
    let significant = digits.trim_start_matches('0').len();
    Some(Decimal {
        places: u32::try_from(places.len()).ok().filter(|&places| places <= 30)?,
        significant: u32::try_from(significant).ok()?,
    })
}

/// `3,14` with a point for its comma; nothing where a comma can be anything else.
pub(super) fn with_decimal_point(answer: &str) -> Option<String> {
    let bare = answer.trim_matches(|c: char| c.is_whitespace() || matches!(c, '$' | '.'));
    let unsigned = bare.strip_prefix('-').unwrap_or(bare);
    let (whole, places) = unsigned.split_once(',')?;
    let places = places.strip_prefix("\\!").unwrap_or(places);
    // `1.234,5` has points between its groups.
    let grouped = whole.replace('.', "");
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    // `1,000` is a thousand.
    let thousands =
        places.len() == 3 && grouped == whole && whole.len() <= 3 && !whole.starts_with('0');
    (digits(&grouped) && digits(places) && !thousands).then(|| {
        let sign = if bare.starts_with('-') { "-" } else { "" };
        format!("{sign}{grouped}.{places}")
    })
}
