"""The client: what it makes of the environment, and of servers that break off."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from faults.server import FaultServer
from sampling.helpers import QUICK, provider
from slm_mux.errors import InputError, PoolError
from slm_mux.sampling.client import Client
from slm_mux.sampling.endpoint import open_endpoint, proxy_of
from slm_mux.sampling.outcome import Answer, Failure, Outcome
from slm_mux.sampling.redact import Redactor, api_key
from slm_mux.sampling.settings import Settings
from slm_mux.types import Provider

BODY = b'{"model": "m", "messages": [{"role": "user", "content": "Hi"}]}'
ELSEWHERE = "http://models.invalid/v1"  # a name that no resolver knows


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http", "https", "all", "no"):
        monkeypatch.delenv(f"{name}_proxy", raising=False)
        monkeypatch.delenv(f"{name}_proxy".upper(), raising=False)


def ask(asked: Provider, settings: Settings = QUICK, seconds: float = 5.0) -> Outcome:
    async def post() -> Outcome:
        async with Client(settings) as client:
            return await client.post(open_endpoint(asked, "chat"), BODY, seconds)

    return asyncio.run(post())


# --- faults of the transport


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("reset", "connection"),
        ("reset_body", "connection"),
        ("hang", "timeout"),
        ("truncated", "bad_body"),
        ("html", "bad_body"),
    ],
)
def test_each_fault_has_its_kind_and_is_worth_another_try(fault: str, kind: str) -> None:
    with FaultServer(script=[fault]) as server:
        outcome = ask(provider(server.url), seconds=0.2 if fault == "hang" else 5.0)
    assert isinstance(outcome, Failure)
    assert (outcome.kind, outcome.retry) == (kind, True)


def test_a_reply_that_drips_is_read_to_its_end() -> None:
    with FaultServer(script=["drip"]) as server:
        assert isinstance(ask(provider(server.url)), Answer)


def test_a_reply_that_drips_for_too_long_is_given_up() -> None:
    with FaultServer(script=["drip"], drip_seconds=60) as server:
        outcome = ask(provider(server.url), seconds=0.2)
    assert isinstance(outcome, Failure)
    assert outcome.kind == "timeout"


def test_a_reply_beyond_the_bound_is_not_read_on() -> None:
    with FaultServer(answers={"Hi": "x" * 100_000}) as server:
        outcome = ask(provider(server.url), replace(QUICK, max_body_bytes=10_000))
    assert isinstance(outcome, Failure)
    assert outcome.kind == "too_large"


def test_nobody_there_is_a_connection_fault() -> None:
    outcome = ask(provider("http://127.0.0.1:9/v1"))
    assert isinstance(outcome, Failure)
    assert (outcome.kind, outcome.retry) == ("connection", True)


# --- proxies


def test_the_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultServer() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url.removesuffix("/v1"))
        assert isinstance(ask(provider(ELSEWHERE)), Answer)
    assert proxy.headers[0]["Host"] == "models.invalid"


def test_hosts_of_no_proxy_are_reached_directly(monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultServer() as proxy, FaultServer() as server:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", "example.org,127.0.0.1")
        assert isinstance(ask(provider(server.url)), Answer)
    assert (len(proxy.requests), len(server.requests)) == (0, 1)


PROXY = "http://proxy.example:3128"


@pytest.mark.parametrize(
    ("environment", "base_url", "name", "expected"),
    [
        ({"HTTPS_PROXY": PROXY}, "https://api.example/v1", "p", PROXY),
        ({"HTTPS_PROXY": PROXY}, "http://api.example/v1", "p", None),
        ({"https_proxy": "proxy.example:3128"}, "https://api.example/v1", "p", PROXY),
        ({"ALL_PROXY": PROXY}, "http://api.example/v1", "p", PROXY),
        ({"ALL_PROXY": PROXY, "NO_PROXY": ".example"}, "http://api.example/v1", "p", None),
        ({"ALL_PROXY": PROXY, "NO_PROXY": "*"}, "http://api.example/v1", "p", None),
        ({"HTTP_PROXY": PROXY}, "http://127.0.0.1:1/v1", "vllm", PROXY),
        ({"HTTP_PROXY": PROXY}, "http://127.0.0.1:1/v1", "local", None),
        ({"HTTP_PROXY": PROXY}, "http://127.0.0.1:1/v1", "local:small", None),
        ({}, "https://api.example/v1", "p", None),
    ],
)
def test_which_proxy(
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    base_url: str,
    name: str,
    expected: str | None,
) -> None:
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    assert proxy_of(Provider(name, base_url)) == expected


def test_a_socks_proxy_is_an_error_that_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://proxy.example:1080")
    with pytest.raises(PoolError, match="socks5 proxy"):
        open_endpoint(Provider("p", ELSEWHERE), "chat")


# --- certificates


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 signed by itself, and its key."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("needs the openssl program")
    folder = tmp_path_factory.mktemp("tls")
    made, key = folder / "cert.pem", folder / "key.pem"
    command = f"{program} req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test"
    more = ["-addext", "subjectAltName=IP:127.0.0.1", "-out", str(made), "-keyout", str(key)]
    subprocess.run([*command.split(), *more], check=True, capture_output=True)
    return made, key


@pytest.fixture
def tls_server(certificate: tuple[Path, Path]) -> Iterator[FaultServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    with FaultServer(tls=context) as server:
        yield server


def test_the_authority_of_the_environment_is_trusted(
    tls_server: FaultServer, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    assert isinstance(ask(provider(tls_server.url)), Answer)


def test_an_unknown_authority_is_refused_at_once(
    tls_server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    outcome = ask(provider(tls_server.url))
    assert isinstance(outcome, Failure)
    assert (outcome.retry, "SSL_CERT_FILE" in outcome.message) == (False, True)


def test_an_authority_file_that_is_missing_is_one_clear_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/ca.pem")
    with pytest.raises(InputError, match="SSL_CERT_FILE"):
        Client(QUICK)


# --- keys and addresses


@pytest.mark.parametrize("value", [None, "", "  ", "a\nb", "schlüssel"])
def test_a_key_that_cannot_be_used_names_its_variable_and_not_its_value(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("SOME_KEY", raising=False)
    if value is not None:
        monkeypatch.setenv("SOME_KEY", value)
    with pytest.raises(PoolError, match="SOME_KEY") as caught:
        api_key(Provider("p", ELSEWHERE, api_key_env="SOME_KEY"))
    shown = (value or "").strip()
    assert not shown or shown not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["", "models.example/v1", "ftp://x/v1", "http://", "http://[::1", "http://h:x/v1"]
)
def test_a_base_url_that_is_none_is_an_error(url: str) -> None:
    with pytest.raises(PoolError, match="base_url"):
        open_endpoint(Provider("p", url), "chat")


def test_a_password_in_the_address_is_refused_without_showing_it() -> None:
    with pytest.raises(PoolError, match="api_key_env") as caught:
        open_endpoint(Provider("p", "http://me:hush@models.invalid/v1"), "chat")
    assert "hush" not in str(caught.value)


def test_a_secret_is_found_in_its_quoted_forms_too() -> None:
    redact = Redactor(['pass/word"1'])
    assert redact('a pass/word"1 b pass%2Fword%221 c pass/word\\"1') == "a [key] b [key] c [key]"


def test_placeholders_are_no_secrets() -> None:
    assert Redactor(["EMPTY"])("EMPTY set") == "EMPTY set"
