"""Whole models, one function for each `[model] recipe`: a learner, sampled by score, corrected and calibrated."""

from __future__ import annotations

from typing import Any

from streamimb.compose.calibrated import CalibratedClassifier
from streamimb.compose.sampled import SampledClassifier
from streamimb.linear_model import LogisticGAM, LogisticRegression, SoftmaxGAM, SoftmaxRegression
from streamimb.parameters import refuse
from streamimb.sampling import ScoreUnderSampler
from streamimb.stats import ClassPrior
from streamimb.tree import RollingBoostingClassifier


def default(
    prior: float | ClassPrior = 0.05, seed: int | None = None, classes: bool = False
) -> CalibratedClassifier:
    """Return the additive learner: the effect of each number may be any curve, mixed with a linear learner.

    `SampledClassifier(linear_model.LogisticGAM())` with the default sampler and correction, behind
    `calibration.PlattMixture()`. Where labels are other `classes` than True and False, the learner is
    `linear_model.SoftmaxGAM()`. `prior` and `seed` are those of `SampledClassifier`.

    **Cost**: about 4 µs for 15 numbers, predicted and learned.

    Parameters
    ----------
    prior
        P(True) until the first negative has come, in (0, 1), or a `stats.ClassPrior`.
    seed
        Seed of the draws, a whole number; None: one from the system's entropy.
    classes
        True where labels are other classes than True and False, else False. Their names come with the labels.

    Raises
    ------
    ValueError
        For an argument of another kind, such as a list of `classes`; it names the argument.

    Examples
    --------
    >>> from streamimb.compose import recipes
    >>> model = recipes.default(prior=0.01, seed=1)
    >>> model.learn_one({"amount": 12.0, "country": "NO"}, False)
    >>> round(model.predict_proba_one({"amount": 12.0, "country": "NO"})[True], 3)
    0.008
    """
    return _around(_of(classes, LogisticGAM, SoftmaxGAM), prior, seed)


def linear(
    prior: float | ClassPrior = 0.05, seed: int | None = None, classes: bool = False
) -> CalibratedClassifier:
    """Return the linear learner: half the cost of the default, less accurate where effects are curves.

    As `default`, around `linear_model.LogisticRegression()`, or `SoftmaxRegression()` of other `classes`.

    **Cost**: about 2 µs for 15 numbers, predicted and learned.

    Examples
    --------
    >>> from streamimb.compose import recipes
    >>> model = recipes.linear(prior=0.01, seed=1)
    >>> model.learn_one({"amount": 12.0, "country": "NO"}, False)
    >>> round(model.predict_proba_one({"amount": 12.0, "country": "NO"})[True], 3)
    0.008
    """
    return _around(_of(classes, LogisticRegression, SoftmaxRegression), prior, seed)


def boosting(prior: float | ClassPrior = 0.05, seed: int | None = None) -> CalibratedClassifier:
    """Return boosted trees with the additive learner as their companion: for fields that act together.

    As `default`, around `tree.RollingBoostingClassifier(linear_model.LogisticGAM())`, with
    `sampling.ScoreUnderSampler(keep_first=5_000)`, which keeps the first 5,000 labelled events whole. Two classes only.

    **Cost**: 8 to 50 µs for 15 numbers, predicted and learned; more where more events are learned.

    Examples
    --------
    >>> from streamimb.compose import recipes
    >>> model = recipes.boosting(prior=0.01, seed=1)
    >>> model.learn_one({"amount": 12.0, "country": "NO"}, False)
    >>> round(model.predict_proba_one({"amount": 12.0, "country": "NO"})[True], 3)
    0.008
    """
    sampler = ScoreUnderSampler(keep_first=5_000)
    return _around(RollingBoostingClassifier(LogisticGAM()), prior, seed, sampler)


def _of(classes: bool, two: type[Any], many: type[Any]) -> Any:
    """The learner of two classes, or of many."""
    if not isinstance(classes, bool):
        refuse("classes", classes, "True where labels are other classes than True and False, else False")
    return many() if classes else two()


def _around(
    learner: Any, prior: float | ClassPrior, seed: int | None, sampler: ScoreUnderSampler | None = None
) -> CalibratedClassifier:
    return CalibratedClassifier(SampledClassifier(learner, sampler, prior=prior, seed=seed))
