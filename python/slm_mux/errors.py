"""What can go wrong, as one tree.

    SlmMuxError
    ├── InputError          a file, row or option the user gave; names file, row and field
    │   ├── DatasetError    a problems file
    │   ├── PoolError       a pool file, a model or a provider
    │   └── LogError        a sample log that cannot be read, written or locked
    ├── EndpointError       a server that refused, with its message
    └── BudgetError         a limit on cost or tokens was reached

Every message is one line: what, where, and what to do. The command line prints it and
exits with `exit_code`.
"""

from __future__ import annotations


class SlmMuxError(Exception):
    """The base of all errors raised on purpose."""

    exit_code = 1


class InputError(SlmMuxError):
    """Something the user gave cannot be used."""

    exit_code = 2


class DatasetError(InputError):
    """A problems file is missing, malformed or ambiguous."""


class PoolError(InputError):
    """A pool file, model, provider or local weights file cannot be used."""


class LogError(InputError):
    """A sample log cannot be read, written or locked."""


class EndpointError(SlmMuxError):
    """A server refused a model; the message is the server's."""


class BudgetError(SlmMuxError):
    """The limit on cost or tokens was reached."""
