"""The weight of a label that an event gets only with a known probability."""

from typing import Any

from streamimb.parameters import number

MOST = 100.0


def propensity_weight(propensity: Any, most: float = MOST) -> float:
    r"""Return $\min(1/\pi, w_{most})$, the weight of an event that gets its label with probability $\pi$.

    Sums weighted by it are those of all events in the mean, where $\pi$ is right and above 0 for every event; `update`
    of a metric and `learn_one` take it as `w`. The bound keeps one label from outweighing all others: at most it counts
    as `most` events. Where $\pi$ is below 1/`most`, such events count for less than they are, in proportion.

    **Cost**: O(1).

    Parameters
    ----------
    propensity
        P(labelled | event), in (0, 1]. It has to be the probability at which the label was asked for, and may depend on
        the event and its score, but not on the label.
    most
        The largest weight; at least 1.

    Raises
    ------
    ValueError
        A propensity is no number in (0, 1]: no weight makes up for events that are never labelled; `most` is out of
        range.

    Examples
    --------
    >>> propensity_weight(0.05), propensity_weight(1.0), propensity_weight(0.001)
    (20.0, 1.0, 100.0)

    References
    ----------
    Horvitz and Thompson (1952), A Generalization of Sampling Without Replacement From a Finite Universe,
    doi:10.1080/01621459.1952.10483446; Ionides (2008), Truncated Importance Sampling, doi:10.1198/106186008X320456.
    """
    most = number("most", most, lambda w: w >= 1.0, "a weight of at least 1")
    given = number("propensity", propensity, lambda p: 0.0 < p <= 1.0, "P(labelled | event), in (0, 1]")
    return min(most, 1.0 / given)
