"""Plugins put on the path as an installer would have put them there: a package, and metadata with an entry point."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app import hooks

EXAMPLE = Path(__file__).parent / "example"
Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """`install("own", "def map_to_odoo(record): …")`: a plugin of this source, with the metadata that an installer
    would write. Without a source it is the example."""

    def put(name: str = "", source: str | None = None) -> None:
        packages, project = tmp_path, {"name": name, "version": "1.0"}
        points = {name: f"shopsync_test_{name}"}
        if source is None:
            packages = EXAMPLE
            project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]
            points = project["entry-points"]["shopsync"]
        else:
            marked = source.replace("def ", "@hookimpl\ndef ")
            (tmp_path / f"shopsync_test_{name}.py").write_text(f"from app.hooks import hookimpl\n\n\n{marked}\n")
        described = tmp_path / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
        described.mkdir()
        (described / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: 1.0\n")
        lines = [f"{point} = {module}" for point, module in points.items()]
        (described / "entry_points.txt").write_text("\n".join(["[shopsync]", *lines]) + "\n")
        monkeypatch.syspath_prepend(str(tmp_path))
        monkeypatch.syspath_prepend(str(packages))
        hooks.load.cache_clear()

    yield put
    for module in [each for each in sys.modules if each.startswith(("shopsync_test_", "shopsync_visitors"))]:
        del sys.modules[module]
    hooks.load.cache_clear()
