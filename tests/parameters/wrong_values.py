"""Each parameter of each public constructor, with values that it must refuse."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from streamimb import (
    CalibratedClassifier,
    Field,
    GuardedClassifier,
    SampledClassifier,
    Schema,
    ThresholdedClassifier,
    WithFeatures,
    calibration,
    correction,
    decision,
    drift,
    ensemble,
    linear_model,
    sampling,
    stats,
)


class Own(float):
    """A number of one's own."""


class Pair(tuple[Any, ...]):
    """A tuple of one's own."""


NO_NUMBER: tuple[Any, ...] = (
    "0.2",
    True,
    None,
    math.nan,
    math.inf,
    -math.inf,
    [1.0],
    (1.0,),
    {},
    1j,
    np.True_,
    object,
    # what no snapshot could write
    Fraction(1, 2),
    Decimal("0.5"),
    Own(0.5),
    np.timedelta64(1, "s"),
)
NO_COUNT = (*NO_NUMBER, 1.5, -1, 0, 2**63, 10**30)
NO_RATE = (*NO_NUMBER, -0.1, 0.0, 1.5)
NO_SIZE = (*NO_NUMBER, -1.0, 0.0, 10**400)
NO_TUPLE = (
    0.2,
    "0.2",
    None,
    True,
    [0.2],
    {0.2},
    np.array([5.0]),
    (),
    (0.2, "a"),
    (5.0, True),
    (math.nan,),
    (-1.0,),
    (Fraction(5),),
    (Own(5.0),),
    Pair((5.0,)),
)
NO_BOOL = (0, 1, "yes", None, math.nan)
NO_N_MODELS = (0, 1.5, "3", True, math.nan, 1_001)
NO_PRIOR: tuple[Any, ...] = (
    0.0,
    1.0,
    -0.1,
    float("nan"),
    True,
    None,
    "a",
    stats.ClassPrior,
    sampling.ClassWeights(),
    {},
)
NO_FIRST: tuple[Any, ...] = (-1, 1.0, 10**16, None, True, "5")
NO_PART: tuple[Any, ...] = ("auto", 1, None, stats.ClassPrior, object(), {}, sampling.UnderSampler(share=0.2))

NO_SAMPLER: tuple[Any, ...] = ("auto", None, 1, sampling.UnderSampler, object(), {}, calibration.Platt())

learner = linear_model.LogisticRegression


