"""Every public estimator, as instances: one line adds one to River's checks and to the compositions.

The name's first word is the class; with "weighted" in it, learning honours `w`, otherwise refuses it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from river import linear_model as river_linear
from river import naive_bayes, preprocessing, tree

from streamimb import (
    CalibratedClassifier,
    GuardedClassifier,
    SampledClassifier,
    ThresholdedClassifier,
    WithFeatures,
    calibration,
    decision,
    ensemble,
    linear_model,
    sampling,
)
from streamimb import (
    tree as own_tree,
)

Own = linear_model.LogisticRegression


def pipeline() -> Any:
    return preprocessing.StandardScaler() | river_linear.LogisticRegression()


def sampled(
    classifier: Any, sampler: Any = None, correction: str = "auto", anchor: str = "live"
) -> SampledClassifier:
    return SampledClassifier(classifier, sampler, correction, anchor, seed=42)


def boosted(companion: Any = None) -> Any:
    return own_tree.RollingBoostingClassifier(companion, n_trees=10, ring_size=400, every=20, hash_bits=8)


ESTIMATORS: dict[str, Callable[[], Any]] = {
    "LogisticRegression weighted": Own,
    "LogisticRegression weighted one rate": lambda: Own(learning_rates=(0.2,), hash_bits=10),
    "LogisticGAM weighted": linear_model.LogisticGAM,
    "LogisticGAM weighted one rate": lambda: linear_model.LogisticGAM((0.2,), hash_bits=10),
    "LogisticGAM weighted pairs": lambda: linear_model.LogisticGAM(
        (0.2,), hash_bits=10, interactions="pairs"
    ),
    "SampledClassifier weighted curves": lambda: sampled(linear_model.LogisticGAM()),
    "SoftmaxRegression weighted": linear_model.SoftmaxRegression,
    "SoftmaxRegression weighted one rate": lambda: linear_model.SoftmaxRegression((0.2,), hash_bits=10),
    "SoftmaxGAM weighted": linear_model.SoftmaxGAM,
    "SoftmaxGAM weighted one rate": lambda: linear_model.SoftmaxGAM((0.2,), hash_bits=10),
    "SoftmaxGAM weighted pairs": lambda: linear_model.SoftmaxGAM((0.2,), hash_bits=10, interactions="pairs"),
    "NormalizedHead weighted": lambda: linear_model.NormalizedHead(linear_model.SoftmaxRegression()),
    "RollingBoostingClassifier weighted": boosted,
    "RollingBoostingClassifier weighted companion": lambda: boosted(Own()),
    "HoeffdingTreeClassifier weighted": lambda: own_tree.HoeffdingTreeClassifier(5.0, hash_bits=8),
    "SampledClassifier weighted Hoeffding": lambda: sampled(
        own_tree.HoeffdingTreeClassifier(5.0, split_criterion="information", hash_bits=8)
    ),
    "SampledClassifier weighted boosted": lambda: sampled(boosted(Own())),
    "SampledClassifier weighted default": lambda: sampled(Own()),
    "SampledClassifier weighted classes": lambda: sampled(linear_model.SoftmaxRegression()),
    "SampledClassifier weighted curves of classes": lambda: sampled(linear_model.SoftmaxGAM()),
    "SampledClassifier weighted pipeline classes": lambda: sampled(
        preprocessing.StandardScaler() | linear_model.SoftmaxRegression(), sampling.UnderSampler(share=0.4)
    ),
    "SampledClassifier weighted frozen": lambda: sampled(
        Own(), sampling.UnderSampler(share=0.4), anchor="frozen"
    ),
    "SampledClassifier weighted keep rate": lambda: sampled(Own(), sampling.UnderSampler(keep_rate=0.3)),
    "SampledClassifier weighted score keep rate": lambda: sampled(
        Own(), sampling.ScoreUnderSampler(keep_rate=0.3)
    ),
    "SampledClassifier weighted over": lambda: sampled(Own(), sampling.OverSampler()),
    "SampledClassifier weighted length": lambda: sampled(Own(), sampling.ScoreUnderSampler(criterion="L")),
    "SampledClassifier weighted product": lambda: sampled(
        Own(), sampling.Product(sampling.UnderSampler(keep_rate=0.5), sampling.OverSampler())
    ),
    "SampledClassifier weighted effective": lambda: sampled(Own(), sampling.ClassWeights("effective_number")),
    "SampledClassifier weighted both": lambda: sampled(Own(), sampling.BothSampler(0.4, 0.5)),
    "SampledClassifier weighted pipeline over": lambda: sampled(pipeline(), sampling.OverSampler(0.4)),
    "SampledClassifier weighted class weights": lambda: sampled(Own(), sampling.ClassWeights()),
    "SampledClassifier weighted balance": lambda: sampled(Own(), sampling.ClassBalance("over")),
    "SampledClassifier weighted clusters": lambda: sampled(Own(), sampling.ClusterSampler(budget=0.5)),
    "SampledClassifier weighted density ratio": lambda: sampled(Own(), sampling.DensityRatio()),
    "SampledClassifier weighted dynamic": lambda: sampled(Own(), sampling.DynamicSampler(budget=0.5)),
    "SampledClassifier weighted error band": lambda: sampled(Own(), sampling.ErrorBandSampler(0.3)),
    "SampledClassifier weighted costs": lambda: sampled(Own(), sampling.ExampleCosts(5.0, "length")),
    "SampledClassifier weighted by weight": lambda: sampled(
        Own(), sampling.UnderSampler(share=0.4), "weight"
    ),
    "SampledClassifier weighted by prior": lambda: sampled(Own(), sampling.UnderSampler(share=0.4), "prior"),
    "SampledClassifier weighted pipeline": lambda: sampled(pipeline(), sampling.UnderSampler(share=0.4)),
    "SampledClassifier weighted pipeline score": lambda: sampled(pipeline()),
    "SampledClassifier weighted pipeline own": lambda: sampled(preprocessing.StandardScaler() | Own()),
    "SampledClassifier weighted pipeline class weights": lambda: sampled(
        pipeline(), sampling.ClassWeights(((False, 0.5), (True, 3.0)))
    ),
    "SampledClassifier bayes": lambda: sampled(naive_bayes.GaussianNB(), sampling.UnderSampler(share=0.4)),
    "SampledClassifier bayes score": lambda: sampled(naive_bayes.GaussianNB()),
    "SampledClassifier weighted tree": lambda: sampled(
        tree.HoeffdingTreeClassifier(grace_period=50), sampling.UnderSampler(share=0.4)
    ),
    "CalibratedClassifier weighted default": lambda: CalibratedClassifier(Own()),
    "CalibratedClassifier weighted Platt": lambda: CalibratedClassifier(pipeline(), calibration.Platt()),
    "CalibratedClassifier bayes": lambda: CalibratedClassifier(naive_bayes.GaussianNB()),
    "CalibratedClassifier weighted sampled": lambda: CalibratedClassifier(sampled(Own())),
    "CalibratedClassifier weighted sampled pipeline": lambda: CalibratedClassifier(
        sampled(pipeline(), sampling.UnderSampler(share=0.4)), calibration.PlattMixture()
    ),
    "CalibratedClassifier weighted sampled classes": lambda: CalibratedClassifier(
        sampled(linear_model.SoftmaxRegression())
    ),
    "AdaptiveRandomForestClassifier weighted": lambda: ensemble.AdaptiveRandomForestClassifier(
        Own(), 2, seed=1
    ),
    "CostSensitiveForestClassifier weighted classes": lambda: ensemble.CostSensitiveForestClassifier(
        linear_model.SoftmaxRegression(), 2, seed=1
    ),
    "UOBClassifier weighted": lambda: ensemble.UOBClassifier(Own(), 2, seed=1),
    "UOBClassifier bayes": lambda: ensemble.UOBClassifier(naive_bayes.GaussianNB(), 2, seed=1),
    "UOBClassifier weighted classes": lambda: ensemble.UOBClassifier(
        linear_model.SoftmaxRegression(), 2, seed=1
    ),
    "OOBClassifier weighted tree": lambda: ensemble.OOBClassifier(
        tree.HoeffdingTreeClassifier(grace_period=50), 2, seed=1
    ),
    "BalancedBaggingClassifier weighted pipeline": lambda: ensemble.BalancedBaggingClassifier(
        pipeline(), sampling.UnderSampler(share=0.4), 2, seed=1
    ),
    "PriorExpertsClassifier weighted": lambda: ensemble.PriorExpertsClassifier(Own(), seed=1),
    "PriorExpertsClassifier weighted classes": lambda: ensemble.PriorExpertsClassifier(
        linear_model.SoftmaxRegression(), (0.0, 1.0), seed=1
    ),
    "ThresholdedClassifier weighted": lambda: ThresholdedClassifier(Own()),
    "ThresholdedClassifier weighted budget": lambda: ThresholdedClassifier(
        CalibratedClassifier(sampled(Own())), decision.AlertBudget(share=0.3)
    ),
    "ThresholdedClassifier weighted pipeline": lambda: ThresholdedClassifier(
        pipeline(), decision.FBetaThreshold()
    ),
    "WithFeatures weighted": lambda: WithFeatures(Own()),
    "WithFeatures weighted pipeline": lambda: WithFeatures(pipeline()),
    "WithFeatures bayes": lambda: WithFeatures(naive_bayes.GaussianNB()),
    "WithFeatures weighted sampled classes": lambda: WithFeatures(sampled(linear_model.SoftmaxRegression())),
    "GuardedClassifier weighted default": lambda: GuardedClassifier(Own()),
    "GuardedClassifier weighted pipeline": lambda: GuardedClassifier(pipeline()),
    "GuardedClassifier bayes": lambda: GuardedClassifier(naive_bayes.GaussianNB()),
    "GuardedClassifier weighted all": lambda: GuardedClassifier(CalibratedClassifier(sampled(Own()))),
    "GuardedClassifier weighted all pipeline": lambda: GuardedClassifier(
        CalibratedClassifier(sampled(pipeline(), sampling.UnderSampler(share=0.4)))
    ),
}
