"""Remix: an event mixed with one of a common class, under the label of the rare one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from streamimb._kernels.draw import Draw
from streamimb._kernels.saved import entries, refused
from streamimb.parameters import Part, checked_seed, number
from streamimb.protocols import Features, Label, Proba
from streamimb.stats import ClassPrior, UniformReservoir
from streamimb.stats.reservoir import Reservoir
from streamimb.synthesis.class_reservoirs import ClassReservoirs, chosen
from streamimb.synthesis.copies import checked_copies
from streamimb.synthesis.interpolation import between, numbers_of


class Remix(Part):
    r"""Replace copies of an event by mixtures with events of classes that are at least $\kappa$ times as common.

    Remix mixes $x = \lambda x_i + (1 - \lambda) x_j$ and gives it the label of i alone where class j is at least
    $\kappa$ times as common and $1 - \lambda < \tau$; else it divides the label. A synthesizer returns examples of one
    class, so only the first case is made: $\lambda$ is uniform on $(1 - \tau, 1]$, and j a kept event of a class that
    common, each such class in proportion to its prior. Where there is none, j is of the class of i and $\lambda$ is
    uniform on (0, 1]. Only fields that are numbers in both are mixed; the others are those of x.

    The examples have the mass of the copies that they replace, but lie towards the other class: the correction of the
    sampler holds in the mean over a class, and least at each x. Put a calibrator on top.

    **Cost**: O(1) time for an event that the reservoir does not keep (1 µs); O(fields) for each example (10 µs for 20
    numbers); memory as the reservoir's, for each class.

    Parameters
    ----------
    kappa
        How many times as common a class is whose events are mixed in, at least 1 and finite.
    tau
        The largest part of the other event, in (0, 1].
    reservoir
        The pattern of the reservoir of each class; it takes no event itself. None: `stats.UniformReservoir()`, 500
        events.
    seed
        Seed of the draws, from 0 to 2**64 - 1.

    Raises
    ------
    ValueError
        Where a parameter is out of range or no reservoir.

    Examples
    --------
    >>> from streamimb import synthesis
    >>> remix = synthesis.Remix(kappa=3, tau=0.5)
    >>> for i in range(100):
    ...     remix.learn_one({"a": 1.0}, False)
    >>> made = [x["a"] for x, _ in remix.examples_one({"a": 0.0}, True, 1_000, score=None)]
    >>> round(sum(made) / 1_000, 2), max(made) < 0.5  # about a quarter of the other event, and less than half
    (0.24, True)

    References
    ----------
    Chou, H.-P. et al. (2020). Remix: Rebalanced Mixup. https://arxiv.org/abs/2007.03943.
    """

    def __init__(
        self, kappa: float = 3.0, tau: float = 0.5, reservoir: Reservoir | None = None, seed: int = 0
    ) -> None:
        self.kappa = number("kappa", kappa, lambda times: times >= 1.0, "a finite number of at least 1")
        self.tau = number("tau", tau, lambda part: 0.0 < part <= 1.0, "a number in (0, 1]")
        self.reservoir = chosen(reservoir)
        self.seed = checked_seed(seed)
        self._kept = ClassReservoirs(self.reservoir)
        self._prior = ClassPrior()
        self._draw = Draw(self.seed)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"reservoir": UniformReservoir(size=20)}

    def learn_one(self, x: Features, y: Label) -> None:
        """Take a labelled event; a copy of it may be kept."""
        self._prior.update(y)  # first: it refuses what is no label
        self._kept.put(x, y)

    def examples_one(
        self, x: Features, y: Label, copies: int, score: Callable[[Features], Proba]
    ) -> Iterable[tuple[Features, float]]:
        """Return `copies` examples of weight 1; the score is not used."""
        copies = checked_copies(copies)
        common, most = self._common(y), self.tau
        if not common:
            common, most = {y: 1.0}, 1.0
        numbers, made = numbers_of(x), []
        for _ in range(copies):
            other = self._kept.any_of(self._one_of(common), self._draw.uniform())
            part = most * self._draw.uniform()
            made.append(({**x, **between(numbers, other or {}, part)}, 1.0))
        return made

    def _common(self, y: Label) -> dict[Any, float]:
        """The priors of the classes met that are at least kappa times as common as y; with kappa = 1 y itself too."""
        priors = self._prior.get()
        own = self.kappa * priors.get(y, 0.0)
        return {label: priors[label] for label in self._kept.labels() if priors[label] >= own}

    def _one_of(self, shares: dict[Any, float]) -> Any:
        """A class drawn in proportion to its share."""
        left = self._draw.uniform() * sum(shares.values())
        for label, share in shares.items():
            left -= share
            if left < 0.0:
                return label
        return label

    @property
    def memory_budget_bytes(self) -> int:
        """The most that the events of two classes take."""
        return 2 * self.reservoir.memory_budget_bytes

    def __getstate__(self) -> dict[str, Any]:
        return {
            "kappa": self.kappa,
            "tau": self.tau,
            "reservoir": self.reservoir,
            "seed": self.seed,
            "kept": self._kept.state(),
            "prior": self._prior.__getstate__(),
            "draw": self._draw.__getstate__(),
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "kappa", "tau", "reservoir", "seed", "kept", "prior", "draw")
        fresh = Remix(saved["kappa"], saved["tau"], saved["reservoir"], saved["seed"])
        kept = fresh._kept.resumed(saved["kept"])
        fresh._prior.__setstate__(saved["prior"])
        if fresh._prior._get_params() != ClassPrior()._get_params():
            raise refused("prior", "one with the parameters of a new one")
        if not all(label in fresh._prior.get() for label in kept.labels()):
            raise refused("prior", "one that knows every class kept")
        fresh._draw.__setstate__(saved["draw"])
        vars(self).update({**vars(fresh), "_kept": kept})
