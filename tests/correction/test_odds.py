"""Probabilities and log-odds, finite both ways."""

from __future__ import annotations

import math

import pytest

from streamimb.correction.odds import CLIP, logit, normalised, shifted, sigmoid


@pytest.mark.parametrize("p", [1e-6, 0.01, 0.5, 0.99, 1 - 1e-6])
def test_there_and_back(p):
    assert sigmoid(logit(p)) == pytest.approx(p, rel=1e-9)


@pytest.mark.parametrize("p", [0.0, 1e-300, 1.0])
def test_a_learners_certainty_is_clipped(p):
    clipped = CLIP if p < 0.5 else 1 - CLIP
    assert logit(p) == pytest.approx(math.log(clipped / (1 - clipped)), rel=1e-12)


@pytest.mark.parametrize("z", [-1e308, -1e4, -700.0, -50.0, -30.0, 0.0, 30.0, 700.0, 1e4, 1e308])
def test_sigmoid_is_finite_and_monotone_everywhere(z):
    assert 0.0 <= sigmoid(z) <= 1.0
    assert sigmoid(math.nextafter(z, math.inf)) >= sigmoid(z) - 1e-16


def test_sigmoid_keeps_small_probabilities():
    assert sigmoid(-40.0) == pytest.approx(math.exp(-40.0), rel=1e-12)
    assert sigmoid(-29.0) == pytest.approx(math.exp(-29.0), rel=1e-3)


@pytest.mark.parametrize("p", [1e-9, 0.01, 0.5, 0.99])
@pytest.mark.parametrize("shift", [-13.8, -1.0, 0.0, 2.0, 13.8])
def test_shifted_is_an_addition_of_log_odds(p, shift):
    odds = p / (1 - p) * math.exp(shift)
    assert shifted(p, shift) == pytest.approx(odds / (1 + odds), rel=1e-9)
    assert shifted(shifted(p, shift), -shift) == pytest.approx(p, rel=1e-6)


def test_shifted_at_the_ends():
    assert shifted(0.0, 3.0) == 0.0
    assert shifted(1.0, -3.0) == 1.0


def test_normalised():
    assert normalised({"a": 1.0, "b": 3.0}) == {"a": 0.25, "b": 0.75}
    assert normalised({"a": 0.0, "b": 0.0}) == {"a": 0.0, "b": 0.0}
    assert normalised({}) == {}
