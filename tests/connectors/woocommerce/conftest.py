from __future__ import annotations

import pytest

from tests.connectors.woocommerce.people import Store, store


@pytest.fixture
def shop() -> Store:
    return store()
