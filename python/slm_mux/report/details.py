"""One problem as plain data for the page: every sample, the votes, and the decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slm_mux.report.mathematics import answer_to_mathml, formulas
from slm_mux.report.why import why

if TYPE_CHECKING:
    from slm_mux.counts import Tally
    from slm_mux.report.model import Answered, Asked, Samples, TaskRecord, Verdict

MAX_TEXT = 200_000
"""Characters of a response that the page holds; of a longer one the middle is left out."""
SNIPPET = 160


class Book:
    """Texts of one part of the page; each formula stands in it once."""

    def __init__(self) -> None:
        self.formulas: list[str] = []
        self._numbers: dict[str, int] = {}

    def text(self, text: str | None, span: str | None = None) -> dict[str, Any] | None:
        """A text with its formulas and the last occurrence of `span` in it.

        `t` is the text, `m` are [start, end, formula number], `s` is [start, end]; offsets are
        in UTF-16 units, as in the browser.
        """
        if text is None:
            return None
        text = shortened(text)
        found = formulas(text)
        at = text.rfind(span) if span else -1
        ends = [edge for f in found for edge in (f.start, f.end)]
        if span and at >= 0:
            ends += [at, at + len(span)]
        places = _utf16(text, ends)
        page: dict[str, Any] = {"t": text}
        if found:
            page["m"] = [[places[f.start], places[f.end], self._number(f.mathml)] for f in found]
        if span and at >= 0:
            page["s"] = [places[at], places[at + len(span)]]
        return page

    def answer(self, answer: str | None) -> dict[str, Any] | None:
        """An answer, all of it a formula where it looks like one."""
        if answer is None:
            return None
        mathml = answer_to_mathml(answer)
        if mathml is None:
            return self.text(answer)
        return {
            "t": answer,
            "m": [[0, _utf16(answer, [len(answer)])[len(answer)], self._number(mathml)]],
        }

    def _number(self, mathml: str) -> int:
        number = self._numbers.setdefault(mathml, len(self.formulas))
        if number == len(self.formulas):
            self.formulas.append(mathml)
        return number


def shortened(text: str) -> str:
    """A text of bounded length that says what was left out."""
    if len(text) <= MAX_TEXT:
        return text
    half = MAX_TEXT // 2
    left_out = len(text) - 2 * half
    return f"{text[:half]}\n\n[… {left_out:,} characters left out of this page …]\n\n{text[-half:]}"


def _utf16(text: str, places: list[int]) -> dict[int, int]:
    """Offsets in characters → offsets in UTF-16 units."""
    if text.isascii() or max(text, default="") <= "\uffff":
        return {place: place for place in places}
    found, last, units = {}, 0, 0
    for place in sorted(places):
        units += sum(1 + (c > "\uffff") for c in text[last:place])
        last = place
        found[place] = units
    return found


def details(record: TaskRecord, at: int, samples: Samples, book: Book) -> dict[str, Any]:
    """Problem number `at` of a task, with `samples` as far as they are read."""
    asked, verdict = record.asked[at], record.verdicts[at]
    tallies = {name: record.table.tally(asked.problem_id, name) for name in record.members}
    said = why(verdict, tallies, record.selector)
    return {
        "id": asked.problem_id,
        "problem": book.text(asked.text),
        "choices": [book.text(choice) for choice in asked.choices or ()],
        "reference": book.answer(asked.reference),
        "decision": _decision(verdict, said, book),
        "models": [
            _model(name, tally, samples.get((asked.problem_id, name), []), book)
            for name, tally in tallies.items()
        ],
    }


def _decision(verdict: Verdict, said: str, book: Book) -> dict[str, Any]:
    return {
        "answer": book.answer(verdict.answer),
        "key": verdict.key,
        "model": verdict.model,
        "confidence": verdict.confidence,
        "outcome": verdict.outcome,
        "stage": verdict.stage,
        "short": verdict.short,
        "why": said,
    }


def _model(name: str, tally: Tally, samples: list[Answered], book: Book) -> dict[str, Any]:
    spans: dict[str, str] = {}
    grades: dict[str, str | None] = {}
    for sample in samples:
        if sample.key is not None and sample.span is not None:
            spans.setdefault(sample.key, sample.span)
            grades.setdefault(sample.key, sample.verdict)
    return {
        "name": name,
        "votes": [
            {"key": key, "answer": book.answer(spans.get(key)), "n": n, "verdict": grades.get(key)}
            for key, n in tally.counts.items()
        ],
        "of": tally.n,
        "unparsed": tally.unparsed,
        "truncated": tally.truncated,
        "failed": tally.failed,
        "confidence": None if tally.confidence is None else float(tally.confidence),
        "samples": [_sample(sample, book) for sample in samples],
    }


def _sample(sample: Answered, book: Book) -> dict[str, Any]:
    return {
        "i": sample.index,
        "state": sample.state,
        "verdict": sample.verdict,
        "key": sample.key,
        "span": sample.span,
        "stage": sample.stage,
        "rule": sample.rule,
        "note": sample.note,
        "text": book.text(sample.text, sample.span),
    }


def snippet(asked: Asked, book: Book) -> dict[str, Any] | None:
    """The beginning of a problem, cut before a formula that would be torn."""
    if asked.text is None:
        return None
    text = " ".join(asked.text[: 8 * SNIPPET].split())
    if len(text) <= SNIPPET:
        return book.text(text)
    end = min((f.start for f in formulas(text) if f.start < SNIPPET < f.end), default=SNIPPET)
    return book.text(text[:end].rstrip() + " …")
