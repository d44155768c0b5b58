"""The three recipes side by side on fraud, labels 1,000 payments late, and what the hour adds as a curve.

Fraud happens at night, at odd amounts, and at large amounts in one shop: the first two are curves, the third is two
fields together.

    python examples/curves.py [curves.png]

draws the curves where a file is given (with matplotlib), and prints

    recipe     log loss  predicted / observed
    linear       0.1549                  0.99
    default      0.1363                  1.00
    boosting     0.1278                  1.00

    what the hour adds to the log-odds, from the lowest of all
      0.0 ###
      2.5 ####################
      3.1 #####################
      4.3 ####################
      4.9 #####################
      7.6 ###
     10.4 #
     13.1 ##
     15.7 ##
     18.6 ##
     21.2 ###
     24.0 ##
"""

import math
import random
import sys
from collections import deque
from collections.abc import Iterator
from typing import Any

from streamimb.compose import recipes

N = 30_000
DELAY = 1_000


def payments() -> Iterator[tuple[dict[str, float | str], bool]]:
    """Payments, 2 % fraud: most of it from two to five o'clock, of odd amounts, or of large ones in the shop d."""
    rng = random.Random(1)
    for _ in range(N):
        hour, amount = rng.uniform(0.0, 24.0), math.exp(rng.gauss(3.0, 1.0))
        shop = rng.choice("abcd")
        z = -5.7 + 2.5 * (2.0 < hour < 5.0) + 1.2 * abs(math.log(amount) - 3.0)
        if shop == "d" and amount > 30.0:
            z += 2.5
        yield {"hour": hour, "amount": amount, "shop": shop}, rng.random() < 1 / (1 + math.exp(-z))


def run(name: str) -> tuple[float, float, Any]:
    """The log loss of the second half, predicted over observed fraud, and the model."""
    model = getattr(recipes, name)(prior=0.02, seed=1)
    loss = predicted = observed = 0.0
    waiting: deque[tuple[dict[str, float | str], bool, tuple[float, ...]]] = deque()
    for i, (x, fraud) in enumerate(payments()):
        scores, memo = model.scores_one(x)
        p = scores.calibrated
        if i >= N // 2:
            loss -= math.log(p if fraud else 1.0 - p)
            predicted += p
            observed += fraud
        waiting.append((x, fraud, memo))  # the memo: what was served, by which mixtures are judged
        if len(waiting) > DELAY:
            earlier, label, told = waiting.popleft()
            model.learn_one(earlier, label, memo=told)
    return 2.0 * loss / N, predicted / observed, model


if len(sys.argv) > 1:
    try:
        from matplotlib import pyplot
    except ImportError:
        sys.exit('curves.py: drawing needs matplotlib: pip install "streamimb[plot]"')

print(f"{'recipe':10} log loss  predicted / observed")
models = {}
for name in ("linear", "default", "boosting"):
    loss, ratio, models[name] = run(name)
    print(f"{name:10} {loss:8.4f} {ratio:21.2f}")

learner = models[
    "default"
].classifier.classifier  # the additive learner inside the sampler and the calibrator
print("\nwhat the hour adds to the log-odds, from the lowest of all")
shape = learner.shape_one("hour")
least = min(added for _, added, _ in shape)
for hour, added, _ in shape[::3]:
    print(f"{hour:5.1f} {'#' * round(8 * (added - least))}".rstrip())

if len(sys.argv) > 1:
    figure, axes = pyplot.subplots(1, 2, figsize=(10, 4))
    for field, ax in zip(("hour", "amount"), axes, strict=True):
        learner.plot(field, ax)
    figure.tight_layout()
    figure.savefig(sys.argv[1])
