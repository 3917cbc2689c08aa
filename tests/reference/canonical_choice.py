"""Kind `choice`: the letter that a response states; never a letter out of a word."""

# ruff: noqa: RUF001 - characters of other scripts are what is read here

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reference.canonical_text import (
    ANSWER_OR_OPTION,
    LETTER,
    SPACE,
    Extraction,
    adjacent,
    boxes,
    lower,
    starts_with_word,
    statements,
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
)
# What may stand before "C is correct".
BEFORE_VERDICT = {
    *("option", "choice", "answer", "letter", "so", "thus", "therefore", "hence", "that"),
    *("is", "only", "think", "believe", "conclude", "and", "then"),
}
VERDICT_WINDOW = 60  # characters
TEXT_TRIM = SPACE + "*_`\"'.$:"
AMBIGUOUS = Extraction("", "ambiguous")


def rules(choices: Sequence[str] | None) -> ChoiceRules:
    """The rules for the given options, or for the letters A to J."""
    texts = tuple(option_text(choice) for choice in choices or ())
    return ChoiceRules(texts, min(len(texts) or DEFAULT_LETTERS, 26))


def option_text(text: str) -> str:
    """An option as it is compared: no markup around it, single spaces, no case."""
    return lower(re.sub(rf"[{SPACE}]+", " ", text.strip(TEXT_TRIM)))


@dataclass(frozen=True)
class ChoiceRules:
    """The rules, for the options of one problem."""

    texts: tuple[str, ...]
    count: int

    def valid(self, char: str) -> bool:
        """Whether a letter, in either case, names an option."""
        return LETTER.fullmatch(char) is not None and ord(char.upper()) - ord("A") < self.count

    def explicit(self, text: str) -> Extraction | None:
        """The last of all statements; else a line or a start that is nothing but a letter."""
        last = max(
            (*self.boxed(text), *self.stated(text), *self.hashed(text), *self.verdict(text)),
            key=lambda found: found[0],
            default=None,
        )
        if last:
            return last[1]
        return self.letter_line(text) or self.letter_start(text) or self.whole_text(text)

    def fallback(self, text: str) -> Extraction | None:
        """The last letter in round brackets; nothing where a box was cut off."""
        if boxes(text)[1]:
            return None
        for found in reversed(re.findall(r"\(([A-Z])\)", text)):
            if self.valid(found):
                return Extraction(found, "last_letter")
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
        for statement in statements(text, ANSWER_OR_OPTION, brackets=True):
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
            phrase = text[verb.end() : verb.end() + 15]
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
        """The letter a value states, `""` where it names several, nothing where none."""
        line = value.split("\n", 1)[0]
        letter = self.letter(value)
        if letter is not None and not self.just_letter(line):
            return self.option(line) or letter
        return letter if letter is not None else self.option(line)

    def just_letter(self, line: str) -> bool:
        """Whether a line holds one valid letter and no other letter or digit."""
        return len(re.findall(r"[A-Za-z0-9]", line)) == 1

    def option(self, line: str) -> str | None:
        """The letter of the only option whose text is the line, or its first sentence."""
        for text in (line, re.split(rf"\.(?=[{SPACE}])", line, maxsplit=1)[0]):
            same = [
                i for i, option in enumerate(self.texts) if option and option == option_text(text)
            ]
            if len(same) == 1 and same[0] < self.count:
                return chr(ord("A") + same[0])
        return None

    def letter(self, value: str) -> str | None:
        """The letter at the start of a value."""
        rest = skip_openers(value)
        if not self.valid(rest[:1]):
            return None
        char, after = rest[0], rest[1:]
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
            bare = line.strip(OPENERS + CLOSERS + ".:")
            if self.valid(bare) and (bare == bare.upper() or not text.strip(SPACE)[3:]):
                return Extraction(bare.upper(), "letter_line")
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
