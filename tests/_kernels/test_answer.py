"""P(True) is read from what a classifier answers, or the answer is refused; nothing becomes 0 by default."""

from __future__ import annotations

import collections
import math

import numpy as np
import pytest

from streamimb._kernels.answer import ProbabilityError, true_of

SECRET = "4539578763621486"


@pytest.mark.parametrize(
    ("said", "p"),
    [
        ({False: 0.7, True: 0.3}, 0.3),
        ({0: 0.7, 1: 0.3}, 0.3),
        ({0.0: 0.7, 1.0: 0.3}, 0.3),
        ({np.False_: 0.7, np.True_: 0.3}, 0.3),
        ({np.int64(0): 0.7, np.int64(1): 0.3}, 0.3),
        (collections.Counter({False: 0.7, True: 0.3}), 0.3),
        ({False: np.float64(0.7), True: np.float32(0.25)}, 0.25),
        ({True: 1}, 1.0),
        ({False: 1.0}, 0.0),  # True not seen yet
        ({0: 1}, 0.0),
        ({}, 0.05),  # nothing seen yet
        (collections.Counter(), 0.05),
        ({False: -1e-17, True: 1.0 + 1e-15}, 1.0),  # a sum of floats misses 1 by so much
        ({False: 1.0, True: -1e-17}, 0.0),
        ({"a": 0.5, False: 0.2, True: 0.3}, 0.3),  # three classes, of which True is one
        ({"a": 0.5, True: 0.5}, 0.5),
        ({0: 0.2, 1: 0.3, 2: 0.5}, 0.3),
    ],
    ids=str,
)
def test_a_probability_of_true_is_read(said, p):
    assert true_of(said, 0.05) == p


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"0": 0.7, "1": 0.3}, "classes of type str"),
        ({"False": 0.7, "True": 0.3}, "classes of type str"),
        ({"fraud": 0.3, "genuine": 0.7}, "classes of type str"),
        ({1: 0.7, 2: 0.3}, "classes of type int"),  # 1 may be the negative of these
        ({2: 1.0}, "classes of type int"),
        ({-1: 0.7, 1: 0.3}, "classes of type int"),
        ({None: 1.0}, "classes of type NoneType"),
        ({"1": 0.3, False: 0.7}, "classes of type bool, str"),
        ({False: math.nan, True: math.nan}, "gives NaN"),
        ({True: np.float64("nan")}, "gives NaN"),
        ({False: math.nan}, "gives NaN"),
        ({False: None, True: None}, "gives NoneType"),
        ({True: "much"}, "gives str"),
        ({True: [0.3]}, "gives list"),
        ({True: 1.5}, "outside"),
        ({True: -0.1}, "outside"),
        ({True: math.inf}, "outside"),
        ({False: 7.0}, "outside"),
        (None, "answers with NoneType"),
        (0.3, "answers with float"),
        (({True: 0.3}, False), "answers with tuple"),
    ],
    ids=str,
)
def test_what_holds_no_probability_of_true_is_refused(said, words):
    with pytest.raises(ProbabilityError, match=words):
        true_of(said, 0.05)


@pytest.mark.parametrize(
    "said", [{SECRET: 1.0}, {True: SECRET}, {True: [SECRET]}, SECRET, {int(SECRET): 1.0}]
)
def test_a_refusal_quotes_no_value(said):
    with pytest.raises(ProbabilityError) as refused:
        true_of(said)
    assert SECRET not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None
