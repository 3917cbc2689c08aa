"""The providers that are known by name: where they are, where their key is, what they take.

A pool file may override any of it, and add providers of its own.
"""

from __future__ import annotations

from types import MappingProxyType

from slm_mux.types import Provider

LOCAL = "local"
"""The provider whose servers run inside this process; it has a URL only while they do."""

DEFAULT = "together"
"""The provider of models given without one, as in the published scripts."""

_ALL = (
    Provider(DEFAULT, "https://api.together.xyz/v1", "TOGETHER_API_KEY"),
    Provider("openai", "https://api.openai.com/v1", "OPENAI_API_KEY"),
    Provider("openrouter", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY", use_n=False),
    Provider("groq", "https://api.groq.com/openai/v1", "GROQ_API_KEY", use_n=False),
    Provider("fireworks", "https://api.fireworks.ai/inference/v1", "FIREWORKS_API_KEY"),
    Provider("vllm", "http://127.0.0.1:8000/v1"),
    Provider("sglang", "http://127.0.0.1:30000/v1"),
    # Ollama answers one choice whatever n says; LM Studio likewise.
    Provider("ollama", "http://127.0.0.1:11434/v1", max_concurrency=4, use_n=False),
    Provider("lmstudio", "http://127.0.0.1:1234/v1", max_concurrency=4, use_n=False),
    Provider("llamacpp", "http://127.0.0.1:8080/v1", max_concurrency=4),
    Provider(LOCAL, "", max_concurrency=4, use_n=False),
)

PRESETS = MappingProxyType({provider.name: provider for provider in _ALL})
"""Name → `Provider`."""
