"""A River pipeline, taught a few percent of a stream, that still says true probabilities.

    python examples/river_pipeline.py

prints

    30000 payments, 304 of them fraud, 5.2% learned
    raw         21.26 times the fraud there was
    corrected    1.54 times the fraud there was
    calibrated   1.01 times the fraud there was
"""

from numbers import Number

from payments import payments
from river import base, compose, linear_model, preprocessing

from streamimb import CalibratedClassifier, SampledClassifier


def pipeline() -> base.Classifier:
    """Numbers scaled, strings one-hot: nothing in it knows of sampling."""
    numbers = compose.SelectType(Number) | preprocessing.StandardScaler()
    strings = compose.SelectType(str) | preprocessing.OneHotEncoder()
    return (numbers + strings) | linear_model.LogisticRegression()


model = CalibratedClassifier(SampledClassifier(pipeline(), seed=1))
predicted = {"raw": 0.0, "corrected": 0.0, "calibrated": 0.0}
n = observed = 0
for _, _, x, fraud in payments(30_000):
    scores, _ = model.scores_one(x)
    model.learn_one(x, fraud)
    n += 1
    observed += fraud
    for stage in predicted:
        predicted[stage] += getattr(scores, stage)

print(f"{n} payments, {observed} of them fraud, {model.kept_share:.1%} learned")
for stage, total in predicted.items():
    print(f"{stage:10} {total / observed:6.2f} times the fraud there was")
