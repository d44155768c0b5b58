"""A classifier of trees takes over a saved state whole, or refuses it and stays as it is."""

from __future__ import annotations

from typing import Any

from streamimb._kernels.saved import entries, refused
from streamimb.stats import ClassPrior


def restore(model: Any, state: Any, names: tuple[str, ...]) -> None:
    """Make a classifier the one that was saved; `names` are the entries of its kernel.

    Cost: O(size of the state).

    Raises
    ------
    ValueError
        For a state that is not one of this class; the classifier is as it was.

    Examples
    --------
    >>> from streamimb import tree
    >>> model, other = tree.RollingBoostingClassifier(prior=0.2), tree.RollingBoostingClassifier()
    >>> other.__setstate__(model.__getstate__())
    >>> round(other.predict_proba_one({"a": 1.0})[True], 2)
    0.2
    """
    saved = entries(state, "kernel", "params")
    params = entries(saved["params"], *model._parameters)
    kernel = entries(saved["kernel"], *names)
    made = type(model)(**params)  # refuses what no constructor takes
    if not isinstance(kernel["prior"], ClassPrior):
        raise refused("prior", "a ClassPrior")
    made._resume(kernel)
    model._adopt(made)
    model.__dict__.update(params)
