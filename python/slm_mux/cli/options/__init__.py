"""The options that commands share, as groups; the published flags are among the names.

Here are the sections that help has, in their order; each file has the groups of one subject.
"""

from __future__ import annotations

from cyclopts import Group

POOL = Group("Pool", sort_key=1)
SAMPLING = Group("Sampling", sort_key=2)
VOTING = Group("Voting", sort_key=3)
BULK = Group("Large sets", sort_key=4)
OUTPUT = Group("Output", sort_key=5)
SYMPY = Group("SymPy", sort_key=1)
JUDGE = Group("Judge", sort_key=2)
