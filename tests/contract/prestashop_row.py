"""One line of what a real PrestaShop 8.2.1 taught us: a request, what it is answered, what it leaves behind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

JSON = "output_format=JSON"
Texts = Mapping[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A request to the webservice; `path` without `/api`."""

    method: str
    path: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row(Step):
    """`says` is the test's name, `recording` the number of the exchange it was read off.

    `codes`: error codes in order. `text`: part of the body. `has`, `lacks`: fields of the first object shown.
    `ids`: the ids of a list. `before`: requests made first. `then`: field values of an object read afterwards,
    by its address. `mails`: subjects sent by this request. `hooks`: what the module tells of it.
    """

    says: str
    recording: str
    status: int
    content: str | None = "text/xml"
    codes: Sequence[int] = ()
    text: str | None = None
    has: Mapping[str, object] = field(default_factory=dict)
    lacks: Sequence[str] = ()
    ids: Sequence[int] | None = None
    before: Sequence[Step] = ()
    then: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    mails: Sequence[str] | None = None
    hooks: Sequence[str] | None = None
    key: str | None = "full"
    version: str = "8.2.1"


def xml(node: str, fields: Mapping[str, str | Texts] | None = None, associations: str = "") -> bytes:
    """The body for one object; a mapping becomes `<language>` nodes."""
    return f"<prestashop>{entity(node, fields, associations)}</prestashop>".encode()


def entity(node: str, fields: Mapping[str, str | Texts] | None = None, associations: str = "") -> str:
    inner = "".join(f"<{name}>{_value(value)}</{name}>" for name, value in (fields or {}).items())
    linked = f"<associations>{associations}</associations>" if associations else ""
    return f"<{node}>{inner}{linked}</{node}>"


def _value(value: str | Texts) -> str:
    if isinstance(value, str):
        return escape(value)
    return "".join(f'<language id="{one}">{escape(text)}</language>' for one, text in value.items())
