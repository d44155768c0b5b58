from __future__ import annotations

import math
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from streamimb import metrics
from tests.metrics.streams import fed, rare_stream


def test_it_is_scikit_learns_curve_of_quantile_bins() -> None:
    events = rare_stream("plain", 4, 1_000, base=0.2)
    points = fed(metrics.ReliabilityCurve(math.inf, bins=5), events).points()
    y, p, _ = zip(*events, strict=True)
    observed, predicted = calibration_curve(y, p, n_bins=5, strategy="quantile")
    assert [point.predicted for point in points] == pytest.approx(predicted.tolist(), rel=0.02)
    assert [point.observed.value for point in points] == pytest.approx(observed.tolist(), abs=0.011)
    assert [point.share for point in points] == pytest.approx([0.2] * 5, abs=1e-9)


def test_a_calibrated_model_agrees_and_a_doubled_one_does_not() -> None:
    agree = [
        fed(metrics.ReliabilityCurve(math.inf), rare_stream("plain", seed, 20_000)).get()
        for seed in range(12)
    ]
    assert float(np.mean(agree)) > 0.85
    doubled = metrics.ReliabilityCurve(math.inf)
    for y, p, _ in rare_stream("plain", 0):
        doubled.update(y, min(1.0, 3.0 * p))
    assert doubled.get() < 0.4
    assert math.isnan(metrics.ReliabilityCurve().get())


class Axes:
    """Records what is drawn."""

    def __init__(self) -> None:
        self.calls: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        return lambda *given, **named: self.calls.update({name: (given, named)})


def test_it_is_drawn_on_given_axes_with_its_intervals() -> None:
    curve = fed(metrics.ReliabilityCurve(math.inf, bins=4), rare_stream("plain", 1, 4_000))
    axes = Axes()
    assert curve.plot(axes) is axes
    (predicted, observed), named = axes.calls["errorbar"]
    assert predicted == [point.predicted for point in curve.points()]
    assert observed[0] - named["yerr"][0][0] == pytest.approx(curve.points()[0].observed.low)
    assert axes.calls["set_xscale"][0] == ("log",)
    metrics.ReliabilityCurve().plot(Axes())


def test_a_notebook_shows_a_drawing_of_every_point() -> None:
    curve = fed(metrics.ReliabilityCurve(math.inf, bins=4), rare_stream("plain", 1, 4_000))
    for made in (curve, metrics.ReliabilityCurve()):
        drawing = ElementTree.fromstring(made._repr_html_())
        circles = [part for part in drawing if part.tag.endswith("circle")]
        assert len(circles) == len(made.points())
        assert all(44.0 <= float(circle.get("cy", "0")) <= 276.0 for circle in circles)
