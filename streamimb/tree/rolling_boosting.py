"""Boosted trees that are renewed one by one, on a ring of events, behind the interface of a River classifier.

This module has the parameters and what explains the trees; the kernels have the arithmetic. The effect of sampling
arrives as an offset.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from river import base

from streamimb._kernels.ports import Learner
from streamimb._kernels.rolling_boosting import RollingBoosting
from streamimb._kernels.rolling_forest import RollingForest
from streamimb.anchored_classifier import AnchoredClassifier
from streamimb.parameters import checked_seed, number, numbers, refuse, whole_between
from streamimb.stats import ClassPrior
from streamimb.stats.class_prior import begin_prior
from streamimb.tree.gains import shares_of
from streamimb.tree.restoring import restore

KERNEL = ("prior", "reader", "columns", "categories", "forest", "shares")


class RollingBoostingClassifier(AnchoredClassifier, RollingBoosting):  # type: ignore[misc]  # no **kwargs: none is dropped
    r"""Histogram trees boosted on a bounded ring of learned events, one new tree at a time, for streams.

    $$p(x) = \sum_k v_k\,\sigma(F_k(x) + \operatorname{logit} m), \qquad
    F_k(x) = \sum_t (w_{t,l} + d_{t,l,k})$$

    where $l$ is the leaf of tree $t$ for $x$, $w$ its fitted value, and $d_k$ its correction at rate $k$.

    **Trees.** A ring keeps the last events that were learned: features as they were, label, offset $o$, weight. With
    every `every`-th learned event a new tree replaces the oldest. It is fitted on a random half of the ring at the
    margin $F$ of the other trees: gradients $g = \sigma(F + o) - y$, hessians $h = p(1-p)$, leaf by leaf, each time the
    split with the largest gain, at least 20 events and a hessian of 1 on both sides, leaves
    $w = -\alpha G/(H + \lambda)$. A column has 64 bins; half of their edges are quantiles of the positives, half of the
    negatives. The fit is done in slices while events come, on a ring to which nothing is added meanwhile, so that the
    tree does not depend on the slices and no event waits for one.

    **Corrections.** The label of a learned event moves the corrections of its leaves by
    $\eta_k (y - \sigma(F_k + o))/(H_l + \lambda)$, where $H_l$ sums the hessians of the leaf; all of them together move
    $F_k$ by $\log 20$ at most. Without this bound the first positive after thousands of negatives raises the
    probability of all other events to .2 (`docs/learners.md`). A correction ends with its tree. Trees are fitted at the
    margin without corrections.

    **Weights.** An event of weight $w$ counts as $w$ events, a weight above $10^{15}$ as that. The step of a weight
    above 1 goes to its label and not beyond, and its bound is $w$ times as wide. But an event much heavier than the
    others outweighs them: in the trees until it has left the ring, in the rate of its strings for good.

    **Mixture.** The forest at each rate, and the companion, are experts; a share $v_k$ is multiplied by the label's
    probability to the power 1/16 by the expert *as the event was served* (`memo`); fixed share $10^{-4}$. Judged at the
    label, the fastest expert would look best, and be served on old labels.

    **Features.** Numbers and bools as they are; a missing one (absent, None, NaN, or beyond $10^{15}$) goes left. A
    string is three numbers from the labels that came before it: the log of its smoothed rate over that of the stream,
    the same with a half-life of 20 labels, and the log of 1 + labels.

    **Cost**: with 15 numbers, about 4 µs for a prediction with 120 trees; a learned event adds 1/`every` of a
    tree, which visits every row of the ring about eight times. Memory: 5 bytes for each value of the ring, up to 10
    while it gets columns, and 57 for each of its events (7 MB with 15 columns), and 32 bytes for each of the $2^{bits}$
    slots of strings, from the first string on.

    Parameters
    ----------
    companion
        An offset learner of streamimb, such as `linear_model.LogisticRegression()`, as one more expert: it is ahead
        while the ring is young, and where the truth is smooth. It learns what it is given here, and should be used
        nowhere else. None: the forest alone.
    n_trees
        Trees in use, 1 to 10,000.
    max_leaves
        Leaves of a tree, 2 to 255.
    learning_rate
        $\alpha$, in (0, 1].
    l2
        $\lambda$, .001 to $10^6$; 20 is better where labels are late and noisy.
    leaf_rates
        $\eta_k$ of the corrections, each in [0, 100]; one of them should be 0.
    ring_size
        Events in the ring, 200 to $10^7$.
    every
        Learned events for each new tree, 1 to $10^6$.
    row_share
        Share of the ring that a tree is fitted on, in (0, 1].
    column_share
        Share of the columns that a tree may split on, in (0, 1].
    max_columns
        Most columns, 1 to 10,000: one for a number, three for a field of strings. A field that comes when all are in
        use is not seen by trees.
    hash_bits
        Strings are counted in 2^hash_bits slots, 1 to 28.
    slice_visits
        Visits of rows by the fit with each learned event, 1 to $10^{12}$, of some 30 ns each; more where the tree
        would not be done when it is due.
    seed
        Seed of the draws and of the hashes, 0 to $2^{64} - 1$.
    prior
        P(True) to start from, in (0, 1): served until the first negative came; then it counts as one label. Or a
        `stats.ClassPrior` whose parameters are taken, not what it has counted.

    Raises
    ------
    ValueError
        For a parameter out of range; for `w` negative or not finite; for a label that is not True, False,
        1 or 0.
    TypeError
        For a feature that is neither number, string, bool nor None; nothing is learned of that event.

    Examples
    --------
    >>> from streamimb import tree
    >>> model = tree.RollingBoostingClassifier(n_trees=20, ring_size=2_000)
    >>> for i in range(2_000):
    ...     model.learn_one({"amount": float(i % 50), "country": "NO" if i % 3 else "SE"}, 20 < i % 50 < 25)
    >>> round(model.predict_proba_one({"amount": 22.0, "country": "NO"})[True], 1)
    0.9

    References
    ----------
    Friedman (2001), Greedy function approximation, doi:10.1214/aos/1013203451; Ke et al. (2017), LightGBM, NeurIPS 30;
    Prokhorenkova et al. (2018), CatBoost: ordered target statistics, arXiv:1706.09516; Herbster, Warmuth (1998),
    Tracking the best expert, doi:10.1023/A:1007424614876; weights above 1 after Kulis, Bartlett (2010), Implicit
    online learning. The ring, the corrections and the judgement as served are ours.
    """

    _parameters: ClassVar = (
        "companion", "n_trees", "max_leaves", "learning_rate", "l2", "leaf_rates", "ring_size", "every", "row_share",
        "column_share", "max_columns", "hash_bits", "slice_visits", "seed", "prior",
    )  # fmt: skip

    def __init__(
        self,
        companion: base.Classifier | None = None,
        n_trees: int = 120,
        max_leaves: int = 15,
        learning_rate: float = 0.1,
        l2: float = 10.0,
        leaf_rates: tuple[float, ...] = (0.0, 0.1, 0.5, 2.0),
        ring_size: int = 50_000,
        every: int = 50,
        row_share: float = 0.5,
        column_share: float = 0.8,
        max_columns: int = 256,
        hash_bits: int = 18,
        slice_visits: int = 20_000,
        seed: int = 0,
        prior: float | ClassPrior = 0.05,
    ) -> None:
        if companion is not None and not isinstance(companion, Learner):
            refuse("companion", companion, "an offset learner of streamimb, or None")
        self.companion: Any = companion
        self.n_trees = whole_between("n_trees", n_trees, 1, 10_000)
        self.max_leaves = whole_between("max_leaves", max_leaves, 2, 255)
        self.learning_rate = number(
            "learning_rate", learning_rate, lambda a: 0.0 < a <= 1.0, "a number in (0, 1]"
        )
        self.l2 = number("l2", l2, lambda a: 1e-3 <= a <= 1e6, "a number from 0.001 to 10^6")
        self.leaf_rates = numbers(
            "leaf_rates",
            leaf_rates,
            lambda rate: 0.0 <= rate <= 100.0,
            "a tuple of one or more numbers in [0, 100]",
        )
        self.ring_size = whole_between("ring_size", ring_size, 200, 10_000_000)
        self.every = whole_between("every", every, 1, 1_000_000)
        self.row_share = number("row_share", row_share, lambda a: 0.0 < a <= 1.0, "a share in (0, 1]")
        self.column_share = number(
            "column_share", column_share, lambda a: 0.0 < a <= 1.0, "a share in (0, 1]"
        )
        self.max_columns = whole_between("max_columns", max_columns, 1, 10_000)
        self.hash_bits = whole_between("hash_bits", hash_bits, 1, 28)
        self.slice_visits = whole_between("slice_visits", slice_visits, 1, 10**12)
        self.seed = checked_seed(seed)
        self.prior = prior
        super().__init__(
            begin_prior(prior),
            RollingForest(
                self.n_trees, self.max_leaves, self.leaf_rates, self.l2, self.learning_rate, self.ring_size,
                self.every, self.row_share, self.column_share, self.slice_visits, self.seed,
            ),
            self.max_columns, self.hash_bits, self.seed, companion,
        )  # fmt: skip

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"n_trees": 8, "max_leaves": 5, "ring_size": 300, "every": 20, "hash_bits": 8}

    @property
    def _raw_memory_usage(self) -> int:
        return self.memory_bytes() + (0 if self.companion is None else int(self.companion._raw_memory_usage))

    @property
    def memory_budget_bytes(self) -> int:
        """The most that it can take, without the names of its fields and the companion.

        A value of the ring is counted twice, because the ring is copied when it gets columns.
        """
        columns, rates = self.max_columns, len(self.leaf_rates)
        ring = self.ring_size * (57 + 10 * columns) + 2 * self.every * (25 + 4 * columns)
        nodes = (self.n_trees + 1) * (2 * self.max_leaves - 1) * 24
        leaves = (self.n_trees + 1) * self.max_leaves * 8 * (2 + rates)
        histograms = columns * (1_536 * self.max_leaves + 8)
        edges = 600 * columns
        return ring + nodes + leaves + histograms + edges + (32 << self.hash_bits) + 4_096

    def __setstate__(self, state: Any) -> None:
        restore(self, state, KERNEL)

    def contributions_one(self, x: Mapping[Any, Any], offset: float | None = None) -> dict[Any, float]:
        r"""What each field adds to the served log-odds.

        On the way of the event through a tree, a split adds the difference between the values of two nodes, where the
        value of a node is the mean of its leaves, weighted by their hessians. The companion adds its contributions by
        its weight in the mixture. Three more rows: the `"(intercept)"`, which all events have in common, the
        `"(anchor)"` $\operatorname{logit} m$ or `offset` where one is given, and the `"(mixture)"`, by which mixing
        probabilities differs from mixing log-odds. `math.fsum` of all is the served log-odds. For a sampled learner
        use `contributions_one` of the `SampledClassifier`, which has the anchor.

        **Cost**: a prediction, and O(nodes of the forest) in Python.

        Examples
        --------
        >>> import math
        >>> from streamimb import tree
        >>> model = tree.RollingBoostingClassifier()
        >>> for i in range(400):
        ...     model.learn_one({"a": float(i % 100)}, i % 100 > 90)
        >>> p = model.predict_proba_one({"a": 99.0})[True]
        >>> round(abs(math.fsum(model.contributions_one({"a": 99.0}).values()) - math.log(p / (1 - p))), 12)
        0.0
        """
        p = min(1.0 - 1e-16, max(1e-300, self.predict_proba_one(x, offset)[True]))
        parts, anchor, weight = self.parts_one(x, offset)
        rows: dict[Any, float] = {"(intercept)": parts[0][1]}
        for name, value in parts[1:]:
            rows[name] = rows.get(name, 0.0) + value
        beside = {} if self.companion is None else self.companion.contributions_one(x, anchor)
        for name, value in beside.items():
            if name not in ("(anchor)", "(mixture)"):
                rows[name] = rows.get(name, 0.0) + weight * value
        rows["(anchor)"] = rows.get("(anchor)", 0.0) + anchor
        served = math.log(p) - math.log1p(-p)
        rest = math.fsum([served, *(-value for value in rows.values())])  # rounded once
        rows["(mixture)"] = rows.get("(mixture)", 0.0) + rest  # a field may have this name too
        return rows

    def feature_importances(self) -> dict[Any, float]:
        r"""Return the share of each field in the gain of all splits of the trees that are in use.

        The gain of a split is $G_l^2/(H_l + \lambda) + G_r^2/(H_r + \lambda) - G^2/(H + \lambda)$. The answer is empty
        before the first split.

        **Cost**: O(nodes of the forest).

        Examples
        --------
        >>> from streamimb import tree
        >>> model = tree.RollingBoostingClassifier()
        >>> for i in range(400):
        ...     model.learn_one({"a": float(i % 100), "b": 1.0}, i % 100 > 90)
        >>> model.feature_importances()
        {'a': 1.0, 'b': 0.0}
        """
        return shares_of(self._gains())
