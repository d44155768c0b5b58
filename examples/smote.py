"""SMOTE and hard replay: what is learned in place of copies of a fraud; probabilities stay true.

    python examples/smote.py

prints

                       raw  calibrated
    copies           13.66        1.05
    SMOTE            12.92        1.02
    GaussianReplay   13.78        1.01
    HardReplay       13.40        1.04
"""

from payments import payments

from streamimb import CalibratedClassifier, SampledClassifier, linear_model, protocols, sampling, synthesis

SYNTHESIZERS: dict[str, protocols.Synthesizer | None] = {
    "copies": None,
    "SMOTE": synthesis.SMOTE(k=5, seed=1),  # points between a fraud and its neighbours
    "GaussianReplay": synthesis.GaussianReplay(seed=1),  # drawn from the mean and covariance of fraud
    "HardReplay": synthesis.HardReplay(
        share=0.5, seed=1
    ),  # half of the copies: the frauds that are hardest to see
}


def run(synthesizer: protocols.Synthesizer | None) -> str:
    """Predicted ÷ observed fraud: without correction, and behind the calibrator."""
    over = sampling.OverSampler(share=0.2)
    learner = linear_model.LogisticRegression()
    sampled = SampledClassifier(learner, over, seed=1, synthesizer=synthesizer)
    model = CalibratedClassifier(sampled)
    raw = calibrated = observed = 0.0
    for _, _, x, fraud in payments(15_000):
        scores, _ = model.scores_one(x)
        model.learn_one(x, fraud)
        raw += scores.raw
        calibrated += scores.calibrated
        observed += fraud
    return f"{raw / observed:7.2f}{calibrated / observed:12.2f}"


print(f"{'':15}    raw  calibrated")
for name, synthesizer in SYNTHESIZERS.items():
    print(f"{name:15}{run(synthesizer)}")
