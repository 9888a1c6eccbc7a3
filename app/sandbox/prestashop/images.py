"""Product images: rows in a table, bytes on the shop's disk, and their own corner of the webservice.

GET    /images                      kinds of images                    (recording 014)
GET    /images/products             products that have images          (015)
GET    /images/products/8           ids of its images, XML only        (016; JSON is a 500: 017)
GET    /images/products/8/24        the bytes                          (637)
POST   /images/products/8           multipart, field `image`           (630-635)
DELETE /images/products/8/24        200, empty                         (639)
"""

from base64 import b64encode
from collections.abc import Mapping
from email.parser import BytesParser
from email.policy import HTTP
from typing import Protocol

import orjson

from .errors import ApiError
from .render import HEAD, TAIL
from .state import Row, Shop

_KINDS: Mapping[bytes, str] = {
    b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif", b"RIFF": "image/webp",
}  # fmt: skip
_OWNERS = ("general", "products", "categories", "manufacturers", "suppliers", "stores", "customizations")
_UPLOADS = (
    'upload_allowed_mimetypes="image/gif, image/jpg, image/jpeg, image/pjpeg, image/png, image/webp, image/x-png"'
)
_XML = "text/xml;charset=utf-8"
_FORMATS = "Image upload error : Image format not recognized, allowed formats are: gif, jpg, jpeg, jpe, png, webp"
_RECODED = b"\x00drawn again by the shop"


class _Call(Protocol):
    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def body(self) -> bytes: ...


def serve(shop: Shop, call: _Call, *, api: str, json: bool) -> tuple[int, bytes, str | None]:
    """Status, body and content type; what is wrong is raised."""
    _, kind, product, image, *_ = (*call.path.strip("/").split("/"), "", "", "")
    if not kind:
        return 200, _kinds(f"{api}images"), _XML
    if kind != "products":
        raise ApiError(501, (0, f"images of {kind} are not in the sandbox"))
    if call.method == "POST":
        return 200, _upload(shop, product, call, api=api), _XML
    if call.method == "DELETE":
        delete_image(shop, _known(shop, product, image))
        return 200, b"", None
    if image:
        picture = shop.pictures[_known(shop, product, image)]
        return 200, picture, _kind_of(picture)
    if json:
        return 500, _broken_listing(shop, product), "application/json"
    return 200, _listing(shop, product, f"{api}images/products"), _XML


def set_cover(shop: Shop, memory: Row, text: str) -> None:
    """`products.id_default_image`: at once, by SQL, so no hook of the images."""
    for row in images_of(shop, memory.get("id")):
        row["cover"] = "1" if str(row["id"]) == text else "0"


def images_of(shop: Shop, product: object) -> list[Row]:
    return list(shop.table("images").where("id_product", [str(product)]))


def add_image(shop: Shop, product: str, picture: bytes) -> Row:
    """The first one is the cover. The shop draws every picture anew, so what it keeps is not what was sent:
    913 bytes became 1088 (recordings 630, 634). What it drew itself comes out the same."""
    others = images_of(shop, product)
    memory: Row = {"id_product": product, "position": str(len(others) + 1), "cover": None if others else "1"}
    row_id = shop.insert("images", memory)
    shop.pictures[row_id] = picture.removesuffix(_RECODED) + _RECODED
    return memory


def delete_image(shop: Shop, row_id: int) -> None:
    """The next one becomes the cover."""
    row = shop.row("images", row_id) or {}
    shop.remove("images", row_id)
    del shop.pictures[row_id]
    rest = images_of(shop, row.get("id_product"))
    if rest and row.get("cover") == "1":
        rest[0]["cover"] = "1"


def _upload(shop: Shop, product: str, call: _Call, *, api: str) -> bytes:
    picture = _field(call)
    if shop.row("products", product) is None:
        raise _refused(f"Product {product} does not exist")
    if _kind_of(picture) is None:
        raise _refused(_FORMATS)
    memory = add_image(shop, product, picture)
    names = ("id", "id_product", "position", "cover")
    shown = "".join(f"<{name}><![CDATA[{memory[name] or ''}]]></{name}>\n" for name in names)
    legend = "".join(f'<language id="{one}" xlink:href="{api}languages/{one}"/>' for one in shop.languages())
    encoded = b64encode(shop.pictures[int(str(memory["id"]))]).decode()
    return _document(
        f"<image>\n{shown}<legend>{legend}</legend>\n</image>\n"
        f'<content encode="base64"><![CDATA[{encoded}]]></content>\n'
    )


def _field(call: _Call) -> bytes:
    """The upload `image` of a multipart body; a bare picture is not understood."""
    kind = call.headers.get("content-type", "")
    if kind.startswith("multipart/form-data"):
        form = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + call.body)
        for part in form.iter_parts():
            if part.get_param("name", header="content-disposition") == "image" and part.get_filename():
                payload = part.get_payload(decode=True)
                return payload if isinstance(payload, bytes) else b""
    raise _refused('Please set an "image" parameter with image data for value')


def _refused(message: str) -> ApiError:
    return ApiError(400, (76, message))


def _known(shop: Shop, product: str, image: str) -> int:
    if shop.row("products", product) is None:
        raise ApiError(400, (57, "This product id does not exist"))
    if shop.text("images", image, "id_product") != product:
        raise ApiError(400, (57, "This image id does not exist"))
    return int(image)


def _kinds(address: str) -> bytes:
    verbs = {"get": "true", "put": "false", "post": "false", "patch": "false", "delete": "false", "head": "true"}
    shown = " ".join(f'{name}="{value}"' for name, value in verbs.items())
    nodes = [f'<{kind} xlink:href="{address}/{kind}" {shown} {_UPLOADS}/>\n' for kind in _OWNERS]
    return _document(f"<image_types>\n{''.join(nodes)}</image_types>")


def _listing(shop: Shop, product: str, address: str) -> bytes:
    if product:
        ids = [row["id"] for row in images_of(shop, product)]
        links = [f'<declination id="{one}" xlink:href="{address}/{product}/{one}"/>\n' for one in ids]
        return _document(f'<image id="{product}">\n{"".join(links)}</image>')
    products = sorted({int(str(row["id_product"])) for row in shop.table("images").rows.values()})
    links = [f'<image id="{one}" xlink:href="{address}/{one}"/>\n' for one in products]
    return _document(f"<images>\n{''.join(links)}</images>")


def _broken_listing(shop: Shop, product: str) -> bytes:
    """JSON was forgotten here: the ids without a name, and an error."""
    ids = [product, *(str(row["id"]) for row in images_of(shop, product))]
    fault = {"code": 61, "message": "This image does not exist on disk"}
    return orjson.dumps({"": [{"id": one} for one in ids], "errors": [fault]})


def _document(inner: str) -> bytes:
    return f"{HEAD}{inner}\n{TAIL}".encode()


def _kind_of(picture: bytes) -> str | None:
    return next((kind for start, kind in _KINDS.items() if picture.startswith(start)), None)
