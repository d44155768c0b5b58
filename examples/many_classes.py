"""Any number of classes: softmax regression on sampled events, corrected for every class.

    python examples/many_classes.py

prints

    20.4% learned
    paid       44892  1.00 times as many predicted
    late        3507  0.99 times as many predicted
    disputed    1074  0.99 times as many predicted
    stolen       527  1.08 times as many predicted
    an invoice: paid 0.54, late 0.16, disputed 0.20, stolen 0.09
    likeliest paid; most above its share disputed
"""

import random
from collections.abc import Iterator

from streamimb import SampledClassifier, linear_model, sampling

SHARES = {"paid": 0.9, "late": 0.07, "disputed": 0.02, "stolen": 0.01}


def invoices(n: int, seed: int = 1) -> Iterator[tuple[dict[str, float], str]]:
    """Two numbers of an invoice, and what became of it."""
    rng = random.Random(seed)
    for y in rng.choices(list(SHARES), list(SHARES.values()), k=n):
        place = list(SHARES).index(y)
        yield {"amount": rng.gauss(place, 1.0), "age": rng.gauss(place % 2, 1.0)}, y


model = SampledClassifier(linear_model.SoftmaxRegression(), sampling.UnderSampler(share=0.5), seed=1)
predicted, observed = dict.fromkeys(SHARES, 0.0), dict.fromkeys(SHARES, 0)
for x, y in invoices(50_000):
    for label, p in model.predict_proba_one(x).items():
        if label in predicted:
            predicted[label] += p
    model.learn_one(x, y)
    observed[y] += 1

print(f"{model.kept_share:.1%} learned")
for label in SHARES:
    print(f"{label:9}{observed[label]:7}{predicted[label] / observed[label]:6.2f} times as many predicted")
p = model.predict_proba_one({"amount": 2.5, "age": 0.0})
print("an invoice:", ", ".join(f"{label} {p[label]:.2f}" for label in SHARES))
print(
    f"likeliest {max(SHARES, key=p.__getitem__)}; most above its share {max(SHARES, key=lambda y: p[y] / SHARES[y])}"
)
