"""The checks of `ObjectModel::validateFields`: multilingual fields first (code 84), then the others (85).

Only the first finding is told, HTML-escaped: `Property Customer-&gt;email is not valid`.
"""

from collections.abc import Collection
from html import escape

from .errors import ApiError
from .resources import Field, Resource
from .state import Row
from .validators import is_valid

DEFAULT_LANGUAGE = 1


def validate(resource: Resource, memory: Row, languages: Collection[int]) -> None:
    for field in resource.fields.values():
        if field.i18n:
            _check_texts(resource, field, memory, languages)
    for field in resource.fields.values():
        if not field.i18n and field.kind != "virtual":
            finding = _finding(resource, field, _text(memory.get(field.name)))
            if finding:
                raise _invalid(85, finding)


def _check_texts(resource: Resource, field: Field, memory: Row, languages: Collection[int]) -> None:
    value = memory.get(field.name)
    texts = value if isinstance(value, dict) else {}
    if field.required and not texts.get(DEFAULT_LANGUAGE):
        raise _invalid(84, f"Property {resource.class_name}->{field.name} is empty.")
    for language, text in texts.items():
        finding = _finding(resource, field, text) if text and language in languages else None
        if finding:
            raise _invalid(84, finding)


def _finding(resource: Resource, field: Field, text: str) -> str | None:
    name = f"{resource.class_name}->{field.name}"
    if field.required and text == "":
        return f"Property {name} is empty."
    if field.max_length is not None and len(text) > field.max_length:
        limits = f"It must be between 0 and {field.max_length} chars."
        return f"The length of property {name} is currently {len(text)} chars. {limits}"
    if text not in ("", "0") and not is_valid(field.validator, text):
        return f"Property {name} is not valid"
    return None


def _invalid(code: int, finding: str) -> ApiError:
    return ApiError(400, (code, f'Validation error: "{escape(finding, quote=False)}"'))


def _text(value: object) -> str:
    return "" if value is None or value is False else "1" if value is True else str(value)
