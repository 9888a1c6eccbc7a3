"""What `shopsync apply` reads in the demonstration: first one link, then what it keeps the same, then a second shop."""

from __future__ import annotations

from typing import Final

LINK: Final = "boutique"
"""The PrestaShop's."""
SECOND: Final = "atelier"
"""The WooCommerce's."""
FIRST_SHOP: Final = """\
connections:
  - {name: erp, kind: odoo, url: "${ODOO_URL}", database: odoo, username: "${ODOO_USER}", api_key: "${ODOO_API_KEY}"}
  - {name: boutique, kind: prestashop, url: "${SHOP_URL}", api_key: "${PRESTASHOP_KEY}"}
links:
  - slug: boutique
    odoo: erp
    shop: boutique
    webhook_secret: "${WEBHOOK_SECRET}"
    modules: {prestashop: {default_country: US}}
    reverse_sync: true
"""
SYNC: Final = """\
    sync:
      conflict_rule: newest_wins
      entities:
        customer: {direction: both}
        address: {direction: both}
        product: {direction: both}
        order: {direction: both}
        stock: {direction: odoo_to_shop}
"""
SECOND_SHOP: Final = """\
connections:
  - name: atelier
    kind: woocommerce
    url: "${STORE_URL}"
    consumer_key: "${STORE_KEY}"
    consumer_secret: "${STORE_SECRET}"
    username: "${STORE_USER}"
    application_password: "${STORE_PASSWORD}"
links:
  - slug: atelier
    odoo: erp
    shop: atelier
    webhook_secret: "${STORE_WEBHOOK_SECRET}"
"""
MODULES: Final = """\
    modules:
      woocommerce: {}
    sync:
      entities:
        customer: {direction: both}
"""
