"""Reads the saved state of an engine: all of it is checked before the engine takes over any of it."""

import math
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, NamedTuple

import msgspec

from streamimb._kernels.saved import entries, number, whole
from streamimb.engine.counters import BY_NAME, Counters
from streamimb.engine.event_clock import EventClock
from streamimb.engine.row_index import RowIndex
from streamimb.engine.snapshot import SnapshotError
from streamimb.engine.watched import Watched

COUNTS = tuple(count.name for count in fields(Counters))


class Restored(NamedTuple):
    """The checked content of a saved state, without model and metrics."""

    memory: RowIndex
    clock: EventClock
    counts: Counters
    t: float
    kept_share: float
    watched: Watched


def restored(state: dict[str, Any], rows: Mapping[str, bytes], clock: EventClock) -> Restored:
    """Return the parts of a state; `clock` is a new one, which takes over the saved times.

    Cost: O(rows log rows).

    Raises
    ------
    SnapshotError
        A row, a counter, a time, an alarm or an estimate is damaged.
    """
    what = "a row"
    try:
        classes = state["measures"].classes
        memory = RowIndex.of_rows(rows, whole(state, "seq"), classes)
        what = "the clock"
        clock.load(state["clock"])
        t = -math.inf if state["t"] == -math.inf else number(state, "t")
        what = "a counter"
        counts = counters_of(state["counts"], classes)
        kept_share = number(state, "kept_share", 0.0)
        what = "an alarm or estimate"
        return Restored(memory, clock, counts, t, kept_share, Watched.of_state(state["watched"]))
    except (msgspec.DecodeError, LookupError, TypeError, ValueError, RecursionError) as error:
        message = f"{what} of the saved state is damaged ({type(error).__name__}): restore an earlier copy"
        raise SnapshotError(message) from error


def counters_of(state: Any, classes: tuple[str, ...]) -> Counters:
    """Return counters with the counts of a state that has these classes by name.

    Cost: O(counters).

    Raises
    ------
    ValueError
        A counter is missing, unknown or no count.
    """
    saved = entries(state, *COUNTS)
    named: dict[str, dict[str, int]] = {}
    for name in BY_NAME:
        by_name = saved.pop(name)
        if type(by_name) is not dict or not all(type(each) is str for each in by_name):
            raise ValueError(f"state: {name}: expected counts by name")
        named[name] = {each: whole(by_name, each) for each in by_name}
    counts = {name: whole(saved, name) for name in saved}
    learned_of = named["learned_of"]
    if not learned_of.keys() <= set(classes) or sum(learned_of.values()) != (
        counts["learned"] if classes else 0
    ):
        raise ValueError("state: learned_of: expected the class of each label that was learned")
    if learned_of and counts["learned_positive"] != counts["learned"] - max(learned_of.values()):
        raise ValueError("state: learned_positive: expected the labels outside the commonest class")
    if counts["learned_positive"] > counts["learned"]:
        raise ValueError("state: learned_positive: expected at most as many as learned")
    return Counters(
        **counts,
        detector_failed_of=named["detector_failed_of"],
        metric_failed_of=named["metric_failed_of"],
        rejected=named["rejected"],
        learned_of=learned_of,
    )
