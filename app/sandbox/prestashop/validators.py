"""The shop's `Validate::is...` checks by name, as far as the sandbox' resources use them.

Patterns are those of PrestaShop 8.2.1 `classes/Validate.php`; an unknown name accepts everything.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime

_DATE = re.compile(r"([0-9]{4})-(0?[0-9]|1[0-2])-(0?[0-9]|[1-2][0-9]|3[01])( [0-9]{2}:[0-9]{2}:[0-9]{2})?")
_FLOAT = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_INT = re.compile(r"-?\d+")
_SCRIPT = re.compile(r"<\s*script|\bjavascript\s*:|<\s*i?frame|\bon[a-z]{3,16}\s*=|<\s*(form|input|embed|object)", re.I)
_EMAIL = re.compile(r"[^\s@<>\"()\[\]\\,;:]+@[^\s@<>\"()\[\]\\,;:.]+(\.[^\s@<>\"()\[\]\\,;:.]+)+")


def _matches(pattern: str, flags: int = 0) -> Callable[[str], bool]:
    compiled = re.compile(pattern, flags)
    return lambda text: compiled.fullmatch(text) is not None


def _is_date(text: str) -> bool:
    match = _DATE.fullmatch(text)
    if match is None:
        return False
    try:
        date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return False
    return True


def _is_float(text: str) -> bool:
    return _FLOAT.fullmatch(text) is not None


def _is_unsigned_int(text: str) -> bool:
    return text.isdecimal() and int(text) < 4294967296


def _is_percentage(text: str) -> bool:
    return _is_float(text) and 0 <= float(text) <= 100


def _is_clean_html(text: str) -> bool:
    return _SCRIPT.search(text) is None


def _is_birth_date(text: str) -> bool:
    return text == "0000-00-00" or (_is_date(text) and text[:10] <= datetime.now(UTC).date().isoformat())


_IS_NAME = _matches(r'[^0-9!<>,;?=+()@#"°{}_$%:¤|]*')
_IS_ISO = _matches(r"[a-zA-Z]{2,3}")
_UNSIGNED = _is_unsigned_int

CHECKS: Mapping[str, Callable[[str], bool]] = {
    "isAddress": _matches(r"[^!<>?=+@{}_$%]*"),
    "isApe": _matches(r"[0-9]{3,4}[a-zA-Z]"),
    "isBirthDate": _is_birth_date,
    "isBool": _matches(r"[0|1]"),
    "isCarrierName": _matches(r"[^<>;=#{}]*"),
    "isCatalogName": _matches(r"[^<>;=#{}]*"),
    "isCityName": _matches(r'[^!<>;?=+@#"°{}_$%]*'),
    "isCleanHtml": _is_clean_html,
    "isColor": _matches(r"#[0-9a-fA-F]{6}|[a-zA-Z0-9-]*"),
    "isCustomerName": _matches(r'(?!\s*$)(?:[^0-9!<>,;?=+()/\\@#"°*`{}_^$%:¤\[\]|.。]|[.。](?:\s|$))*'),
    "isDate": _is_date,
    "isDateFormat": _DATE.fullmatch,  # type: ignore[dict-item]  # truthy is enough
    "isDateOrNull": lambda text: text.startswith("0000-00-00") or _is_date(text),
    "isDniLite": _matches(r"[0-9A-Za-z\-.]{1,16}"),
    "isEan13": _matches(r"[0-9]{0,13}"),
    "isEmail": _EMAIL.fullmatch,  # type: ignore[dict-item]  # truthy is enough
    "isFloat": _is_float,
    "IsGenericName": _matches(r"[^<>={}]*"),  # spelt so in two product fields
    "isGenericName": _matches(r"[^<>={}]*"),
    "isHashedPassword": lambda text: len(text) == 60,
    "isInt": _INT.fullmatch,  # type: ignore[dict-item]  # truthy is enough
    "isIsbn": _matches(r"[0-9-]{0,32}"),
    "isLanguageIsoCode": _IS_ISO,
    "isLinkRewrite": _matches(r"[_a-zA-Z0-9\-]+"),
    "isMd5": _matches(r"[a-f0-9A-F]{32}"),
    "isMessage": _matches(r"[^<>{}]*", re.S),
    "isModuleName": _matches(r"[a-zA-Z0-9_-]+"),
    "isMpn": _matches(r"[ -~]{0,40}"),
    "isName": _IS_NAME,
    "isNegativePrice": _matches(r"-?[0-9]{1,10}(\.[0-9]{1,9})?"),
    "isNullOrUnsignedId": _UNSIGNED,
    "isPercentage": _is_percentage,
    "isPhoneNumber": _matches(r"[+0-9. ()/-]*"),
    "isPositiveInt": _UNSIGNED,
    "isPostCode": _matches(r"[a-zA-Z 0-9-]+"),
    "isPrice": _matches(r"[0-9]{1,10}(\.[0-9]{1,9})?"),
    "isPriceDisplayMethod": _matches(r"[01]"),
    "isProductVisibility": _matches(r"both|catalog|search|none"),
    "isReference": _matches(r"[^<>;={}]*"),
    "isSha1": _matches(r"[a-fA-F0-9]{40}"),
    "isStateIsoCode": _matches(r"[a-zA-Z0-9]{1,4}((-)[a-zA-Z0-9]{1,4})?"),
    "isTrackingNumber": _matches(r"[~:#,%&_=()\[\].? +\-@/a-zA-Z0-9]+"),
    "isUnsignedFloat": lambda text: _is_float(text) and float(text) >= 0,
    "isUnsignedId": _UNSIGNED,
    "isUnsignedInt": _UNSIGNED,
    "isUpc": _matches(r"[0-9]{0,12}"),
    "isUrl": lambda text: re.fullmatch(r"[~:#,$%&_=().? +\-@/\w]+", text) is not None,
}


def is_valid(validator: str | None, text: str) -> bool:
    check = CHECKS.get(validator or "")
    return check is None or bool(check(text))
