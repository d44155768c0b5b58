"""Over-sampling: copy the rare class, or thin the common class as well, and serve true probabilities.

    python examples/over_sampling.py

prints

                                        copies    raw  calibrated  log loss
    OverSampler(share=0.2)                1.22  14.24        1.06    0.0473
    OverSampler(share=0.5)                1.92  31.20        1.04    0.0474
    BothSampler(share=0.5, budget=0.1)    0.10  35.25        1.10    0.0475
"""

import math

from payments import payments

from streamimb import CalibratedClassifier, SampledClassifier, linear_model, protocols, sampling

N = 40_000
SAMPLERS = {
    "OverSampler(share=0.2)": sampling.OverSampler(
        share=0.2
    ),  # copies of fraud until it is 20 % of the learned
    "OverSampler(share=0.5)": sampling.OverSampler(share=0.5),  # until both classes are equal
    "BothSampler(share=0.5, budget=0.1)": sampling.BothSampler(
        share=0.5, budget=0.1
    ),  # .1 copies per payment
}


def run(sampler: protocols.Sampler) -> str:
    """Copies learned per payment, predicted ÷ observed fraud, and the log loss."""
    model = CalibratedClassifier(SampledClassifier(linear_model.LogisticRegression(), sampler, seed=1))
    raw = calibrated = observed = loss = 0.0
    for _, _, x, fraud in payments(N):
        scores, _ = model.scores_one(x)
        model.learn_one(x, fraud)
        raw += scores.raw
        calibrated += scores.calibrated
        observed += fraud
        loss -= math.log(scores.calibrated if fraud else 1.0 - scores.calibrated)
    return f"{model.kept_share:7.2f}{raw / observed:7.2f}{calibrated / observed:12.2f}{loss / N:10.4f}"


print(f"{'':35} copies    raw  calibrated  log loss")
for name, sampler in SAMPLERS.items():
    print(f"{name:35}{run(sampler)}")
