"""Templates, variants and images as the recorded servers have them; the names in brackets are recordings."""

from __future__ import annotations

import hashlib
from base64 import b64decode

from tests.sandbox.odoo.conftest import Client, line

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


async def test_a_template_has_one_variant_that_takes_code_bar_code_and_cost(odoo: Client) -> None:
    """[product_template_single_variant_read]"""
    template = await odoo.product(default_code="SG-1", barcode="0001", standard_price=4.2, list_price=9.99)

    variant = (await odoo.variants(template))[0]
    assert await odoo.get("product.product", variant, "default_code", "barcode", "standard_price") == [
        "SG-1",
        "0001",
        4.2,
    ]
    assert await odoo.get("product.template", template, "default_code", "barcode") == ["SG-1", "0001"]
    shown = await odoo.do("product.template", "read", [template], ["product_variant_id"])
    assert shown[0]["product_variant_id"] == [variant, "[SG-1] Cap"]


async def test_attribute_lines_make_a_variant_for_each_combination(odoo: Client) -> None:
    """[product_template_create_with_attributes, product_product_variants_read]"""
    size, sizes = await odoo.attribute("Size", ["S", "M", "L"])
    color, colors = await odoo.attribute("Color", ["Red", "Blue"])

    template = await odoo.product(list_price=19.99, attribute_line_ids=[line(size, sizes), line(color, colors)])

    variants = await odoo.variants(template)
    rows = await odoo.do("product.product", "read", variants, ["display_name", "lst_price"])
    assert [row["display_name"] for row in rows[:3]] == ["Cap (S, Red)", "Cap (S, Blue)", "Cap (M, Red)"]
    assert len(rows) == 6
    # As floats the prices of variants come with noise.
    assert {row["lst_price"] for row in rows} == {19.990000000000002}
    values = await odoo.do(
        "product.template.attribute.value", "search_read", [["product_tmpl_id", "=", template]], ["name", "price_extra"]
    )
    assert [value["name"] for value in values] == ["S", "M", "L", "Red", "Blue"]


async def test_a_value_that_is_the_only_one_of_its_attribute_tells_no_variants_apart(odoo: Client) -> None:
    """By Odoo's source, not recorded."""
    size, sizes = await odoo.attribute("Size", ["S", "M"])
    color, colors = await odoo.attribute("Color", ["Red"])

    plain = await odoo.product(attribute_line_ids=[line(color, colors)])
    varied = await odoo.product(attribute_line_ids=[line(size, sizes), line(color, colors)])

    names = ["display_name", "product_template_attribute_value_ids", "product_template_variant_value_ids"]
    [only] = await odoo.do("product.product", "read", await odoo.variants(plain), names)
    several = await odoo.do("product.product", "read", await odoo.variants(varied), names)
    assert (only["display_name"], len(only[names[1]]), only[names[2]]) == ("Cap", 1, [])
    assert [row["display_name"] for row in several] == ["Cap (S)", "Cap (M)"]
    assert {(len(row[names[1]]), len(row[names[2]])) for row in several} == {(2, 1)}


async def test_a_code_on_a_template_with_several_variants_is_lost(odoo: Client) -> None:
    """[product_template_write_default_code_multi_variant, product_template_default_code_multi_variant]"""
    size, sizes = await odoo.attribute("Size", ["S", "M"])
    template = await odoo.product(default_code="LOST", attribute_line_ids=[line(size, sizes)])

    assert await odoo.do("product.template", "write", [template], {"default_code": "TMPLSKU"}) is True

    assert await odoo.get("product.template", template, "default_code") is False
    assert await odoo.get("product.product", (await odoo.variants(template))[0], "default_code") is False


async def test_the_price_of_one_variant_is_the_price_of_all(odoo: Client) -> None:
    """[product_product_write_lst_price, product_product_price_is_shared, product_ptav_price_extra]"""
    size, sizes = await odoo.attribute("Size", ["S", "M"])
    template = await odoo.product(attribute_line_ids=[line(size, sizes)])
    small, medium = await odoo.variants(template)
    extra = await odoo.do("product.template.attribute.value", "search", [["name", "=", "M"]])

    await odoo.do("product.product", "write", [small], {"lst_price": 25})
    await odoo.do("product.template.attribute.value", "write", extra, {"price_extra": 3.0})

    assert await odoo.get("product.template", template, "list_price") == 25.0
    assert await odoo.get("product.product", small, "lst_price") == 25.0
    assert await odoo.get("product.product", medium, "lst_price", "price_extra") == [28.0, 3.0]