def but_none(wrong: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(value for value in wrong if value is not None)


NO_WORD: tuple[Any, ...] = ("", "other", 1, None, True, ("ons",), b"zero")
NO_CALIBRATOR: tuple[Any, ...] = (
    None,
    "Platt",
    1,
    calibration.Platt,
    stats.ClassPrior(),
    calibration.Temperature(),
)
NO_SEED = (*NO_NUMBER, 1.5, -1, 2**64)
RESERVOIR = {
    "size": (*NO_COUNT, 2**20 + 1),
    "event_bytes": (*NO_COUNT, 2**24 + 1),
    "seed": NO_SEED,
}

# constructor, its other parameters -> wrong values of each parameter
WRONG: list[tuple[Callable[..., Any], dict[str, Any], dict[str, tuple[Any, ...]]]] = [
    (
        stats.ClassPrior,
        {},
        {
            **dict.fromkeys(("half_life", "floor_half_life", "cut", "prior_weight"), NO_SIZE),
            "prior": (*NO_RATE, 1.0),
        },
    ),
    (stats.ADWIN, {}, {"delta": (*NO_RATE, 1.0), "clock": (*NO_COUNT, 2**41)}),
    (stats.ImbalanceTracker, {}, {"half_life": NO_SIZE}),
    (stats.LabelFreePrior, {}, {"prior": (*NO_RATE, 1.0), "window": (*NO_SIZE, 99.0)}),
    *[
        (kind, {}, {"decay": (*NO_RATE, 1.0), "limit": NO_SIZE, "odds_ratio": NO_SIZE})
        for kind in (drift.DDMOCI, drift.LFR)
    ],
    (
        drift.ClassConditionalDrift,
        {},
        {"delta": (*NO_RATE, 1.0), "odds_ratio": NO_SIZE, "least_ratio": NO_SIZE, "expected": NO_BOOL},
    ),
    (drift.CalibrationDrift, {}, {"half_life": NO_SIZE, "z": (*NO_SIZE, 101.0)}),
    (drift.LabelDelayDrift, {}, {"delta": (*NO_RATE, 1.0)}),
    (
        drift.ForeignDetector,
        {"detector": stats.ADWIN()},
        {"detector": ("ADWIN", 1, stats.ADWIN), "of": ("labels", 1, None)},
    ),
    (
        drift.FeatureDrift,
        {},
        {
            "every": (*NO_COUNT, 2**21),
            "block": (*NO_COUNT, 49),
            "z": (*NO_SIZE, 101.0),
            "max_fields": (*NO_COUNT, 2**16 + 1),
        },
    ),
    (
        drift.PAUCPageHinkley,
        {},
        {"window": (*NO_COUNT, 49), "tolerance": (*NO_NUMBER, -0.1, 1.0), "limit": NO_SIZE},
    ),
    (
        drift.ScoreDrift,
        {},
        {
            "half_life": NO_SIZE,
            "odds_ratio": (*NO_SIZE, 1.0),
            "limit": NO_SIZE,
            "psi": NO_SIZE,
            "least_ratio": NO_SIZE,
        },
    ),
    (stats.DecayedMean, {}, {"half_life": NO_SIZE}),
    (stats.DecayedCount, {}, {"half_life": NO_SIZE}),
    (stats.UniformReservoir, {}, RESERVOIR),
    (stats.WeightedReservoir, {}, RESERVOIR),
    (stats.RecencyReservoir, {}, {**RESERVOIR, "half_life": (*NO_SIZE, 346.0)}),
    (calibration.Beta, {}, {"method": NO_WORD, "memory": (*but_none(NO_SIZE), 1.0)}),
    (
        calibration.Calibeating,
        {"calibrator": calibration.Platt()},
        {"calibrator": NO_CALIBRATOR, "bins": NO_WORD, "half_life": but_none(NO_SIZE)},
    ),
    (
        calibration.Hedged,
        {"calibrator": calibration.Platt()},
        {"calibrator": NO_CALIBRATOR, "scale": NO_WORD, "seed": NO_SEED},
    ),
    (calibration.Histogram, {}, {"bins": NO_WORD, "half_life": but_none(NO_SIZE)}),
    (calibration.Intercept, {}, {"memory": (*NO_SIZE, 1.0)}),
    (calibration.Isotonic, {}, {"window": (*NO_COUNT, 19, 1_000_001)}),
    (calibration.OnlinePlatt, {}, {"start": NO_WORD}),
    (
        calibration.Segmented,
        {"calibrator": calibration.Platt(), "by": "country"},
        {
            "calibrator": (*NO_CALIBRATOR, calibration.Segmented(calibration.Platt(), "country")),
            "by": (None, 1, "", ("a",), calibration.Platt),
            "shrinkage": (*NO_NUMBER, -1.0, 1e10),
            "max_segments": (*NO_COUNT, 1_000_001),
        },
    ),
    (calibration.Temperature, {}, {"memory": (*NO_SIZE, 1.0)}),
    (calibration.VectorScaling, {}, {"memory": (*NO_SIZE, 1.0), "rho": (-0.1, 1.1, math.nan, "a", None)}),
    (calibration.VennAbers, {}, {"window": (*NO_COUNT, 19, 1_000_001)}),
    (calibration.Platt, {}, {"memory": (*NO_SIZE, 1.0)}),
    (calibration.PlattMixture, {}, {"memories": (*NO_TUPLE, (1.0,)), "switch": (*NO_RATE, 1.0)}),
    (
        sampling.UnderSampler,
        {},
        {"share": (*but_none(NO_RATE), 1.0), "keep_rate": but_none(NO_RATE), "keep_first": NO_FIRST},
    ),
    (
        sampling.ScoreUnderSampler,
        {},
        {
            "share": (*but_none(NO_RATE), 1.0),
            "keep_rate": but_none(NO_RATE),
            "mix": (*NO_RATE, 0.001),
            "criterion": ("A", None, 1, ["L"]),
            "keep_first": NO_FIRST,
        },
    ),
    (sampling.OverSampler, {}, {"share": (*NO_RATE, 1.0), "max_copies": (*NO_SIZE, 0.5, 2e6)}),
    (
        sampling.BothSampler,
        {},
        {"share": (*NO_RATE, 1.0), "budget": (*NO_SIZE, 1e-6), "max_copies": (*NO_SIZE, 0.5, 2e6)},
    ),
    (
        sampling.Product,
        {"first": sampling.UnderSampler(share=0.1), "second": sampling.UnderSampler(share=0.2)},
        {"first": NO_SAMPLER, "second": NO_SAMPLER},
    ),
    (
        sampling.ClassBalance,
        {},
        {
            "method": ("both", None, 1),
            "copies": (0.0, 101.0, "a", math.nan, None),
            "memory": (1.0, 0, 1e10, math.nan, "a"),
        },
    ),
    (
        sampling.ClusterSampler,
        {"budget": 0.1},
        {"budget": (0.0, 11.0, "a"), "n_clusters": (0, 33, 2.5, "a"), "max_copies": (0.5, 1e4, math.nan)},
    ),
    (sampling.DensityRatio, {}, {"max_weight": (0.5, 1e7, math.nan, "a")}),
    (
        sampling.DynamicSampler,
        {"budget": 0.1},
        {"budget": (0.0, 11.0, math.nan, "a"), "metric": ("auc", None), "max_copies": (0.5, 1e4, math.nan)},
    ),
    (
        sampling.ErrorBandSampler,
        {"mu": 0.3},
        {
            "mu": (-0.1, 1.1, math.nan, "a"),
            "sigma": (0.0, 11.0, math.nan),
            "share": (*NO_RATE, 1.0),
            "mix": (*NO_RATE, 0.001),
        },
    ),
    (
        sampling.ExampleCosts,
        {"miss": 1.0},
        dict.fromkeys(("miss", "false_alarm"), (0.0, -1.0, 1e16, math.nan, "", {})),
    ),
    (
        sampling.ClassWeights,
        {},
        {
            "weights": (
                {True: 10.0},
                [(True, 10.0)],
                (),
                10.0,
                "heavy",
                (True, 10.0),
                ("ab",),
                ((True, 1.0, 2.0),),
                ((True, 1.0), (True, 2.0)),
                ((True, 1.0), (1, 2.0)),
                (([1], 1.0),),
                Pair(((True, 1.0),)),
                (Pair((True, 1.0)),),
                None,
                "Balanced",
            ),
            "beta": (0.5, 1.0, -0.1, math.nan, "0.9", True),
        },
    ),
    (correction.FrozenAnchor, {}, {"prior": NO_PRIOR, "after": NO_COUNT}),
    (correction.PriorRatio, {}, {"draws": NO_BOOL}),
    (correction.RateRatio, {}, {"draws": NO_BOOL}),
    (correction.Weight, {}, {}),
    (stats.DecayedQuantiles, {}, {"half_life": NO_SIZE}),
    (
        Field,
        {},
        {
            "type": ("numbr", None, 1, float),
            "nullable": NO_BOOL,
            "coerce": NO_BOOL,
            "min": but_none(NO_NUMBER),
            "max": but_none(NO_NUMBER),
            "default": ("a", True, math.nan, math.inf, [1.0], 1j, Fraction(1, 2), Own(0.5)),
        },
    ),
    (Schema, {}, {"fields": (None, "a", 1, [Field()], Field(), {"a": "number"}, {"a": None}, {"a": Field})}),
    (
        SampledClassifier,
        {"classifier": learner()},
        {
            "classifier": (None, "a", learner, stats.ClassPrior()),
            "sampler": (0.2, "a", sampling.UnderSampler, {}),
            "correction": ("of", None, 1, {}),
            "anchor": ("of", None, 1, {}),
            "prior": NO_PRIOR,
            "seed": (1.5, "1", True, math.nan, [1]),
            "synthesizer": (0.5, "a", {}, Field),
            "copies": ("of", None, 1, True),
        },
    ),
    *(
        (
            kind,
            {},
            {
                "model": ("a", 1, learner, stats.ClassPrior()),
                **({} if kind is ensemble.PriorExpertsClassifier else {"n_models": NO_N_MODELS}),
                **own,
                "correction": ("of", None, 1, {}),
                "prior": (0.0, 1.0, "0.1", math.nan, None),
                "seed": (1.5, "1", True, math.nan, [1]),
            },
        )
        for kind, own in (
            (ensemble.UOBClassifier, {"memory": (1.0, "a", math.nan, 1e10)}),
            (ensemble.OOBClassifier, {"memory": (1.0, "a", math.nan, 1e10)}),
            (
                ensemble.PriorExpertsClassifier,
                {"taus": (1.0, (), ("a",), (math.nan,), (4.0,)), "switch": (0.2, -0.1, "a", math.nan, None)},
            ),
            (ensemble.BalancedBaggingClassifier, {"sampler": (0.2, "a", sampling.UnderSampler, {})}),
            (ensemble.AdaptiveRandomForestClassifier, {"copies": (0.0, 101.0, "a", math.nan, None)}),
            (ensemble.CostSensitiveForestClassifier, {"copies": (0.0, 101.0, "a", math.nan, None)}),
        )
    ),
    (
        CalibratedClassifier,
        {"classifier": learner()},
        {
            "classifier": (None, "a", learner, stats.ClassPrior()),
            "calibrator": (50, "platt", calibration.Platt, stats.ClassPrior()),
        },
    ),
    (
        ThresholdedClassifier,
        {"classifier": learner()},
        {
            "classifier": (None, "a", learner, stats.ClassPrior()),
            "rule": (0.5, "budget", decision.AlertBudget, stats.ClassPrior()),
            "time": (5, "", 0.5),
        },
    ),
    (WithFeatures, {"classifier": learner()}, {"classifier": (None, "a", learner, stats.ClassPrior())}),
    (
        GuardedClassifier,
        {"classifier": learner()},
        {
            "classifier": (None, "a", learner, stats.ClassPrior()),
            "schema": ({"a": Field()}, Field(), "a", Schema),
            **dict.fromkeys(("warm_up", "max_features", "max_text"), NO_COUNT),
        },
    ),
]
