"""Every public estimator, as instances: one line adds one to River's checks and to the compositions."""

from __future__ import annotations

from collections.abc import Callable

from river import base

from streamimb import linear_model

# name -> a new instance; the part before a space names the class
ESTIMATORS: dict[str, Callable[[], base.Classifier]] = {
    "LogisticRegression": linear_model.LogisticRegression,
    "LogisticRegression one rate": lambda: linear_model.LogisticRegression(
        learning_rates=(0.2,), hash_bits=10
    ),
}
