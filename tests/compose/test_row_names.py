"""Contributions sum to what is served also where a field has the name of one of their own rows."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from streamimb import CalibratedClassifier, SampledClassifier, ensemble, linear_model, tree

NAMES = ("(rest)", "(mixture)", "(anchor)", "(intercept)", "(ensemble)", "(correction)", "(calibration)")
MODELS: dict[str, Callable[[], Any]] = {
    "softmax": linear_model.SoftmaxGAM,
    "linear": linear_model.LogisticGAM,
    "bagged": lambda: ensemble.UOBClassifier(n_models=2, seed=1),
    "bagged softmax": lambda: ensemble.UOBClassifier(linear_model.SoftmaxGAM(), n_models=2, seed=1),
    "sampled": lambda: SampledClassifier(linear_model.LogisticGAM(), seed=1),
    "calibrated": lambda: CalibratedClassifier(linear_model.LogisticGAM()),
    "boosted": lambda: tree.RollingBoostingClassifier(linear_model.LogisticGAM(), ring_size=300),
    "Hoeffding": tree.HoeffdingTreeClassifier,
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("model", MODELS)
def test_rows_sum_where_a_field_has_the_name_of_one(model: str, name: str) -> None:
    made = MODELS[model]()
    for i in range(300):
        made.learn_one({name: float(i % 20), "a": float(i % 7)}, i % 20 > 14)
    x = {name: 19.0, "a": 1.0}
    p, rows = made.predict_proba_one(x), made.contributions_one(x)
    if isinstance(rows.get(True), dict):
        for label, row in rows.items():
            assert math.fsum(row.values()) == pytest.approx(math.log(p[label]), abs=1e-9)
    else:
        assert math.fsum(rows.values()) == pytest.approx(math.log(p[True] / p[False]), abs=1e-6)
