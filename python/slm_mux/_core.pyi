from _typeshed import Incomplete, SupportsGetItem
from os import PathLike
from typing import Any, Final, SupportsFloat, SupportsIndex, final

__all__ = ["CONTRADICTION_OVER", "FIELDS", "KEY_VERSION", "KINDS", "MOST_LINE_BYTES", "MOST_SUBSETS", "OUTCOMES", "PROFILES", "REASONS", "SELECTORS", "__version__", "AnswerTable", "Decisions", "Finished", "ParquetRows", "ScanSettings", "Scanning", "at_hand", "bootstrap", "candidates", "describe", "expected", "expected_subsets", "extract", "grade", "grade_answer", "key", "next_samples", "read", "replay", "same", "sample_indexes", "search_expected", "search_subsets", "settled", "state", "stated", "tree", "write_parquet"]

CONTRADICTION_OVER: Final[list[str]]
"""
What contradictions may be a share of.
"""

FIELDS: Final[list[str]]
"""
What a field of a sample can say.
"""

KEY_VERSION: Final[str]
"""
The version of the rules that keys carry.
"""

KINDS: Final[list[str]]
"""
The kinds of answer.
"""

MOST_LINE_BYTES: Final[int]
"""
The bytes of the longest line of a file that is read.
"""

MOST_SUBSETS: Final[int]
"""
The most subsets that one search visits.
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
    def any_correct(self, /, members: SupportsGetItem[int, str] | None) -> int:
        """
        On how many problems some key of one of the members is correct.
        """
    @property
    def conflicts(self, /) -> list[tuple[str, str, int]]: ...
    def first_samples(self, /, k: SupportsIndex) -> AnswerTable:
        """
        The same table with only the samples whose index is below `k`.
        """
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
    @staticmethod
    def from_tallies(tallies: Incomplete, task: str, problems: SupportsGetItem[int, str], members: SupportsGetItem[int, str]) -> AnswerTable:
        """
        The table of one task of a tallies file; problems come first, in that order, and members
        are those that take part, all where none are named.
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
    def select(self, /, options: Incomplete) -> Decisions:
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

@final
class Finished:
    """
    Tallies, decisions and figures; frozen.
    """
    def __new__(cls, /, scanning: Scanning, settings: ScanSettings, *, selector: str, order: SupportsGetItem[int, str] | None, first: SupportsGetItem[int, str], validation_accuracy: SupportsGetItem[int, tuple[str, SupportsFloat | SupportsIndex]], abstain: str, tie: str, seed: SupportsIndex, weights: SupportsGetItem[int, tuple[str, SupportsIndex]], asked: SupportsIndex | None, problems: SupportsGetItem[int, tuple[str, str]], params: str, api_model: str | None, prompts: SupportsGetItem[int, str], threads: SupportsIndex, path: str | PathLike[str] | None = None, metadata: str = "") -> Finished:
        """
        Merges, decides and counts; uses the scan up. Tallies are written to `path` as they
        come, or kept where there is none.
        """
    def decisions(self, /) -> Any:
        """
        The decisions: an Arrow table.
        """
    def figures(self, /) -> str:
        """
        The figures as JSON.
        """
    def orders(self, /) -> list[tuple[str, list[str]]]:
        """
        The pool order of each task.
        """
    def tallies(self, /) -> Any | None:
        """
        The tallies, where they were not written: an Arrow table.
        """

@final
class ParquetRows:
    """
    The rows of a Parquet file, batch by batch, read as they are asked for.
    """
    def __iter__(self, /) -> ParquetRows: ...
    def __new__(cls, /, path: str | PathLike[str], columns: SupportsGetItem[int, str] | None = None) -> ParquetRows:
        """
        Opens a file; `columns` are those to read, by default all.
        """
    def __next__(self, /) -> Any: ...
    def schema(self, /) -> Any:
        """
        The columns that are read: an Arrow schema.
        """

@final
class ScanSettings:
    """
    What a scan is told; frozen.
    """
    def __new__(cls, /, *, profile: str, kind: str | None = None, task: str | None = None, model: str | None = None, fields: SupportsGetItem[int, tuple[str, str]] = ..., known: SupportsGetItem[int, tuple[str | None, str, str | None, SupportsGetItem[int, str] | None, str | None]] = ...) -> ScanSettings: ...

@final
class Scanning:
    """
    What a scan has read: groups of samples and what was noticed. Used up by what it becomes.
    """
    def __new__(cls, /) -> Scanning: ...
    def add_notes(self, /, notes: str) -> None:
        """
        Adds what another scan noticed.
        """
    def add_records(self, /, records: Incomplete, *, memory: SupportsIndex, folder: str | PathLike[str]) -> None:
        """
        Adds records that another scan gave out; what is beyond `memory` bytes goes to `folder`.
        """
    def add_tallies(self, /, tallies: Incomplete) -> None:
        """
        Adds the rows of a tallies file.
        """
    def bad(self, /) -> str:
        """
        The bad rows as JSON.
        """
    def notes(self, /) -> str:
        """
        What was noticed, for `add_notes`.
        """
    def read(self, /, files: SupportsGetItem[int, tuple[str | PathLike[str], SupportsIndex, tuple[SupportsIndex, SupportsIndex] | None]], settings: ScanSettings, *, threads: SupportsIndex, memory: SupportsIndex, folder: str | PathLike[str], samples: str | PathLike[str] | None = None, metadata: str = "", tell: Any | None = None) -> None:
        """
        Reads files, all of them or none. `samples` is where single samples are written.
        """
    def read_lines(self, /, name: str, number: SupportsIndex, lines: bytes, settings: ScanSettings, *, offset: SupportsIndex = 0) -> None:
        """
        Reads lines that lie in memory; `number` and `offset` say where they stand among all.
        """
    def read_rows(self, /, name: str, number: SupportsIndex, rows: Incomplete, settings: ScanSettings, *, first: SupportsIndex = 0) -> None:
        """
        Reads the rows of Arrow batches; `first` is the number of the first row in its file.
        """
    def records(self, /) -> Any:
        """
        The records that travel: an Arrow table. Uses the scan up.
        """
    def rows(self, /) -> tuple[int, int, int]:
        """
        The rows that were counted, those without a number, and those of other tasks.
        """

