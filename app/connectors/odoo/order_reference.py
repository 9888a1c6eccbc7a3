"""What orders name that an Odoo seldom changes: sale taxes, currencies, pricelists, the services for costs.

Kept in memory like `Reference`; what an order names and memory lacks is looked for once more.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from app.connectors.odoo.client import OdooClient, Row
from app.connectors.odoo.options import OdooOptions
from app.connectors.odoo.order_taxes import Tax
from app.connectors.odoo.reference import Lookup
from app.connectors.odoo.search import rows_of
from app.connectors.odoo.values import amount_of, flag_of, id_of, text_of
from app.errors import ActionRequired, Rejected

TAX_FIELDS: Final = ("amount", "amount_type", "price_include", "type_tax_use", "active", "company_id", "sequence")


class OrderReference:
    """Of one connection."""

    def __init__(self, client: OdooClient, options: OdooOptions) -> None:
        self._client = client
        self._options = options
        self._taxes = Lookup(client, "account.tax", TAX_FIELDS)
        self._currencies = Lookup(client, "res.currency", ["name"])
        self._pricelists = Lookup(client, "product.pricelist", ["currency_id", "active"])
        self._companies = Lookup(client, "res.company", ["currency_id"])
        self._company: int | None = None

    async def taxes(self, numbers: set[int]) -> Mapping[int, Tax]:
        """Every tax in percent by id, archived ones too, and surely these if they exist."""
        rows = await self._taxes.with_ids(numbers) if numbers else {}
        return {number: _tax(number, row) for number, row in rows.items() if row.get("amount_type") == "percent"}

    async def sale_taxes(self, *, anew: bool = False) -> list[Tax]:
        """What a new line may get: live taxes on sales of the company that our user works for, in
        the order that the company gave them.

        `anew`: a rate was not among them, and may have been added meanwhile.
        """
        known = await self._taxes.refreshed() if anew else await self._taxes.rows()
        rows = {number: row for number, row in known.items() if _for_sales(row)}
        companies = {number for row in rows.values() if (number := id_of(row.get("company_id")))}
        company = await self.company() if len(companies) > 1 else None
        if company in companies:
            rows = {number: row for number, row in rows.items() if id_of(row.get("company_id")) == company}
        ordered = sorted(rows, key=lambda number: (int(amount_of(rows[number].get("sequence"), places=0)), number))
        return [_tax(number, rows[number]) for number in ordered]

    async def currency_codes(self, numbers: set[int]) -> Mapping[int, str]:
        rows = await self._currencies.with_ids(numbers) if numbers else {}
        return {number: code for number, row in rows.items() if (code := text_of(row.get("name")))}

    async def currency_id(self, code: str) -> int:
        for load in (self._currencies.rows, self._currencies.refreshed):
            for number, row in (await load()).items():
                if text_of(row.get("name")) == code.upper():
                    return number
        raise Rejected(f"Odoo has no currency {code[:10]!r}", field="currency", code="unknown_currency")

    async def pricelist(self, code: str) -> int | None:
        """The pricelist that gives an order this currency; None where it is the company's own and needs none.

        Raises `Rejected` naming the currency where nothing would give it.
        """
        if code in self._options.pricelists:
            return self._options.pricelists[code]
        currency = await self.currency_id(code)
        for load in (self._pricelists.rows, self._pricelists.refreshed):
            for number, row in sorted((await load()).items()):
                if id_of(row.get("currency_id")) == currency and flag_of(row.get("active")):
                    return number
        if await self._company_currency() == currency:
            return None
        raise Rejected(
            f"Odoo has no pricelist in {code[:10]}; make one under Sales > Products > Pricelists (or name one in the "
            "option pricelists), then retry",
            field="currency",
            code="no_pricelist",
        )

    async def company(self) -> int:
        """The company our user works for."""
        if self._company is None:
            uid = await (await self._client.transport()).uid()
            rows = await self._client.read("res.users", [uid], ["company_id"])
            company = id_of(rows[0].get("company_id")) if rows else None
            if company is None:
                raise ActionRequired("Odoo does not say which company our user works for", code="no_company")
            self._company = company
        return self._company

    async def company_currency(self) -> str | None:
        """The code of what products are priced in."""
        number = await self._company_currency()
        return (await self.currency_codes({number})).get(number) if number else None

    async def _company_currency(self) -> int | None:
        company = await self.company()
        return id_of((await self._companies.with_ids({company})).get(company, {}).get("currency_id"))


async def products_by_sku(client: OdooClient, sku: str) -> list[Row]:
    """Live products with this SKU, which need not be one in Odoo."""
    rows = await rows_of(client, "product.product", [["default_code", "=", sku]], ["active"])
    return [row for row in rows if flag_of(row.get("active"))]


def _tax(number: int, row: Row) -> Tax:
    return Tax(id=number, rate=Decimal(amount_of(row.get("amount"))), included=flag_of(row.get("price_include")))


def _for_sales(row: Row) -> bool:
    return flag_of(row.get("active")) and row.get("type_tax_use") == "sale" and row.get("amount_type") == "percent"
