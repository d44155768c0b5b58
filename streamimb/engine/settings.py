"""The engine's limits and tolerances, checked at construction."""

import math

import msgspec

from streamimb._kernels.limits import WEIGHT_CAP

MOST_SKEW_N = 1_000  # every event is compared with three times as many


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Limits and tolerances of an engine; seconds are engine time.

    Cost: a pending event keeps its features (about 2.5 kB for 30 floats), other rows about 300 bytes each.

    Parameters
    ----------
    hold_s
        How long a label waits for an event never seen; ≥ 0. None: the window, the ttl, or 7 days where there
        is neither.
    late_s
        How long the end of an event is remembered, so that duplicates, conflicts and late labels are
        distinguished, and a repeated id is not learned twice; ≥ 0, 0 remembers nothing.
    skew_s
        How far an event may be ahead of engine time; beyond, its time is clamped until engine time comes
        near it. > 0.
    skew_n
        A third of the recent events that set engine time: it is the time on which two thirds of the last
        3 · `skew_n` events agree. After a gap it follows after 2 · `skew_n` events; as many wrong ones in a
        row move it, and as many right ones bring it back. ≥ 1, ≤ 1,000.
    stale_s
        An event older than this is scored, but neither remembered, learned nor measured; > 0.
    learn_stale
        Learn stale events like others: for replay and backfill.
    max_pending, max_held, max_finished
        Most rows of each kind. Above it, the first to end is given up: a pending event is not learned and counts
        as lost in `served.measured_share()`, a held label is orphaned. ≥ 1.
    attempts
        How often a model that raises is asked to score an event before it is rejected as poison; ≥ 1.
        Learning is tried once, because a model that raises may have learned a part.
    max_id_bytes
        Longest id, in UTF-8 bytes; ≥ 1.
    half_life
        Of the metrics, in measured events; > 0. A restored engine goes on with that of its state.
    threshold
        P(True) from which an event counts as an alert in the expected and the measured precision and recall; > 0, < 1.
        A restored engine goes on with that of its state.
    max_label_weight
        The largest weight of a label where events have a propensity; ≥ 1. With 100 a random sample of 1 % of the events
        that are no alerts can be weighed in full. The variance of what is measured grows with the weight: a few labels
        of larger ones would decide it.

    Raises
    ------
    ValueError
        A parameter is out of its range.
    """

    hold_s: float | None = None
    late_s: float = 604_800.0
    skew_s: float = 604_800.0
    skew_n: int = 20
    stale_s: float = 604_800.0
    learn_stale: bool = False
    max_pending: int = 1_000_000
    max_held: int = 100_000
    max_finished: int = 1_000_000
    attempts: int = 3
    max_id_bytes: int = 256
    half_life: float = 20_000
    threshold: float = 0.5
    max_label_weight: float = 100.0

    def __post_init__(self) -> None:
        if self.hold_s is not None and not 0.0 <= self.hold_s < math.inf:
            message = (
                f"hold_s={self.hold_s!r}: expected seconds >= 0, finite, or None for the window or the ttl"
            )
            raise ValueError(message)
        if not 0.0 <= self.late_s < math.inf:
            raise ValueError(f"late_s={self.late_s!r}: expected seconds >= 0, finite")
        for name in ("skew_s", "stale_s", "half_life"):
            value = getattr(self, name)
            if not 0.0 < value < math.inf:
                raise ValueError(f"{name}={value!r}: expected a number > 0, finite")
        if not 1.0 <= self.max_label_weight <= WEIGHT_CAP:
            raise ValueError(f"max_label_weight={self.max_label_weight!r}: expected a number from 1 to 1e15")
        if not 0.0 < self.threshold < 1.0:
            raise ValueError(f"threshold={self.threshold!r}: expected a probability > 0 and < 1")
        for name in (
            "skew_n",
            "max_pending",
            "max_held",
            "max_finished",
            "attempts",
            "max_id_bytes",
        ):
            value = getattr(self, name)
            if not value >= 1:
                raise ValueError(f"{name}={value!r}: expected at least 1")
        if self.skew_n > MOST_SKEW_N:
            raise ValueError(f"skew_n={self.skew_n!r}: expected at most {MOST_SKEW_N:,}")
