"""What the demonstration says, for people."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from app.demo.links import LINK, SECOND
from app.demo.scene import Scene
from app.demo.stage import Stage

LOG_LINES = 8
REAL_SHOP = """\
connections:
  - {name: erp, kind: odoo, url: "https://your-odoo", database: prod, username: you, api_key: "${ODOO_API_KEY}"}
  - {name: boutique, kind: prestashop, url: "https://your-shop", api_key: "${PRESTASHOP_KEY}"}
  - {name: atelier, kind: woocommerce, url: "https://your-store", consumer_key: "${WOO_KEY}",
     consumer_secret: "${WOO_SECRET}"}
links:
  - {slug: boutique, odoo: erp, shop: boutique, webhook_secret: "${BOUTIQUE_SECRET}",
     modules: {prestashop: {}}, reverse_sync: true,
     sync: {entities: {customer: {direction: both}, address: {direction: both}, order: {direction: shop_to_odoo}}}}
  - {slug: atelier, odoo: erp, shop: atelier, webhook_secret: "${ATELIER_SECRET}", modules: {woocommerce: {}}}
"""
COMMANDS = """\
  .venv/bin/shopsync up
  .venv/bin/shopsync apply shops.yaml && .venv/bin/shopsync connection test boutique
  .venv/bin/shopsync import atelier product
  .venv/bin/shopsync odoo install boutique --url https://this-service     # and atelier
  .venv/bin/shopsync woocommerce install atelier --url https://this-service
"""


class Screen:
    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=True)

    def opening(self, redis: str) -> None:
        self._console.print(
            Text.assemble(
                ("Odoo ⇄ PrestaShop and WooCommerce, shown on this machine", "bold"),
                f"\nReal PostgreSQL, Redis ({redis}), API and worker; a sandbox Odoo, PrestaShop and WooCommerce.\n",
            )
        )

    def act(self, name: str) -> None:
        self._console.rule(Text(name, "bold"), align="left")

    def scene(self, scene: Scene) -> None:
        self._console.print(Text(scene.title, "bold"))
        for step in scene.steps:
            mark = Text("  ✓ ", "green") if step.ok else Text("  ✗ ", "red bold")
            self._console.print(Text.assemble(mark, (f"{step.name}: ", "bold"), step.said))
            for fact in step.facts:
                self._console.print(Text(f"      {fact}", "dim"))
        self._console.print()

    def verdict(self, wrong: list[str], seconds: float) -> None:
        if wrong:
            self._console.print(Text(f"Not as it should be: {'; '.join(wrong)}", "red bold"))
        else:
            self._console.print(Text(f"Every step came out right, in {seconds:.1f} s.", "green bold"))

    def failure(self, message: str) -> None:
        self._console.print(Text(message, "red bold"))

    def logs(self, stage: Stage, parts: list[str]) -> None:
        """The end of each log, where a failure is usually explained."""
        for part in parts:
            path = stage.log_of(part)
            lines = path.read_text(errors="replace").splitlines()[-LOG_LINES:] if path.exists() else []
            self._console.print(Text.assemble((f"{path}\n", "bold"), "\n".join(lines) or "(empty)", "\n"))

    def addresses(self, stage: Stage, token: str) -> None:
        rows = {
            "OpenAPI docs": f"{stage.api}/docs",
            "operator's token": token,
            "health": f"{stage.api}/health",
            "metrics": f"{stage.api}/metrics",
            "webhooks from Odoo": f"{stage.odoo_webhook}  (X-Webhook-Secret: {stage.webhook_secret})",
            "sandbox PrestaShop": f"{stage.shop}/_sandbox/state/customers  (webservice key {stage.shop_key})",
            "sandbox WooCommerce": f"{stage.store}/_sandbox/state/customers  (consumer key {stage.store_key})",
            "sandbox Odoo": f"{stage.odoo}/_sandbox/state/res.partner",
            "logs": f"{stage.data_dir}",
        }
        for name, value in rows.items():
            self._console.print(Text.assemble((f"{name:<20}", "bold"), value))
        self._console.print(
            Text("\nTry it: save something, order something, and look at the other side (addresses above),", "bold")
        )
        self._console.print(Text(_trials(stage), "cyan"))
        self._console.print(Text("Your own shops: put this into shops.yaml,", "bold"))
        self._console.print(Text(REAL_SHOP, "cyan"))
        self._console.print(Text("set the secrets in .env or the environment, and run", "bold"))
        self._console.print(Text(COMMANDS, "cyan"))
        self._console.print(f"Odoo posts to /webhooks/odoo/{LINK}, the shop's module to /webhooks/prestashop/{LINK}; ")
        self._console.print(f"WooCommerce's webhooks are made by us and post to /webhooks/woocommerce/{SECOND}.")
        self._console.print("Ctrl-C ends the demonstration.")


def _trials(stage: Stage) -> str:
    """Edits as people make them, over the windows of the three sandboxes."""
    trials = {
        f"{stage.odoo}/_sandbox/press": '{"model": "res.partner", "method": "write", "ids": [8], "args": '
        '[{"name": "Jane Two"}]}',
        f"{stage.shop}/_sandbox/edit": '{"resource": "customers", "id": 67, "fields": {"company": "Doe"}}',
        f"{stage.store}/_sandbox/edit": '{"resource": "products", "id": 10, "fields": {"regular_price": "14.00"}}',
        f"{stage.store}/_sandbox/order": '{"email": "you@example.com", "lines": [{"product_id": 10, "quantity": 1}]}',
    }
    return "\n".join(f"  curl {address} -d '{body}'" for address, body in trials.items()) + "\n"
