"""The PrestaShop module by itself: its tests in PHP, and that an old shop's PHP would understand it."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from app.connectors.envelope import parse
from app.entities.base import Action, EntityType
from app.security.signatures import verify_standard_webhook
from tests.integrations.php import MODULE, TESTS, own_tests, run

pytestmark = pytest.mark.usefixtures("php")

SOURCES = sorted(MODULE.rglob("*.php"))
MOST_LINES = 600
TOO_NEW = {
    "<?php $f = fn($x) => $x;": "arrow function",
    "<?php $a ??= 1;": "??=",
    "<?php echo match(1) { 1 => 2 };": "match",
    "<?php $a?->b();": "?->",
    "<?php class A { private int $a = 1; }": "typed property",
    "<?php class A { public static ?string $a; }": "typed property",
    "<?php class A { function __construct(private $a) {} }": "promoted property",
    "<?php class A { const int B = 1; }": "typed constant",
    "<?php function a(int|string $b) {}": "union",
    "<?php function a(): mixed {}": "newer type",
    "<?php function a(mixed $b) {}": "newer type",
    "<?php a(b: 1);": "named argument",
    "<?php a(1, 2,);": "comma",
    "<?php function a($b,) {}": "comma",
    "<?php str_contains('a', 'b');": "newer function",
    "<?php $a = [...$b];": "...",
    "<?php $a = $b ?: throw new A();": "throw",
    "<?php try {} catch (A) {}": "catch",
    "<?php $a = 1_000;": "underscore",
    "<?php $a = <<<X\n  a\n  X;\n": "heredoc",
    "<?php echo $a::class;": "::class",
    "<?php json_decode('', true, 9, JSON_THROW_ON_ERROR);": "newer constant",
}
STILL_FINE = """<?php
abstract class A
{
    const B = 1, C = 2;
    private static $d = [1, 2,];
    protected $e;
    final public static function f(array $g, ?int $h = null, self ...$i): ?string { return null; }
}
"""


@pytest.mark.parametrize("name", own_tests())
def test_in_php(name: str) -> None:
    assert run(TESTS / "run.php", name).splitlines()[-1] == f"ok {name}"


def test_a_shop_with_php_7_2_would_understand_every_file() -> None:
    assert run(TESTS / "syntax.php", *SOURCES) == ""


@pytest.mark.parametrize(("code", "what"), TOO_NEW.items(), ids=TOO_NEW.values())
def test_what_php_7_2_does_not_understand_is_found(tmp_path: Path, code: str, what: str) -> None:
    file = tmp_path / "new.php"
    file.write_text(code)

    assert what in run(TESTS / "syntax.php", file)


def test_what_php_7_2_does_understand_is_let_pass(tmp_path: Path) -> None:
    file = tmp_path / "old.php"
    file.write_text(STILL_FINE.replace("self ...$i", "$i = 'a'"))

    assert run(TESTS / "syntax.php", file) == ""


def test_the_module_stays_small() -> None:
    lines = [line.strip() for file in SOURCES for line in file.read_text().splitlines()]
    code = [line for line in lines if line and not line.startswith(("//", "/*", "*"))]

    assert len(code) < MOST_LINES


def test_no_folder_of_the_module_can_be_listed_over_the_web() -> None:
    folders = [MODULE, *(path for path in MODULE.rglob("*") if path.is_dir())]

    assert [str(folder) for folder in folders if not (folder / "index.php").is_file()] == []


def test_the_version_is_the_same_in_both_places() -> None:
    found = re.search(r"\$this->version = '([\d.]+)'", (MODULE / "shopsync.php").read_text())

    assert found is not None
    assert ElementTree.parse(MODULE / "config.xml").findtext("version") == found.group(1)


@pytest.mark.parametrize("secret", ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_YQ", "any text", "dépôt ☂"])
def test_the_service_verifies_what_the_module_signs(secret: str) -> None:
    code = f"require '{MODULE}/classes/ShopsyncSignature.php'; " + (
        "echo implode(PHP_EOL, ShopsyncSignature::headers($argv[1], 'ps-1', time(), $argv[2]));"
    )
    body = '{"event_id":"ps-1"}'

    headers = dict(line.split(": ", 1) for line in run("-r", code, "--", secret, body).splitlines())

    verify_standard_webhook(body.encode(), headers, [secret])


@pytest.mark.parametrize(
    "kind", ["customer", "address", "order", "coupon", "product", "variant", "stock", "category", "image"]
)
def test_the_service_understands_each_body(kind: str) -> None:
    code = f"require '{MODULE}/classes/ShopsyncSender.php'; " + (
        "echo ShopsyncSender::body(['id' => '1', 'event_id' => 'ps-1', 'entity_type' => $argv[1],"
        " 'action_type' => 'deleted', 'native_id' => '67', 'attempts' => '0']);"
    )

    taken = parse(
        run("-r", code, "--", kind).encode(),
        entity_types={str(each): each for each in EntityType},
        actions={str(each): each for each in Action},
    )

    assert (taken.event_id, taken.entity_type, taken.action, taken.data) == ("ps-1", kind, "deleted", {"id": 67})
