"""Each parameter of each learner, with values that it must refuse."""

from __future__ import annotations

import math
from typing import Any

from streamimb import linear_model, losses, stats, tree
from tests.parameters.wrong_values import NO_COUNT, NO_NUMBER, NO_PRIOR, NO_SIZE, NO_TUPLE

NO_LOSS = ("Focal", 1, losses.Focal, {"type": "losses.Focal"}, linear_model.LogisticRegression())

NO_PAIRS = ("all", 1, True, (), [("a",)], [("a", "a")], [("a", "b"), ("b", "a")], [(True, "b")])

LEARNERS: list[Any] = [
    (
        linear_model.LogisticRegression,
        {},
        {
            "learning_rates": NO_TUPLE,
            "hash_bits": (*NO_COUNT, 29),
            "hash_seed": (*NO_NUMBER, 1.5, -1, 2**64),
            "prior": NO_PRIOR,
            "loss": NO_LOSS,
        },
    ),
    (
        linear_model.LogisticGAM,
        {},
        {
            "learning_rates": NO_TUPLE,
            "hash_bits": (*NO_COUNT, 29),
            "hash_seed": (*NO_NUMBER, 1.5, -1, 2**64),
            "prior": NO_PRIOR,
            "max_basis_fields": (*NO_COUNT, 65_537),
            "loss": NO_LOSS,
            "interactions": NO_PAIRS,
        },
    ),
    (
        linear_model.SoftmaxGAM,
        {},
        {
            "learning_rates": NO_TUPLE,
            "hash_bits": (*NO_COUNT, 29),
            "hash_seed": (*NO_NUMBER, 1.5, -1, 2**64),
            "prior": NO_PRIOR,
            "max_basis_fields": (*NO_COUNT, 65_537),
            "loss": NO_LOSS,
            "interactions": NO_PAIRS,
        },
    ),
    (
        linear_model.SoftmaxRegression,
        {},
        {
            "learning_rates": NO_TUPLE,
            "hash_bits": (*NO_COUNT, 29),
            "hash_seed": (*NO_NUMBER, 1.5, -1, 2**64),
            "prior": NO_PRIOR,
            "loss": NO_LOSS,
        },
    ),
    (
        linear_model.NormalizedHead,
        {"model": linear_model.SoftmaxRegression()},
        {
            "model": (None, 3, linear_model.SoftmaxRegression),
            "tau": (*NO_NUMBER, -0.1, 2.1),
            "max_norm": (None, "1", True, math.nan, 0.0, -1.0),
        },
    ),
    (
        tree.HoeffdingTreeClassifier,
        {},
        {
            "grace_period": (*NO_SIZE, 0.9, 2e9),
            "delta": (*NO_SIZE, 1.0),
            "tau": (*NO_NUMBER, -0.1, 1.1),
            "split_criterion": ("gini", "", None, 1),
            "max_leaves": (*NO_COUNT, 10_001),
            "max_depth": (*NO_NUMBER, -1, 1.5, 1_001),
            "half_life": (*NO_SIZE, 9.0, 2e9),
            "column_share": (*NO_SIZE, 1.01),
            "max_columns": (*NO_COUNT, 257),
            "hash_bits": (*NO_COUNT, 29),
            "seed": (*NO_NUMBER, 1.5, -1, 2**64),
            "prior": NO_PRIOR,
        },
    ),
    (
        tree.RollingBoostingClassifier,
        {},
        {
            "companion": ("LogisticRegression", 1, linear_model.LogisticRegression, stats.ClassPrior()),
            "n_trees": (*NO_COUNT, 10_001),
            "max_leaves": (*NO_COUNT, 1, 256),
            "learning_rate": (*NO_SIZE, 1.01),
            "l2": (*NO_SIZE, 2e6),
            "leaf_rates": (*NO_TUPLE, (101.0,)),
            "ring_size": (*NO_COUNT, 199, 10_000_001),
            "every": (*NO_COUNT, 1_000_001),
            "row_share": (*NO_SIZE, 1.01),
            "column_share": (*NO_SIZE, 1.01),
            "max_columns": (*NO_COUNT, 10_001),
            "hash_bits": (*NO_COUNT, 29),
            "slice_visits": (*NO_COUNT, 10**12 + 1),
            "seed": (*NO_NUMBER, 1.5, -1, 2**64),
            "prior": NO_PRIOR,
        },
    ),
]
