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


def fit(state: dict[str, Any], model: GuardedClassifier, built: Any, labels: str) -> None:
    """Refuse a state of another configured schema or label regime; put a schema that is new in force.

    `model`, `built` and `labels` are those of the engine that takes the state over. A schema that was inferred
    is no configuration: it is not compared, and gives way to a configured one.

    Cost: O(fields).
    """
    configured = schema_digest(model)
    if state["schema"] or not configured:
        _check_same("schema", state["schema"], configured)
    else:
        saved = state["model"]
        state["model"] = GuardedClassifier(
            saved.classifier, model.schema, model.warm_up, model.max_features, model.max_text
        )
        state["built"] = {**state["built"], "schema": built["schema"]}
    _check_same("label regime", state["labels"], labels)


def _check_same(what: str, saved: str, configured: str) -> None:
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
