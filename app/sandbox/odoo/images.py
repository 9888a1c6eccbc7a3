"""Images are attachments: their checksum tells of a change without the bytes."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from typing import Final

from app.sandbox.odoo.behaviour import Behaviour
from app.sandbox.odoo.call import Call
from app.sandbox.odoo.database import Row
from app.sandbox.odoo.faults import user_error

NO_IMAGE: Final = "This file could not be decoded as an image file."
IMAGES: Final = ("image_1920", "image_variant_1920")
MAGIC: Final[Mapping[bytes, str]] = {
    b"\x89PNG": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
    b"RIFF": "image/webp",
    b"<svg": "image/svg+xml",
}


def with_image(call: Call, row: Row, values: Row) -> None:
    """Keeps the attachment of each image among the written values. Raises Odoo's UserError for other data.

    Recorded: product_err_image_url, ir_attachment_image_checksum; 19: product_image_bad_data.
    """
    for name in IMAGES:
        if name in values and call.model.fields[name].stored:
            _keep(call, row, name)


def _keep(call: Call, row: Row, name: str) -> None:
    files = call.db.tables["ir.attachment"]
    owner = {"res_model": call.model.name, "res_id": row["id"], "res_field": name}
    known = next((one for one in files.values() if {key: one[key] for key in owner} == owner), None)
    if not row[name]:
        if known:
            files.pop(int(str(known["id"])))
        return
    described = _described(str(row[name]))
    if known is None:
        call.db.add("ir.attachment", {"name": name, **owner, **described})
    else:
        known.update({**described, "write_date": call.db.stamp()})


def _described(text: str) -> Row:
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise user_error(NO_IMAGE) from error
    kind = next((kind for magic, kind in MAGIC.items() if content.startswith(magic)), None)
    if kind is None:
        raise user_error(NO_IMAGE)
    return {"datas": text, "mimetype": kind, **_measured(content)}


def _measured(content: bytes) -> Row:
    return {"checksum": hashlib.sha1(content, usedforsecurity=False).hexdigest(), "file_size": len(content)}


def _attached(call: Call, row: Row) -> None:
    if row["datas"]:
        row.update(_measured(base64.b64decode(str(row["datas"]))))


def _attached_again(call: Call, row: Row, values: Row) -> None:
    if "datas" in values:
        _attached(call, row)


BEHAVIOURS: Mapping[str, Behaviour] = {"ir.attachment": Behaviour(created=_attached, written=_attached_again)}
