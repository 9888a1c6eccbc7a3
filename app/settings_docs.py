"""Writes `.env.example` and the README's table from `Settings`, so that there is one place to change.

`python -m app.settings_docs` says whether both are up to date; with `--write` it makes them so.
"""

from __future__ import annotations

import argparse
import sys
from enum import Enum
from pathlib import Path

from pydantic.fields import FieldInfo

from app.settings import Settings

ROOT = Path(__file__).parents[1]
ENV_EXAMPLE = ROOT / ".env.example"
README = ROOT / "README.md"
BEGIN = "<!-- settings:begin -->"
END = "<!-- settings:end -->"

ENV_HEAD = """\
# Every setting with its default. Copy to `.env` and change what you need; an environment variable goes first.
# Made from app/settings.py by `make fmt`.
"""
ENV_COMPOSE = """\
# For compose.yaml only, where both must be set: letters and digits, for example from `openssl rand -hex 24`.
POSTGRES_PASSWORD=
REDIS_PASSWORD=
"""


def env_example() -> str:
    entries = [f"# {_description(field)}\n{name.upper()}={_default(field)}\n" for name, field in _fields()]
    return "\n".join([ENV_HEAD, *entries, ENV_COMPOSE])


def table() -> str:
    rows = [
        f"| `{name.upper()}` | {f'`{_default(field)}`' if _default(field) else ''} | {_description(field)} |"
        for name, field in _fields()
    ]
    return "\n".join(["| setting | default | |", "|---|---|---|", *rows])


def with_table(readme: str) -> str:
    """The README with the part between the markers made anew; as it is where it has no markers."""
    if BEGIN not in readme or END not in readme:
        return readme
    before, rest = readme.split(BEGIN, 1)
    _old, after = rest.split(END, 1)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def outdated() -> dict[Path, str]:
    """What differs from the settings, and what it should say."""
    wanted = {ENV_EXAMPLE: env_example(), README: with_table(_read(README))}
    return {path: text for path, text in wanted.items() if _read(path) != text}


def main() -> int:
    parser = argparse.ArgumentParser(description="Keep .env.example and the README's table equal to the settings.")
    parser.add_argument("--write", action="store_true", help="write them; without it only say what differs")
    arguments = parser.parse_args()
    differing = outdated()
    for path, text in differing.items():
        if arguments.write:
            path.write_text(text)
        sys.stdout.write(f"{path.name}: {'written' if arguments.write else 'differs from app/settings.py'}\n")
    return 1 if differing and not arguments.write else 0


def _fields() -> list[tuple[str, FieldInfo]]:
    return list(Settings.model_fields.items())


def _description(field: FieldInfo) -> str:
    return field.description or ""


def _default(field: FieldInfo) -> str:
    """As it would be written into `.env`."""
    value = field.default
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, tuple):
        return ",".join(value)
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main())
