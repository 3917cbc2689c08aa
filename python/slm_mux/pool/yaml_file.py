"""Reading YAML that somebody else wrote: safe tags only, bounded, nothing said twice."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from slm_mux.errors import PoolError

MAX_BYTES = 1 << 20


class _Loader(yaml.SafeLoader):
    """`SafeLoader` without aliases, which can blow up, and without repeated keys."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.constructor.ConstructorError(
                None, None, "aliases (*name) are not taken: write the value out", self.get_mark()
            )
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{str(key.value)!r} is given twice: remove one", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def read_yaml(path: Path) -> Any:
    """The value of a YAML file; raises `PoolError` naming file and line."""
    text = _text(path)
    try:
        return yaml.load(text, _Loader)  # noqa: S506  a SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"{path}, line {mark.line + 1}" if mark else str(path)
        raise PoolError(f"{place}: not valid YAML: {error.problem}") from None
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        reason = str(error).splitlines()[0]
        raise PoolError(f"{path}: not valid YAML: {reason}") from None
    except RecursionError:
        raise PoolError(f"{path}: not a pool file: nested too deeply") from None


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise PoolError(f"{path}: larger than {MAX_BYTES >> 10} KiB: not a pool file")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise PoolError(f"{path}: not UTF-8: save the pool file as UTF-8") from None
    except FileNotFoundError:
        raise PoolError(f"{path}: no such pool file: check the path") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise PoolError(f"{path}: the pool file cannot be read: {reason}") from None
