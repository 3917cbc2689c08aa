"""Pool files: what they give, and the one line that says what is wrong with one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from slm_mux.errors import PoolError
from slm_mux.pool import PRESETS, load_pool
from slm_mux.types import Member, Price, Provider

FULL = """
providers:
  together: {rpm: 600}
  mine:
    base_url: https://llm.example.org/v1/
    api_key_env: MINE_KEY
    tpm: 1000
    max_concurrency: 8
    send_seed: false
    use_n: true
models:
  - {model: org/small, provider: together}
  - name: second
    model: org/small
    provider: mine
    temperature: 1
    top_p: 0.9
    max_tokens: 100
    system_prompt: Be brief.
    prompt_style: few_shot
    stop: END
    api: completions
    validation_accuracy: 0.5
    price: {prompt: 0.1, completion: 2}
"""


def write(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "pool.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_a_full_pool(tmp_path: Path) -> None:
    path = write(tmp_path, FULL)
    pool = load_pool(path)
    together = Provider("together", PRESETS["together"].base_url, "TOGETHER_API_KEY", rpm=600)
    mine = Provider(
        "mine",
        "https://llm.example.org/v1",
        "MINE_KEY",
        tpm=1000,
        max_concurrency=8,
        send_seed=False,
        use_n=True,
    )
    assert pool.source == str(path)
    assert pool.members == (
        Member("org/small", "org/small", together),
        Member(
            "second",
            "org/small",
            mine,
            temperature=1,
            top_p=0.9,
            max_tokens=100,
            system_prompt="Be brief.",
            prompt_style="few_shot",
            stop=("END",),
            api="completions",
            validation_accuracy=0.5,
            price=Price(0.1, 2),
        ),
    )


def test_the_only_provider_of_the_file_is_the_default(tmp_path: Path) -> None:
    text = "providers: {a: {base_url: 'http://127.0.0.1:1'}}\nmodels: [{model: m}]"
    assert load_pool(write(tmp_path, text)).members[0].provider.name == "a"


def one(**fields: str) -> str:
    inside = ", ".join(f"{name}: {value}" for name, value in fields.items())
    return f"models: [{{model: m, provider: vllm, {inside}}}]"


def provider(**fields: str) -> str:
    inside = ", ".join(f"{name}: {value}" for name, value in fields.items())
    return f"providers: {{p: {{{inside}}}}}\nmodels: [{{model: m, provider: p}}]"


URL = "'http://127.0.0.1:1/v1'"

BAD: dict[str, tuple[str | bytes, str]] = {
    "number": (one(price="{prompt: a, completion: 1}"), "models[0].price.prompt: must be a number"),
    "missing": ("models: [{provider: vllm}]", "models[0].model: is required"),
    "no models": ("models: []", "models: must not be empty"),
    "no mapping": ("- a", "must be a mapping with 'models'"),
    "empty file": ("", "must be a mapping with 'models'"),
    "typo": (one(temprature="1"), "models[0].temprature: unknown field: did you mean 'temper"),
    "unknown": (one(colour="red"), "models[0].colour: unknown field: use one of model, name"),
    "typo on top": ("model: []\nmodels: [{model: m}]", "model: unknown field: did you mean 'mod"),
    "several": (
        one(max_tokens="0", top_p="2"),
        "models[0].top_p: must be at most 1.0 (and 1 more)",
    ),
    "bool as number": (one(max_tokens="true"), "models[0].max_tokens: must be a whole number"),
    "nan": (one(temperature=".nan"), "models[0].temperature: must be a finite number"),
    "yaml no": (one(name="no"), "models[0].name: must be text (put it in quotes)"),
    "line in a name": (one(name=r'"a\nb"'), "models[0].name: must not"),
    "api": (one(api="grpc"), "models[0].api: must be 'chat' or 'completions'"),
    "stop": (one(stop="[1]"), "models[0].stop[0]: must be text"),
    "unknown provider": (
        "models: [{model: m, provider: vlm}]",
        "models[0].provider: unknown provider 'vlm': use one of together, openai,",
    ),
    "no provider": ("models: [{model: m}]", "models[0].provider: is required: use one of"),
    "same name": (
        "models: [{model: m, provider: vllm}, {model: m, provider: groq}]",
        "models[1].name: 'm' is already the name of models[0]",
    ),
    "no url": (provider(rpm="1"), "providers.p.base_url: is required"),
    "url": (provider(base_url="localhost:80"), "providers.p.base_url: must be a URL"),
    "port": (provider(base_url="'http://h:99999999'"), "providers.p.base_url: must be a URL"),
    "rpm": (provider(base_url=URL, rpm="1.5"), "providers.p.rpm: must be a whole number"),
    "local url": (
        "providers: {local: {base_url: 'http://h'}}\nmodels: [{model: m}]",
        "providers.local.base_url: local servers choose their own",
    ),
    "alias": ("a: &x [1]\nmodels: *x", "line 2: not valid YAML: aliases"),
    "twice": ("models: []\nmodels: []", "line 2: not valid YAML: 'models' is given twice"),
    "tag": ("models: !!python/object/apply:os.getcwd []", "line 1: not valid YAML: could not"),
    "broken": ("models: [", "not valid YAML"),
    "control": ("models: \x00", "not valid YAML"),
    "huge number": ("models: " + "1" * 5000, "not valid YAML"),
    "deep": ("[" * 5000, "nested too deeply"),
    "large": ("#" * (1 << 20) + "#", "larger than 1024 KiB"),
    "not utf-8": (b"\xff\xfe\xff", "not UTF-8"),
    "odd keys": ("{[1]: 2}", "pool.yaml"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_pool_file(tmp_path: Path, case: str) -> None:
    text, message = BAD[case]
    path = write(tmp_path, text)
    with pytest.raises(PoolError) as caught:
        load_pool(path)
    said = str(caught.value)
    assert said.startswith(str(path))
    assert message in said
    assert "\n" not in said


KEY = "sk-MARKER"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (one(api_key=KEY), "put the key in an environment variable"),
        (provider(base_url=URL, api_key=KEY), "put the key in an environment variable"),
        (provider(base_url=URL, api_key_env=KEY), "NAME of an environment variable"),
        (provider(base_url=f"'http://u:{KEY}@h/v1'"), "must not hold a user, a password"),
        (provider(base_url=f"'http://h/v1?key={KEY}'"), "must not hold a user, a password"),
    ],
)
def test_keys_are_refused_and_not_echoed(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(PoolError) as caught:
        load_pool(write(tmp_path, text))
    assert message in str(caught.value)
    assert KEY not in str(caught.value)
    assert caught.value.__cause__ is None


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(PoolError, match="no such pool file"):
        load_pool(tmp_path / "none.yaml")


def test_importing_the_room_is_light() -> None:
    code = (
        "import sys, slm_mux.pool, slm_mux.tasks;"
        "heavy = {'pydantic', 'yaml', 'xllamacpp', 'httpx', 'filelock'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
