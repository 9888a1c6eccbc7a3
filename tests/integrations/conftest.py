"""Where there is no PHP the tests that need it are skipped, except in CI, where that is a failure."""

from __future__ import annotations

import os
import subprocess

import pytest

from tests.integrations.php import PHP

_NEEDED = 'exit(extension_loaded("curl") && extension_loaded("pdo_sqlite") && extension_loaded("tokenizer") ? 0 : 1);'


@pytest.fixture(scope="session")
def php() -> None:
    """`make test` installs it where it can (`scripts/php.sh`)."""
    if PHP is None or subprocess.run([PHP, "-r", _NEEDED], check=False).returncode != 0:
        reason = "needs PHP with curl, pdo_sqlite and tokenizer (Debian: php-cli php-curl php-sqlite3)"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
