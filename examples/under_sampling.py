"""Under-sampling: learn a few percent of the common class, and serve true probabilities.

    python examples/under_sampling.py

prints

                                  learned    raw  calibrated  log loss
    all events                      100.0%   1.03        1.03    0.0471
    UnderSampler(keep_rate=0.05)      5.8%  14.12        1.10    0.0475
    UnderSampler(share=0.2)           5.0%  15.68        1.10    0.0475
    ScoreUnderSampler()               5.0%  14.71        1.06    0.0472
"""

import math

from payments import payments

from streamimb import CalibratedClassifier, SampledClassifier, linear_model, protocols, sampling

N = 40_000
SAMPLERS = {
    "all events": sampling.UnderSampler(keep_rate=1.0),
    "UnderSampler(keep_rate=0.05)": sampling.UnderSampler(keep_rate=0.05),  # the rate of the common class
    "UnderSampler(share=0.2)": sampling.UnderSampler(
        share=0.2
    ),  # the rate that makes fraud 20 % of the learned
    "ScoreUnderSampler()": sampling.ScoreUnderSampler(),  # the same share; payments with high scores more often
}


def run(sampler: protocols.Sampler) -> str:
    """The share of the payments that is learned, predicted ÷ observed fraud, and the log loss."""
    model = CalibratedClassifier(SampledClassifier(linear_model.LogisticRegression(), sampler, seed=1))
    raw = calibrated = observed = loss = 0.0
    for _, _, x, fraud in payments(N):
        scores, _ = model.scores_one(x)
        model.learn_one(x, fraud)
        raw += scores.raw
        calibrated += scores.calibrated
        observed += fraud
        loss -= math.log(scores.calibrated if fraud else 1.0 - scores.calibrated)
    return f"{model.kept_share:8.1%}{raw / observed:7.2f}{calibrated / observed:12.2f}{loss / N:10.4f}"


print(f"{'':29} learned    raw  calibrated  log loss")
for name, sampler in SAMPLERS.items():
    print(f"{name:30}{run(sampler)}")
