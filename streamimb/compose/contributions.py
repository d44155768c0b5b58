"""What each feature adds to the log-odds of a prediction of a wrapped classifier.

A classifier of any origin says so by `contributions_one(x)`: a mapping from name to number whose sum is its log-odds of
True, or one such mapping for each class, whose sum is the log of its probability up to a constant. Each wrapper adds
one entry, so that the sum is what the wrapper answers. Names of what is no feature are in parentheses.
"""

from collections.abc import Iterable
from math import fsum, log, log1p
from typing import Any

from river import compose

from streamimb.compose.capabilities import last_step
from streamimb.compose.transforming import transform_one
from streamimb.protocols import Features, Proba


def _refusal(classifier: Any) -> ValueError:
    name = type(last_step(classifier)).__name__
    return ValueError(
        f"contributions_one: {name} does not say what features add: take a learner that does, such as "
        "linear_model.LogisticRegression, or give it contributions_one(x), numbers by name whose sum is "
        "its log-odds of True"
    )


def contributions_of(classifier: Any, x: Features, offset: Any) -> dict[Any, float]:
    """Return the contributions of a learner at this offset, or at one for each class."""
    ask = getattr(last_step(classifier), "contributions_one", None)
    if ask is None:
        raise _refusal(classifier)
    return _copied(ask(_read(classifier, x), offset))


def inner_contributions(classifier: Any, x: Features) -> dict[Any, Any]:
    """Return the contributions of a classifier, or of the last step of a pipeline, by their own names."""
    ask = getattr(last_step(classifier), "contributions_one", None)
    if ask is None:
        raise _refusal(classifier)
    return _copied(ask(_read(classifier, x)))


def completed(rows: dict[Any, Any], said: Proba, name: str) -> dict[Any, Any]:
    """Return contributions with one more entry, by which those of a classifier differ from what was made of it.

    Where a feature has the name of the entry, the two are added.

    `math.fsum` of all values is then the log-odds of True in `said`; where there is a mapping for each class, that of
    the values of a class is the log of its probability.
    """
    if rows and all(isinstance(row, dict) for row in rows.values()):
        for label, row in rows.items():
            rest = fsum([log(max(1e-300, said[label])), *(-value for value in row.values())])
            row[name] = row.get(name, 0.0) + rest
        return rows
    p = min(1.0 - 1e-16, max(1e-300, said[True]))
    rows[name] = rows.get(name, 0.0) + fsum([log(p) - log1p(-p), *(-value for value in rows.values())])
    return rows


def mean_contributions(classifiers: Iterable[Any], x: Features) -> dict[Any, Any]:
    """Return the mean of the contributions of several classifiers; what one does not have counts as 0."""
    of_all = [inner_contributions(classifier, x) for classifier in classifiers]
    return _mean(of_all)


def _mean(of_all: list[dict[Any, Any]]) -> dict[Any, Any]:
    names = dict.fromkeys(name for rows in of_all for name in rows)
    if any(isinstance(row, dict) for rows in of_all for row in rows.values()):
        return {name: _mean([rows.get(name, {}) for rows in of_all]) for name in names}
    return {name: fsum(rows.get(name, 0.0) for rows in of_all) / len(of_all) for name in names}


def _read(classifier: Any, x: Features) -> Features:
    """The features as the last step reads them."""
    return transform_one(classifier, x) if isinstance(classifier, compose.Pipeline) else x


def _copied(rows: Any) -> dict[Any, Any]:
    return {name: dict(row) if isinstance(row, dict) else row for name, row in rows.items()}
