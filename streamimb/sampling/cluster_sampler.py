"""Equal mass for every cluster of every class: small groups inside a class are learned as often as large ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streamimb._kernels.cluster_rate import ClusterRate
from streamimb._kernels.saved import entries
from streamimb.parameters import Part, number, whole_between

HALF_LIFE = 2_000  # of the masses of clusters, in events of their class
MEMORY = 20_000  # events that the means and variances of fields remember


class ClusterSampler(ClusterRate, Part):
    r"""Learn equally much of each class, and inside a class equally much of each of its clusters.

    Each class has an online k-means on standardised numbers. With B the budget, K classes of prior $m_k$, and s the
    share that the cluster of x has in the mass of class k: $r(x, k) = \min(max\_copies, B / (K C m_k s))$, with C
    clusters in the class. A centre moves by $w / n$ towards each event nearest to it, where the mass n forgets
    (half-life 2,000 events of the class). In the first 50 C events of a class, one that is farther from its centre than
    two centres are from each other becomes a centre, and the two nearest centres are merged. Later a cluster with less
    than .05 / C of its class is moved into the largest cluster and gets half its mass. A class never seen before has
    rate 1, and so has every event until there are two classes.

    The first 64 numeric fields are used, standardised and cut at 10 standard deviations; strings, bools and missing
    numbers do not count.

    **Cost**: O(K C fields) time, some 2 µs for two classes, 4 clusters and 30 numbers, and 64 K C floats.

    Parameters
    ----------
    budget
        Copies learned per event, in [1e-6, 10].
    n_clusters
        Clusters of each class, 1 to 32.
    max_copies
        Copies of one event at most, in [1, 1000]. Where it cuts, a cluster gets less than its part.

    Raises
    ------
    ValueError
        For a parameter out of range, or a weight that is negative or not finite.

    Examples
    --------
    >>> import random
    >>> from streamimb import sampling
    >>> rng, sampler = random.Random(1), sampling.ClusterSampler(budget=0.2, n_clusters=2)
    >>> p = prior = {False: 0.9, True: 0.1}
    >>> for _ in range(5_000):  # a tenth of the negatives lies at 5
    ...     x = {"a": rng.gauss(5.0 if rng.random() < 0.1 else 0.0, 0.1)}
    ...     sampler.learn_one(x, rng.random() < 0.1, p, sampler.rates_one(x, p, prior), prior)
    >>> small, large = sampler.rates_one({"a": 5.0}, p, prior), sampler.rates_one({"a": 0.0}, p, prior)
    >>> round(small[False] / large[False])
    10

    References
    ----------
    Jo, T. and Japkowicz, N. (2004). Class imbalances versus small disjuncts. https://doi.org/10.1145/1007730.1007737.
    There the clusters are found in advance and copied up to the largest.
    """

    depends_on_x = True
    draws = True

    def __init__(self, budget: float, n_clusters: int = 4, max_copies: float = 10.0) -> None:
        self.budget = number(
            "budget",
            budget,
            lambda copies: 1e-6 <= copies <= 10.0,
            "copies per event, in [1e-6, 10], e.g. 0.1",
        )
        self.n_clusters = whole_between("n_clusters", n_clusters, 1, 32)
        self.max_copies = number(
            "max_copies",
            max_copies,
            lambda copies: 1.0 <= copies <= 1_000.0,
            "copies of one event, in [1, 1000]",
        )
        ClusterRate.__init__(self, self.n_clusters, HALF_LIFE, MEMORY)
        self._set_budget(self.budget, self.max_copies)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"budget": 0.2}
        yield {"budget": 1.0, "n_clusters": 2, "max_copies": 1.0}

    def __getstate__(self) -> dict[str, Any]:
        parameters = {"budget": self.budget, "n_clusters": self.n_clusters, "max_copies": self.max_copies}
        return {**parameters, "learned": self._learned}

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "budget", "n_clusters", "max_copies", "learned")
        fresh = ClusterSampler(saved["budget"], saved["n_clusters"], saved["max_copies"])  # checks them
        fresh._resume(saved["learned"])  # checks the rest
        ClusterRate.__init__(self, fresh.n_clusters, HALF_LIFE, MEMORY)
        vars(self).update(budget=fresh.budget, n_clusters=fresh.n_clusters, max_copies=fresh.max_copies)
        self._set_budget(fresh.budget, fresh.max_copies)
        self._resume(saved["learned"])
