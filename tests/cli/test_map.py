"""`--map FIELD=NAME`: what cannot be meant is refused, and lists must be files."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from bulk_inputs import plain_row, rows, write
from cli_helpers import command, environment, slm_mux

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        (["response=a", "response=b"], "response=b: response is 'a' already: name one field"),
        (["response=a,response=a"], "response=a: response is 'a' already: name one field"),
        (
            ["response=out,reference_answer=out"],
            "reference_answer=out: 'out' is response already: a field is one thing",
        ),
    ],
)
@pytest.mark.parametrize("verb", ["rescore", "scale"])
def test_a_role_has_one_field_and_a_field_one_role(
    tmp_path: Path, verb: str, pairs: list[str], said: str
) -> None:
    write(tmp_path / "x.jsonl", rows(2))
    done = slm_mux(verb, "x.jsonl", "--map", *pairs, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, f"slm-mux: --map {said}\n")


def test_a_list_on_standard_input_is_to_be_named(tmp_path: Path) -> None:
    done = subprocess.run(
        command("rescore", "-", "--map", "response=response"), cwd=tmp_path, env=environment(),
        input=json.dumps([plain_row(1, "a", 0, 1)]), capture_output=True, text=True, check=False,
        timeout=60,
    )  # fmt: skip
    assert done.returncode == 2
    told = "not an object: is it a JSON list? save it and name the file"
    assert told in done.stderr
