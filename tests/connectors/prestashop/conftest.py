from __future__ import annotations

import pytest

from tests.connectors.prestashop.boutique import Boutique, boutique


@pytest.fixture
def shop() -> Boutique:
    return boutique()


@pytest.fixture
def old_shop() -> Boutique:
    """PrestaShop 1.7, which has no PATCH."""
    return boutique("1.7.8.11")
