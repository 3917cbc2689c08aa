"""Kind `choice`: the letter that a response states; never a letter out of a word."""

# ruff: noqa: RUF001 - characters of other scripts are what is read here

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reference import canonical_json
from reference.canonical_boxes import adjacent, boxes
from reference.canonical_cues import ANSWER_OR_OPTION, statements
from reference.canonical_refusals import TEXT_COMMANDS, gives_up, opening, refuses
from reference.canonical_text import (
    LETTER,
    SPACE,
    Extraction,
    lower,
    starts_with_word,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

DEFAULT_LETTERS = 10
OPENERS = SPACE + "*_`\"'“‘([{<$#"
CLOSERS = ")]}>*_`\"'”’$"
COMMANDS = ("\\boxed{", "\\fbox{", "\\text{", "\\textbf{", "\\mathrm{", "\\mathbf{", "\\(", "\\[")
LEAD_WORDS = ("option", "choice", "letter", "answer")
# Words after a lone capital A or I that leave it a letter: "Answer: A because".
AFTER_LETTER = ("because", "since", "as", "is", "and", "or", "with", "for", "due", "which")
JOINERS = (",", ";", "/", "&", "and", "or")
VERDICTS = (
    *("is correct", "is the correct", "is the right", "is the best", "is the answer", "is right"),
    *("is best", "is the most likely", "is the most appropriate", "is the most accurate"),
)
# What may stand before "C is correct".
BEFORE_VERDICT = {
    *("option", "choice", "answer", "letter", "so", "thus", "therefore", "hence", "that"),
    *("is", "only", "think", "believe", "conclude", "and", "then"),
}
VERDICT_WINDOW = 60  # characters
# What may stand between a choosing word and a letter that ends its clause: "so it's (C)."
PICKS = {"so", "thus", "therefore", "hence", "choose", "chose", "select", "pick"}
# These choose after one of their words alone: "it is C", "go with C".
PICKING_PAIRS = {
    *(("is", "it"), ("s", "it"), ("be", "must"), ("with", "go"), ("with", "going"), ("for", "opt")),
}
# These choose before "option" or "choice": "which is option C".
PICKS_OF_OPTION = {"is", "be", "to", "matches"}
DENIALS = {"not", "never", "t"}
NONE = ("none", "neither")
BEFORE_TEXT = SPACE + "*_`\"'“‘$"
AFTER_TEXT = SPACE + "*_`\"'”’$.:,"
ARTICLES = ("the ", "a ", "an ")
# Letters of other scripts that stand for A, B, C, D.
OTHER_LETTERS = ("أبجد", "অবডঢ", "ＡＢＣＤＥＦＧＨＩＪ")
AMBIGUOUS = Extraction("", "ambiguous")


def rules(choices: Sequence[str] | None) -> ChoiceRules:
    """The rules for the given options, or for the letters A to J."""
    texts = tuple(option_text(choice) for choice in choices or ())
    return ChoiceRules(texts, min(len(texts) or DEFAULT_LETTERS, 26))


def option_text(text: str) -> str:
    """An option as it is compared: no markup or delimiters around it, single spaces, no case."""
    bare = ""
    while text != bare:
        bare = text
        text = text.lstrip(BEFORE_TEXT).rstrip(AFTER_TEXT)
        for opener, closer in (("\\(", "\\)"), ("\\[", "\\]"), *((c, "}") for c in TEXT_COMMANDS)):
            if text.startswith(opener) and text.endswith(closer):
                text = text[len(opener) : -len(closer)]
    return lower(re.sub(rf"[{SPACE}]+", " ", text))


def without_article(text: str) -> str:
    """Without "the", "a" or "an" before it."""
    article = next((word for word in ARTICLES if text.startswith(word)), "")
    return text[len(article) :]


@dataclass(frozen=True)
class ChoiceRules:
    """The rules, for the options of one problem."""

    texts: tuple[str, ...]
    count: int

    def valid(self, char: str) -> bool:
        """Whether a letter, in either case, names an option."""
        return LETTER.fullmatch(char) is not None and ord(char.upper()) - ord("A") < self.count

    def explicit(self, text: str) -> Extraction | None:
        """The last JSON answer, else the last of all statements, else a letter alone."""
        for value in canonical_json.values(text):
            letter = "" if value is None else self.read(value)
            if letter is not None:
                return Extraction(letter, "json")
        last = max(
            (*self.boxed(text), *self.stated(text), *self.hashed(text), *self.verdict(text)),
            key=lambda found: found[0],
            default=None,
        )
        if last:
            return last[1]
        alone = self.letter_line(text) or self.letter_start(text)
        return alone or self.picked(text) or self.whole_text(text)

    def fallback(self, text: str) -> Extraction | None:
        """The last letter in round brackets; nothing where a box was cut off or no answer found."""
        if boxes(text)[1]:
            return None
        for found in reversed(list(re.finditer(r"\(([A-Z])\)", text))):
            if self.valid(found[1]):
                line = text.rfind("\n", 0, found.start()) + 1
                return None if gives_up(text[line:]) else Extraction(found[1], "last_letter")
        return None

    # The four ways to state a letter, each with the place of its last statement.

    def boxed(self, text: str) -> list[tuple[int, Extraction]]:
        """The last box with a letter or an option; two different ones side by side are none."""
        found, _ = boxes(text)
        for index in range(len(found) - 1, -1, -1):
            stated = self.read(found[index].content)
            if stated is None:
                continue
            earlier = found[index - 1] if index else None
            if earlier and adjacent(text[earlier.end : found[index].start]):
                other = self.read(earlier.content)
                stated = stated if other in {None, stated} else ""
            return [(found[index].start, Extraction(stated, "boxed"))]
        return []

    def stated(self, text: str) -> list[tuple[int, Extraction]]:
        """The last `the answer is (C)`, `Answer: C`, `<answer>C</answer>`."""
        for statement in statements(text, ANSWER_OR_OPTION, options=True):
            letter = self.read(statement.value)
            if letter is not None:
                rule = "answer_tag" if statement.tag else "final_answer"
                return [(statement.start, Extraction(letter, rule))]
        return []

    def hashed(self, text: str) -> list[tuple[int, Extraction]]:
        """The last `## C ##` or `#### C` that fills its line."""
        lines = re.finditer(r"(?m)(?<!#)#{2,}+[ \t]*+([A-Z])[ \t]*+(?=#|$)", text)
        found = [(line.start(), line[1]) for line in lines if self.valid(line[1])]
        return [(at, Extraction(letter, "hash")) for at, letter in found[-1:]]

    def verdict(self, text: str) -> list[tuple[int, Extraction]]:
        """The last `(C) is correct`, `option C is the right one`."""
        found = []
        for verb in re.finditer(r"[ \t](?=is )", text):
            phrase = text[verb.end() : verb.end() + 25]
            stated = any(starts_with_word(phrase, verdict) for verdict in VERDICTS)
            before = text[max(0, verb.start() - VERDICT_WINDOW) : verb.start()]
            if stated and (letter := self.before_verdict(before)):
                found.append((verb.start(), Extraction(letter, "letter_is_correct")))
        return found[-1:]

    def before_verdict(self, before: str) -> str:
        """The letter at the end of a clause, where what comes before it allows one."""
        bare = before.rstrip(CLOSERS + " \t")
        letter = bare[-1:]
        if not self.valid(letter) or letter != letter.upper():
            return ""
        rest = bare[:-1]
        if rest and rest[-1] not in OPENERS:
            return ""
        rest = rest.rstrip(OPENERS)
        word = re.search(r"[A-Za-z]*\Z", rest)
        assert word is not None
        return letter if not word[0] or lower(word[0]) in BEFORE_VERDICT else ""

    # Reading one statement.

    def read(self, value: str) -> str | None:
        """The letter that a value states: "" for several or a refusal, None for nothing."""
        line = value.split("\n", 1)[0]
        letter = self.letter(value)
        if letter is not None and len(re.findall(r"[A-Za-z0-9]", line)) == 1:
            return letter
        option = self.option(line)
        if option is not None or letter is not None:
            return option or letter
        refused = any(starts_with_word(opening(line), word) for word in NONE)
        return "" if refused or refuses(line) else None

    def option(self, line: str) -> str | None:
        """The letter of the only option that is the line, its first sentence or clause."""
        if not any(self.texts):
            return None
        clause = rf"[,;](?=[{SPACE}])|[{SPACE}](?:\(|because |since )"
        stops = (rf"\.(?=[{SPACE}])", clause)
        texts = [option_text(line), *(option_text(re.split(s, line, maxsplit=1)[0]) for s in stops)]
        for text in texts:
            if letter := self.only(text, list(self.texts)):
                return letter
            bare = [without_article(option) for option in self.texts]
            if letter := self.only(without_article(text), bare):
                return letter
        if texts[0].startswith("none of the"):
            return self.only("none of", [option[: len("none of")] for option in self.texts])
        return None

    def only(self, text: str, options: list[str]) -> str | None:
        """The letter of the option that equals `text`, where no other does."""
        same = [i for i, option in enumerate(options) if option and option == text]
        return chr(ord("A") + same[0]) if len(same) == 1 and same[0] < self.count else None

    def letter(self, value: str) -> str | None:
        """The letter at the start of a value."""
        rest = skip_openers(value)
        char, after = named(rest[:1]), rest[1:]
        if not self.valid(char):
            return None
        if re.match(r"[A-Za-z0-9]|['’-][A-Za-z]|[ \t]*[_^=+]", after):
            return None
        before = value[: len(value) - len(rest)][-1:]
        enclosed = before in {"(", "[", "{", "<", '"'} and after[:1] in {")", "]", "}", ">", '"'}
        line = after.split("\n", 1)[0].strip(SPACE + CLOSERS + ".")
        if char != char.upper() and not enclosed and line:
            return None
        if char in "AI" and not enclosed and is_word(after):
            return None
        return "" if self.another(after, char.upper()) else char.upper()

    def another(self, after: str, letter: str) -> bool:
        """Whether a second letter is claimed: "A or B", "A, C"."""
        rest = after.lstrip(CLOSERS + " \t")
        joiner = next((j for j in JOINERS if rest.startswith(j)), None)
        if joiner is None or (joiner in {"and", "or"} and LETTER.match(rest[len(joiner) :])):
            return False
        rest = skip_openers(rest[len(joiner) :])
        if not self.valid(rest[:1]) or rest[0] in {letter, rest[0].lower()}:
            return False
        if re.match(r"[A-Za-z0-9]|['’-][A-Za-z]", rest[1:]):
            return False
        return not (rest[0] in "AI" and is_word(rest[1:]))

    # Responses that state nothing, but consist of an answer.

    def letter_line(self, text: str) -> Extraction | None:
        """The last line that is nothing but a letter: `C`, `(C)`, `**C.**`."""
        for line in reversed(text.split("\n")):
            bare = named(line.strip(OPENERS + CLOSERS + ".:"))
            if self.valid(bare) and (bare == bare.upper() or not text.strip(SPACE)[3:]):
                return Extraction(bare.upper(), "letter_line")
        return None

    def picked(self, text: str) -> Extraction | None:
        """The last letter that ends a clause after a choosing word: "so it's C.", "I pick (C)"."""
        for found in reversed(list(re.finditer(r"(?<![A-Za-z0-9])[A-Z]", text))):
            after = text[found.end() :].lstrip(CLOSERS)
            ends = not after or after[0] in ".,;:!\n" or after.startswith((" because ", " since "))
            if not ends or not self.valid(found[0]) or goes_on(text[found.end() :]):
                continue
            before = text[max(0, found.start() - VERDICT_WINDOW) : found.start()]
            if picks(before) and not self.another(after, found[0]):
                return Extraction(found[0], "picked")
        return None

    def letter_start(self, text: str) -> Extraction | None:
        """`B) 5 because …`, where no other line starts with a letter like this."""
        starts = re.findall(rf"(?m)^[ \t]*[*(\[]*([A-Z])[)\].:*]+(?=[{SPACE}]|$)", text)
        first = re.match(rf"[{SPACE}]*[*(\[]*([A-Z])[)\].:*]+(?=[{SPACE}]|$)", text)
        if first and self.valid(first[1]) and set(starts) == {first[1]}:
            return Extraction(first[1], "letter_start")
        return None

    def whole_text(self, text: str) -> Extraction | None:
        """The last line that is not blank, where it is the text of one option."""
        lines = [line for line in text.split("\n") if line.strip(SPACE)]
        letter = self.option(lines[-1]) if lines else None
        return Extraction(letter, "option_text") if letter else None


def named(char: str) -> str:
    """The letter that a letter of another script stands for."""
    row = next((row for row in OTHER_LETTERS if char and char in row), "")
    return chr(ord("A") + row.index(char)) if len(char) == 1 and row else char


def goes_on(after: str) -> bool:
    """Whether what follows a letter makes it part of a word or a name."""
    return re.match(r"[A-Za-z0-9]|['’-][A-Za-z]", after) is not None


def picks(before: str) -> bool:
    """Whether a letter after `before` is chosen."""
    words = re.findall(r"[A-Za-z]+", before)
    if not re.fullmatch(rf"[{re.escape(OPENERS)},:]*", re.split(r"[A-Za-z]", before)[-1]):
        return False
    names = [lower(word) for word in words[-3:]]
    option = bool(names) and names[-1] in {"option", "choice", "answer", "letter"}
    names = names[:-1] if option else names
    last = names[-1] if names else ""
    previous = names[-2] if len(names) > 1 else ""
    if last in PICKS:
        return previous not in DENIALS
    return (last, previous) in PICKING_PAIRS or (option and last in PICKS_OF_OPTION)


def skip_openers(value: str) -> str:
    """Drop markup, commands and one word like "option" before a letter."""
    word_left = True
    while True:
        rest = value.lstrip(OPENERS)
        command = next((c for c in COMMANDS if rest.startswith(c)), "")
        word = next((w for w in LEAD_WORDS if starts_with_word(rest, w)), "") if word_left else ""
        if not command and not word:
            return rest
        word_left = word_left and not word
        value = rest[len(command or word) :]


def is_word(after: str) -> bool:
    """Whether what follows a lone A or I makes it an article or a pronoun."""
    rest = after.lstrip(" \t")
    if rest == after or not re.match(r"[a-z]", rest):
        return False
    return not any(starts_with_word(rest, word) for word in AFTER_LETTER)
