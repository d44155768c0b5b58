"""What the engine counts, and the identity that its label counters obey.

Plain numbers that only grow. Knows nothing of how they come about.
"""

from dataclasses import dataclass, field
from typing import Any

COLD = 5  # positives to learn before a score depends on its event reliably


@dataclass(slots=True)
class Counters:
    """Counts since the state began; part of the snapshot.

    Every label record read ends in exactly one class, or waits: see `label_identity`.
    """

    # events
    events: int = 0  # given to on_event
    scored: int = 0  # answered with a Score
    duplicate_event: int = 0  # the id was known: scored again, not remembered twice
    unlearnable: int = 0  # scored, never learned: the guard does not trust a value
    stale_event: int = 0  # older than stale_s: scored, not remembered
    future_event: int = 0  # beyond skew_s ahead of engine time: its time was clamped
    future_time: int = 0  # times given to on_time more than skew_s ahead: ignored
    clock_jump: int = 0  # engine time moved forward by more than skew_s at once
    clock_back: int = 0  # engine time went back by more than skew_s
    # pending
    matured: int = 0  # windows that closed
    expired: int = 0  # pending events given up after ttl_s
    evicted: int = 0  # pending events given up because max_pending was reached
    finished_evicted: int = 0  # remembered ends given up because max_finished was reached
    # learning
    learned: int = 0  # labelled events learned from: the model version
    learned_positive: int = 0  # of them positives
    learn_failed: int = 0  # the model raised while learning
    parameter_changes: int = 0  # parameters of the saved model that a changed configuration changed
    inline: int = 0  # labels that came with their event and were used
    inline_ignored: int = 0  # labels that came with their event, which had one before
    negative_delay: int = 0  # labels dated before their event; taken as no delay
    # label records
    labels: int = 0  # given to on_label
    joined: int = 0
    early_joined: int = 0  # the label came first, was held, and met its event
    late: int = 0  # after its event's window
    positive: int = 0  # positives reported for events whose window closed
    positive_late: int = 0  # of them after the window
    orphaned: int = 0  # held for hold_s (or until max_held) and no event came
    duplicate: int = 0
    conflict: int = 0  # said otherwise than the first label
    label_rejected: int = 0  # no usable id or value
    label_of_rejected: int = 0  # its event was rejected
    label_of_stale: int = 0  # its event was stale
    late_after_ttl: int = 0  # its event had expired: measured, not learned
    late_after_eviction: int = 0  # its event had been evicted: measured, not learned
    retraction: int = 0  # took a label back that was not yet learned
    taken_back: int = 0  # the label that was taken back
    retraction_late: int = 0  # the label had been learned: nothing is undone
    retraction_unmatched: int = 0  # there was no label to take back
    rejected: dict[str, int] = field(default_factory=dict)  # events and labels, by reason

    @property
    def cold(self) -> bool:
        """Whether fewer than 5 positives, or no negative, were learned."""
        return self.learned_positive < COLD or self.learned == self.learned_positive

    def reject(self, reason: str) -> None:
        """Counts a rejection under its reason."""
        self.rejected[reason] = self.rejected.get(reason, 0) + 1

    def plain(self) -> dict[str, Any]:
        """All counts by name. Other threads may ask: no dict is walked that could grow meanwhile."""
        return {name: getattr(self, name) for name in self.__slots__} | {"rejected": self.rejected.copy()}


LABEL_ENDS = (
    "joined", "early_joined", "late", "orphaned", "duplicate", "conflict", "label_rejected",
    "label_of_rejected", "label_of_stale", "late_after_ttl", "late_after_eviction",
    "retraction", "taken_back", "retraction_late", "retraction_unmatched",
)  # fmt: skip


def label_identity(counters: dict[str, Any]) -> tuple[int, int]:
    """Return labels read, and the sum of the disjoint classes they ended in: equal, always.

    labels = joined + early_joined + late + orphaned + the other classes of `LABEL_ENDS` + held + waiting,
    where *held* labels have no event yet and *waiting* ones an event that has not matured. Takes
    `Engine.counters`.

    Cost: O(1).

    Examples
    --------
    >>> label_identity({"labels": 3, "joined": 2, "held": 1})
    (3, 3)
    """
    ended = sum(counters.get(name, 0) for name in LABEL_ENDS)
    return counters.get("labels", 0), ended + counters.get("held", 0) + counters.get("waiting", 0)
