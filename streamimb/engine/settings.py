"""The engine's limits and tolerances, checked at construction. Knows nothing else."""

import math

import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Limits and tolerances of an engine; seconds are engine time.

    Cost: a pending event keeps its features (about 2.5 kB for 30 floats), other rows about 300 bytes each.

    Parameters
    ----------
    hold_s
        How long a label waits for an event never seen; ≥ 0.
    late_s
        How long the end of an event is remembered, so that duplicates, conflicts and late labels are told
        apart, and a repeated id is not learned twice; ≥ 0, 0 remembers nothing.
    skew_s
        How far an event may be ahead of engine time; beyond, its time is clamped. > 0.
    skew_n
        After so many events in a row beyond `skew_s`, engine time follows the earliest of them: the stream
        had a gap. The time of the very first event is believed until the next one; where so many events are
        more than `skew_s` before it and none is near it, engine time goes back to the latest of them. ≥ 1.
    stale_s
        An event older than this is scored, but neither remembered, learned nor measured; > 0.
    learn_stale
        Learn stale events like others: for replay and backfill.
    max_pending, max_held, max_finished
        Rows of each kind. Over it, the first to end is given up: a pending event is not learned and counts
        as lost in `served.measured_share()`, a held label is orphaned. ≥ 1.
    attempts
        How often a model that raises is asked to score an event before it is rejected as poison; ≥ 1.
        Learning is tried once: half of it may have happened.
    max_id_bytes
        Longest id, in UTF-8 bytes; ≥ 1.
    half_life
        Of the metrics, in measured events; > 0. A restored engine goes on with that of its state.
    window_n
        Events in the window of average precision; ≥ 1. A restored engine goes on with that of its state.

    Raises
    ------
    ValueError
        A parameter is out of its range.
    """

    hold_s: float = 86_400.0
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
    window_n: int = 20_000

    def __post_init__(self) -> None:
        for name in ("hold_s", "late_s"):
            value = getattr(self, name)
            if not 0.0 <= value < math.inf:
                raise ValueError(f"{name}={value!r}: expected seconds >= 0, finite")
        for name in ("skew_s", "stale_s", "half_life"):
            value = getattr(self, name)
            if not 0.0 < value < math.inf:
                raise ValueError(f"{name}={value!r}: expected a number > 0, finite")
        for name in (
            "skew_n",
            "max_pending",
            "max_held",
            "max_finished",
            "attempts",
            "max_id_bytes",
            "window_n",
        ):
            value = getattr(self, name)
            if not value >= 1:
                raise ValueError(f"{name}={value!r}: expected at least 1")
