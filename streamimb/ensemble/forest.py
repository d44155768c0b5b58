"""`Forest`, the base of bagged trees that are replaced one by one."""

from __future__ import annotations

from abc import ABC
from collections.abc import Iterator
from typing import Any

from river import base

from streamimb.ensemble.adaptive_members import WATCHED_BYTES, AdaptiveMembers
from streamimb.ensemble.combining import Combiner
from streamimb.ensemble.ensemble import Ensemble
from streamimb.parameters import number
from streamimb.tree import HoeffdingTreeClassifier

# A forest averages the errors of its trees, so each of them may split early, by what few rare events say.
LOOSE: dict[str, Any] = {"grace_period": 3.0, "delta": 0.3, "tau": 1.0, "column_share": 0.5}


class Forest(Ensemble, ABC):
    """An ensemble of `AdaptiveMembers`, by default of our own trees; a subclass has `_sampler`."""

    def _plant(
        self,
        model: base.Classifier | None,
        n_models: int,
        copies: float,
        correction: str,
        prior: float,
        seed: int | None,
        combiner: Combiner,
    ) -> None:
        """Check and store the parameters, and make the members."""
        self.copies = number("copies", copies, lambda c: 0.1 <= c <= 100.0, "a number in [0.1, 100]")
        model = HoeffdingTreeClassifier(**LOOSE) if model is None else model
        self._assemble(model, n_models, correction, prior, seed, combiner, AdaptiveMembers)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"n_models": 3, "seed": 1}

    @property
    def memory_budget_bytes(self) -> int:
        """By how much it may grow beside its models: two detectors for each member."""
        return WATCHED_BYTES * self.n_models

    @property
    def replaced(self) -> int:
        """Members that a successor has replaced so far."""
        return int(self._members.replaced)
