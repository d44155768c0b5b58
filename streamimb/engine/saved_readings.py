"""Every number of a saved state that is exported, without an engine."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from streamimb.engine import named_parts
from streamimb.engine.class_measures import ClassMeasures
from streamimb.engine.deciding import saved_rule
from streamimb.engine.measures import Measures
from streamimb.engine.restoring import counters_of
from streamimb.engine.snapshot import SnapshotError, loads
from streamimb.engine.watched import Watched
from streamimb.exportable import Exportable
from streamimb.protocols import Reading


def saved_readings(state: dict[str, Any], unread: dict[str, str]) -> Iterator[Reading]:
    """Yield the readings of a state that `state_of` returned: what was counted and measured, and those of the prior,
    alarms, metrics, detectors and decision rule.

    `unread` gets the tables of parts that cannot be read, such as those of a class that no package has registered, with
    the reason: of these no reading is yielded.

    Cost: O(size of the state).

    Raises
    ------
    SnapshotError
        A counter, an alarm or an estimate is damaged.
    """
    measures: Measures | ClassMeasures = state["measures"]
    try:
        counts = counters_of(state["counts"], measures.classes)
        watched = Watched.of_state(state["watched"])
    except ValueError as error:
        raise SnapshotError(
            f"a counter, alarm or estimate of the saved state is damaged ({error})"
        ) from error
    yield from counts.readings()
    yield from measures.readings()
    yield from measures.readings_of(watched.prior, watched.findings.gaps.silent_n)
    yield from watched.sizes.readings()
    yield from watched.alarms.readings()
    for table, entry in (("metric", "metrics"), ("drift", "drift")):
        for name, saved in state[entry].items():
            yield from named_parts.exported(
                name, _readings(f"[{table}.{name}]", partial(loads, saved), unread)
            )
    if state["decision"]:
        yield from _readings("[decision]", lambda: saved_rule(state["decision"])[1], unread)


def _readings(where: str, read: Callable[[], Any], unread: dict[str, str]) -> list[Reading]:
    try:
        return Exportable(read()).readings()
    except ValueError as error:  # SnapshotError too
        unread[where] = str(error)
        return []
