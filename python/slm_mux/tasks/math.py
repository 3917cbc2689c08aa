"""MATH and MATH-500: competition problems with a boxed answer (kind `math`)."""

from __future__ import annotations

from slm_mux.tasks.prompts import MATH_STYLES
from slm_mux.tasks.task import Task

MATH = Task("math", "math", MATH_STYLES)
