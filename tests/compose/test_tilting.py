"""What samples or boosts around a classifier that corrects is refused, with the way out; bagging is not."""

from __future__ import annotations

from typing import Any

import pytest
from river import ensemble, imblearn, preprocessing
from river import linear_model as river_linear

from streamimb import CalibratedClassifier, GuardedClassifier, SampledClassifier, linear_model
from streamimb.engine import BothReported, Engine

SHARES = {False: 0.5, True: 0.5}
AROUND: dict[str, Any] = {
    "RandomUnderSampler": lambda model: imblearn.RandomUnderSampler(model, SHARES, seed=1),
    "RandomOverSampler": lambda model: imblearn.RandomOverSampler(model, SHARES, seed=1),
    "RandomSampler": lambda model: imblearn.RandomSampler(model, SHARES, seed=1),
    "HardSamplingClassifier": lambda model: imblearn.HardSamplingClassifier(model, size=10, p=0.5, seed=1),
    "AdaBoostClassifier": lambda model: ensemble.AdaBoostClassifier(model, n_models=2, seed=1),
    "BOLEClassifier": lambda model: ensemble.BOLEClassifier(model, n_models=2, seed=1),
    "ADWINBoostingClassifier": lambda model: ensemble.ADWINBoostingClassifier(model, n_models=2, seed=1),
}
OURS: dict[str, Any] = {
    "SampledClassifier": lambda: SampledClassifier(linear_model.LogisticRegression(), seed=1),
    "CalibratedClassifier": lambda: CalibratedClassifier(linear_model.LogisticRegression()),
    "GuardedClassifier": lambda: GuardedClassifier(linear_model.LogisticRegression()),
}


def engine(model: Any) -> Engine:
    return Engine(model, BothReported())


@pytest.mark.parametrize("outside", [GuardedClassifier, CalibratedClassifier, SampledClassifier, engine])
@pytest.mark.parametrize("ours", OURS.values(), ids=OURS)
@pytest.mark.parametrize(("name", "around"), AROUND.items(), ids=list(AROUND))
def test_ours_inside_is_refused(name: str, around: Any, ours: Any, outside: Any) -> None:
    inner = ours()
    advice = (
        f"Leave {name} out" if "Sampl" in name else f"Wrap outside: put {type(inner).__name__} around {name}"
    )
    for model in (around(inner), preprocessing.StandardScaler() | around(ours())):
        with pytest.raises(ValueError, match=f"{name} .*{type(inner).__name__} inside .*{advice}"):
            outside(model)


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
def test_a_plain_learner_inside_is_guarded_and_calibrated(around: Any) -> None:
    for learner in (river_linear.LogisticRegression(), linear_model.LogisticRegression()):
        CalibratedClassifier(GuardedClassifier(around(learner)))


@pytest.mark.parametrize("bagging", [ensemble.BaggingClassifier, ensemble.LeveragingBaggingClassifier])
def test_bagging_around_ours_is_no_tilt(bagging: Any) -> None:
    GuardedClassifier(bagging(OURS["SampledClassifier"](), n_models=2, seed=1))


def test_ours_around_boosting_is_right() -> None:
    GuardedClassifier(
        CalibratedClassifier(
            SampledClassifier(AROUND["AdaBoostClassifier"](river_linear.LogisticRegression()))
        )
    )
