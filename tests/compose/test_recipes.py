from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

from streamimb.compose import recipes
from streamimb.stats import ClassPrior

FUNCTIONS = (recipes.default, recipes.linear, recipes.boosting)
WRONG = {
    "prior": (0, 1, -0.1, True, None, "a", [0.1], float("nan"), float("inf"), 1j, ClassPrior),
    "seed": (1.5, True, "a", [1], float("nan")),
    "classes": (["a"], ["a", "b"], "a", 1, 0.0, None, float("nan"), np.True_),
}


@pytest.mark.parametrize(
    ("recipe", "name"),
    [(recipe, name) for recipe in FUNCTIONS for name in inspect.signature(recipe).parameters],
)
def test_an_argument_of_another_kind_is_refused_by_name(recipe: Any, name: str) -> None:
    for wrong in WRONG[name]:
        with pytest.raises(ValueError, match=rf"^{name}="):
            recipe(**{name: wrong})


def test_arguments_of_the_right_kinds_are_taken() -> None:
    seed: Any = np.int64(3)
    for recipe in FUNCTIONS:
        assert recipe(ClassPrior(prior=0.2), seed=seed).predict_proba_one({"a": 1.0})[True] == pytest.approx(
            0.2
        )
    for recipe in FUNCTIONS[:2]:
        answers = [recipe(seed=-1, classes=classes).classifier.classifier for classes in (False, True)]
        assert [type(learner).__name__.startswith("Softmax") for learner in answers] == [False, True]
