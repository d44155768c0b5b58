"""True and False are told from every other label in one place."""

from __future__ import annotations

import numpy as np
import pytest

from streamimb.compose.truth import canonical


@pytest.mark.parametrize("y", [True, 1, 1.0, np.True_, np.int64(1), np.float64(1)])
def test_true(y):
    assert canonical(y) is True


@pytest.mark.parametrize("y", [False, 0, 0.0, np.False_, np.int64(0), np.uint8(0)])
def test_false(y):
    assert canonical(y) is False


@pytest.mark.parametrize("y", ["fraud", "", "1", "True", 2, -1, 7, 0.5])
def test_every_other_label_stays(y):
    assert canonical(y) is y


@pytest.mark.parametrize("y", [None, float("nan"), np.nan, np.float64("nan")])
def test_fault_43_none_and_nan_are_no_labels(y):
    with pytest.raises(ValueError, match=r"no labels"):
        canonical(y)
