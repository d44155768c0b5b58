"""A tree for rare classes that grows online, split by split, behind the interface of a River classifier.

This module has the parameters and what explains the tree; the kernels have the arithmetic. The effect of sampling
arrives as an offset.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from streamimb._kernels.hoeffding import Hoeffding
from streamimb._kernels.hoeffding_tree import HoeffdingTree
from streamimb.anchored_classifier import AnchoredClassifier
from streamimb.parameters import checked_seed, number, whole_between, word
from streamimb.stats import ClassPrior
from streamimb.stats.class_prior import begin_prior
from streamimb.tree.gains import shares_of
from streamimb.tree.restoring import restore

KERNEL = ("prior", "reader", "columns", "categories", "tree")
CRITERIA = ("hellinger", "information")
COLUMN_BYTES = 33_000  # of the reservoirs of a column
CELL_BYTES = 544  # of a column in a leaf


class HoeffdingTreeClassifier(AnchoredClassifier, Hoeffding):  # type: ignore[misc]  # no **kwargs: none is dropped
    r"""A Hoeffding tree for imbalanced streams: each leaf is split once its best split is surely the best.

    With the offset $o$, which is $\operatorname{logit} m$ of the class prior or is given, a leaf answers

    $$p = (1 - v)\,\sigma(o + g + f) + v\,\sigma(o + g + b + s\,e), \qquad
    e = \sum_j \log \frac{P(x_j \mid 1)}{P(x_j \mid 0)}$$

    its log-odds, and naive Bayes with the offset as its prior, both at the level g of the tree.

    **Counts.** Each leaf counts the mass of both classes in 34 bins of every column: one for missing values, and
    intervals whose edges are quantiles, half of the positives, half of the negatives. When the edges are renewed, the
    counts move with them. With each event of the rarer class, what the leaf knows fades by $2^{-1/h}$,
    h = `half_life`.

    **Splits.** With every `grace_period` events of the rarer class a leaf looks for the best split, `x <= t` of one
    column, by the Hellinger distance between the classes,
    $d = \sqrt{((\sqrt{a} - \sqrt{b})^2 + (\sqrt{1-a} - \sqrt{1-b})^2)/2}$ for the shares a of the positives and b of
    the negatives that go left, or by the information about y as a share of its entropy. It splits if

    $$d_1 > \epsilon \text{ and } (d_1 - d_2 > \epsilon \text{ or } \epsilon < \tau), \qquad
    \epsilon = \sqrt{\log(1/\delta) / (2 n)}$$

    for the best split of the best and of the second best column, where n is the effective number
    $(\sum w)^2 / \sum w^2$ of events of the rarer class. The wanted share of rare events changes none of these.

    **Children** start from the counts of the leaf: those of the column of the split are cut at t, of each other
    column a child gets its share of either class, all of it at most the mass of one `grace_period`. Their $f$ and $b$
    move by the log-odds of their masses.

    **Leaf models.** f, and b with s, are fitted to the events that are learned, at their offset, by damped Newton
    steps. So sampling is undone in them by the offset. Counts cannot take an offset: in them an event of weight w that
    was learned at rate r of its class counts w max(r) / r. v is $\sigma$ of the log loss by which naive Bayes is ahead,
    faded, of all labelled events, and as they were served where there is a memo.

    **Level.** Leaves that lose their positives fall more slowly than others rise, and the best of many splits is taken
    for better than it is: without g the mean of p is 1.2 to 1.5 times the base rate on streams with drift. g is fitted
    to all labelled events, at a rate of at least 1 / 21 for each expected event of the rarer class, so that the sum
    of y - p stays within $21\,|g|$.

    **Features.** Numbers and bools as they are; a missing one (absent, None, NaN, or beyond $10^{15}$) goes left. A
    string is three numbers, from the labels that came before it (see `RollingBoostingClassifier`).

    **Cost**: with 30 numbers about 1 µs for a prediction and 1.3 µs for learning; a split takes 5 µs a column once in
    `grace_period` rare events, and renewing the edges of a column .4 ms after 200, 500, 1,250, ... events, one column
    at an event. Memory: 33 kB for each column, 544 bytes for each column of each leaf, and 32 bytes for each of the
    $2^{bits}$ slots of strings, from the first string on.

    Parameters
    ----------
    grace_period
        Events of the rarer class in a leaf between two searches for a split, 1 to $10^9$.
    delta
        Probability of a wrong split that the bound allows, in (0, 1).
    tau
        Two splits are taken as equally good when $\epsilon$ is below this, in [0, 1].
    split_criterion
        "hellinger" or "information".
    max_leaves
        Most leaves, 1 to 10,000; then the tree does not grow any more, and its leaves go on learning.
    max_depth
        Most splits between the root and a leaf, 0 to 1,000.
    half_life
        Events of the rarer class after which a leaf remembers half of what it knew, 10 to $10^9$.
    column_share
        Share of the columns that a leaf may be split on, in (0, 1]; drawn anew for each leaf, as forests do.
    max_columns
        Most columns, 1 to 256: one for a number, three for a field of strings. A field that comes when all are in use
        is not seen.
    hash_bits
        Strings are counted in 2^hash_bits slots, 1 to 28.
    seed
        Seed of the draws of the reservoirs and of the hashes, 0 to $2^{64} - 1$.
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
    >>> model = tree.HoeffdingTreeClassifier()
    >>> for i in range(4_000):
    ...     model.learn_one({"a": float(i % 50), "b": float(i % 7)}, i % 50 > 47 and i % 7 > 3)
    >>> round(model.predict_proba_one({"a": 49.0, "b": 6.0})[True], 1)
    0.9
    >>> model.n_leaves
    3

    References
    ----------
    Domingos, Hulten (2000), Mining high-speed data streams, doi:10.1145/347090.347107; Gama, Rocha, Medas (2003),
    naive Bayes in the leaves, doi:10.1145/956750.956813; Cieslak, Chawla (2008), Hellinger distance trees,
    doi:10.1007/978-3-540-87479-9_34; Kish (1965), Survey Sampling: the effective number. Counting in the rarer class,
    the children's counts, the offset and the learned slope are ours.
    """

    _parameters: ClassVar = (
        "grace_period", "delta", "tau", "split_criterion", "max_leaves", "max_depth", "half_life", "column_share",
        "max_columns", "hash_bits", "seed", "prior",
    )  # fmt: skip

    def __init__(
        self,
        grace_period: float = 20.0,
        delta: float = 0.001,
        tau: float = 0.2,
        split_criterion: str = "hellinger",
        max_leaves: int = 64,
        max_depth: int = 20,
        half_life: float = 1_000.0,
        column_share: float = 1.0,
        max_columns: int = 128,
        hash_bits: int = 18,
        seed: int = 0,
        prior: float | ClassPrior = 0.05,
    ) -> None:
        self.grace_period = number(
            "grace_period", grace_period, lambda n: 1.0 <= n <= 1e9, "a number from 1 to 10^9"
        )
        self.delta = number("delta", delta, lambda d: 0.0 < d < 1.0, "a number in (0, 1)")
        self.tau = number("tau", tau, lambda t: 0.0 <= t <= 1.0, "a number in [0, 1]")
        self.split_criterion = word("split_criterion", split_criterion, CRITERIA)
        self.max_leaves = whole_between("max_leaves", max_leaves, 1, 10_000)
        self.max_depth = whole_between("max_depth", max_depth, 0, 1_000)
        self.half_life = number(
            "half_life", half_life, lambda n: 10.0 <= n <= 1e9, "a number from 10 to 10^9"
        )
        self.column_share = number(
            "column_share", column_share, lambda share: 0.0 < share <= 1.0, "a number in (0, 1]"
        )
        self.max_columns = whole_between("max_columns", max_columns, 1, 256)
        self.hash_bits = whole_between("hash_bits", hash_bits, 1, 28)
        self.seed = checked_seed(seed)
        self.prior = prior
        super().__init__(
            begin_prior(prior),
            HoeffdingTree(
                self.max_columns, self.max_leaves, self.max_depth, self.split_criterion == "information",
                self.column_share, self.grace_period, self.delta, self.tau, self.half_life, self.seed,
            ),
            self.hash_bits, self.seed,
        )  # fmt: skip

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"grace_period": 5.0, "max_leaves": 8, "hash_bits": 8}

    @property
    def _raw_memory_usage(self) -> int:
        return self.memory_bytes()

    @property
    def memory_budget_bytes(self) -> int:
        """The most that its state can take, without the names of its fields."""
        columns = self.max_columns * (COLUMN_BYTES + CELL_BYTES * self.max_leaves)
        return columns + 300 * self.max_leaves + (40 << self.hash_bits) + 40_000

    @property
    def n_leaves(self) -> int:
        """Leaves of the tree."""
        return self._leaves()

    def __setstate__(self, state: Any) -> None:
        restore(self, state, KERNEL)

    def contributions_one(self, x: Mapping[Any, Any], offset: float | None = None) -> dict[Any, float]:
        r"""What each field adds to the served log-odds.

        A field adds what its splits on the way to the leaf added to the log-odds when they were made, and its part of
        the evidence of naive Bayes, by $v s$. Three more rows: the `"(intercept)"`, which is what else the leaf has
        learned, the `"(anchor)"` $\operatorname{logit} m$ or `offset` where one is given, and the `"(mixture)"`, by
        which mixing probabilities differs from mixing log-odds. `math.fsum` of all is the served log-odds. For a
        sampled learner use `contributions_one` of the `SampledClassifier`, which has the anchor.

        **Cost**: a prediction, and O(columns) in Python.

        Examples
        --------
        >>> import math
        >>> from streamimb import tree
        >>> model = tree.HoeffdingTreeClassifier()
        >>> for i in range(400):
        ...     model.learn_one({"a": float(i % 100)}, i % 100 > 90)
        >>> p = model.predict_proba_one({"a": 99.0})[True]
        >>> round(abs(math.fsum(model.contributions_one({"a": 99.0}).values()) - math.log(p / (1 - p))), 12)
        0.0
        """
        p = min(1.0 - 1e-16, max(1e-300, self.predict_proba_one(x, offset)[True]))
        parts, anchor = self.parts_one(x, offset)
        rows: dict[Any, float] = {"(intercept)": parts[0][1]}
        for name, value in parts[1:]:
            rows[name] = rows.get(name, 0.0) + value
        rows["(anchor)"] = rows.get("(anchor)", 0.0) + anchor
        served = math.log(p) - math.log1p(-p)
        rest = math.fsum([served, *(-value for value in rows.values())])  # rounded once
        rows["(mixture)"] = rows.get("(mixture)", 0.0) + rest  # a field may have this name too
        return rows

    def feature_importances(self) -> dict[Any, float]:
        r"""Return the share of each field in the gains of all splits, each as it was when the leaf was split.

        The answer is empty before the first split.

        **Cost**: O(nodes).

        Examples
        --------
        >>> from streamimb import tree
        >>> model = tree.HoeffdingTreeClassifier()
        >>> for i in range(4_000):
        ...     model.learn_one({"a": float(i % 100), "b": 1.0}, i % 100 > 90)
        >>> model.feature_importances()
        {'a': 1.0}
        """
        return shares_of(self._gains())
