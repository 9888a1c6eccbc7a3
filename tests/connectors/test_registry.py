"""What knows a shop by its name: its own folder and module, and one line of the registry. Nothing else does."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

import app
from app.connectors.peer import Peer
from app.connectors.registry import SHOPS, open_connector
from app.errors import ActionRequired

ROOT: Final = Path(app.__file__).parent
AT_HOME: Final = ("connectors/registry.py", "cli/__init__.py", "sandbox/", "demo/")
"""The line that names them all, the commands of a shop, and what plays the shops."""


def homes(shop: str) -> tuple[str, ...]:
    return (f"connectors/{shop}/", f"modules/{shop}.py", f"cli/{shop}.py", *AT_HOME)


@pytest.mark.parametrize("shop", SHOPS)
def test_no_code_outside_its_folder_knows_a_shop_by_name(shop: str) -> None:
    found = [
        f"{name}:{line}"
        for path in sorted(ROOT.rglob("*.py"))
        if not (name := str(path.relative_to(ROOT))).startswith(homes(shop))
        for line in _named(ast.parse(path.read_text()), shop)
    ]

    assert found == []


@pytest.mark.parametrize("shop", SHOPS)
def test_a_shop_has_a_door_and_opens_with_the_options_of_its_module(shop: str) -> None:
    kind = SHOPS[shop]

    assert kind.door is not None
    assert kind.form.model_fields["kind"].annotation is not str
    assert kind.capabilities


def test_a_connection_of_a_kind_that_a_newer_version_stored_says_so() -> None:
    peer = Peer(name="boutique", kind="magento", url="https://shop.example", credentials={})

    with pytest.raises(ActionRequired, match="no connector for a magento; there are: odoo, prestashop, woocommerce"):
        open_connector(peer)


def _named(tree: ast.Module, shop: str) -> Iterator[int]:
    """Lines with the name as a word of code; texts for people and examples of the API's document are no code."""
    examples = {id(leaf) for node in ast.walk(tree) for leaf in _examples(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value == shop and id(node) not in examples:
            yield node.lineno
        if isinstance(node, ast.ImportFrom) and f".{shop}" in (node.module or ""):
            yield node.lineno


def _examples(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.keyword) and node.arg == "examples":
        yield from ast.walk(node)
    if isinstance(node, ast.AnnAssign | ast.Assign):
        targets = [node.target] if isinstance(node, ast.AnnAssign) else node.targets
        if any(isinstance(each, ast.Name) and each.id.endswith("EXAMPLES") for each in targets):
            yield from ast.walk(node)
