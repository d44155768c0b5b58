"""A keep rate that somebody else moves while the base rate moves sevenfold: every learner and route.

Beside the routes stand three ways of knowing the keep rate for the correction p / (p + (1 - p) / rate), as they are
written by hand: the share of negatives kept over the lifetime, the rate of now, and the share over the learner's own
memory. "two clocks, matched" is `correction.PriorRatio` with the learner's own memory in place of 2,000 learned copies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from river import base, naive_bayes, preprocessing, tree
from river import linear_model as river_linear_model

from benchmarks import streams
from benchmarks.cell_counts import MEMORY, CellCounts
from benchmarks.scores import WARM_UP, normalised_entropy, ratio, tenths
from streamimb import CalibratedClassifier, SampledClassifier, linear_model
from streamimb.compose.capabilities import honours_weight, takes_offset
from streamimb.correction import PriorRatio
from streamimb.protocols import Label, Proba
from streamimb.sampling import UnderSampler

LAWS = (*streams.KEEP_RATES, "controlled")
HAND = ("lifetime counts", "current rate", "matched rate", "two clocks, matched")
CALIBRATED = ", calibrated"


class Learner(NamedTuple):
    """A learner; the length and the number of features of its streams, which its cost decides."""

    make: Callable[[], Any]
    n: int
    features: int


LEARNERS = {
    "LogisticRegression": Learner(linear_model.LogisticRegression, 100_000, 6),
    "SoftmaxRegression": Learner(linear_model.SoftmaxRegression, 60_000, 6),
    "River scaler|LogisticRegression": Learner(
        lambda: preprocessing.StandardScaler() | river_linear_model.LogisticRegression(), 60_000, 3
    ),
    "River GaussianNB": Learner(naive_bayes.GaussianNB, 30_000, 2),
    "River HoeffdingTreeClassifier": Learner(tree.HoeffdingTreeClassifier, 60_000, 3),
    "cell counts": Learner(CellCounts, 100_000, 2),
}


class CountingRatio(base.Base):
    """`PriorRatio`, and the number of copies that it gave."""

    needs_rates = False
    same_rate_for_all_x = True

    def __init__(self) -> None:
        self._ratio = PriorRatio()
        self.copies = 0.0

    def correct_one(self, p: Proba, rates: Proba, prior: Proba) -> dict[Any, float]:
        return self._ratio.correct_one(p, rates, prior)

    def give_one(self, y: Label, rate: float, w: float, copies: float) -> float:
        self.copies += copies
        return self._ratio.give_one(y, rate, w, copies)


class Counts(NamedTuple):
    """Negatives of the stream and kept ones, over the lifetime and over a memory; learned positives over the memory."""

    all: float = 1.0
    kept: float = 1.0
    recent: float = 1.0
    recent_kept: float = 1.0
    recent_positives: float = 1.0

    def after(self, y: bool, copies: float) -> Counts:
        fade = 1.0 - 1.0 / MEMORY
        mass, kept, positives = (0.0, 0.0, 1.0) if y else (1.0, copies, 0.0)
        return Counts(
            self.all + mass,
            self.kept + kept,
            self.recent * fade + mass,
            self.recent_kept * fade + kept,
            self.recent_positives * fade + positives,
        )

    def factors(self, rate: float, base_rate: float) -> tuple[float, ...]:
        """By what each way written by hand multiplies the odds, in the order of `HAND`."""
        learned = self.recent_positives / self.recent_kept
        return (
            self.kept / self.all,
            rate,
            self.recent_kept / self.recent,
            base_rate / (1.0 - base_rate) / learned,
        )


def corrected_by(p: float, factor: float) -> float:
    """The probability with odds of p times the factor."""
    return p * factor / (p * factor + 1.0 - p) if 0.0 < p < 1.0 else p


def ways(learner: str) -> tuple[str, ...]:
    """The ways of correcting a learner; those of ours also behind the calibrator."""
    classifier = LEARNERS[learner].make()
    routes = ["offset"] * takes_offset(classifier) + ["prior"] + ["weight"] * honours_weight(classifier)
    return (*(f"{route}{way}" for route in routes for way in ("", CALIBRATED)), *HAND, "no correction")


def driven(inner: SampledClassifier, law: str, stream: streams.Stream) -> Iterator[tuple[Any, bool, float]]:
    """The scores of each event, its label, and the keep rate at which it was learned."""
    sampler: Any = inner.sampler
    fade = getattr(inner.classifier, "fade_one", lambda: None)  # of a learner that forgets with every event
    model, n = CalibratedClassifier(inner), len(stream.y)
    for i, (x, y) in enumerate(stream.rows()):
        if law != "controlled":
            sampler.keep_rate = streams.keep_rate(law, i / n)
        yield model.score_learn_one(x, y), y, inner.last_rates[False]
        fade()


def moved(learner: str, law: str, seed: int) -> dict[str, float]:
    """For each way of correcting: mean p / mean true P, mean |log ratio| of tenths, NE above the oracle's."""
    make, n, features = LEARNERS[learner]
    stream = streams.regime("drift", seed, n, features)
    said: dict[str, list[float]] = {}

    def sampled(correction: Any) -> SampledClassifier:
        controlled = law == "controlled"
        sampler = UnderSampler(share=streams.CONTROLLED_SHARE) if controlled else UnderSampler(keep_rate=1.0)
        return SampledClassifier(make(), sampler, correction, seed=seed)

    for route in {"offset", "weight"} & set(ways(learner)):
        alone, calibrated = (said.setdefault(key, []) for key in (route, f"{route}{CALIBRATED}"))
        for scores, _, _ in driven(sampled(route), law, stream):
            alone.append(scores.corrected)
            calibrated.append(scores.calibrated)
    ratio_of_priors, counts, before = CountingRatio(), Counts(), 0.0
    model, base_rate = sampled(ratio_of_priors), 0.05
    columns = [said.setdefault(key, []) for key in ("prior", f"prior{CALIBRATED}", *HAND, "no correction")]
    for scores, y, rate in driven(model, law, stream):
        hand = [corrected_by(scores.raw, factor) for factor in counts.factors(rate, base_rate)]
        for column, p in zip(columns, (scores.corrected, scores.calibrated, *hand, scores.raw), strict=True):
            column.append(p)
        counts = counts.after(y, ratio_of_priors.copies - before)
        before = ratio_of_priors.copies
        base_rate = model._prior.rate
    oracle = normalised_entropy(stream.y, stream.p)
    measures = {}
    for name, served in ((name, np.array(answers)) for name, answers in said.items()):
        measures[f"{name} ratio"] = ratio(served[WARM_UP:], stream.p[WARM_UP:])
        measures[f"{name} tenths"] = tenths(served, stream.p)
        measures[f"{name} regret"] = normalised_entropy(stream.y, served) - oracle
    for name in HAND:
        measures[f"prior - {name}"] = measures["prior regret"] - measures[f"{name} regret"]
    return measures
