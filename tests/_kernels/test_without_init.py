"""A kernel that `__new__` alone made does not crash: it works as a new one, or raises."""

from __future__ import annotations

import subprocess
import sys

import pytest

SCRIPT = """
import sys
from streamimb import CalibratedClassifier, GuardedClassifier, SampledClassifier
from streamimb import calibration, linear_model, metrics, sampling, stats
from streamimb._kernels import (
    balance_rate, band_rate, cluster_rate, cost_rate, density_rate, feedback_rate,
    class_scaling, hedging, score_bins, score_regression,
    curve, decayed, draw, event_times, log_histogram, metric_sums, platt, prior_bank, score_rate, uniform_rate,
)
from streamimb.metrics.served import ServedMetrics

KINDS = [
    class_scaling.ClassScaling, class_scaling.SeparateScalings, class_scaling.JointScaling, hedging.Hedging,
    score_bins.ScoreBins, score_regression.ScoreRegression, calibration.Beta, calibration.Calibeating,
    calibration.Hedged, calibration.Histogram, calibration.Intercept, calibration.OnlinePlatt,
    cluster_rate.ClusterRate, sampling.ClusterSampler,
    density_rate.DensityRate, sampling.DensityRatio, feedback_rate.FeedbackRate,
    sampling.DynamicSampler,
    balance_rate.BalanceRate, sampling.ClassBalance, band_rate.BandRate, sampling.ErrorBandSampler,
    cost_rate.CostRate, sampling.ExampleCosts,
    curve.Curve, decayed.Decayed, draw.Draw, event_times.EventTimes, platt.PlattScalings, score_rate.ScoreRate,
    uniform_rate.UniformRate, metric_sums.LossSums, metric_sums.RatioSums, metric_sums.ProbabilityWindow,
    metric_sums.MetricSums, log_histogram.LogHistogram, prior_bank.PriorBank, stats.ClassPrior, stats.DecayedMean,
    stats.DecayedCount, stats.DecayedQuantiles, calibration.Platt, calibration.PlattMixture,
    sampling.ScoreUnderSampler, sampling.UnderSampler, linear_model.LogisticRegression, linear_model.SoftmaxRegression,
    SampledClassifier, CalibratedClassifier, GuardedClassifier, ServedMetrics, metrics.AveragePrecision,
    metrics.BaseRate, metrics.CalibrationRatio, metrics.LogLoss, metrics.NormalizedEntropy,
]
P = {False: 0.5, True: 0.5}
X = {"a": 1.0}
ARGUMENTS = [
    (), (True,), (0.5,), (1e300,), (0.5, True), (0.5, True, 2.0), (True, 0.5, 2.0), (0.5, 0.5, 0.5, True),
    ({}, P), ({}, True, P, P), ({}, False, P, P, 2.0), ({}, {"a": 0.5, "b": 0.5}), (P, True, 1.0), (None,), (X,),
    (X, True), (X, True, 0.5),
]
kind = KINDS[int(sys.argv[1])]
for name in dir(kind):
    if name in ("__class__", "__init_subclass__", "__subclasshook__", "__del__", "__init__"):
        continue
    for more in [*ARGUMENTS, "itself"]:
        made = kind.__new__(kind)
        for _ in range(3):
            try:
                found = getattr(made, name)
                if callable(found):
                    found(*((kind.__new__(kind),) if more == "itself" else more))
            except Exception as error:
                pass
print("alive")
"""


@pytest.mark.parametrize("kind", range(55))
def test_no_method_crashes(kind: int) -> None:
    child = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(kind)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (child.returncode, child.stdout.splitlines()[-1:]) == (0, ["alive"]), child.stderr[-2_000:]
