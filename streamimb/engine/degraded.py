"""What makes the probabilities of an engine doubtful, each with its cure in words.

A function of the engine's counters, looked at every `EVERY` events and labels. Must never see an event.
"""

from typing import Any

from streamimb.engine.counters import Counters
from streamimb.engine.guard_findings import GuardFindings
from streamimb.engine.measures import TWOFOLD
from streamimb.engine.shares import ENOUGH, Share, percent

EVERY = 128  # events, and labels, from one look to the next; a power of 2
STILL_DIFFER = 1.5  # label delays that differed twofold differ until their ratio is below

# Reason: the share above which it is entered, and a sentence. It is left below half of that share.
LIMITS: dict[str, tuple[float, str]] = {
    "orphaned_labels": (
        0.01,
        (
            "{share} of the labels that came to an end found no event: check that labels and events name the same"
            " ids; raise hold_s under [engine] where labels come before their events, late_s where long after"
        ),
    ),
    "unlearnable_events": (0.05, "{share} of the events are scored but not learned, most often {guard}"),
    "stale_events": (
        0.05,
        (
            "{share} of the events are older than stale_s and are not learned: correct the clock that dates them,"
            " or raise stale_s under [engine]; for a backfill set learn_stale = true"
        ),
    ),
    "future_events": (
        0.05,
        (
            "{share} of the events are dated more than skew_s ahead of the others: correct the clock that dates"
            " them, or raise skew_s under [engine]"
        ),
    ),
    "learning_fails": (
        0.01,
        (
            "the model raises on {share} of the events it is given to learn: see the log for the error, and correct"
            " the model under [model] or the fields it reads"
        ),
    ),
    "poison": (
        0.01,
        (
            "the model gives no probability for {share} of the events: see the log for the error, and correct the"
            " model under [model] or the fields it reads"
        ),
    ),
    "late_labels": (
        0.20,
        (
            "{share} of the reported positives come after the window and are learned as negatives: raise window_s"
            " under [labels]"
        ),
    ),
    "lost_events": (
        0.01,
        (
            "{share} of the events are given up before their label comes: raise max_pending under [engine], or set"
            " ttl_s (window_s) under [labels] so that fewer events wait"
        ),
    ),
}
ONE_CLASS = (
    "all {n:,} labels so far say True while other events wait for a label: where only positives are reported,"
    ' set regime = "positives" and window_s under [labels]'
)
DELAYS_DIFFER = (
    "the median label delays of the classes differ by a factor of {factor:.1f}: learning at the label favours"
    ' the faster class; set regime = "positives" and window_s under [labels] to learn both after one delay'
)


class DegradedReasons:
    """Reason codes with their sentences, entered above a limit and left below half of it.

    Each share is decayed over the last 10,000 of what it is a share of, and judged from 100 on.

    Cost: about 10 µs per look.
    """

    __slots__ = ("_guard", "_shares", "reasons")

    def __init__(self) -> None:
        # Replaced, never changed in place: other threads read it.
        self.reasons: dict[str, str] = {}
        self._shares = {name: Share() for name in LIMITS}
        self._guard = GuardFindings()

    def look(
        self,
        counts: Counters,
        guard: dict[str, int],
        *,
        waiting: int,
        open_labels: int,
        delay_ratio: float,
        learns_at_label: bool,
    ) -> None:
        """Take in the counts of now.

        `guard` has the guard's counts by reason, `waiting` the events that wait for a label, `open_labels`
        the labels that wait for their event or its window.
        """
        self._guard.look(guard, counts.events)
        tried = counts.learned + counts.learn_failed
        for name, bad, of in (
            ("orphaned_labels", counts.orphaned, counts.labels - open_labels),
            ("unlearnable_events", counts.unlearnable, counts.events),
            ("stale_events", counts.stale_event, counts.events),
            ("future_events", counts.future_event, counts.events),
            ("learning_fails", counts.learn_failed, tried),
            ("poison", counts.rejected.get("poison", 0), counts.events),
            ("late_labels", counts.positive_late, counts.positive),
            ("lost_events", counts.evicted, counts.scored),
        ):
            self._shares[name].fold(bad, of)
        reasons = {
            name: sentence.format(share=percent(share.share), guard=self._guard.unlearnable)
            for name, (limit, sentence) in LIMITS.items()
            if (share := self._shares[name]).above(limit, name in self.reasons)
        }
        if self._guard.left_out:
            reasons["field_left_out"] = self._guard.left_out
        if learns_at_label:
            only_positives = counts.learned == counts.learned_positive >= ENOUGH
            if only_positives and waiting + counts.expired > 0:
                reasons["one_class"] = ONE_CLASS.format(n=counts.learned)
            if delay_ratio >= (STILL_DIFFER if "label_delays_differ" in self.reasons else TWOFOLD):
                reasons["label_delays_differ"] = DELAYS_DIFFER.format(factor=delay_ratio)
        self.reasons = reasons

    def __getstate__(self) -> dict[str, Any]:
        return {
            "reasons": self.reasons,
            "shares": {name: share.state() for name, share in self._shares.items()},
            "guard": self._guard.state(),
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.reasons = {str(name): str(sentence) for name, sentence in state["reasons"].items()}
        self._shares = {name: Share.of_state(state["shares"][name]) for name in LIMITS}
        self._guard = GuardFindings.of_state(state["guard"])
