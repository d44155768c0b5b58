"""The class prior of the unsampled stream: one prior bank for True, one for each other label against the rest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streamimb._kernels.class_shares import ClassShares
from streamimb._kernels.prior_bank import PriorBank
from streamimb._kernels.saved import alike, entries, listed, refused
from streamimb.parameters import Part, number
from streamimb.stats.poisson_interval import observed_interval

PARAMETERS = ("half_life", "floor_half_life", "cut", "prior", "prior_weight")


class ClassPrior(ClassShares, Part):
    r"""How common each class is now, on the stream as it comes.

    A bank of forgetting means with half-lives $h_k = h_0 / 4^k$ down to a floor: $S_k \leftarrow \lambda_k
    S_k + w y,\; N_k \leftarrow \lambda_k N_k + w$. The longest answers, $m = (S_0 + m_0 a) / (N_0 + a)$, and
    takes over the sums of a shorter bank j at every 16th label where $N_0 > 1.5 N_j$ and $n_j \, KL(S_j / N_j
    \,\|\, m) > c$, $n_j$ the effective number of labels: quiet streams are averaged over `half_life` labels,
    a tenfold jump is followed within about 1,100.

    Labels other than bools (and 0, 1) get one such bank each, against the rest; their means are
    normalised. The bank of a class that comes late starts as if it had seen only zeros. There is no merge, because
    two banks that were cut at different times do not cover the same history.

    **Cost**: O(K) time, K = 5 banks (35 ns), times the number of classes where there are more than
    two; four floats per bank.

    Parameters
    ----------
    half_life
        Number of labels after which an observation counts half in the longest memory.
    floor_half_life
        No memory is shorter than this many labels.
    cut
        Log-likelihood ratio above which a memory is cut: 9 cuts falsely about once in 10^6 labels.
    prior
        P(True) until the first False was seen, in (0, 1). True labels before it do not count: alone they do
        not show how common True is.
    prior_weight
        The number of labels that the start counts as, above 0.

    Raises
    ------
    ValueError
        Where a parameter is out of range, a weight is negative or not finite, or a label is None or NaN.

    Examples
    --------
    >>> import random
    >>> from streamimb import stats
    >>> rng = random.Random(1)
    >>> prior = stats.ClassPrior()
    >>> for i in range(20_000):
    ...     prior.update(rng.random() < (0.01 if i < 18_000 else 0.1))
    >>> round(prior.rate, 3)
    0.079

    References
    ----------
    Siegmund, D. and Venkatraman, E. S. (1995). Using the generalized likelihood ratio statistic for
    sequential detection of a change-point. https://doi.org/10.1214/aos/1176324466. Ours tests a few fixed
    decayed windows instead of every window.
    """

    def __init__(
        self,
        half_life: float = 80_000,
        floor_half_life: float = 300,
        cut: float = 9.0,
        prior: float = 0.05,
        prior_weight: float = 1.0,
    ) -> None:
        self.half_life = above_0("half_life", half_life)
        self.floor_half_life = above_0("floor_half_life", floor_half_life)
        self.cut = above_0("cut", cut)
        expected = "a number in (0, 1), 0.05 where nothing is known"
        self.prior = number("prior", prior, lambda p: 0.0 < p < 1.0, expected)
        self.prior_weight = above_0("prior_weight", prior_weight)
        ClassShares.__init__(
            self, self.half_life, self.floor_half_life, self.cut, self.prior, self.prior_weight
        )

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"half_life": 2_000, "floor_half_life": 100}

    def interval(self, silent_n: float = 0.0) -> tuple[float, float]:
        """Return the ends of a 95 % interval of `rate`, which widens while no labels come.

        The True labels of the longest memory count as Poisson (Byar), so that it is a little wide where the class is
        not rare; `silent_n` events without a label forget as much as labels would. (0, 1) before the first label.

        **Cost**: O(1).

        Parameters
        ----------
        silent_n
            Number of events since the last label, at least 0.

        Raises
        ------
        ValueError
            Where `silent_n` is negative or not finite.

        Examples
        --------
        >>> from streamimb import stats
        >>> prior = stats.ClassPrior()
        >>> for i in range(5_000):
        ...     prior.update(i % 100 == 0)
        >>> [[round(end, 4) for end in prior.interval(n)] for n in (0, 200_000)]
        [[0.0073, 0.013], [0.0044, 0.0188]]
        """
        silent_n = number("silent_n", silent_n, lambda n: n >= 0.0, "a finite number of events, at least 0")
        hits, mass, mass2, fade = self.longest
        if mass <= 0.0:
            return 0.0, 1.0
        left = max(1e-9, fade**silent_n)
        each = mass2 / mass / left  # weight of an effective label
        low, high = observed_interval(mass, mass * each, hits, hits * each)
        return min(low / mass, self.rate), max(self.rate, min(1.0, high / mass))

    def __getstate__(self) -> dict[str, Any]:
        return {
            **{name: getattr(self, name) for name in PARAMETERS},
            "_bank": PriorBank.__getstate__(self),
            "_classes": [[label, kept.__getstate__()] for label, kept in self.classes.items()],
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, *PARAMETERS, "_bank", "_classes")
        # The parameters are valid, and the saved numbers are those that follow from them.
        fresh = PriorBank.__getstate__(ClassPrior(**{name: saved[name] for name in PARAMETERS}))
        alike(saved["_bank"], fresh, "fade", "threshold", "start", "start_weight")
        classes: dict[Any, PriorBank] = {}
        for one in listed(saved, "_classes"):
            label, bank = listed({"_classes": one}, "_classes", 2)
            alike(bank, fresh, "fade", "threshold", "start_weight")
            if label in classes or label != label:
                raise refused("_classes", "labels that differ, each with its bank")
            kept = classes[label] = PriorBank()
            kept.__setstate__(bank)
        if saved["_bank"].get("many") is not bool(classes):
            raise refused("_classes", "a bank per class where there are other labels than True and False")
        PriorBank.__setstate__(self, saved["_bank"])
        self._resume_classes(classes)
        vars(self).update({name: saved[name] for name in PARAMETERS})


def begin_prior(prior: float | ClassPrior) -> ClassPrior:
    """Return a prior that has counted nothing: with this start, or with the parameters of a prior."""
    if isinstance(prior, ClassPrior):
        return prior.clone()
    expected = "P(True) to start from, a number in (0, 1), or a stats.ClassPrior()"
    return ClassPrior(prior=number("prior", prior, lambda p: 0.0 < p < 1.0, expected))


def begin_steady(prior: ClassPrior) -> ClassPrior:
    """Return a prior that has counted nothing and has the longest memory of `prior` alone, so that it is never cut."""
    return ClassPrior(prior.half_life, prior.half_life, prior.cut, prior.prior, prior.prior_weight)


def above_0(name: str, value: Any) -> float:
    """Return the number; raise ValueError where it is not above 0."""
    return number(name, value, lambda given: given > 0.0, "a finite number above 0")
