"""The law of corrections for more than two classes: the probability of each is true, or the three are refused.

The stream has three classes by name, of shares .85, .1 and .05, and a known P of each. Its features are normal given
the class, so a linear model of the log-odds and naive Bayes with normal features are both right about it.
"""

from __future__ import annotations

import functools
import math
import random
from typing import Any, NamedTuple

from streamimb.checks.corrections import ERRORS, sampled_or_refused
from streamimb.checks.parts import require
from streamimb.compose import CalibratedClassifier, Field, GuardedClassifier, Schema

SHARES = {"common": 0.85, "medium": 0.1, "rare": 0.05}
MEANS = {"common": (0.0, 0.0), "medium": (1.2, -0.4), "rare": (-0.4, 1.6)}  # of the features a and x
NAMES = tuple(SHARES)

ROUGHLY = 1.35  # factor by which a learner of few or heavy examples may be wrong itself


class ClassRatios(NamedTuple):
    """Mean p of each class over its mean true P, after the first quarter of the stream, and its standard error."""

    raw: dict[str, float]  # of the sampled learner, without correction
    corrected: dict[str, float]
    calibrated: dict[str, float]
    standard_error: dict[str, float]  # of the number of events of the class among those judged
    kept_share: float  # copies learned per event


@functools.lru_cache(4)
def class_stream(n: int, seed: int) -> tuple[tuple[dict[str, float], str, dict[str, float]], ...]:
    """Return n events: features, class, true probabilities. `score` is a positive number without information."""
    rng = random.Random(seed)
    events = []
    for _ in range(n):
        y = rng.choices(NAMES, tuple(SHARES.values()))[0]
        a, x = (rng.gauss(mean, 1.0) for mean in MEANS[y])
        likely = {
            name: share * math.exp(-((a - MEANS[name][0]) ** 2 + (x - MEANS[name][1]) ** 2) / 2.0)
            for name, share in SHARES.items()
        }
        total = math.fsum(likely.values())
        truth = {name: each / total for name, each in likely.items()}
        events.append(({"a": a, "x": x, "score": rng.expovariate(1.0)}, y, truth))
    return tuple(events)


def class_ratios(model: Any, n: int, seed: int) -> ClassRatios:
    """Predict, then learn, the stream; `model` is a `SampledClassifier`, which is used itself."""
    schema = Schema({name: Field() for name in ("a", "x", "score")})
    outer: Any = GuardedClassifier(CalibratedClassifier(model), schema)
    said = [dict.fromkeys(NAMES, 0.0) for _ in range(3)]
    true, variance = dict.fromkeys(NAMES, 0.0), dict.fromkeys(NAMES, 0.0)
    for i, (x, y, truth) in enumerate(class_stream(n, seed)):
        served = outer.serve_learn_classes_one(x, y, NAMES, dict).by_class.p
        if i < n // 4:
            continue
        for name, p in truth.items():
            true[name] += p
            variance[name] += p * (1.0 - p)
            for total, stage in zip(said, served[name], strict=True):
                total[name] += stage
    raw, corrected, calibrated = ({name: total[name] / true[name] for name in NAMES} for total in said)
    error = {name: math.sqrt(variance[name]) / true[name] for name in NAMES}
    return ClassRatios(raw, corrected, calibrated, error, model.kept_share)


def classes_are_true_or_refused(
    sampler: Any,
    classifier: Any,
    correction: Any = "auto",
    calibrated: bool = False,
    n: int = 20_000,
    seed: int = 1,
) -> ClassRatios | None:
    """Refused at construction with the way out named; or for each class the ratio of mean p to mean true P is 1.

    Within four standard errors of the number of events of the class that are judged. The correction alone has to be
    within a factor of 1.35, or to remove at least half of the log of what sampling did, so that a calibrator cannot
    hide a correction that is omitted or applied twice.

    Parameters
    ----------
    sampler, classifier
        Of which clones are used.
    correction
        The route: "auto", "offset", "prior" or "weight", or a `protocols.Route`, which is cloned.
    calibrated
        Whether the probability behind the default calibrator is judged: where the learner has errors of its own, or
        learns few events.
    n
        Events, of which the first quarter is not judged, >= 1,000.
    seed
        Of the stream and of the draws.

    Returns
    -------
    The ratios, or None where the pair is refused.

    Raises
    ------
    LawBroken
        Naming class, ratio and what is allowed; or the refusal, where it names no way out.

    Examples
    --------
    >>> from streamimb import linear_model, sampling
    >>> sampler = sampling.UnderSampler(share=0.4)
    >>> found = classes_are_true_or_refused(sampler, linear_model.SoftmaxRegression(), n=4_000)
    >>> round(found.kept_share, 1), found.raw["rare"] > 1.5
    (0.4, True)
    """
    route = correction if isinstance(correction, str) else correction.clone()
    model = sampled_or_refused(sampler, classifier, route, seed)
    if isinstance(model, str):
        return None
    found = class_ratios(model, n, seed)
    for name in NAMES:
        allowed = ERRORS * found.standard_error[name]
        judged = (found.calibrated if calibrated else found.corrected)[name]
        raw, corrected = found.raw[name], found.corrected[name]
        beside = f"without correction it is {raw:.3f} times, seed {seed}"
        require(
            abs(judged - 1.0) <= allowed,
            f"mean p of {name!r} is {judged:.3f} times the mean true P, allowed are 1 ± {allowed:.3f}; {beside}",
        )
        half = max(abs(math.log(raw)) / 2.0, math.log(ROUGHLY))
        require(
            abs(math.log(corrected)) <= half,
            f"mean p of {name!r} is {corrected:.3f} times the mean true P after the correction alone; {beside}",
        )
    return found
