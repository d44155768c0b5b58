"""The counters of the engine, their exported names, and the identity that the label counters obey."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any

from streamimb.protocols import Reading

COLD = 5  # positives to learn before scores are reliable


def _exported(help: str, title: str = "") -> Any:
    """A counter exported under its own name; the others share one name, or that of the label ends."""
    return field(default=0, metadata={"help": help, "title": title})


def _label_end() -> Any:
    """A counter of one of the disjoint ends of a label."""
    return field(default=0, metadata={"label_end": True})


@dataclass(slots=True)
class Counters:
    """Counts since the state began; part of the snapshot.

    Every label record ends in exactly one way, or waits: see `label_identity`.
    """

    # events
    events: int = _exported("Events given to the engine.", "events")
    scored: int = _exported("Events answered with a score.")
    acted: int = _exported("Events that the decision rule acted on.")
    action_barred: int = (
        0  # as likely as those acted on before, but a limit is reached: the rule acts on none
    )
    decision_failed: int = (
        0  # the rule raised, or gave no threshold: not acted on; or an action has no reasons
    )
    detector_failed: int = 0  # a drift detector raised: it missed the observation
    detector_failed_of: dict[str, int] = field(default_factory=dict)  # of them of each detector by name
    metric_failed_of: dict[str, int] = field(default_factory=dict)  # a metric raised: it missed the event
    duplicate_event: int = 0  # the id was known: scored again, not remembered twice
    unlearnable: int = 0  # scored, never learned: the guard does not trust a value
    stale_event: int = 0  # older than stale_s: scored, not remembered
    future_event: int = 0  # beyond skew_s ahead of engine time: its time was clamped
    future_time: int = 0  # times given to on_time more than skew_s ahead: ignored
    clock_jump: int = 0  # engine time moved forward by more than skew_s at once
    clock_back: int = 0  # engine time went back by more than skew_s
    # pending
    matured: int = 0  # windows that closed
    immature: int = 0  # windows that closed while labels were overdue: given up, no negatives
    expired: int = 0  # pending events given up after ttl_s
    evicted: int = 0  # pending events given up because max_pending was reached
    finished_evicted: int = 0  # remembered ends given up because max_finished was reached
    # learning
    learned: int = 0  # labelled events learned from: the model version
    learned_positive: int = 0  # of them positives; of classes by name, those not of the commonest class
    learned_of: dict[str, int] = field(default_factory=dict)  # of them of each class, where these have names
    learn_failed: int = 0  # the model raised while learning
    passed_over: int = 0  # labelled events not learned while learning was paused
    passed_over_positive: int = 0  # of them positives
    parameter_changes: int = 0  # parameters of the saved model that a changed configuration changed
    inline: int = 0  # labels that came with their event and were used
    inline_ignored: int = 0  # labels that came with their event, which had one before
    propensity_unusable: int = 0  # labels left out: their propensity is missing or not in (0, 1]
    propensity_bounded: int = 0  # labels that weigh less than 1 / propensity: max_label_weight
    negative_delay: int = 0  # labels dated before their event; taken as no delay
    # label records
    labels: int = _exported(
        "Labels, but those that could not be read: these are counted as rejected.", "labels"
    )
    joined: int = _label_end()
    early_joined: int = _label_end()  # the label came first, was held, and met its event
    late: int = _label_end()  # after its event's window
    positive: int = 0  # positives reported for events whose window closed
    positive_late: int = 0  # of them after the window
    orphaned: int = _label_end()  # held for hold_s (or until max_held) and no event came
    duplicate: int = _label_end()
    conflict: int = _label_end()  # contradicts the first label
    label_rejected: int = _label_end()  # no usable id or value
    label_of_rejected: int = _label_end()  # its event was rejected
    label_of_stale: int = _label_end()  # its event was stale
    late_after_ttl: int = _label_end()  # its event had expired: measured, not learned
    late_after_eviction: int = _label_end()  # its event had been evicted: measured, not learned
    retraction: int = _label_end()  # took back a label that was not yet learned
    taken_back: int = _label_end()  # the label that was taken back
    retraction_late: int = _label_end()  # the label had been learned: nothing is undone
    retraction_unmatched: int = _label_end()  # there was no label to take back
    rejected: dict[str, int] = field(default_factory=dict)  # events and labels, by reason

    @property
    def cold(self) -> bool:
        """Whether fewer than 5 positives (labels outside the commonest class), or no negative, were learned."""
        return self.learned_positive < COLD or self.learned == self.learned_positive

    def learn_class(self, y: str) -> int:
        """Counts a label that is the name of a class; 1 where one more is outside the commonest class now, else 0."""
        most = max(self.learned_of.values(), default=0)
        self.learned_of[y] = n = self.learned_of.get(y, 0) + 1
        return int(n <= most)

    def reject(self, reason: str) -> None:
        """Counts a rejection under its reason."""
        self.rejected[reason] = self.rejected.get(reason, 0) + 1

    def plain(self) -> dict[str, Any]:
        """All counts by name. Safe for other threads: it iterates over no dict that may grow meanwhile."""
        counts = {name: getattr(self, name) for name in self.__slots__}
        return counts | {name: counts[name].copy() for name in BY_NAME}

    def readings(self) -> Iterator[Reading]:
        """Return the readings; `rejected` is not among them, because the runner exports all rejections."""
        shared: dict[str, int] = {}
        for each in fields(self):
            count = getattr(self, each.name)
            if "help" in each.metadata:
                yield Reading(each.name, value=count, kind="counter", **each.metadata)
            elif "label_end" not in each.metadata and type(count) is int:
                shared[each.name] = count
        yield Reading(
            "label_outcomes",
            "Labels by what became of them; with those held and waiting the same in all.",
            {name: getattr(self, name) for name in LABEL_ENDS},
            "counter",
            ("outcome",),
        )
        yield Reading(
            "learned_of",
            "Labelled events learned from, of classes by name.",
            self.learned_of.copy(),
            "counter",
            ("class",),
        )
        yield Reading("engine", "Everything else the engine counts.", shared, "counter", ("what",))


BY_NAME = ("detector_failed_of", "metric_failed_of", "learned_of", "rejected")  # counts by name
LABEL_ENDS = tuple(each.name for each in fields(Counters) if "label_end" in each.metadata)


def label_identity(counters: dict[str, Any]) -> tuple[int, int]:
    """Return the labels read, and the sum of their disjoint ends; the two are always equal.

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
