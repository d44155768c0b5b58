"""How imbalanced the labelled stream is now: class sizes, their ratio and its trend."""

from collections.abc import Iterator
from typing import Any

from streamimb._kernels.saved import entries, refused, whole
from streamimb.engine.counters import Counters
from streamimb.protocols import Reading
from streamimb.stats import ImbalanceTracker

HALF_LIFE = 100.0  # looks at a class; there is one for each class in 128 events


class ClassSizes:
    """A `stats.ImbalanceTracker` of the labels learned or passed over, updated at each look with those of each class.

    Cost: a few microseconds per look.

    Examples
    --------
    >>> counts, sizes = Counters(learned=0, learned_positive=0), ClassSizes()
    >>> for _ in range(500):
    ...     counts.learned += 100
    ...     counts.learned_positive += 1
    ...     sizes.look(counts)
    >>> round(sizes.tracker.ratio)
    100
    """

    __slots__ = ("_seen", "tracker")

    def __init__(self) -> None:
        self.tracker = ImbalanceTracker(HALF_LIFE)
        self._seen: dict[str, int] = {}

    def look(self, counts: Counters) -> None:
        """Update with the labels that came since the last look."""
        for name, n in _labels(counts).items():
            more = n - self._seen.get(name, 0)
            if more > 0:
                self.tracker.update(name, float(more))
                self._seen[name] = n

    def readings(self) -> Iterator[Reading]:
        """Return what is exported; `y` is "true" or "false", or the name of a class."""
        sizes = {str(name): size for name, size in self.tracker.get().items()}
        yield Reading(
            "class_size", "Share of each class in recent labels.", sizes, labels=("y",), unit="share"
        )
        yield from self.tracker.readings()

    def state(self) -> dict[str, Any]:
        """Return the state, for a snapshot."""
        return {"tracker": self.tracker, "seen": dict(self._seen)}

    @classmethod
    def of_state(cls, state: Any) -> "ClassSizes":
        """Return one with the state that `state` gave.

        Raises
        ------
        ValueError
            It is not such a state.
        """
        saved, made = entries(state, "tracker", "seen"), cls()
        tracker, seen = saved["tracker"], saved["seen"]
        if type(tracker) is not ImbalanceTracker or tracker.half_life != HALF_LIFE:
            raise refused("tracker", "an imbalance tracker with the half-life of the engine")
        if type(seen) is not dict or not all(type(name) is str for name in seen):
            raise refused("seen", "counts by class")
        made.tracker, made._seen = tracker, {name: whole(seen, name) for name in seen}
        return made


def _labels(counts: Counters) -> dict[str, int]:
    """The labels learned or passed over so far, by class."""
    if counts.learned_of:
        return dict(counts.learned_of)
    positive = counts.learned_positive + counts.passed_over_positive
    return {"true": positive, "false": counts.learned + counts.passed_over - positive}
