//! The texts of the options of a multiple-choice problem, as they are compared.

use super::refusals::TEXT_COMMANDS;
use super::text::{before_remark, clause, is_markup, is_space};
use crate::Choices;

const ARTICLES: [&str; 3] = ["the ", "a ", "an "];

/// The options, in letter order.
pub(super) struct Options {
    texts: Vec<String>,
    any: bool,
}

impl Options {
    pub(super) fn of(choices: Choices<'_>) -> Self {
        let texts: Vec<_> = choices.iter().map(|text| option_text(text)).collect();
        let any = texts.iter().any(|text| !text.is_empty());
        Self { texts, any }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    pub(super) const fn len(&self) -> usize {
        self.texts.len()
    }

    /// The number of the only option that is the line, its first sentence or clause.
    pub(super) fn only(&self, line: &str) -> Option<u8> {
        if !self.any {
            return None;
        }
        let whole = option_text(line);
        let parts = [clause(line, &['.']), before_remark(line)];
        let read = |text: &str| {
            let bare = without_article(text);
            self.single(|option| option == text)
                .or_else(|| self.single(|option| without_article(option) == bare))
        };
        let none = || {
            let none = whole.starts_with("none of the");
            if none { self.single(|option| option.starts_with("none of")) } else { None }
        };
        read(&whole)
            .or_else(|| parts.iter().find_map(|part| read(&option_text(part))))
            .or_else(none)
    }

    /// The number of the only option that is `same`.
    fn single(&self, same: impl Fn(&str) -> bool) -> Option<u8> {
        let mut options = self.texts.iter().enumerate();
        let (index, _) = options.find(|(_, option)| !option.is_empty() && same(option))?;
        let alone = !options.any(|(_, option)| !option.is_empty() && same(option));
        u8::try_from(index).ok().filter(|_| alone)
    }
}

/// An option as it is compared: no markup or delimiters around it, single spaces, no case.
fn option_text(text: &str) -> String {
    let text = undressed(text);
    let mut out = String::with_capacity(text.len());
    for word in text.split(is_space) {
        if word.is_empty() {
            continue;
        }
        out.push_str(if out.is_empty() { "" } else { " " });
        out.push_str(word);
    }
    out.make_ascii_lowercase();
    out
}

/// Without markup and delimiters around it.
fn undressed(text: &str) -> &str {
    let before = |c| is_space(c) || is_markup(c) || matches!(c, '“' | '‘' | '$');
    let after = |c| is_space(c) || is_markup(c) || "”’$.:,".contains(c);
    let mut text = text.trim_start_matches(before).trim_end_matches(after);
    loop {
        let commands = TEXT_COMMANDS.iter().map(|command| (*command, "}"));
        let inner = [("\\(", "\\)"), ("\\[", "\\]")]
            .into_iter()
            .chain(commands)
            .find_map(|(opener, closer)| text.strip_prefix(opener)?.strip_suffix(closer));
        let Some(inner) = inner else { return text };
        text = inner.trim_start_matches(before).trim_end_matches(after);
    }
}

/// Without "the", "a" or "an" before it.
fn without_article(text: &str) -> &str {
    ARTICLES.iter().find_map(|article| text.strip_prefix(article)).unwrap_or(text)
}
