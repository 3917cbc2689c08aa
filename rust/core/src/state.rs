//! The state of a response: whether it votes, and if not, why.

use crate::Profile;
use crate::extract::FALLBACK_RULES;

/// What became of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// It states an answer that stands for a vote.
    Ok,
    /// It states none.
    Unparsed,
    /// It was cut off before it stated one, or is not there at all.
    Truncated,
}

impl State {
    /// The name in every result.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Unparsed => "unparsed",
            Self::Truncated => "truncated",
        }
    }
}

/// What endpoints of several makers call the end of a response that was cut off.
const CUT_OFF: [&str; 5] =
    ["length", "max_tokens", "model_length", "max_output_tokens", "max_length"];

/// Whether a response that ended for this reason was cut off.
pub fn is_cut_off(finish_reason: &str) -> bool {
    CUT_OFF.iter().any(|reason| reason.eq_ignore_ascii_case(finish_reason))
}

/// The state of a response whose span, found by `rule`, has a key; no rule where neither is there.
///
/// A response that was cut off still votes when it had stated its answer; what a fallback rule
/// picks out of unfinished reasoning is no answer. The published rules know no such thing: there
/// whatever was found counts. An answer without text (`has_text` false) was cut off inside its
/// reasoning.
pub fn state(
    has_text: bool,
    rule: Option<&str>,
    finish_reason: Option<&str>,
    profile: Profile,
) -> State {
    if !has_text {
        return State::Truncated;
    }
    let cut_off = finish_reason.is_some_and(is_cut_off);
    let guessed = |rule| profile == Profile::Canonical && FALLBACK_RULES.contains(&rule);
    match rule {
        None if cut_off => State::Truncated,
        None => State::Unparsed,
        Some(rule) if cut_off && guessed(rule) => State::Truncated,
        Some(_) => State::Ok,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CUT: Option<&str> = Some("length");

    #[test]
    fn no_text_was_cut_off_whatever_is_said() {
        assert_eq!(state(false, Some("boxed"), Some("stop"), Profile::Canonical), State::Truncated);
    }

    #[test]
    fn nothing_found_is_unparsed_unless_cut_off() {
        assert_eq!(state(true, None, Some("stop"), Profile::Canonical), State::Unparsed);
        assert_eq!(state(true, None, None, Profile::Paper), State::Unparsed);
        assert_eq!(state(true, None, CUT, Profile::Paper), State::Truncated);
    }

    #[test]
    fn the_reasons_of_other_endpoints_are_known() {
        for reason in ["max_tokens", "MAX_TOKENS", "model_length", "Length"] {
            assert!(is_cut_off(reason), "{reason}");
            assert_eq!(state(true, None, Some(reason), Profile::Canonical), State::Truncated);
        }
        assert!(!is_cut_off("stop") && !is_cut_off(""));
    }

    #[test]
    fn a_statement_survives_the_cut_and_a_guess_does_not() {
        assert_eq!(state(true, Some("boxed"), CUT, Profile::Canonical), State::Ok);
        assert_eq!(state(true, Some("last_number"), CUT, Profile::Canonical), State::Truncated);
        assert_eq!(state(true, Some("last_number"), None, Profile::Canonical), State::Ok);
        assert_eq!(state(true, Some("last_number"), CUT, Profile::Paper), State::Ok);
    }
}
