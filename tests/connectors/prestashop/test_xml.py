"""Bodies sent to the webservice, and its answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.connectors.prestashop import xml
from app.errors import Rejected


def test_values_are_escaped_and_texts_carry_their_language() -> None:
    body = xml.document("cart_rule", {"id": "3", "name": {"1": "A & <B>", "2": "é"}}).decode()

    assert "<prestashop><cart_rule><id>3</id><name>" in body
    assert '<language id="1">A &amp; &lt;B&gt;</language><language id="2">é</language>' in body


def test_associations_are_lists_of_rows() -> None:
    body = xml.document("customer", {}, {"groups": ("group", [{"id": "3"}, {"id": "4"}])}).decode()

    assert "<associations><groups><group><id>3</id></group><group><id>4</id></group></groups></associations>" in body


def test_a_merged_record_keeps_everything_that_was_not_changed() -> None:
    raw = b"""<?xml version="1.0" encoding="UTF-8"?>
<prestashop xmlns:xlink="http://www.w3.org/1999/xlink"><customer><id><![CDATA[3]]></id>
<id_lang xlink:href="http://shop/api/languages/1"><![CDATA[1]]></id_lang><passwd><![CDATA[$2y$10$x]]></passwd>
<name><language id="1"><![CDATA[old]]></language></name>
<associations><groups><group><id>1</id></group></groups><other/></associations></customer></prestashop>"""

    body = xml.merged(raw, {"firstname": "Jo", "name": {"1": "new"}}, {"groups": ("group", [{"id": "3"}])})

    record = xml.parse(body)[0]
    assert record.findtext("passwd") == "$2y$10$x"
    assert record.findtext("firstname") == "Jo"
    assert [node.text for node in record.findall("name/language")] == ["new"]
    assert [node.text for node in record.findall("associations/groups/group/id")] == ["3"]
    assert record.find("associations/other") is not None


@given(st.text())
def test_any_text_arrives_as_it_was_or_is_refused_by_field(text: str) -> None:
    try:
        body = xml.document("customer", {"note": text})
    except Rejected as error:
        assert error.field == "note"  # noqa: PT017 - either outcome is right, and this is the one's detail
        return
    assert (xml.parse(body).findtext("customer/note") or "") == text.replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x1f", "\ufffe", "\ud800"])
def test_what_xml_cannot_hold_is_refused(character: str) -> None:
    with pytest.raises(Rejected, match="note has a character that cannot be sent"):
        xml.document("customer", {"note": f"a{character}"})


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<html><body>Be right back<br></body>",
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
        b'<?xml version="1.0"?><!DOCTYPE x SYSTEM "http://evil.test/x"><x/>',
        b'<?xml version="1.0" encoding="klingon"?><x/>',
        b'<?xml version="1.0" encoding="utf-7"?><x>+AGE-</x>',
    ],
)
def test_an_answer_that_is_no_honest_xml_is_told_apart(raw: bytes) -> None:
    with pytest.raises(xml.NotXmlError):
        xml.parse(raw)


def test_a_record_that_is_nested_too_deeply_is_not_put_back() -> None:
    with pytest.raises(xml.NotXmlError, match="too deeply"):
        xml.merged(b"<x>" * 3000 + b"</x>" * 3000, {"note": "a"})


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        (b"<?xml version='1.0'?><prestashop><customer><id><![CDATA[3]]></id><id_lang>1</id_lang>", "3"),
        (b"debug output<?xml version='1.0'?><prestashop><order><id>12</id></order></prestashop>", "12"),
        (b"<html></html>", None),
        (b"", None),
    ],
)
def test_the_new_id_is_found_even_in_a_spoilt_answer(raw: bytes, number: str | None) -> None:
    assert xml.first_id(raw) == number


def test_the_record_in_an_answer_reads_as_a_list_has_it() -> None:
    raw = (
        b"<prestashop><product><id><![CDATA[7]]></id><price></price>"
        b'<name><language id="1"><![CDATA[Mug & Co]]></language><language id="2"></language></name>'
        b"<associations><categories><category><id>2</id></category></categories></associations></product></prestashop>"
    )

    names = [{"id": "1", "value": "Mug & Co"}, {"id": "2", "value": ""}]
    assert xml.record(raw) == {"id": "7", "price": "", "name": names}


@pytest.mark.parametrize("raw", [b"", b"<html><body>down</body></html>", b"<prestashop/>", b"<prestashop><customer"])
def test_an_answer_without_a_record_shows_none(raw: bytes) -> None:
    assert xml.record(raw) is None
