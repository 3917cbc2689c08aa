"""GSM8K: grade-school word problems with a number after `####` (kind `number`)."""

from __future__ import annotations

from slm_mux.tasks.prompts import NUMBER_STYLES
from slm_mux.tasks.task import Task

GSM8K = Task("gsm8k", "number", NUMBER_STYLES)
