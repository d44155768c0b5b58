"""What the degraded reasons say where classes have names, and whether the probability of one of them is off."""

from collections.abc import Mapping

from streamimb.engine.class_measures import ClassMeasures
from streamimb.engine.doubt import Doubt, doubt
from streamimb.engine.missing_positives import MissingPositives
from streamimb.metrics import Interval

# Sentences in place of those of `degraded.LIMITS`, which are worded for positives.
SENTENCES = {
    "unreadable_labels": (
        "{share} of the labels have a value that is no class: name each class in classes under [labels]; labels that"
        " are left out make the shares of the classes wrong"
    ),
    "unlabelled_events": (
        "{share} of the events end without a label, so little is learned: see whether labels still come, and raise"
        " ttl_s under [labels] if they come later"
    ),
    "changed_labels": (
        "labels are changed after they were learned, {share} as many as changed ones and those outside the commonest"
        " class together: the first label of an event stays, so send it when it is final"
    ),
}
COLD = (
    "{scored:,} events were scored, but only {outside:,} labels outside the commonest class were learned, so the"
    " probabilities say little: wait for labels if they are on their way; else see whether the input of labels brings"
    " any, whether they are rejected, and whether they name the ids of the events"
)
DELAYS_DIFFER = (
    "the median label delays of the classes differ by a factor of {factor:.1f}: learning at the label favours the"
    " faster classes; report all labels after one delay"
)
OFF = (
    "predicted is {ratio:.2g} times observed over the last labels of class {name} ({low:.2g} to {high:.2g}): if that"
    " class did not become rarer or more frequent just now, see whether its labels are lost or late, and whether a"
    " field changed"
)

MISSING = (
    "no label of class {name} came among the last {labelled:,} labelled events, where {expected:.0f} were"
    " expected{more}: see whether labels of that class still come, and under this name; else the model learns that"
    " there are none"
)


def missing(found: Mapping[str, MissingPositives]) -> Doubt:
    """Return the sentence about classes whose labels stopped coming; it names the first, and says how many more.

    Cost: O(1).
    """
    name, first = next(iter(found.items()))
    more = f", and of {len(found) - 1} more classes none" if len(found) > 1 else ""
    return doubt(
        MISSING, {"name": repr(name), "more": more}, labelled=first.labelled, expected=first.expected
    )


def class_off(measures: ClassMeasures, factor: float) -> Doubt | None:
    """Return the sentence about the class whose recent calibration ratio is farthest above `factor` or below 1/factor.

    None where none is. Compared are the ends of the 95 % intervals that are nearest to 1.

    Cost: O(classes).
    """
    worst, told = factor, None
    for name, served in measures.served.of.items():
        ratio = served.recent.interval()
        distance = _distance(ratio)
        if distance > worst:
            worst = distance
            told = doubt(OFF, {"name": repr(name)}, ratio=ratio.value, low=ratio.low, high=ratio.high)
    return told


def _distance(ratio: Interval) -> float:
    """The factor by which the whole interval lies above or below 1; 1 where it contains 1, or nothing is known."""
    return max(1.0, ratio.low, 1.0 / ratio.high if ratio.high > 0.0 else 1.0)
