from typing import Any, Final

__all__ = ["KINDS", "PROFILES", "__version__", "extract", "grade", "key", "read", "same"]

KINDS: Final[list[str]]
"""
The kinds of answer.
"""

PROFILES: Final[list[str]]
"""
The profiles of rules.
"""

__version__: Final[str]
"""
The version that `Cargo.toml` carries.
"""

def extract(text: Any, *, kind: str, profile: str, choices: Any | None = None) -> Any:
    """
    The span that states the final answer of each text.
    """

def grade(response: Any, reference: Any, *, kind: str, profile: str, choices: Any | None = None) -> Any:
    """
    The verdict on each response, against its reference or the only one.
    """

def key(answer: Any, *, kind: str, profile: str) -> Any:
    """
    The vote that each answer stands for.
    """

def read(texts: Any, *, kind: str, profile: str, choices: Any | None = None) -> Any:
    """
    Span, rule and key of each text.
    """

def same(a: Any, b: Any, *, kind: str, profile: str) -> Any:
    """
    Whether two answers are the same vote.
    """
