"""The main job on a real llama.cpp with real weights, inside the process."""

from __future__ import annotations

import json
from pathlib import Path

from cli_helpers import read_log, slm_mux
from slm_mux.pool.weights import pull

POOL = """
models:
  - {name: plain, model: smollm2, provider: local, max_tokens: 24, temperature: 0.6}
  - {name: shots, model: smollm2, provider: local, max_tokens: 24, prompt_style: few_shot}
"""


def test_run_on_local_weights_and_rescore(tmp_path: Path) -> None:
    pull("smollm2")
    (tmp_path / "pool.yaml").write_text(POOL)
    problems = [{"question": f"What is {i} + 1?", "answer": f"#### {i + 1}"} for i in (2, 5)]
    (tmp_path / "p.json").write_text(json.dumps(problems))
    done = slm_mux(
        "run", "gsm8k", "--data_path", "p.json", "--pool", "pool.yaml", "--output", "r.json",
        "--extra_calls", 2, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = read_log(tmp_path / "r.samples.jsonl")
    assert len(rows) == 8
    assert all(row["usage"]["completion_tokens"] > 0 for row in rows)
    assert len({row["seed"] for row in rows}) == 8
    again = slm_mux("rescore", "r.samples.jsonl", "--output", "again.json", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "again.json").read_text() == (tmp_path / "r.json").read_text()
