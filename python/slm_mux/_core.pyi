from _typeshed import Incomplete, SupportsGetItem
from typing import Any, Final, SupportsFloat, SupportsIndex, final

__all__ = ["KEY_VERSION", "KINDS", "OUTCOMES", "PROFILES", "REASONS", "SELECTORS", "__version__", "AnswerTable", "Decisions", "extract", "grade", "grade_answer", "key", "read", "same", "state", "stated", "tree"]

KEY_VERSION: Final[str]
"""
The version of the rules that keys carry.
"""

KINDS: Final[list[str]]
"""
The kinds of answer.
"""

OUTCOMES: Final[list[str]]
"""
Where an answer, or the lack of one, is counted.
"""

PROFILES: Final[list[str]]
"""
The profiles of rules.
"""

REASONS: Final[list[str]]
"""
What can make an answer win.
"""

SELECTORS: Final[list[str]]
"""
What a selection may be asked for.
"""

__version__: Final[str]
"""
The version that `Cargo.toml` carries.
"""

@final
class AnswerTable:
    """
    Recorded answers of several members, interned; frozen.
    """
    @property
    def conflicts(self, /) -> list[tuple[str, str, int]]: ...
    @staticmethod
    def from_arrow(rows: Incomplete, references: SupportsGetItem[int, tuple[str, str]], problems: SupportsGetItem[int, str], members: SupportsGetItem[int, str]) -> AnswerTable:
        """
        The table of an Arrow table, batch or stream.
        """
    @staticmethod
    def from_rows(rows: Any, references: SupportsGetItem[int, tuple[str, str]], problems: SupportsGetItem[int, str], members: SupportsGetItem[int, str]) -> AnswerTable:
        """
        The table of an iterable of mappings.
        """
    @property
    def members(self, /) -> list[str]: ...
    def members_summary(self, /) -> list[tuple[str, list[tuple[str, int]], list[tuple[str, int]]]]:
        """
        By member: the counts over its samples, and over problems by self-consistency.
        """
    def merge(self, /, other: AnswerTable) -> AnswerTable:
        """
        The union of both tables.
        """
    def oracle(self, /, members: SupportsGetItem[int, str] | None) -> int:
        """
        On how many problems the top key of one of the members is correct.
        """
    @property
    def problem_ids(self, /) -> list[str]: ...
    @property
    def sample_count(self, /) -> int: ...
    def select(self, /, selector: str, order: SupportsGetItem[int, str] | None, validation_accuracy: SupportsGetItem[int, tuple[str, SupportsFloat | SupportsIndex]], abstain: str, tie: str, seed: int) -> Decisions:
        """
        One decision per problem.
        """
    def tally(self, /, problem: str, model: str, abstain: str) -> tuple[int, int, int, int, list[tuple[str, int]], int | None, bool | None, int]:
        """
        The votes of one member on one problem.
        """

@final
class Decisions:
    """
    One decision per problem of a table; frozen.
    """
    def __len__(self, /) -> int: ...
    @property
    def correct(self, /) -> list[bool | None]: ...
    def counts_by_reason(self, /) -> list[tuple[str, int]]:
        """
        How many decisions each reason made; reasons that made none are left out.
        """
    def get(self, /, at: SupportsIndex) -> tuple[str, str | None, str | None, int | None, int, int, str, int, str]:
        """
        The fields of one decision.
        """
    @property
    def keys(self, /) -> list[str | None]: ...
    @property
    def models(self, /) -> list[str | None]: ...
    def outcomes(self, /) -> list[tuple[str, int]]:
        """
        How many decisions came out how.
        """
    @property
    def problem_ids(self, /) -> list[str]: ...

def extract(text: Any, *, kind: str, profile: str, choices: Any | None = None) -> Any:
    """
    The span that states the final answer of each text.
    """

def grade(response: Any, reference: Any, *, kind: str, profile: str, choices: Any | None = None) -> Any:
    """
    The verdict on each response, against its reference or the only one.
    """

def grade_answer(answer: Any, stated: Any, *, kind: str, profile: str) -> Any:
    """
    The verdict on each answer that was extracted already, against what a reference states.
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

def state(rule: str | None, *, has_text: bool, finish_reason: str | None, profile: str) -> str:
    """
    What became of a response whose span, found by `rule`, has a key: a name of `State`.
    """

def stated(reference: Any, *, kind: str, profile: str) -> Any:
    """
    What each reference states: itself, unless it is delimited or a whole solution.
    """

def tree(answer: Any) -> Any:
    """
    The expression tree of each answer as JSON.
    """
