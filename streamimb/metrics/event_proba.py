"""Probabilities that carry the features of their event, for metrics that are given no features."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from streamimb.protocols import Features, Proba


class EventProba(dict[Any, float]):
    """Probabilities by class, with `features`: a copy of those that they were predicted from.

    Parameters
    ----------
    p
        The probabilities.
    x
        The features of the event.
    """

    __slots__ = ("features",)

    def __init__(self, p: Proba = {}, x: Features | None = None) -> None:  # noqa: B006  never changed
        super().__init__(p)
        self.features = dict(x) if isinstance(x, Mapping) else x


def features_of(y_pred: Any, x: Features | None) -> Features | None:
    """Return x; where it is None, the features that `y_pred` carries, if it does.

    **Cost**: O(1).

    Examples
    --------
    >>> features_of(EventProba({True: 0.5, False: 0.5}, {"user": "u7"}), None), features_of(0.5, None)
    ({'user': 'u7'}, None)
    """
    if x is None and type(y_pred) is EventProba:
        return y_pred.features
    return x
