"""The service's own document as schemathesis reads it, with words that lead somewhere in it.

Made-up slugs and ids end at 404; so each such parameter is, every other time, one of the installation's.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from schemathesis.generation.case import Case
from schemathesis.generation.modes import GenerationMode
from schemathesis.openapi import from_dict
from schemathesis.schemas import APIOperation


def operations_of(
    document: Mapping[str, Any], known: Mapping[str, list[str]]
) -> Iterator[APIOperation[Any, Any, Any, Any]]:
    """Without the security scheme: who asks is for the test to say."""
    steered = copy.deepcopy(dict(document))
    steered.get("components", {}).pop("securitySchemes", None)
    for path in steered["paths"].values():
        for operation in path.values():
            operation.pop("security", None)
            for parameter in operation.get("parameters", ()):
                _steer(parameter, known)
    for each in from_dict(steered).get_all_operations():
        found: Any = each
        yield found.ok()


def edges_of(operation: APIOperation[Any, Any, Any, Any]) -> Iterator[Case[Any]]:
    """The smallest, the largest and what is just beyond, of each parameter and field in turn; methods it has not."""
    schema: Any = operation.schema
    cases: Iterator[Case[Any]] = schema.iter_coverage_cases(
        operation, generation_modes=list(GenerationMode), generation_config=schema.config.generation
    )
    return cases


def _steer(parameter: dict[str, Any], known: Mapping[str, list[str]]) -> None:
    words = known.get(parameter["name"])
    if words is not None:
        schema = parameter["schema"]
        numeric = schema.get("type") == "integer"
        parameter["schema"] = {"anyOf": [{"enum": [int(word) for word in words] if numeric else words}, schema]}
