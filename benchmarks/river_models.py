"""What River offers for the same work: the models that ours are measured against."""

from __future__ import annotations

from typing import Any

from river import linear_model, multiclass, preprocessing

SCALED = "River StandardScaler | LogisticRegression"
HASHED = "River FeatureHasher(2**18) | LogisticRegression"
ONE_VS_REST = "River OneVsRest(StandardScaler | LogisticRegression)"
SOFTMAX = "River StandardScaler | SoftmaxRegression"


def scaled_logistic() -> Any:  # to a type checker, a pipeline is no classifier
    return preprocessing.StandardScaler() | linear_model.LogisticRegression()


def hashed_logistic() -> Any:
    return preprocessing.FeatureHasher(2**18, seed=1) | linear_model.LogisticRegression()


def one_vs_rest() -> Any:
    return multiclass.OneVsRestClassifier(scaled_logistic())


def scaled_softmax() -> Any:
    return preprocessing.StandardScaler() | linear_model.SoftmaxRegression()
