"""Ensembles in two processes: what is served is the same compiled, interpreted, and resumed from the other's state."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from streamimb import ensemble

CHECKOUT = Path(__file__).resolve().parents[2]
PROGRAM = """
import hashlib, pickle, random, sys
from pathlib import Path
from streamimb import CalibratedClassifier, ensemble, linear_model, tree

MODELS = {
    "UOBClassifier": lambda: ensemble.UOBClassifier(tree.HoeffdingTreeClassifier(), n_models=2, seed=1),
    "OOBClassifier": lambda: ensemble.OOBClassifier(
        linear_model.LogisticRegression(), n_models=2, memory=200, seed=1
    ),
    "BalancedBaggingClassifier": lambda: ensemble.BalancedBaggingClassifier(
        linear_model.LogisticGAM(), n_models=2, seed=1
    ),
    "AdaptiveRandomForestClassifier": lambda: ensemble.AdaptiveRandomForestClassifier(n_models=2, seed=1),
    "CostSensitiveForestClassifier": lambda: ensemble.CostSensitiveForestClassifier(n_models=2, seed=1),
    "PriorExpertsClassifier": lambda: ensemble.PriorExpertsClassifier(seed=1),
}
states = Path(sys.argv[1])


def stream(events):
    rng = random.Random(4)
    for t in range(events):
        y = rng.random() < 0.3
        side = 3.0 if t < 800 else -3.0  # the positives change their side, so that forests replace members
        x = {"a": rng.gauss(side * y, 1), "b": rng.gauss(0, 1e4), "word": f"w{rng.randrange(9)}"}
        if rng.random() < 0.1:
            del x["b"]
        yield x, y


for name, make in MODELS.items():
    model, digest = CalibratedClassifier(make()), hashlib.sha256()
    events = 1_600 if "Forest" in name else 600
    for t, (x, y) in enumerate(stream(events)):
        if t == events // 2:
            print(name, "until a restart", digest.hexdigest())
            kept = states / name
            if kept.exists():
                model = pickle.loads(kept.read_bytes())
            else:
                kept.write_bytes(pickle.dumps(model))
        p, memo = model.predict_proba_one(x)[True], model.scores_one(x)[1]
        digest.update("".join(number.hex() for number in (p, *memo)).encode())
        model.learn_one(x, y, memo=memo)
    print(name, "in all", digest.hexdigest(), getattr(model.classifier._members, "replaced", "-"))
"""


def served(pure: str, states: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(states)],
        cwd=CHECKOUT,
        env={**os.environ, "STREAMIMB_PURE": pure, "PYTHONWARNINGS": "ignore"},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_every_ensemble_goes_on_from_the_state_of_its_twin(tmp_path: Path) -> None:
    compiled = served("0", tmp_path)  # keeps the states in the middle, and goes on without a restart
    interpreted = served("1", tmp_path)  # goes on from them
    assert compiled == interpreted
    assert [line.split()[0] for line in compiled[::2]] == sorted(ensemble.__all__, key=PROGRAM.index)
    assert all(int(line.split()[-1]) > 0 for line in compiled[1::2] if "Forest" in line)
