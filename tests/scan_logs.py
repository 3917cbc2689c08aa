"""Random sample logs, written in the many ways JSON allows, for the tests of the bulk scan."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

Row = dict[str, Any]

TASKS = {"sums": "math", "counts": "number", "quiz": "choice"}
PROBLEMS = ("p1", "p2", 'q"\\é', "\U0001f600")
MEMBERS = ("a", "b/two", "c\t\ud800")
REFERENCES = {"math": r"\frac{1}{2}", "number": "1,234", "choice": "B"}
CHOICES = ["red", "green\\blue", "both"]
# So long that of what ends in it no more is read than tells the answer.
_LONG = 'It is $\\approx \\frac{1}{2}$ of\tthat "one",\nas an Answer said. ' * 6
RESPONSES = {
    "math": [
        r"So \boxed{\frac12}.", r"It is \boxed{0.5}", r"\boxed{\frac{1}{2}\text{ cm}}",
        r"I say \boxed{7}", r"\boxed{07}", "The answer is $x+1$.", r"The answer is \(1+x\).",
        "\\boxed{\ud800}", "No idea.", "", "<think>half", "\u2028\\boxed{7}\n", r"\boxed{}",
        *(_LONG + end for end in (
            r"it is $\boxed{7}$.", r"\[x = \boxed{0.5}\] for all", "The answer is $x+1$.",
            "\n\nTherefore, x = 7.", "La respuesta es 7", "#### 7", "Q: What is \\boxed{2}?",
        )),
        r"First \boxed{3}. " + _LONG + r"or \boxed{7}", "The answer is 7. " + _LONG,
    ],
    "number": ["#### 1234", "It is 1,234.", "Then 5 and 6", "none", "#### 1234.0", "\ud83d 17"],
    "choice": ["Answer: B", "(C)", r"\boxed{A}", "The answer is green\\blue.", "Well", "B"],
}  # fmt: skip
NO_ERROR: tuple[Any, ...] = (None, "", False, 0, -0.0, [])
"""What is written in the place of an error where there was none."""
_FAILURE = {"kind": "status", "status": 500, "message": "made up"}


@st.composite
def row(draw: st.DrawFn, *, lists: bool = True, numbered: bool = False) -> Row:
    """A row of a log: any state; with or without an index, usage, a place in the pool.

    Numbered rows all have their reference: tallies of them may be put together.
    """
    task = draw(st.sampled_from(list(TASKS)))
    kind = TASKS[task]
    said = st.sampled_from(RESPONSES[kind]) | st.none()
    drawn: Row = {
        "task": task,
        "kind": kind,
        "problem_id": draw(st.sampled_from(PROBLEMS)),
        "model": draw(st.sampled_from(MEMBERS)),
    }
    if kind == "choice":
        drawn["choices"] = CHOICES
    ended = st.sampled_from(["stop", "length", "max_tokens", None])
    shape = draw(st.sampled_from(["one", "one", "one", "failed", "list" if lists else "one"]))
    if shape == "list":
        drawn["response"] = draw(st.lists(said, max_size=4))
        drawn["finish_reason"] = draw(ended | st.lists(ended, max_size=4))
    elif shape == "failed":
        drawn |= {"response": draw(said), "error": _FAILURE}
        if lists and draw(st.booleans()):
            drawn |= {"response": draw(st.lists(said, max_size=2)), "finish_reason": ["stop"]}
    else:
        drawn |= {"response": draw(said), "finish_reason": draw(ended)}
        if not draw(st.integers(0, 3)):
            drawn["error"] = draw(st.sampled_from(NO_ERROR))
    if numbered or (shape != "list" and draw(st.booleans())):
        drawn["sample_index"] = draw(st.integers(0, 5) | st.just(70_000))
    if draw(st.booleans()):
        tokens = st.integers(0, 9)
        drawn["usage"] = {"prompt_tokens": draw(tokens), "completion_tokens": draw(tokens)}
    if shape != "list" and draw(st.booleans()):
        drawn["pool_index"] = draw(st.integers(0, 3))
    if numbered or draw(st.integers(0, 3)):
        drawn["reference_answer"] = REFERENCES[kind]
    return drawn


@st.composite
def line(draw: st.DrawFn, drawn: Row) -> bytes:
    """The row as JSON: members in any order, spaced and escaped at will, some of them junk."""
    members = list(drawn.items())
    junk = st.sampled_from(
        [1, "}", [{"response": "no"}], None, -0.5e30, float("nan"), [-float("inf")]]
    )
    names = st.sampled_from(["note", "sample_", "responses_", "x"])
    members += draw(st.lists(st.tuples(names, junk), max_size=2))
    members = draw(st.permutations(members))
    if draw(st.booleans()):  # of two members of one name the last counts
        members.insert(0, ("response", draw(st.sampled_from(["wrong \\boxed{9}", None, [], 3]))))
    space = st.sampled_from(["", "", " ", "\t ", "\r"])
    text = ",".join(
        f"{draw(space)}{draw(string(name))}{draw(space)}:{draw(space)}{draw(value(own))}"
        for name, own in members
    )
    return f"{draw(space)}{{{text}{draw(space)}}}{draw(space)}".encode()


@st.composite
def value(draw: st.DrawFn, own: Any) -> str:
    """Any value as JSON."""
    if isinstance(own, str):
        return draw(string(own))
    if isinstance(own, list):
        return "[" + draw(st.sampled_from([",", " , "])).join(draw(value(x)) for x in own) + "]"
    return json.dumps(own)


@st.composite
def string(draw: st.DrawFn, said: str) -> str:
    """A text as JSON: as it is, escaped, or with a character or the backslashes as code points."""
    way = draw(st.sampled_from(["ascii", "ascii", "plain", "backslashes", "point"]))
    written = json.dumps(said, ensure_ascii=way == "ascii" or not _utf8(said))
    if way == "backslashes":
        return written.replace("\\\\", draw(st.sampled_from(["\\u005c", "\\u005C"])))
    if way == "point" and said and said[0].isascii() and said[0].isalnum():
        return f'"\\u{ord(said[0]):04x}{written[2:]}'
    return written


def _utf8(said: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in said)


@st.composite
def log(draw: st.DrawFn, *, lists: bool = True, numbered: bool = False) -> list[bytes]:
    """The lines of a log."""
    rows = draw(st.lists(row(lists=lists, numbered=numbered), min_size=1, max_size=24))
    return [draw(line(drawn)) for drawn in rows]
