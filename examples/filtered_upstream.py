"""A filter in front of us passes a third of the payments, and only those get labels; weights make them stand for all.

    python examples/filtered_upstream.py

prints

    34% of the payments pass
    fraud: 0.98% of all, 1.86% of those that pass
    plain      1.39 times the fraud of all payments
    weighted   1.05 times the fraud of all payments
"""

import random

from payments import payments

from streamimb import SampledClassifier, linear_model, sampling

ratio = sampling.DensityRatio()
models = {
    "plain": linear_model.LogisticRegression(),
    "weighted": SampledClassifier(linear_model.LogisticRegression(), ratio, seed=1),
}
rng = random.Random(1)
said = dict.fromkeys(models, 0.0)
n = kept = fraud_of_all = fraud_of_kept = 0
for _, _, x, fraud in payments(60_000):
    del x["log_ratio"]  # a linear model of the amount alone is wrong: it has to fit where the payments are
    for name, model in models.items():
        said[name] += model.predict_proba_one(x)[True]
    n += 1
    fraud_of_all += fraud
    passes = rng.random() < (0.8 if x["amount"] > 60.0 else 0.1)
    ratio.observe_one(x, passes)  # every payment, also one that gets no label
    if passes:
        kept += 1
        fraud_of_kept += fraud
        for model in models.values():
            model.learn_one(x, fraud)

print(f"{kept / n:.0%} of the payments pass")
print(f"fraud: {fraud_of_all / n:.2%} of all, {fraud_of_kept / kept:.2%} of those that pass")
for name, total in said.items():
    print(f"{name:9}{total / fraud_of_all:6.2f} times the fraud of all payments")
