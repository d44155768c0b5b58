"""What the snapshot of an engine holds, and whether it fits the engine that takes it over.

Must never know how an engine works.
"""

from typing import Any

from streamimb.compose import GuardedClassifier
from streamimb.engine.snapshot import SnapshotError, loads

STATE = frozenset(
    (
        "labels",
        "schema",
        "built",
        "t",
        "clock",
        "seq",
        "counts",
        "kept_share",
        "degraded",
        "measures",
        "model",
    )
)  # what a snapshot has


def state_of(snapshot: bytes, *, allow_pickle: bool = False) -> dict[str, Any]:
    """Return what a snapshot of an engine says, by the names in `STATE`, without an engine.

    Cost: O(size).

    Raises
    ------
    SnapshotError
        The snapshot is damaged, foreign, or not of an engine.
    """
    state = loads(snapshot, allow_pickle=allow_pickle)
    if type(state) is not dict or state.keys() != STATE:
        message = "the snapshot holds no engine: restore a state that this service wrote"
        raise SnapshotError(message)
    return state


def check_same(what: str, saved: str, configured: str) -> None:
    """Refuse a state that was made with another `what`.

    Cost: O(1).
    """
    if saved != configured:
        message = (
            f"the saved state was made with another {what}: configure that one, start fresh, or force it"
        )
        raise SnapshotError(message)


def schema_digest(model: GuardedClassifier) -> str:
    """Return the digest of the schema that the guard was given, "" where it learns one.

    Cost: O(fields).
    """
    return "" if model.schema is None else model.schema.digest
