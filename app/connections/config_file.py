"""A YAML file read safely, with secrets taken from the environment: `${NAME}`, or `${NAME:-what if it is not set}`.

They are replaced after the YAML is parsed: a secret with a colon or a quote in it changes nothing
around it, and stays text even if it looks like a number. `$${` stands for `${` itself.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from app.connections.schemas import Config
from app.errors import BadPayload

_REFERENCE: Final = re.compile(r"\$?\$\{([^}]*)\}")
_NAMED: Final = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?", re.DOTALL)


def load_config(path: Path, environment: Mapping[str, str]) -> Config:
    """Raises `BadPayload` that names the file, the line or field, and what to do."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise BadPayload(f"{path} cannot be read: {reason}", code="bad_config") from error
    return Config.read(parse_yaml(text, environment, source=str(path)), source=str(path))


def parse_yaml(text: str, environment: Mapping[str, str], *, source: str) -> object:
    loader: yaml.SafeLoader | None = None
    try:
        loader = _loader(environment, source)(text)
        return loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f", line {mark.line + 1}" if mark else ""
        hint = _hint(text.splitlines()[mark.line] if mark and mark.line < len(text.splitlines()) else "")
        raise BadPayload(f"{source}{line}: not YAML as expected: {error.problem}; {hint}", code="bad_config") from error
    except yaml.YAMLError as error:
        raise BadPayload(f"{source}: not YAML: {error}", code="bad_config") from error
    except RecursionError as error:
        raise BadPayload(f"{source}: nested too deeply", code="bad_config") from error
    finally:
        if loader is not None:
            loader.dispose()


def _hint(line: str) -> str:
    """What most likely mends a line that cannot be read."""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return "indent with spaces, not with tabs"
    if "${" in line:
        return 'inside { } write "${NAME}" in quotes'
    return "is it indented like the lines it belongs to, and is every bracket and quote closed?"


def _loader(environment: Mapping[str, str], source: str) -> type[yaml.SafeLoader]:
    class Loader(yaml.SafeLoader):
        """Refuses a name that stands twice in one mapping, where YAML would silently take the later."""

        def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
            seen: set[str] = set()
            for key, _value in node.value:
                if isinstance(key, yaml.ScalarNode) and key.value in seen:
                    raise BadPayload(f"{_at(source, key)}: {key.value} stands twice; keep one", code="bad_config")
                seen.add(str(key.value))
            return super().construct_mapping(node, deep)

        def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
            """YAML's own types fail in many ways: 2026-02-30 as a date, `!!int x`."""
            try:
                return super().construct_object(node, deep)
            except (ValueError, LookupError, AttributeError, TypeError) as error:
                kind = node.tag.rpartition(":")[2]
                raise BadPayload(
                    f"{_at(source, node)}: is no {kind}; put it in quotes if it is text", code="bad_config"
                ) from error

    def text(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> str:
        return _substituted(str(loader.construct_scalar(node)), environment, where=_at(source, node))

    Loader.add_constructor("tag:yaml.org,2002:str", text)
    return Loader


def _substituted(value: str, environment: Mapping[str, str], *, where: str) -> str:
    def replace(reference: re.Match[str]) -> str:
        if reference.group().startswith("$$"):
            return reference.group()[1:]
        named = _NAMED.fullmatch(reference.group(1))
        if named is None:
            raise BadPayload(f"{where}: {reference.group()} is not ${{NAME}} or ${{NAME:-default}}", code="bad_config")
        name, default = named.groups()
        found = environment.get(name)
        if default is not None:
            return found or default
        if found is None:
            raise BadPayload(
                f"{where}: the environment variable {name} is not set; export it, or write ${{{name}:-default}}",
                code="bad_config",
                field=name,
            )
        return found

    return _REFERENCE.sub(replace, value)


def _at(source: str, node: yaml.Node) -> str:
    return f"{source}, line {node.start_mark.line + 1}"
