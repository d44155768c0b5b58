"""Guards around our parts and River's, and events for them."""

from __future__ import annotations

import random
from typing import Any

from river import naive_bayes, preprocessing

from streamimb import CalibratedClassifier, Field, GuardedClassifier, SampledClassifier, Schema, sampling
from streamimb.linear_model import LogisticRegression

SCHEMA = Schema(
    {
        "amount": Field(min=0.0),
        "age": Field(nullable=True),
        "country": Field("string"),
        "member": Field("bool"),
        "limit": Field(default=100.0),
    }
)


def whole():
    return CalibratedClassifier(SampledClassifier(LogisticRegression(), seed=1))


def river():
    return preprocessing.StandardScaler() | naive_bayes.GaussianNB()


def numbers_only():
    return GuardedClassifier(
        CalibratedClassifier(SampledClassifier(river(), sampling.UnderSampler(share=0.3), seed=1)),
        Schema({"amount": Field(min=0.0), "limit": Field(default=100.0)}),
    )


# schema given, learned and full, still learned; with our parts, with River's
GUARDS = {
    "given": lambda: GuardedClassifier(whole(), SCHEMA),
    "learned": lambda: GuardedClassifier(whole(), warm_up=150),
    "warming": lambda: GuardedClassifier(whole(), warm_up=10**9),
    "bare": lambda: GuardedClassifier(LogisticRegression(), SCHEMA),
}


def clean(n: int, seed: int) -> list[tuple[dict[str, Any], bool]]:
    rng = random.Random(seed)
    out = []
    for _ in range(n):
        y = rng.random() < 0.1
        x: dict[str, Any] = {
            "amount": rng.expovariate(0.1) * (3 if y else 1),
            "age": rng.choice([None, rng.gauss(40, 9)]),
            "country": rng.choice(["NO", "SE"]),
            "member": rng.random() < 0.5,
            "limit": rng.gauss(100, 5),
        }
        out.append((x, y))
    return out


def x_with(**values: Any) -> dict[str, Any]:
    return {"amount": 10.0, "age": 40.0, "country": "NO", "member": True, "limit": 90.0, **values}


def without(name: str) -> dict[str, Any]:
    x = x_with()
    del x[name]
    return x


def schema_of(guard: GuardedClassifier) -> dict[str, Field]:
    schema = guard.schema_in_force
    assert schema is not None
    return schema.fields
