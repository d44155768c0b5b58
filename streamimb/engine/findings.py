"""What is found over time that makes the probabilities doubtful: changed fields, missing and biased labels, a pause.

Each is a reason to be degraded, with its cure.
"""

from collections.abc import Sequence
from typing import Any

from streamimb._kernels.saved import entries, switch
from streamimb.engine.breaker import LONGEST, Breaker
from streamimb.engine.counters import Counters
from streamimb.engine.doubt import Doubt, doubt
from streamimb.engine.label_gaps import LabelGaps
from streamimb.engine.shares import Share, percent
from streamimb.events import AlarmRecord
from streamimb.metrics import ExpectedPerformance

RECENT_N = 10_000  # events after an alarm that names fields
BIASED, STILL_BIASED = 2.0, 1.5  # mean probability of the labelled over that of all
FEW_LABELLED = 0.5  # of the events
ENOUGH = 500.0  # labelled events

FIELDS = (
    "fields changed: {alarms}; the probabilities lack what these fields said: see the alarms and ask their producer;"
    " it ends 10,000 events after the last one"
)
OVERDUE = (
    "no label came with the last {events:,} events, where at most {limit:,.0f} are usual: see whether the source of"
    " labels is down; until one comes the prior is provisional, estimated from scores alone, and no event without a"
    " label is learned as a negative"
)
PAUSED = (
    "learning is paused: more than twelve times as many labels are positive as until then ({usual}): see whether the"
    " source of labels sends one class alone, or positives in batches; scoring goes on, and learning goes on when fewer"
    " are, or after {longest:,} labels"
)
BIASED_SAMPLE = (
    "{share} of the events are labelled, and their mean probability is {ratio:.1f} times that of all"
    " events, as where only alerts are labelled: calibration, recall and base rate are those of the labelled events;"
    " label a random sample of the others too"
)
FROM_ALARMS = "fields_changed"  # the reason that follows from alarms
CODES = (FROM_ALARMS, "labels_overdue", "learning_paused", "biased_sample")


class Findings:
    """The gaps between labels, the share of labelled events, and the reasons that follow from these and from alarms.

    Cost: a few microseconds per look.
    """

    __slots__ = ("_biased", "_labelled", "gaps")

    def __init__(self) -> None:
        self.gaps, self._labelled, self._biased = LabelGaps(), Share(), False

    def look(self, counts: Counters) -> None:
        """Update with the present counts."""
        self.gaps.look(counts.events, counts.labels - counts.label_rejected + counts.inline)
        labelled = counts.joined + counts.early_joined + counts.inline
        self._labelled.fold(labelled + counts.matured, counts.scored)

    def reasons(
        self,
        changed: Sequence[AlarmRecord],
        breaker: Breaker,
        expected: ExpectedPerformance | None,
    ) -> dict[str, Doubt]:
        """Return the reasons; `changed` are the recent alarms that name fields, `expected` that of what was served."""
        found: dict[str, Doubt] = {}
        if changed:
            told = (f"{alarm.name} {', '.join(alarm.fields)}" for alarm in changed)
            found[FROM_ALARMS] = doubt(FIELDS, {"alarms": "; ".join(dict.fromkeys(told))})
        if self.gaps.overdue:
            found["labels_overdue"] = doubt(OVERDUE, events=self.gaps.silent_n, limit=self.gaps.limit)
        if breaker.is_open:
            found["learning_paused"] = doubt(
                PAUSED, {"usual": percent(breaker.usual)}, usual=breaker.usual, longest=LONGEST
            )
        ratio = nan_ratio(expected)
        share = self._labelled.share
        limit = STILL_BIASED if self._biased else BIASED
        self._biased = ratio > limit and share < FEW_LABELLED
        if self._biased:
            found["biased_sample"] = doubt(BIASED_SAMPLE, {"share": percent(share)}, share=share, ratio=ratio)
        return found

    def state(self) -> dict[str, Any]:
        """Return the state, for a snapshot."""
        return {"gaps": self.gaps.state(), "labelled": self._labelled.state(), "biased": self._biased}

    @classmethod
    def of_state(cls, state: Any) -> "Findings":
        """Return findings with the state that `state` gave.

        Raises
        ------
        ValueError
            It is not such a state.
        """
        saved = entries(state, "gaps", "labelled", "biased")
        made = cls()
        made.gaps, made._labelled = LabelGaps.of_state(saved["gaps"]), Share.of_state(saved["labelled"])
        made._biased = switch(saved, "biased")
        return made


def nan_ratio(expected: ExpectedPerformance | None) -> float:
    """Return the mean probability of the labelled events over that of all served ones; 0 where it is not known.

    Cost: O(1).
    """
    if expected is None:
        return 0.0
    (a, b, up, down, *_), (c, d, more, less, *_) = (sums.sums() for sums in expected._sums_now()[:2])
    if more + less < ENOUGH or up + down < ENOUGH or a + b <= 0.0:
        return 0.0
    return (c + d) / (more + less) / ((a + b) / (up + down))
