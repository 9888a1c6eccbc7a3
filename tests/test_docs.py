"""What the documents say is there: links, commands, targets, tests, fields, options, permissions."""

from __future__ import annotations

import re
from pathlib import Path

import orjson
import pytest
from typer.main import get_command

from app.cli import app as shopsync
from app.connectors.prestashop.options import PrestashopOptions
from app.connectors.prestashop.permissions import CHANGE, NEEDED, SETTINGS
from app.entities.base import Action, EntityType
from app.ingest.fields import AddressData, CouponData, CustomerData, OrderData
from app.ingest.schemas import parse_envelope
from app.settings_docs import ROOT

TOP = ("README.md", "ARCHITECTURE.md", "CHANGELOG.md")
DOCUMENTS = sorted([*(ROOT / name for name in TOP), *ROOT.glob("docs/**/*.md"), *ROOT.glob("integrations/**/*.md")])
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
README = (ROOT / "README.md").read_text()
PRESTASHOP = (ROOT / "docs" / "prestashop.md").read_text()
MOST_LINES = 40

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"```.*?```", re.DOTALL)
_MAKE = re.compile(r"`make ([a-z]+)|^make ([a-z]+)", re.MULTILINE)
_SHOPSYNC = re.compile(r"(?:`|^ *)shopsync ((?:[a-z-]+ ?)+)", re.MULTILINE)
_TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
_MODULE = re.compile(r"`([a-z_]+(?:/[a-z_]+)+\.py)(?:::([\w.]+))?`")

documents = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


@documents
def test_every_relative_link_leads_to_a_file_and_a_heading(path: Path) -> None:
    broken = []
    for target in _LINK.findall(_CODE.sub("", path.read_text())):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        led_to = (path.parent / name).resolve() if name else path
        if not led_to.exists() or (anchor and anchor not in _anchors(led_to)):
            broken.append(target)

    assert broken == []


@documents
def test_every_make_target_named_is_one(path: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    assert {first or second for first, second in _MAKE.findall(path.read_text())} <= targets


@documents
def test_every_shopsync_command_named_is_one(path: Path) -> None:
    unknown = [words for words in _SHOPSYNC.findall(path.read_text()) if not _is_command(words.split())]

    assert unknown == []


@documents
def test_every_test_and_file_named_is_there(path: Path) -> None:
    text = path.read_text()
    missing = [f"{file}::{name}" for file, name in _TEST.findall(text) if not _has(ROOT / file, name)]
    missing += [
        f"{file}::{name}" for file, name in _MODULE.findall(text) if not any(_has(at / file, name) for at in _places())
    ]

    assert missing == []


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_is_one_page_of_the_agreed_form_and_listed(path: Path) -> None:
    text = path.read_text()
    index = (ROOT / "docs" / "README.md").read_text()

    assert text.startswith(f"# {path.name[:4]}. ")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]
    assert len(text.splitlines()) <= MOST_LINES
    assert f"[{path.name[:4]}](decisions/{path.name}) {text.splitlines()[0][8:]}" in index


def test_decisions_are_numbered_without_gaps() -> None:
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("fields", [CustomerData, AddressData, OrderData, CouponData])
def test_every_field_an_event_may_have_is_explained(fields: type) -> None:
    names = {name for kind in fields.__mro__ for name in getattr(kind, "__annotations__", {})}

    assert {name for name in names if f"`{name}`" not in PRESTASHOP} == set()


def test_every_example_event_in_the_documents_is_taken_without_an_unknown_field() -> None:
    examples = [orjson.loads(body) for body in re.findall(r"```json\n(.+?)```", PRESTASHOP, re.DOTALL)]

    events = [parse_envelope(orjson.dumps(example)) for example in examples]

    assert {(event.entity_type, event.action) for event in events} >= {
        (EntityType.CUSTOMER, Action.UPDATED),
        (EntityType.ADDRESS, Action.CREATED),
        (EntityType.ORDER, Action.UPDATED),
        (EntityType.ORDER, Action.CREATED),
        (EntityType.COUPON, Action.CREATED),
    }
    assert [note for event in events for note in event.notes if "ignored" in note] == []


def test_the_readme_lists_the_options_of_the_prestashop_module() -> None:
    assert options_table() in README, f"put this between the markers:\n{options_table()}"


def test_the_readme_lists_the_permissions_the_connection_test_asks_for() -> None:
    block = README.split("<!-- permissions:begin -->")[1].split("<!-- permissions:end -->")[0]
    listed: dict[str, set[str]] = {}
    for row in block.strip().splitlines()[2:]:
        resources, methods = row.strip().strip("|").split("|")
        for resource in re.findall(r"`([a-z_]+)`", resources):
            listed[resource] = set(methods.strip().split(", "))

    needed = {
        resource: {"PATCH" if method == CHANGE else method for method in methods}
        for resource, methods in NEEDED.items()
    }
    assert listed == {**needed, SETTINGS: {"GET"}}


def options_table() -> str:
    rows = [
        f"| `{name}` | {_default(field.get_default(call_default_factory=True))} | {field.description} |"
        for name, field in PrestashopOptions.model_fields.items()
    ]
    return "\n".join(["| option | default | |", "|---|---|---|", *rows])


def _default(value: object) -> str:
    return f"`{str(value).lower()}`" if isinstance(value, bool) else ""


def _anchors(path: Path) -> set[str]:
    """Of the headings, as forges make them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _is_command(words: list[str]) -> bool:
    """The first words are a command of the program; what follows may be arguments."""
    command: object = get_command(shopsync)
    for word in words:
        below: dict[str, object] | None = getattr(command, "commands", None)
        if below is None:
            return True
        if word not in below:
            return False
        command = below[word]
    return True


def _has(path: Path, name: str) -> bool:
    """`Class.method` and `function` are looked for by their last part."""
    if not path.exists():
        return False
    return not name or re.search(rf"\b(def|class) {re.escape(name.rsplit('.', 1)[-1])}\b", path.read_text()) is not None


def _places() -> list[Path]:
    return [ROOT, ROOT / "app"]
