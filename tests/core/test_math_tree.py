"""The parser: what is written is read back as the tree that was meant."""

from __future__ import annotations

import json

from hypothesis import given

from math_trees import decided, spelled_twice
from reference.math_generate import constant, expression, structure
from reference.math_tree import Tree, from_json
from slm_mux import _core  # noqa: TID251  the tree is not part of the public surface


def read(answer: str) -> Tree:
    """The tree that the parser makes of an answer."""
    found = _core.tree(answer)  # type: ignore[attr-defined, unused-ignore]
    assert found is not None, f"not parsed: {answer!r}"
    tree: Tree = from_json(json.loads(found))
    return tree


@given(spelled=spelled_twice(expression))
def test_an_expression_is_read_as_it_was_meant(spelled: tuple[Tree, str, str]) -> None:
    tree, text, _ = spelled
    assert decided(tree, read(text)) is True


@given(spelled=spelled_twice(constant))
def test_a_constant_is_read_as_it_was_meant(spelled: tuple[Tree, str, str]) -> None:
    tree, text, _ = spelled
    assert decided(tree, read(text)) is True


@given(spelled=spelled_twice(structure))
def test_a_structure_is_read_as_it_was_meant(spelled: tuple[Tree, str, str]) -> None:
    tree, text, _ = spelled
    assert decided(tree, read(text)) is True
