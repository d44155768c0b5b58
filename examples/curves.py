"""Curves: the additive learner beside the linear one, on a stream where fraud happens at night and at odd amounts.

    python examples/curves.py [curves.png]

draws the curves where a file is given (with matplotlib), and prints

    recipe     log loss  predicted / observed
    linear       0.1481                  1.01
    default      0.1274                  1.01

    what the hour adds to the log-odds, from the lowest of all
      0.0 ####
      2.5 ######################
      3.1 #####################
      4.1 ####################
      4.7 #####################
      7.4 #
     10.4
     13.3 ###
     15.7 #####
     18.6 ##
     21.2 ####
     24.0 ##
"""

import math
import random
import sys
from collections.abc import Iterator

from streamimb.compose import recipes

N = 30_000


def payments() -> Iterator[tuple[dict[str, float | str], bool]]:
    """Payments, 2 % fraud: most of it between two and five o'clock, or of very small and very large amounts."""
    rng = random.Random(1)
    for _ in range(N):
        hour, amount = rng.uniform(0.0, 24.0), math.exp(rng.gauss(3.0, 1.0))
        z = -5.3 + 2.5 * (2.0 < hour < 5.0) + 1.2 * abs(math.log(amount) - 3.0)
        yield (
            {"hour": hour, "amount": amount, "shop": rng.choice("abcd")},
            rng.random() < 1 / (1 + math.exp(-z)),
        )


def run(name: str) -> tuple[float, float, object]:
    """The log loss of the second half, predicted over observed fraud, and the model."""
    model = getattr(recipes, name)(prior=0.02, seed=1)
    loss = predicted = observed = 0.0
    for i, (x, fraud) in enumerate(payments()):
        p = model.predict_proba_one(x)[True]
        if i >= N // 2:
            loss -= math.log(p if fraud else 1.0 - p)
            predicted += p
            observed += fraud
        model.learn_one(x, fraud)
    return 2.0 * loss / N, predicted / observed, model


print(f"{'recipe':10} log loss  predicted / observed")
for name in ("linear", "default"):
    loss, ratio, model = run(name)
    print(f"{name:10} {loss:8.4f} {ratio:21.2f}")

learner = model.classifier.classifier  # the additive learner inside the sampler and the calibrator
print("\nwhat the hour adds to the log-odds, from the lowest of all")
shape = learner.shape_one("hour")
least = min(added for _, added, _ in shape)
for hour, added, _ in shape[::3]:
    print(f"{hour:5.1f} {'#' * round(8 * (added - least))}".rstrip())

if len(sys.argv) > 1:  # needs pip install "streamimb[plot]"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 2, figsize=(10, 4))
    for field, ax in zip(("hour", "amount"), axes, strict=True):
        learner.plot(field, ax)
    figure.tight_layout()
    figure.savefig(sys.argv[1])
