"""What an order comes to: taxes of each line, tax lines, discount and totals. Pure: works on the order given.

Line totals are net, whatever the shop's prices include. Each line is rounded to the cent before it is
summed: 3 x 10.005 with 19 % inside is 25.222689 + 4.792311 and shows 25.22 + 4.79 (ord-60).
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from .cells import Row, amount, entries, inner, text, whole
from .decimals import number, plain, rounded
from .tax_rates import Place, Rate, rates_for, tax_of

Taxes = Sequence[Mapping[str, object]]


def taxed_at(order: Row, base_country: str) -> Place:
    """Where the goods go, else where the bill goes, else where the shop is."""
    for name in ("shipping", "billing"):
        address = inner(order, name)
        if text(address, "country"):
            return Place(
                country=text(address, "country"), state=text(address, "state"),
                postcode=text(address, "postcode"), city=text(address, "city"),
            )  # fmt: skip
    return Place(country=base_country)


def settle_totals(order: Row, taxes: Taxes, *, base_country: str, next_id: Callable[[], int]) -> None:
    """Computes taxes and sums anew. `next_id` numbers a tax line that was not there before."""
    place = taxed_at(order, base_country)
    sums: dict[int, dict[str, Decimal]] = {}
    known: dict[int, Rate] = {}
    for line in entries(order, "line_items"):
        rates = rates_for(taxes, place, text(line, "tax_class"))
        _tax_line_item(line, rates)
        _gather(line, rates, "cart", sums, known)
    for line in (*entries(order, "shipping_lines"), *entries(order, "fee_lines")):
        rates = _extra_rates(line, taxes, place)
        _tax_extra(line, rates)
        _gather(line, rates, "shipping" if "method_id" in line else "cart", sums, known)
    order["tax_lines"] = _tax_lines(order, known, sums, next_id)
    _sum_up(order)


def unit_price(line: Mapping[str, object]) -> int | float:
    """Computed when shown: the total by the quantity (ord-09)."""
    quantity = amount(line, "quantity")
    return number(amount(line, "total") / quantity if quantity else Decimal(0))


def cents(line: Mapping[str, object], name: str) -> Decimal:
    return rounded(amount(line, name))


def _extra_rates(line: Row, taxes: Taxes, place: Place) -> list[Rate]:
    if text(line, "tax_status") == "none":
        return []
    rates = rates_for(taxes, place, text(line, "tax_class"))
    return [rate for rate in rates if rate.shipping] if "method_id" in line else rates


def _tax_line_item(line: Row, rates: Sequence[Rate]) -> None:
    total, subtotal = tax_of(amount(line, "total"), rates), tax_of(amount(line, "subtotal"), rates)
    line["taxes"] = [{"id": one, "total": plain(total[one]), "subtotal": plain(subtotal[one])} for one in total]
    line["total_tax"] = plain(_whole_cents(total))
    line["subtotal_tax"] = plain(_whole_cents(subtotal))


def _tax_extra(line: Row, rates: Sequence[Rate]) -> None:
    total = tax_of(amount(line, "total"), rates)
    line["taxes"] = [{"id": one, "total": plain(total[one]), "subtotal": ""} for one in total]
    line["total_tax"] = plain(_whole_cents(total))


def _whole_cents(taxes: Mapping[int, Decimal]) -> Decimal:
    return sum((rounded(one) for one in taxes.values()), Decimal(0))


def _gather(
    line: Row, rates: Sequence[Rate], kind: str, sums: dict[int, dict[str, Decimal]], known: dict[int, Rate]
) -> None:
    known.update({rate.id: rate for rate in rates})
    for share in entries(line, "taxes"):
        per_rate = sums.setdefault(whole(share, "id"), {"cart": Decimal(0), "shipping": Decimal(0)})
        per_rate[kind] += rounded(amount(share, "total"))


def _tax_lines(
    order: Row, known: Mapping[int, Rate], sums: Mapping[int, Mapping[str, Decimal]], next_id: Callable[[], int]
) -> list[Row]:
    before = {whole(line, "rate_id"): whole(line, "id") for line in entries(order, "tax_lines")}
    return [
        {
            "id": before.get(rate.id) or next_id(), "rate_code": rate.code, "rate_id": rate.id, "label": rate.label,
            "compound": rate.compound, "tax_total": plain(sums[rate.id]["cart"]),
            "shipping_tax_total": plain(sums[rate.id]["shipping"]), "rate_percent": number(rate.percent),
            "meta_data": [],
        }
        for rate in known.values()
    ]  # fmt: skip


def _sum_up(order: Row) -> None:
    lines, fees, ways = (entries(order, name) for name in ("line_items", "fee_lines", "shipping_lines"))
    cart_tax = sum((amount(line, "tax_total") for line in entries(order, "tax_lines")), Decimal(0))
    shipping_tax = sum((amount(line, "shipping_tax_total") for line in entries(order, "tax_lines")), Decimal(0))
    goods = sum((cents(line, "total") for line in (*lines, *fees)), Decimal(0))
    shipping = sum((cents(line, "total") for line in ways), Decimal(0))
    order.update(
        discount_total=plain(_lost(lines, "subtotal", "total")), cart_tax=plain(cart_tax),
        discount_tax=plain(_lost(lines, "subtotal_tax", "total_tax")), shipping_tax=plain(shipping_tax),
        shipping_total=plain(shipping), total_tax=plain(cart_tax + shipping_tax),
        total=plain(goods + shipping + cart_tax + shipping_tax),
    )  # fmt: skip


def _lost(lines: Sequence[Row], before: str, after: str) -> Decimal:
    return sum((cents(line, before) - cents(line, after) for line in lines), Decimal(0))
