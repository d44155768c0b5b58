"""What each feature adds to the log-odds of a prediction of a wrapped classifier."""

from math import fsum, log, log1p
from typing import Any

from river import compose

from streamimb.compose.capabilities import last_step
from streamimb.compose.transforming import transform_one
from streamimb.protocols import Features, Proba

LACKS = (
    "contributions_one: only a learner that takes an offset can compute what features add, "
    "such as linear_model.LogisticRegression of streamimb, under correction='offset'"
)


def contributions_of(classifier: Any, x: Features, offset: Any, offsets: bool) -> dict[Any, float]:
    """Return the contributions of a learner at this offset, or at one for each class.

    `offsets`: whether it is trained with offsets.
    """
    ask = getattr(last_step(classifier), "contributions_one", None)
    if not offsets or ask is None:
        raise ValueError(LACKS)
    if isinstance(classifier, compose.Pipeline):
        x = transform_one(classifier, x)
    rows: dict[Any, float] = ask(x, offset)
    return rows


def inner_contributions(classifier: Any, x: Features) -> dict[Any, float]:
    """Return the contributions of a classifier inside a wrapper that adds none of its own."""
    ask = getattr(classifier, "contributions_one", None)
    if ask is None:
        raise ValueError(LACKS)
    return dict(ask(x))


def calibrated_contributions(classifier: Any, x: Features, said: Proba) -> dict[Any, Any]:
    """Return the contributions of a classifier that is calibrated to `said`, and the entry `"(calibration)"`.

    `math.fsum` of all values is the log-odds of True; where there is a mapping for each class, that of the values of a
    class is the log of its probability.
    """
    rows: dict[Any, Any] = inner_contributions(classifier, x)
    if all(isinstance(row, dict) for row in rows.values()):
        for label, row in rows.items():
            row["(calibration)"] = fsum([log(max(1e-300, said[label])), *(-value for value in row.values())])
        return rows
    p = min(1.0 - 1e-16, max(1e-300, said[True]))
    rows["(calibration)"] = fsum([log(p) - log1p(-p), *(-value for value in rows.values())])
    return rows
