"""Fields as other tools write them → ours. What is of a wrong type raises LineError."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from slm_mux.store.jsonl import LineError
from slm_mux.store.rows import CUT_OFF, whole_value
from slm_mux.types import SampleError, Usage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DIGITS = 9  # of a number that is written as a text
_PROMPT = ("prompt_tokens", "input_tokens")
_COMPLETION = ("completion_tokens", "output_tokens")


def first_of(row: Mapping[str, Any], names: Iterable[str]) -> Any:
    """The value of the first of `names` that the row has and that is not null."""
    for name in names:
        value = row.get(name)
        if value is not None:
            return value
    return None


def text_of(value: Any, name: str) -> str | None:
    """A text, or a number as one."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise LineError(f"field {name} is not a text")


def number_of(value: Any, name: str) -> int:
    """A whole number from 0 on."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _DIGITS:
        value = int(value)
    value = whole_value(value)
    if type(value) is not int or value < 0:
        raise LineError(f"field {name} is not a whole number from 0 on")
    return value


def object_of(value: Any, name: str) -> dict[str, Any]:
    """An object; none where it is null. Columns may hold it as JSON."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        value = json_of(value, name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise LineError(f"field {name} is not an object")
    return value


def json_of(value: str, name: str) -> Any:
    """JSON inside a text."""
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        raise LineError(f"field {name} holds no valid JSON") from None


def list_of(value: Any, name: str) -> list[Any]:
    """A list; none where it is null."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise LineError(f"field {name} is not a list")
    return value


def choices_of(value: Any) -> list[str] | None:
    """The texts of the options: a list of texts or of objects, or an object with a list."""
    if isinstance(value, dict):
        value = first_of(value, ("text", "texts", "choices", "options"))
    if not isinstance(value, list) or not value:
        return None
    texts = [
        first_of(item, ("text", "content", "value")) if isinstance(item, dict) else item
        for item in value
    ]
    return texts if all(isinstance(text, str) for text in texts) else None


def reference_of(value: Any, choices: list[str] | None = None) -> str | None:
    """The reference answer; with `choices` an index, letter or option text becomes its letter."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if not choices:
        return str(value)
    if type(value) is int and 0 <= value < min(len(choices), len(LETTERS)):
        return LETTERS[value]
    text = str(value)
    if choices.count(text) == 1 and choices.index(text) < len(LETTERS):
        return LETTERS[choices.index(text)]
    bare = text.strip().strip("().").strip()
    return bare.upper() if len(bare) == 1 and bare.upper() in LETTERS else text


def usage_of(value: Any) -> Usage | None:
    """Token counts under either pair of names; None where they are not known."""
    if not isinstance(value, dict):
        return None
    prompt, completion = first_of(value, _PROMPT), first_of(value, _COMPLETION)
    if not all(type(n) is int and n >= 0 for n in (prompt, completion)):
        return None
    return Usage(
        prompt_tokens=prompt, completion_tokens=completion, total_tokens=prompt + completion
    )


def finish_of(value: Any) -> str | None:
    """Why a response ended, `length` where it was cut off."""
    if not isinstance(value, str):
        return None
    return "length" if value.lower() in CUT_OFF else value


def verdict_of(value: Any) -> str | None:
    """A verdict that is given as true and false, or as 1 and 0; None for anything between."""
    if not isinstance(value, int | float) or value not in (0, 1):
        return None
    return "correct" if value else "incorrect"


def params_of(value: Any) -> dict[str, float | int | None] | None:
    """The sampling parameters that are part of a sample's identity; None without any."""
    if not isinstance(value, dict):
        return None
    found = {
        "temperature": _number(value.get("temperature")),
        "top_p": _number(value.get("top_p")),
        "max_tokens": _number(
            first_of(value, ("max_tokens", "max_gen_toks", "max_completion_tokens"))
        ),
    }
    return found if any(v is not None for v in found.values()) else None


def _number(value: Any) -> float | int | None:
    known = isinstance(value, int | float) and not isinstance(value, bool)
    return value if known and math.isfinite(value) else None


def content_of(value: Any) -> tuple[str | None, str | None]:
    """A message's content, `(text, reasoning)`: a text, or blocks of either sort."""
    if value is None or isinstance(value, str):
        return value, None
    if not isinstance(value, list):
        raise LineError("a message's content is neither a text nor a list of blocks")
    texts: list[str] = []
    thoughts: list[str] = []
    for block in value:
        if isinstance(block, str):
            texts.append(block)
        elif isinstance(block, dict):
            _sort(block, texts, thoughts)
    return "".join(texts) if texts else None, "\n".join(thoughts) or None


def _sort(block: dict[str, Any], texts: list[str], thoughts: list[str]) -> None:
    kind = block.get("type")
    said = first_of(block, ("text", "refusal"))
    thought = first_of(block, ("reasoning", "thinking", "summary"))
    if kind in ("reasoning", "thinking") and isinstance(thought, str):
        thoughts.append(thought)
    elif isinstance(said, str):
        texts.append(said)


def message_of(value: Any) -> tuple[str | None, str | None]:
    """An assistant message, `(text, reasoning)`."""
    message = object_of(value, "message")
    text, thoughts = content_of(message.get("content"))
    beside = first_of(message, ("reasoning_content", "reasoning"))
    return text, thoughts or (beside if isinstance(beside, str) and beside else None)


def error_of(value: Any, *, status: Any = None) -> SampleError | None:
    """Why there is no response, as a row records it; None where nothing went wrong."""
    if not value:
        return None
    about = value if isinstance(value, dict) else {"message": value}
    message = first_of(about, ("message", "detail", "code", "type")) or "failed"
    kind = first_of(about, ("type", "code", "kind")) or "error"
    return SampleError(
        kind=str(kind), status=status if type(status) is int else None, message=str(message)
    )
