"""Which addresses a connection may have: a plain http(s) URL of a server, never of the machine's own metadata.

A link-local address (169.254.169.254 and the like) answers with the credentials of the machine we run on; a URL from
outside must not be able to make us ask there. Names that resolve to one are not looked up here.
"""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final
from urllib.parse import SplitResult, urlsplit, urlunsplit

FORBIDDEN_NETWORKS: Final = (
    ip_network("169.254.0.0/16"),
    ip_network("fe80::/10"),
    ip_network("fd00:ec2::/32"),  # Amazon's metadata over IPv6
    ip_network("100.100.100.200/32"),  # Alibaba's
)
FORBIDDEN_NAMES: Final = frozenset({"metadata", "metadata.google.internal"})


def normalise_url(written: str) -> str:
    """`HTTP://Shop.example/fr/` → `http://shop.example/fr`. Raises `ValueError` in words that follow a field's name."""
    parts = _split(written.strip())
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not hold a user name or password: credentials have fields of their own")
    if parts.query or parts.fragment:
        raise ValueError("must end with the path: leave out what begins with ? or #")
    host = parts.hostname or ""
    if is_forbidden_host(host):
        raise ValueError("is a link-local or metadata address, where no Odoo and no shop lives")
    netloc = f"[{host}]" if ":" in host else host
    if parts.port is not None:
        netloc += f":{parts.port}"
    return urlunsplit((parts.scheme, netloc, parts.path.rstrip("/"), "", ""))


def is_forbidden_host(host: str) -> bool:
    name = host.lower().rstrip(".")
    address = _address(name)
    if address is None:
        return name in FORBIDDEN_NAMES
    return any(address.version == network.version and address in network for network in FORBIDDEN_NETWORKS)


def is_loopback_host(host: str) -> bool:
    address = _address(host)
    return host == "localhost" or (address is not None and address.is_loopback)


def _split(written: str) -> SplitResult:
    try:
        parts = urlsplit(written)
        known = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise ValueError("is not a URL") from error
    if not known or any(character.isspace() or not character.isprintable() for character in written):
        raise ValueError("must be a URL that begins with http:// or https:// and names a server")
    return parts


def _address(host: str) -> IPv4Address | IPv6Address | None:
    """Also in the forms resolvers take: 2852039166, 0xa9fea9fe, ::ffff:169.254.169.254."""
    try:
        address = ip_address(host)
    except ValueError:
        try:
            return ip_address(socket.inet_aton(host))
        except (OSError, UnicodeEncodeError):
            return None
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address
