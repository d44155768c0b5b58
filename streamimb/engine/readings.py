"""Every number of an engine that is exported: what it counts, holds, learned and measured.

Each has its name and help text where it is counted or computed; this module has those of the engine as a whole.
"""

from collections.abc import Iterable, Iterator, Mapping

from streamimb.engine.lifecycle import Lifecycle
from streamimb.protocols import Readable, Reading

# What an engine holds now, with help text and title: rows, and labels joined to an event that has not matured.
HELD = {
    "pending": ("Events that wait for their label.", "pending events"),
    "held": ("Labels that wait for their event.", ""),
    "waiting": ("Labels that wait for their window to close.", ""),
    "finished": ("Events that are over and remembered.", ""),
}


def held(life: Lifecycle) -> dict[str, int]:
    """Return how many there are now of each of `HELD`.

    Cost: O(1).
    """
    memory = life.memory
    return dict(zip(HELD, (memory.pending_n, memory.held_n, life.waiting, len(memory.finished)), strict=True))


def readings(
    life: Lifecycle,
    guard: Mapping[str, int],
    kept_share: float,
    watched: Iterable[Reading],
    deciding: Readable | None,
) -> Iterator[Reading]:
    """Yield all readings; `guard` has the counts of the guard by reason, `watched` are those of detectors and alarms,
    `deciding` has those of a decision rule.

    Other threads may call it: each number is right by itself, but those of one call may be some events apart.

    Cost: a pass over the counters, and a sort of the cells of `PRAUC`.
    """
    yield from life.counts.readings()
    for name, n in held(life).items():
        help, title = HELD[name]
        yield Reading(name, help, n, title=title)
    yield Reading(
        "guard",
        "What the guard found in the features of events, by code and field of the schema.",
        guard,
        "counter",
        ("reason",),
    )
    yield Reading(
        "model_version", "Labelled events learned from.", life.counts.learned, title="model version"
    )
    yield Reading(
        "share_learned",
        "Copies learned per labelled event, decayed.",
        kept_share,
        title="learned, of labelled events",
        unit="share",
    )
    yield from life.measures.readings()
    yield from watched
    if deciding is not None:
        yield from deciding.readings()
