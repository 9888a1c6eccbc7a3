from __future__ import annotations

import pytest

from app.security.addresses import is_loopback_host, normalise_url


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("http://127.0.0.1:8069", "http://127.0.0.1:8069"),
        ("HTTPS://Shop.Example/", "https://shop.example"),
        (" https://shop.example/fr/ ", "https://shop.example/fr"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
        ("http://10.0.0.7", "http://10.0.0.7"),
    ],
)
def test_an_address_is_kept_in_one_spelling(written: str, kept: str) -> None:
    assert normalise_url(written) == kept


@pytest.mark.parametrize(
    "written",
    [
        "http://169.254.169.254/latest",
        "http://2852039166/",
        "http://0xa9fea9fe/",
        "http://169.254.43518",
        "http://[fe80::1]/",
        "http://[fe80::1%25eth0]/",
        "http://[::ffff:169.254.169.254]/",
        "http://[fd00:ec2::254]/",
        "http://100.100.100.200",
        "http://metadata.google.internal/",
        "http://Metadata.Google.Internal./",
    ],
)
def test_metadata_and_link_local_addresses_are_refused_in_every_spelling(written: str) -> None:
    with pytest.raises(ValueError, match="link-local or metadata"):
        normalise_url(written)


@pytest.mark.parametrize(
    "written",
    ["ftp://shop.example", "shop.example", "https://", "file:///etc/passwd", "http://shop:port", "http://a b"],
)
def test_what_is_no_web_address_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="URL"):
        normalise_url(written)


def test_credentials_and_queries_do_not_belong_into_an_address() -> None:
    with pytest.raises(ValueError, match="fields of their own"):
        normalise_url("https://admin:geheim@shop.example")
    with pytest.raises(ValueError, match="leave out"):
        normalise_url("https://shop.example/?ws_key=geheim")


@pytest.mark.parametrize(
    ("host", "expected"), [("localhost", True), ("127.1.2.3", True), ("::1", True), ("shop.example", False)]
)
def test_loopback_is_told_from_the_network(host: str, expected: bool) -> None:
    assert is_loopback_host(host) is expected
