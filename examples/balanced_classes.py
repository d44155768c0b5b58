"""Many classes, some of them rare: three samplers that divide what is learned among the classes.

    python examples/balanced_classes.py

prints

                                 learned      paid      late  disputed    stolen
    UnderSampler(keep_rate=1.0)    100.0%      1.00      1.00      1.03      1.00
    ClassBalance()                   4.1%      1.00      1.01      0.99      0.99
    ClusterSampler(budget=0.1)      14.1%      1.00      1.02      0.98      0.90
    DynamicSampler(budget=0.1)      10.4%      0.99      1.05      1.04      1.05
"""

import random
from collections.abc import Iterator

from streamimb import CalibratedClassifier, SampledClassifier, linear_model, protocols, sampling

SHARES = {"paid": 0.9, "late": 0.07, "disputed": 0.02, "stolen": 0.01}
SAMPLERS = {
    "UnderSampler(keep_rate=1.0)": sampling.UnderSampler(keep_rate=1.0),  # every event
    "ClassBalance()": sampling.ClassBalance(),  # all classes at the mass of the rarest
    "ClusterSampler(budget=0.1)": sampling.ClusterSampler(budget=0.1),  # and all clusters inside a class
    "DynamicSampler(budget=0.1)": sampling.DynamicSampler(
        budget=0.1
    ),  # more of a class that is predicted badly
}


def invoices(n: int, seed: int = 1) -> Iterator[tuple[dict[str, float], str]]:
    """Two numbers of an invoice, and what became of it."""
    rng = random.Random(seed)
    for y in rng.choices(list(SHARES), list(SHARES.values()), k=n):
        place = list(SHARES).index(y)
        yield {"amount": rng.gauss(place, 1.0), "age": rng.gauss(place % 2, 1.0)}, y


def run(sampler: protocols.Sampler) -> str:
    """Events learned, then predicted ÷ observed invoices of each class."""
    model = CalibratedClassifier(SampledClassifier(linear_model.SoftmaxRegression(), sampler, seed=1))
    predicted, observed = dict.fromkeys(SHARES, 0.0), dict.fromkeys(SHARES, 0)
    for x, y in invoices(20_000):
        for label, p in model.predict_proba_one(x).items():
            if label in predicted:
                predicted[label] += p
        model.learn_one(x, y)
        observed[y] += 1
    ratios = "".join(f"{predicted[label] / observed[label]:10.2f}" for label in SHARES)
    return f"{model.kept_share:8.1%}{ratios}"


print(f"{'':28} learned{''.join(f'{label:>10}' for label in SHARES)}")
for name, sampler in SAMPLERS.items():
    print(f"{name:29}{run(sampler)}")
