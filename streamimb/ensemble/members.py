"""Copies of one classifier that see one stream: each under a sampler and a draw of its own, each corrected."""

from __future__ import annotations

from collections.abc import Callable
from random import SystemRandom
from typing import Any

from river import base

from streamimb._kernels.draw import Draw
from streamimb._kernels.saved import entries, listed, refused
from streamimb.compose import SampledClassifier
from streamimb.parameters import whole_between
from streamimb.protocols import Features, Label, Sampler

MOST_MODELS = 1_000


def checked_n_models(n_models: Any) -> int:
    """Return the number of members; raise ValueError where it is out of range."""
    return whole_between("n_models", n_models, 1, MOST_MODELS)


def fresh(model: base.Classifier, seed: int) -> base.Classifier:
    """Return an untrained clone of a classifier; where it has a parameter `seed`, with another one for each member."""
    return model.clone({"seed": seed} if "seed" in model._get_params() else None)


class Maker:
    """Makes the members of one ensemble: untrained clones of a classifier, each under a sampler and seeds of its own.

    Cost: that of a clone.
    """

    def __init__(
        self,
        model: base.Classifier,
        samplers: Callable[[int], Sampler],
        correction: str,
        prior: float,
        seed: int | None,
    ) -> None:
        self.model, self.samplers, self.correction, self.prior = model, samplers, correction, prior
        self.draw = Draw(SystemRandom().getrandbits(64) if seed is None else seed)

    def make(self, i: int) -> SampledClassifier:
        """Return a new member i."""
        first, second = int(self.draw.uniform() * 2.0**31), int(self.draw.uniform() * 2.0**31)
        return SampledClassifier(
            fresh(self.model, first),
            self.samplers(i),
            self.correction,
            prior=self.prior,
            seed=second,
            copies="poisson",
        )


class Members:
    """Sampled classifiers, of which each draws for itself and is corrected for itself.

    Every member sees every event, so that its prior is that of the stream. It learns a Poisson number of copies, whose
    mean is the rate of its sampler. The kernel of an ensemble scores and teaches them (`_kernels.bagged`).

    Cost: n times that of a `SampledClassifier`.
    """

    judges = False

    def __init__(self, maker: Maker, n: int) -> None:
        self.all = [maker.make(i) for i in range(n)]
        self.generations = [0] * n  # how often each was replaced

    def judge(
        self, x: Features, y: Label, w: float, kwargs: dict[str, Any], answers: list[dict[Any, float]]
    ) -> None:
        """Do nothing: no member is watched."""

    @property
    def kept_share(self) -> float:
        """Copies learned per labelled event and member, decayed."""
        return sum(member.kept_share for member in self.all) / len(self.all)

    def state(self) -> dict[str, Any]:
        """The members, for a snapshot."""
        return {"all": self.all}

    def resume(self, state: Any) -> None:
        """Continue with saved members, of the classes and parameters of these; nothing changes where one is refused."""
        saved = listed(entries(state, "all"), "all", len(self.all))
        for member, own in zip(saved, self.all, strict=True):
            check_alike(member, own)
        self.all = saved


def check_alike(member: Any, own: SampledClassifier) -> None:
    """Refuse a saved member whose parts have other classes or parameters than this one has."""
    if type(member) is not SampledClassifier or _told(member) != _told(own):
        raise refused("members", "sampled classifiers of the model and the sampler")


def _told(member: SampledClassifier) -> Any:
    """What a member was built with: the classes and parameters of its parts, as text, without what they learned."""
    sampler: Any = member.sampler
    return (
        type(member.classifier),
        type(sampler),
        repr(sampler._get_params()) if isinstance(sampler, base.Base) else "",
        member.correction,
        member.prior,
        member.copies,
    )