async def test_a_value_taken_away_unlinks_its_variants_and_brings_new_ids_when_it_returns(odoo: Client) -> None:
    """[product_variants_after_value_removed, product_attribute_line_readd_value]"""
    size, sizes = await odoo.attribute("Size", ["S", "M"])
    template = await odoo.product(attribute_line_ids=[line(size, sizes)])
    before = await odoo.variants(template)
    lines = await odoo.get("product.template", template, "attribute_line_ids")

    await odoo.do("product.template.attribute.line", "write", lines, {"value_ids": [[3, sizes[1], 0]]})
    assert await odoo.variants(template) == before[:1]
    await odoo.do("product.template.attribute.line", "write", lines, {"value_ids": [[4, sizes[1], 0]]})

    after = await odoo.variants(template)
    assert after[0] == before[0]
    assert after[1] not in before


async def test_a_variant_that_is_in_use_is_archived_when_its_value_goes(odoo: Client) -> None:
    """By Odoo's own words in [product_err_unlink_in_use]: 'If possible, archive it instead'."""
    size, sizes = await odoo.attribute("Size", ["S", "M"])
    template = await odoo.product(attribute_line_ids=[line(size, sizes)])
    medium = (await odoo.variants(template))[1]
    order = {"partner_id": 7, "order_line": [[0, 0, {"product_id": medium}]]}
    await odoo.do("sale.order", "create", order)
    lines = await odoo.get("product.template", template, "attribute_line_ids")

    await odoo.do("product.template.attribute.line", "write", lines, {"value_ids": [[3, sizes[1], 0]]})

    assert await odoo.get("product.product", medium, "active") is False


async def test_a_simple_product_loses_its_variant_with_its_first_attribute(odoo: Client) -> None:
    """[product_simple_to_variable]"""
    size, sizes = await odoo.attribute("Size", ["S", "M"])
    template = await odoo.product(default_code="SG-1", barcode="0001")
    before = await odoo.variants(template)

    await odoo.do("product.template", "write", [template], {"attribute_line_ids": [line(size, sizes)]})

    after = await odoo.variants(template)
    assert len(after) == 2
    assert not set(before) & set(after)
    assert await odoo.get("product.product", after[0], "default_code", "barcode") == [False, False]


async def test_dynamic_variants_come_when_somebody_makes_them_and_only_once(odoo: Client) -> None:
    """[product_product_create_dynamic_variant, product_product_err_duplicate_combination]"""
    size, sizes = await odoo.attribute("Size", ["S", "M"], create_variant="dynamic")
    template = await odoo.product(attribute_line_ids=[line(size, sizes)])
    assert await odoo.variants(template) == []
    values = await odoo.do("product.template.attribute.value", "search", [["product_tmpl_id", "=", template]])
    wanted = {"product_tmpl_id": template, "product_template_attribute_value_ids": [[6, 0, values[:1]]]}

    made = await odoo.do("product.product", "create", {**wanted, "default_code": "D1"})

    assert await odoo.variants(template) == [made]
    assert "product_product_combination_unique" in await odoo.error("product.product", "create", wanted)


async def test_a_variant_made_by_itself_makes_its_template(odoo: Client) -> None:
    """[product_product_create_makes_template]"""
    variant = await odoo.do("product.product", "create", {"name": "Solo", "default_code": "SOLO", "lst_price": 3})

    template = await odoo.get("product.product", variant, "product_tmpl_id")
    assert await odoo.get("product.template", template, "name", "list_price") == ["Solo", 3.0]
    assert await odoo.variants(template) == [variant]


async def test_a_code_may_be_there_twice_and_a_bar_code_may_not(odoo: Client) -> None:
    """[product_duplicate_default_code_allowed, product_err_duplicate_barcode]"""
    await odoo.product(default_code="SAME", barcode="4006381333931")
    other = await odoo.product(default_code="SAME")

    refused = await odoo.error("product.template", "write", [other], {"barcode": "4006381333931"})

    assert refused.startswith('ValidationError: Barcode(s) already assigned:\n\n- Barcode "4006381333931"')


async def test_storable_is_a_type_in_17_and_a_flag_in_19(odoo: Client) -> None:
    """[product_template_read; 19: product_template_create_storable, ..._err_detailed_type, ..._err_type_product]"""
    template = await odoo.product()

    if odoo.version == 17:
        assert await odoo.get("product.template", template, "type", "detailed_type") == ["product", "product"]
    else:
        assert await odoo.get("product.template", template, "type", "is_storable") == ["consu", True]
        said = await odoo.error("product.template", "create", {"name": "Old", "detailed_type": "product"})
        assert said == "ValueError: Invalid field 'detailed_type' in 'product.template'"
        said = await odoo.error("product.template", "create", {"name": "Old", "type": "product"})
        assert said == "ValueError: Wrong value for product.template.type: 'product'"


