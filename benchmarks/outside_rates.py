"""A keep rate that somebody else moves while the base rate moves sevenfold: every learner and route.

Beside the routes stand three ways of knowing the keep rate for the correction p / (p + (1 - p) / rate), as they are
written by hand: the share of negatives kept over the lifetime, the rate of now, and the share over the learner's own
memory.
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
SHARE = 1.0 / 6.0  # of the positives among the learned, where the sampler controls the rate
HAND = ("lifetime counts", "current rate", "matched rate")


class Learner(NamedTuple):
    """A learner; the length and the number of features of its streams, which its cost decides."""

    make: Callable[[], Any]
    n: int
    features: int


LEARNERS = {
    "LogisticRegression": Learner(linear_model.LogisticRegression, 100_000, 12),
    "SoftmaxRegression": Learner(linear_model.SoftmaxRegression, 100_000, 12),
    "River scaler|LogisticRegression": Learner(
        lambda: preprocessing.StandardScaler() | river_linear_model.LogisticRegression(), 60_000, 6
    ),
    "River GaussianNB": Learner(naive_bayes.GaussianNB, 60_000, 6),
    "River HoeffdingTreeClassifier": Learner(tree.HoeffdingTreeClassifier, 60_000, 6),
    "cell counts": Learner(CellCounts, 200_000, 6),
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
    """Negatives of the stream and kept ones, over the lifetime and over a memory."""

    all: float = 1.0
    kept: float = 1.0
    recent: float = 1.0
    recent_kept: float = 1.0

    def after(self, y: bool, copies: float) -> Counts:
        fade = 1.0 - 1.0 / MEMORY
        mass, kept = (0.0, 0.0) if y else (1.0, copies)
        return Counts(
            self.all + mass, self.kept + kept, self.recent * fade + mass, self.recent_kept * fade + kept
        )


def corrected_by(p: float, rate: float) -> float:
    """The probability on the stream of one learned from negatives kept at this rate."""
    return p * rate / (p * rate + 1.0 - p) if 0.0 < p < 1.0 else p


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
        sampler = UnderSampler(share=SHARE) if law == "controlled" else UnderSampler(keep_rate=1.0)
        return SampledClassifier(make(), sampler, correction, seed=seed)

    for name in ["offset"] * takes_offset(make()) + ["weight"] * honours_weight(make()):
        alone, calibrated = (said.setdefault(key, []) for key in (name, f"{name}, calibrated"))
        for scores, _, _ in driven(sampled(name), law, stream):
            alone.append(scores.corrected)
            calibrated.append(scores.calibrated)
    route, counts, before = CountingRatio(), Counts(), 0.0
    columns = [said.setdefault(key, []) for key in ("prior", "prior, calibrated", *HAND, "no correction")]
    for scores, y, rate in driven(sampled(route), law, stream):
        rates = (counts.kept / counts.all, rate, counts.recent_kept / counts.recent)
        hand = [corrected_by(scores.raw, value) for value in rates]
        for column, p in zip(columns, (scores.corrected, scores.calibrated, *hand, scores.raw), strict=True):
            column.append(p)
        counts, before = counts.after(y, route.copies - before), route.copies
    oracle = normalised_entropy(stream.y, stream.p)
    measures = {}
    for name, p in said.items():
        served = np.array(p)
        measures[f"{name} ratio"] = ratio(served[WARM_UP:], stream.p[WARM_UP:])
        measures[f"{name} tenths"] = tenths(served, stream.p)
        measures[f"{name} regret"] = normalised_entropy(stream.y, served) - oracle
    return measures
