from __future__ import annotations

import pytest

from streamimb._kernels.class_targets import targets

TAIL = {"a": 0.6, "b": 0.3, "c": 0.08, "d": 0.015, "e": 0.004, "f": 0.001}


def rates_of(masses: dict[str, float], odds: float, fixed: float) -> dict[str, float]:
    """Rates of all classes: those that are not thinned have 1."""
    return {**dict.fromkeys(masses, 1.0), **targets(masses, odds, fixed)}


def learned(masses: dict[str, float], rates: dict[str, float]) -> dict[str, float]:
    return {label: masses[label] * rates[label] for label in masses}


@pytest.mark.parametrize("budget", [0.001, 0.04, 0.1, 0.5, 0.99])
def test_a_keep_rate_is_the_mean_rate_of_all_events(budget: float) -> None:
    mass = learned(TAIL, rates_of(TAIL, 0.0, budget))
    assert sum(mass.values()) == pytest.approx(budget, rel=1e-3)
    cap = max(mass.values())
    assert all(mass[label] == pytest.approx(min(TAIL[label], cap)) for label in TAIL)


def test_a_keep_rate_of_1_keeps_everything() -> None:
    assert targets(TAIL, 0.0, 1.0) == {}


@pytest.mark.parametrize("share", [0.2, 0.5])
def test_a_share_is_that_of_the_rare_classes_together(share: float) -> None:
    rates = rates_of(TAIL, (1 - share) / share, 0.0)
    mass = learned(TAIL, rates)
    rare = {"c", "d", "e", "f"}  # below half of an even sixth
    assert all(rates[label] == 1.0 for label in rare)
    assert sum(mass[label] for label in rare) / sum(mass.values()) == pytest.approx(share)


@pytest.mark.parametrize("m", [0.001, 0.1, 0.3, 0.45])
@pytest.mark.parametrize("share", [0.2, 0.5])
def test_of_two_classes_the_rarer_is_the_rare_one(m: float, share: float) -> None:
    rates = rates_of({"legit": 1 - m, "fraud": m}, (1 - share) / share, 0.0)
    assert rates["fraud"] == 1.0
    assert rates["legit"] == pytest.approx(min(1.0, (1 - share) / share * m / (1 - m)))


def test_no_rate_is_below_the_floor() -> None:
    assert min(targets({"a": 1 - 1e-12, "b": 1e-12}, 1.0, 0.0).values()) == 1e-6
