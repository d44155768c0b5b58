"""What OverSampler and BothSampler train on: the odds of the copies over their target, by the true P of each event.

A run is a stream whose true P is known, and a class prior that follows its labels, as the wrapper keeps it. No learner
takes part, because the rates of these samplers do not depend on one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmarks import streams
from streamimb.sampling import BothSampler, OverSampler
from streamimb.stats import ClassPrior

BUDGET = 0.1


def trained_odds(kind: str, n: int, seed: int) -> dict[str, float]:
    """Odds, share and copies of both samplers over their targets, and the odds of the tenths furthest from it.

    Rates are summed, not drawn copies, and the true P, not labels, so that the figures have no noise of their own.
    """
    stream = streams.regime(kind, seed, n, features=2)
    over, both, prior = OverSampler(share=0.2), BothSampler(share=0.5, budget=BUDGET), ClassPrior()
    rates = np.empty((n, 4))
    for i, (p, y) in enumerate(zip(stream.p.tolist(), stream.y.tolist(), strict=True)):
        now, said = prior.get(), {False: 1.0 - p, True: p}
        copied, mixed = over.rates_one({}, said, now), both.rates_one({}, said, now)
        rates[i] = copied[False], copied[True], mixed[False], mixed[True]
        over.learn_one({}, y, said, copied, now)
        both.learn_one({}, y, said, mixed, now)
        prior.update(y, 1.0)
    mass = rates * np.column_stack((1.0 - stream.p, stream.p) * 2)  # of both classes, by sampler
    tenths = [4.0 * odds(part[:, :2]) for part in np.array_split(mass, 10)]
    return {
        "over": 4.0 * odds(mass[:, :2]),
        "highest": max(tenths),
        "lowest": min(tenths),
        "over copies": float(mass[:, :2].sum() / n),
        "both share": 2.0 * float(mass[:, 3].sum() / mass[:, 2:].sum()),
        "both copies": float(mass[:, 2:].sum() / n) / BUDGET,
    }


def odds(mass: NDArray[np.float64]) -> float:
    """The mass of the positives over that of the negatives."""
    negatives, positives = mass.sum(axis=0)
    return float(positives / negatives)
