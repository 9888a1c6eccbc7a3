"""What the debug mirror is told of an ended job: one result per operation."""

from __future__ import annotations

from typing import Any

from app.sync.ending import JobEnd


def mirrored(end: JobEnd) -> list[dict[str, Any]]:
    job = end.job
    return [
        {
            "operation_id": str(operation.operation_id),
            "entity_type": job.entity_type.value,
            "action_type": job.action.value,
            "success": operation.error_status is None,
            "outcome": operation.outcome.value if operation.outcome else None,
            "entity_id": operation.entity_id,
            "message": operation.message,
            "notes": list(operation.notes),
            "error": operation.error_message,
        }
        for operation in end.operations
    ]