def at_hand(table: AnswerTable, members: SupportsGetItem[int, str]) -> list[tuple[str, str | None, int, int]]:
    """
    How many samples each member has at least, in the order of `members`.
    """

def bootstrap(rates: SupportsGetItem[int, SupportsGetItem[int, SupportsFloat | SupportsIndex]], resamples: SupportsIndex, seed: int) -> list[tuple[float, float]]:
    """
    The 2.5 % and 97.5 % points of the means of some rates over the same problems.
    """

def candidates(table: AnswerTable, order: SupportsGetItem[int, str], abstain: str) -> list[list[tuple[list[tuple[int, int]], bool | None]]]:
    """
    By problem, the distinct keys that the pool gave.
    """

def describe(path: str | PathLike[str]) -> tuple[str, int | None, str | None, list[str] | None, int]:
    """
    What a file holds: its format, how far it can be cut up, our metadata and its columns.

    A file of columns that cannot be read has neither.
    """

def expected(table: AnswerTable, options: Incomplete, samples: int, draws: int, closed_form: bool) -> tuple[list[float], list[float], list[float], float | None]:
    """
    What is expected of each problem at `samples` samples a member.
    """

def expected_subsets(table: AnswerTable, options: Incomplete, subsets: SupportsGetItem[int, SupportsGetItem[int, SupportsIndex]], samples: int) -> list[float]:
    """
    The expected accuracy of `mux` at `samples` samples a member, with each of some pools, which
    are lists of places in the order of the options.
    """

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

def next_samples(table: AnswerTable, options: Incomplete, problem: str, drawn: SupportsGetItem[int, SupportsGetItem[int, tuple[SupportsIndex, str | None]]], open: SupportsGetItem[int, SupportsGetItem[int, SupportsIndex]], most: SupportsIndex) -> list[tuple[int, int]]:
    """
    What to ask next, at most `most` samples: the member's number in the table, and the index.

    `drawn` and `open` are the samples that have come and that may come, by member of the table.
    """

def read(texts: Any, *, kind: str, profile: str, choices: Any | None = None) -> Any:
    """
    Span, rule and key of each text.
    """

def replay(table: AnswerTable, options: Incomplete, samples: int, trials: int, most: SupportsIndex) -> tuple[int, int, int, list[tuple[int, int, int, int]], list[tuple[int, int, int, int]]]:
    """
    What stopping early would have saved on recorded samples.
    """

def same(a: Any, b: Any, *, kind: str, profile: str) -> Any:
    """
    Whether two answers are the same vote.
    """

def sample_indexes(indexes: bytes) -> list[int]:
    """
    The sample indexes of a set as it stands in a tallies file, in their order.

    Raises `InputError` for bytes that are no set, and for one of more than 2^26 members.
    """

def search_expected(table: AnswerTable, members: SupportsGetItem[int, str] | None, sizes: SupportsGetItem[int, SupportsIndex], ranking: SupportsIndex, resamples: SupportsIndex, seed: SupportsIndex, k: SupportsIndex, abstain: str) -> list[tuple[int, int, int, list[tuple[list[int], tuple[int, int, tuple[int, int] | None]]], list[tuple[list[int], tuple[int, int, tuple[int, int] | None]]], tuple[int, int, list[tuple[list[int], int]]] | None]]:
    """
    The best subsets of each size by expected accuracy at `k` samples; `members` in tie order.
    """

def search_subsets(table: AnswerTable, members: SupportsGetItem[int, str] | None, sizes: SupportsGetItem[int, SupportsIndex], ranking: SupportsIndex, resamples: SupportsIndex, seed: SupportsIndex, k: SupportsIndex | None, lambda_: tuple[SupportsIndex, SupportsIndex], robust_level: SupportsIndex, contradiction_over: str) -> list[tuple[int, int, int, list[tuple[list[int], tuple[int, int, tuple[int, int] | None]]], list[tuple[list[int], tuple[int, int, tuple[int, int] | None]]], tuple[int, int, list[tuple[list[int], int]]] | None]]:
    """
    The best subsets of each size by the objective of the paper; lambda is a fraction.
    """

def settled(table: AnswerTable, options: Incomplete, samples: int) -> list[bool]:
    """
    By problem: whether samples that are still missing of `samples` a member matter no more.
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

def write_parquet(path: str | PathLike[str], rows: Incomplete, *, metadata: str = "") -> None:
    """
    Writes a stream of Arrow batches, whole or not at all, with our metadata beside it.
    """
