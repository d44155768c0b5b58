"""Fields that a learner, calibrator, sampler, metric or decision rule reads by name, and that no event has."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from streamimb.compose import GuardedClassifier
from streamimb.engine.doubt import Doubt
from streamimb.engine.roles import parts_in

CODE = "unknown_field"
UNKNOWN = (
    "no event has the field {fields}: see whether the name is written as the events have it; until then such a part"
    " works as if it read nothing"
)


def reads_of(
    model: GuardedClassifier, metrics: Mapping[str, Any], rule: Any, roles: Collection[str]
) -> dict[str, str]:
    """Return the fields that parts read by name and that events have to bring, each with the table of the part.

    Cost: O(parts).
    """
    parts: list[tuple[str, Iterable[Any]]] = [
        ("[decision]", [rule]),
        *((f"[metric.{name}]", [metric]) for name, metric in metrics.items()),
        ("[model]", parts_in(model)),
    ]
    return {name: table for table, inside in parts for name in _names(inside) if name not in roles}


def _names(parts: Iterable[Any]) -> Iterator[str]:
    for part in parts:
        yield from getattr(part, "fields_read", None) or ()


def unknown_fields(reads: Mapping[str, str], model: GuardedClassifier) -> dict[str, Doubt]:
    """Return the reason to be degraded, if a schema was learned and lacks a field that is read.

    Cost: O(fields read).
    """
    lacking = model.lacking(reads) if reads else ()
    if not lacking:
        return {}
    told = ", ".join(f"{name!r}, which {reads[name]} reads" for name in lacking)
    return {CODE: Doubt(UNKNOWN.format(fields=told), {"fields": float(len(lacking))})}