async def test_an_image_is_an_attachment_with_a_checksum(odoo: Client) -> None:
    """[ir_attachment_image_checksum, product_image_1920_bin_size, product_err_image_url]"""
    await odoo.do("product.template", "write", [5], {"image_1920": PIXEL})

    where = [["res_model", "=", "product.template"], ["res_id", "=", 5], ["res_field", "=", "image_1920"]]
    files = await odoo.do("ir.attachment", "search_read", where, ["checksum", "file_size", "mimetype"])
    assert files[0]["checksum"] == hashlib.sha1(b64decode(PIXEL), usedforsecurity=False).hexdigest()
    assert (files[0]["file_size"], files[0]["mimetype"]) == (70, "image/png")
    # Such files are in no list that does not ask for `res_field`.
    assert await odoo.do("ir.attachment", "search", where[:2]) == []
    assert await odoo.get("product.template", 5, "image_1920", context={"bin_size": True}) == "70.00 bytes"
    for wrong in ("http://x/y.png", "bm90IGFuIGltYWdl"):
        said = await odoo.error("product.template", "write", [5], {"image_1920": wrong})
        assert said == "UserError: This file could not be decoded as an image file."


async def test_a_text_in_french_leaves_the_english_one(odoo: Client) -> None:
    """[translate_write_fr, translate_read_fr, translate_read_default]"""
    await odoo.do("product.template", "write", [5], {"name": "Chemise"}, context={"lang": "fr_FR"})

    assert await odoo.get("product.template", 5, "name") == "T-Shirt"
    assert await odoo.get("product.template", 5, "name", context={"lang": "fr_FR"}) == "Chemise"
    assert await odoo.get("product.product", 5, "name", context={"lang": "fr_FR"}) == "Chemise"


async def test_a_product_in_use_is_not_deleted_and_another_goes_with_all_its_parts(odoo: Client) -> None:
    """[product_err_unlink_in_use]"""
    size, sizes = await odoo.attribute("Size", ["S", "M"])
    template = await odoo.product(attribute_line_ids=[line(size, sizes)])
    await odoo.do("sale.order", "create", {"partner_id": 7, "order_line": [[0, 0, {"product_id": 5}]]})

    assert "If possible, archive it instead" in await odoo.error("product.template", "unlink", [5])
    await odoo.do("product.template", "unlink", [template])

    assert await odoo.variants(template) == []
    lines = await odoo.do("product.template.attribute.line", "search", [["product_tmpl_id", "=", template]])
    assert lines == []


async def test_archiving_a_template_archives_its_variants_and_the_button_brings_both_back(odoo: Client) -> None:
    template = await odoo.product()
    variant = (await odoo.variants(template))[0]

    await odoo.do("product.template", "action_archive", [template])
    assert await odoo.get("product.product", variant, "active") is False
    await odoo.do("product.product", "action_unarchive", [variant])
    assert await odoo.get("product.template", template, "active") is True

    await odoo.do("product.template", "write", [template], {"active": False})
    await odoo.do("product.template", "write", [template], {"active": True})
    assert await odoo.variants(template) == [variant]


async def test_a_variant_whose_active_is_written_leaves_its_template_as_it_is(odoo: Client) -> None:
    template = await odoo.product()
    variant = (await odoo.variants(template))[0]

    await odoo.do("product.product", "write", [variant], {"active": False})

    assert await odoo.get("product.template", template, "active", "product_variant_count") == [True, 0]


async def test_a_category_takes_those_below_along_unless_products_are_in_them(odoo: Client) -> None:
    top = await odoo.do("product.category", "create", {"name": "Top"})
    below = await odoo.do("product.category", "create", {"name": "Below", "parent_id": top})
    assert await odoo.get("product.category", below, "complete_name") == "Top / Below"
    assert "recursive" in await odoo.error("product.category", "write", [top], {"parent_id": below})
    template = await odoo.product(categ_id=below)

    assert "archive it instead" in await odoo.error("product.category", "unlink", [top])
    await odoo.do("product.template", "write", [template], {"categ_id": 1})
    await odoo.do("product.category", "unlink", [top])

    assert await odoo.do("product.category", "search", [["id", "in", [top, below]]]) == []
