from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from streamimb.engine import snapshot
from streamimb.linear_model import LogisticRegression


@pytest.mark.parametrize("name", [np.str_("a"), np.int64(3), type("Name", (str,), {})("a")])
def test_a_name_of_another_type_is_saved_as_the_text_or_integer_it_is(name: Any) -> None:
    model = LogisticRegression()
    for i in range(20):
        model.learn_one({name: float(i)}, i % 3 == 0)
    again = snapshot.loads(snapshot.dumps(model))
    assert again.predict_proba_one({name: 2.0}) == model.predict_proba_one({name: 2.0})
    (field,) = [field for field in again.contributions_one({name: 2.0}) if field == name]
    assert type(field) in (str, int)


def test_a_name_that_no_state_can_hold_is_refused_before_anything_is_learned() -> None:
    model = LogisticRegression()
    with pytest.raises(ValueError, match="which no state can hold"):
        model.learn_one({Fraction(1, 2): 1.0}, True)
    assert model.predict_proba_one({}) == LogisticRegression().predict_proba_one({})
