"""`Ensemble`, the base of our ensembles: sampled copies of one classifier behind River's interface."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

from river import base

from streamimb._kernels.bagged import BaggedModel
from streamimb._kernels.saved import entries, labels
from streamimb.compose.capabilities import CLASSIFIER, refuse_stranger
from streamimb.compose.contributions import completed, mean_contributions
from streamimb.compose.tilting import refuse_tilt_around
from streamimb.ensemble.adaptive_members import AdaptiveMembers
from streamimb.ensemble.combining import Combiner
from streamimb.ensemble.members import Maker, Members, checked_n_models
from streamimb.linear_model import LogisticRegression
from streamimb.parameters import Part, number, whole
from streamimb.protocols import Features, Sampler


class Ensemble(BaggedModel, Part, base.Wrapper[base.Classifier], base.Classifier, ABC):
    """Copies of a classifier, each sampled and corrected, whose probabilities are averaged.

    A subclass has `_sampler`, which returns a new sampler for one member. Its combiner makes one answer of those of the
    members. The memo of `scores_one` has what each member wants back with the label; where members are judged, also
    what each of them answered. A member that replaced another one since then ignores the memo.
    """

    samples_itself = True  # a SampledClassifier around it would sample and correct a second time

    def _assemble(
        self,
        model: base.Classifier | None,
        n_models: int,
        correction: str,
        prior: float,
        seed: int | None,
        combiner: Combiner,
        members: type[Members] | type[AdaptiveMembers] = Members,
    ) -> None:
        """Check and store the parameters, and make the members."""
        self.check_idle()
        if model is not None:
            refuse_stranger("model", model, base.Classifier, CLASSIFIER)
            refuse_tilt_around(model)
        self.model: Any = LogisticRegression() if model is None else model
        self.n_models = checked_n_models(n_models)
        self.correction = correction
        self.prior = number("prior", prior, lambda p: 0.0 < p < 1.0, "a probability above 0 and below 1")
        self.seed = (
            None if seed is None else whole("seed", seed, lambda _: True, "an integer, or None for entropy")
        )
        self._combiner = combiner
        maker = Maker(self.model, self._sampler, correction, self.prior, self.seed)
        self._members: Any = members(maker, self.n_models)
        BaggedModel.__init__(self, self._members, combiner)

    @abstractmethod
    def _sampler(self, i: int) -> Sampler:
        """Return a new sampler for member i."""

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"model": LogisticRegression(), "n_models": 3, "seed": 1}

    @property
    def _wrapped_model(self) -> Any:
        return self.model

    @property
    def _raw_memory_usage(self) -> int:
        return sum(int(member._raw_memory_usage) for member in self._members.all)

    def contributions_one(self, x: Features) -> dict[Any, Any]:
        """Return the mean of what each feature adds to the log-odds of the members, and the entry `"(ensemble)"`, by
        which combining their probabilities differs from it.

        Raises
        ------
        ValueError
            Where the classifier has no contributions.
        """
        return completed(mean_contributions(self._members.all, x), self.predict_proba_one(x), "(ensemble)")

    def __getstate__(self) -> dict[str, Any]:
        parameters = {name: getattr(self, name) for name in self._names()}
        return {
            **parameters,
            "members": self._members.state(),
            "combiner": self._combiner.state(),
            "labels": self._labels_learned(),
        }

    def __setstate__(self, state: Any) -> None:
        names = tuple(self._names())
        saved = entries(state, *names, "members", "combiner", "labels")
        met = labels(saved, "labels")
        made = type(self)(**{name: saved[name] for name in names})  # refuses what no constructor takes
        made._combiner.resume(saved["combiner"])
        made._members.resume(saved["members"])
        BaggedModel.__init__(self, made._members, made._combiner)
        vars(self).update(vars(made))
        self._resume_labels(met)

    @classmethod
    def _names(cls) -> list[str]:
        return list(inspect.signature(cls.__init__).parameters)[1:]
