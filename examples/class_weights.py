"""Class weights and costs: they change what is learned and the raw score, while the probability stays true.

    python examples/class_weights.py

prints

                     raw  calibrated  cost of reviews where raw >= 1/2, and of missed fraud
    no weights      1.03        1.03  73,867
    ClassWeights   31.20        1.04  49,855
    ExampleCosts   12.13        1.11  32,351
"""

from payments import payments

from streamimb import CalibratedClassifier, SampledClassifier, linear_model, protocols, sampling

REVIEW = 5.0  # the cost of a review of an honest payment; a fraud without a review costs its amount


def model(sampler: protocols.Sampler) -> CalibratedClassifier:
    """Our learner with these weights, calibrated."""
    return CalibratedClassifier(SampledClassifier(linear_model.LogisticRegression(), sampler, seed=1))


models = {
    "no weights": model(sampling.UnderSampler(keep_rate=1.0)),
    "ClassWeights": model(sampling.ClassWeights("balanced")),
    "ExampleCosts": model(sampling.ExampleCosts(miss="amount", false_alarm=REVIEW)),
}
raw, calibrated, cost = (dict.fromkeys(models, 0.0) for _ in range(3))
observed = 0
for _, _, x, fraud in payments(40_000):
    observed += fraud
    for name, one in models.items():
        scores, _ = one.scores_one(x)
        one.learn_one(x, fraud)
        raw[name] += scores.raw
        calibrated[name] += scores.calibrated
        review = scores.raw >= 0.5
        cost[name] += REVIEW * (review and not fraud) + x["amount"] * (fraud and not review)

print(f"{'':13}    raw  calibrated  cost of reviews where raw >= 1/2, and of missed fraud")
for name in models:
    print(f"{name:13}{raw[name] / observed:7.2f}{calibrated[name] / observed:12.2f}{cost[name]:8,.0f}")
