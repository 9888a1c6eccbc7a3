"""What the two values of an operator's own pair of fields are before they are compared."""

from __future__ import annotations

from enum import StrEnum


class Converter(StrEnum):
    TEXT = "text"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
