"""The public stack in two processes, compiled and with STREAMIMB_PURE=1: every served float is the same."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
PROGRAM = """
import hashlib, random
from river import linear_model as lm, preprocessing as pp
from streamimb import CalibratedClassifier, GuardedClassifier, SampledClassifier, ThresholdedClassifier
from streamimb import calibration, decision, ensemble, linear_model, sampling

MODELS = {
    "curves": lambda: SampledClassifier(linear_model.LogisticGAM(interactions="pairs"), seed=1),
    "default": lambda: SampledClassifier(linear_model.LogisticRegression(), seed=1),
    "pipeline": lambda: SampledClassifier(
        pp.StandardScaler() | lm.LogisticRegression(), sampling.UnderSampler(share=0.2), seed=1
    ),
    "weights": lambda: SampledClassifier(linear_model.LogisticRegression(), sampling.ClassWeights(), seed=1),
    "keep rate": lambda: SampledClassifier(
        linear_model.LogisticRegression(), sampling.ScoreUnderSampler(keep_rate=0.1), seed=1
    ),
    "classes": lambda: SampledClassifier(
        linear_model.SoftmaxRegression(), sampling.ScoreUnderSampler(keep_rate=0.3), seed=1
    ),
    "decided": lambda: ThresholdedClassifier(linear_model.LogisticRegression(), decision.AlertBudget(share=0.05)),
    "curves of classes": lambda: SampledClassifier(linear_model.SoftmaxGAM(interactions="pairs"), seed=1),
    "late experts": lambda: ensemble.PriorExpertsClassifier(linear_model.LogisticRegression(), (0.0, 1.0), seed=1),
    "late forest": lambda: ensemble.CostSensitiveForestClassifier(n_models=2, seed=1),
    "late experts of classes": lambda: ensemble.PriorExpertsClassifier(
        linear_model.SoftmaxRegression(), (0.0, 1.0), seed=1
    ),
    "pipeline of classes": lambda: SampledClassifier(pp.StandardScaler() | linear_model.SoftmaxRegression(), seed=1),
}
for name, make in MODELS.items():
    model = GuardedClassifier(CalibratedClassifier(make(), calibration.PlattMixture()))
    rng = random.Random(4)
    digest, waiting = hashlib.sha256(), []
    for t in range(2_000):
        y = rng.random() < (0.02 if t < 1_200 else 0.2)
        x = {"a": rng.gauss(y, 1), "b": rng.gauss(0, 1e4), "c": rng.gauss(-y, 1e-4)}
        if "pipeline" not in name:
            x["word"] = f"w{rng.randrange(40)}"
            if rng.random() < 0.1:
                del x["b"]
        if rng.random() < 0.01:
            x["a"] = rng.choice([float("nan"), float("inf"), 1e300])
        said = model.predict_proba_one(x)
        digest.update("".join(p.hex() for p in said.values()).encode())
        if name == "decided":
            digest.update(model.classifier.classifier.threshold_one(x).hex().encode())
        label = "odd" if "classes" in name and t % 7 == 0 else y
        if "late" not in name:
            model.learn_one(x, label)
            continue
        memo = model.scores_one(x)[1]
        digest.update("".join(part.hex() for part in memo).encode())
        waiting.append((x, label, memo))
        if t >= 30:
            x, label, memo = waiting[t - 30]
            model.learn_one(x, label, memo=memo)
    print(name, digest.hexdigest())
"""


def served(pure: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=CHECKOUT,
        env={**os.environ, "STREAMIMB_PURE": pure, "PYTHONWARNINGS": "ignore"},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def both() -> tuple[list[str], list[str]]:
    return served("0"), served("1")


def test_every_served_float_is_the_same(both: tuple[list[str], list[str]]) -> None:
    compiled, interpreted = both
    assert len(compiled) == PROGRAM.count(": lambda: ")
    assert compiled == interpreted
