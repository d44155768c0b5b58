"""Which metrics, drift detectors and decision rule of a saved state do not go on after a restart, and why."""

from collections.abc import Mapping
from typing import Any

from streamimb.engine.deciding import saved_rule
from streamimb.engine.engine import Engine
from streamimb.engine.parameters import differences, parameters, same_part
from streamimb.engine.snapshot import loads

TABLES = {"metric": "metrics", "drift": "drift"}  # -> entry of the snapshot
DECISION = "[decision]"


def named_parts_of(engine: Engine) -> dict[str, Any]:
    """Return the metrics, drift detectors and decision rule of an engine by the tables that configure them.

    Cost: O(parts).
    """
    found = {f"[metric.{name}]": part for name, part in engine.metrics.others.metrics.items()}
    found |= {f"[drift.{name}]": part for name, part in engine._watching.detecting.detectors.items()}
    return found if engine.deciding is None else {**found, DECISION: engine.deciding.rule}


def started_afresh(
    snapshot: bytes, configured: Mapping[str, Any], *, allow_pickle: bool = False
) -> list[str]:
    """Return a sentence for each saved part that is dropped, because its options changed or it is left out.

    `configured` are the parts of a fresh engine, as `named_parts_of` returns them.

    Cost: O(size of the state).

    Raises
    ------
    SnapshotError
        The snapshot or one of its parts is damaged.

    Examples
    --------
    >>> from streamimb import linear_model, metrics
    >>> from streamimb.engine import BothReported, Engine
    >>> def engine(half_life):
    ...     ece = metrics.ECE(half_life=half_life)
    ...     return Engine(linear_model.LogisticRegression(), BothReported(), metrics={"ece": ece})
    >>> started_afresh(engine(500).snapshot(), named_parts_of(engine(100)))
    ['[metric.ece] half_life: 500, not 100; it is reset']
    """
    told = []
    for where, saved in _saved(snapshot, allow_pickle).items():
        if where not in configured:
            told.append(f"{where} is left out: its state is dropped")
            continue
        part = configured[where]
        if where == DECISION:
            found = saved_rule(saved, allow_pickle=allow_pickle)[1]
        else:
            found = loads(saved, allow_pickle=allow_pickle)
        if not same_part(found, part):
            unlike = "; ".join(differences(parameters(found), parameters(part))) or "it has another class"
            told.append(f"{where} {unlike}; it is reset")
    return told


def _saved(snapshot: bytes, allow_pickle: bool) -> dict[str, bytes]:
    """The saved parts by the tables that configured them."""
    found: dict[str, bytes] = {}
    for table, entry in TABLES.items():
        saved = loads(snapshot, allow_pickle=allow_pickle, entry=entry)
        found |= {f"[{table}.{name}]": state for name, state in saved.items()}
    rule = loads(snapshot, entry="decision")
    return {**found, DECISION: rule} if rule else found
