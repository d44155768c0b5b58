"""Many classes, some of them rare: three samplers that divide what is learned among the classes.

    python examples/balanced_classes.py

prints

                                 learned      paid      late  disputed    stolen
    UnderSampler(keep_rate=1.0)    100.0%      1.00      1.00      1.03      1.02
    ClassBalance()                   4.1%      1.00      1.01      1.00      0.98
    ClusterSampler(budget=0.1)      14.1%      1.00      1.02      0.98      0.89
    DynamicSampler(budget=0.1)      10.4%      0.99      1.05      1.09      1.04
"""

from invoices import SHARES, invoices

from streamimb import CalibratedClassifier, SampledClassifier, linear_model, protocols, sampling

SAMPLERS = {
    "UnderSampler(keep_rate=1.0)": sampling.UnderSampler(keep_rate=1.0),  # every event
    "ClassBalance()": sampling.ClassBalance(),  # all classes at the mass of the rarest
    "ClusterSampler(budget=0.1)": sampling.ClusterSampler(budget=0.1),  # and all clusters inside a class
    "DynamicSampler(budget=0.1)": sampling.DynamicSampler(budget=0.1),  # more of what is predicted badly
}


def run(sampler: protocols.Sampler) -> str:
    """Events learned, then predicted ÷ observed invoices of each class."""
    model = CalibratedClassifier(SampledClassifier(linear_model.SoftmaxRegression(), sampler, seed=1))
    predicted, observed = dict.fromkeys(SHARES, 0.0), dict.fromkeys(SHARES, 0)
    for x, y in invoices(20_000):
        p = model.predict_proba_one(x)
        for label in SHARES:
            predicted[label] += p.get(label, 0.0)  # a class has no entry before its first event
        model.learn_one(x, y)
        observed[y] += 1
    ratios = "".join(f"{predicted[label] / observed[label]:10.2f}" for label in SHARES)
    return f"{model.kept_share:8.1%}{ratios}"


print(f"{'':28} learned{''.join(f'{label:>10}' for label in SHARES)}")
for name, sampler in SAMPLERS.items():
    print(f"{name:29}{run(sampler)}")
