"""The content of an engine's snapshot, and whether it fits the engine that takes it over."""

from collections.abc import Mapping
from typing import Any

from streamimb.compose import GuardedClassifier
from streamimb.engine.class_measures import ClassMeasures
from streamimb.engine.degraded import DegradedReasons
from streamimb.engine.measures import Measures
from streamimb.engine.parameters import same_part
from streamimb.engine.snapshot import SnapshotError, dumps, loads

KINDS: dict[str, type | tuple[type, ...]] = {
    "labels": str,
    "schema": str,
    "built": dict,
    "t": float,
    "clock": dict,
    "seq": int,
    "counts": dict,
    "kept_share": (int, float),
    "degraded": DegradedReasons,
    "measures": (Measures, ClassMeasures),
    "metrics": dict,
    "drift": dict,
    "watched": dict,
    "decision": bytes,
    "model": GuardedClassifier,
}  # the entries of a snapshot, by name


def state_of(snapshot: bytes, *, allow_pickle: bool = False) -> dict[str, Any]:
    """Return the content of a snapshot by the names in `KINDS`, without an engine.

    Cost: O(size).

    Raises
    ------
    SnapshotError
        The snapshot is damaged, foreign, or not of an engine.
    """
    state = loads(snapshot, allow_pickle=allow_pickle)
    if (
        type(state) is not dict
        or state.keys() != KINDS.keys()
        or not all(isinstance(state[name], kind) for name, kind in KINDS.items())
    ):
        message = "the snapshot holds no engine: restore a state that this service wrote"
        raise SnapshotError(message)
    return state


def built_of(snapshot: bytes) -> Any:
    """Return the recipe, classes and parameters with which the model of a snapshot was built, without its model.

    Cost: O(size).

    Raises
    ------
    SnapshotError
        The snapshot is damaged, foreign, or not of an engine.
    """
    return loads(snapshot, entry="built")


def fit(
    state: dict[str, Any], model: GuardedClassifier, built: Any, labels: str, classes: tuple[str, ...]
) -> None:
    """Refuse a state of another configured schema, label regime or class; give the saved model a schema that is new.

    `model`, `built`, `labels` and `classes` are those of the engine that takes the state over. An inferred schema is
    not configuration: it is not compared, and a configured one replaces it.

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
    saved_classes = state["measures"].classes
    if bool(saved_classes) is not bool(classes):
        kinds = ("classes by name", "the labels True and False")
        was, now = kinds if saved_classes else kinds[::-1]
        raise SnapshotError(
            f"the saved state was made with {was}, not with {now}: configure these, start fresh, or force it"
        )
    for name in saved_classes:
        if name not in classes:
            raise SnapshotError(
                f"the saved state has the class {name!r}, which the model cannot unlearn: name it among the classes, "
                "start fresh, or force it"
            )


def _check_same(what: str, saved: str, configured: str) -> None:
    if saved != configured:
        message = (
            f"the saved state was made with another {what}: configure that one, start fresh, or force it"
        )
        raise SnapshotError(message)


def schema_digest(model: GuardedClassifier) -> str:
    """Return the digest of the configured schema, "" where the guard infers one.

    Cost: O(fields).
    """
    return "" if model.schema is None else model.schema.digest


def parts_state(kind: str, parts: Mapping[str, Any], *, allow_pickle: bool) -> dict[str, bytes]:
    """Return each named part as a snapshot of its own, so that a state loads where one is no longer known.

    Cost: O(size).

    Raises
    ------
    SnapshotError
        A class is not registered, and `allow_pickle` is not set.
    """
    state = {}
    for name, part in parts.items():
        try:
            state[name] = dumps(part, allow_pickle=allow_pickle)
        except SnapshotError as error:
            message = f"{kind} '{name}': {error}"
            raise SnapshotError(message) from error
    return state


def parts_of(
    kind: str, state: Mapping[str, Any], configured: Mapping[str, Any], *, allow_pickle: bool
) -> dict[str, Any]:
    """Return the configured parts with their saved state; one that is new, or has other parameters, starts afresh.

    Cost: O(size).

    Raises
    ------
    SnapshotError
        A saved part is damaged.
    """
    parts = dict(configured)
    for name, fresh in configured.items():
        if name in state:
            if type(state[name]) is not bytes:
                message = f"{kind} '{name}' is not saved as bytes: restore an earlier copy of the store"
                raise SnapshotError(message)
            found = loads(state[name], allow_pickle=allow_pickle)
            if same_part(found, fresh):
                parts[name] = found
    return parts
