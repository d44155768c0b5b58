"""The weight of a label where only some events get one, each with a known probability."""

from typing import Any

from streamimb.engine.counters import Counters
from streamimb.engine.label_policy import LabelPolicy
from streamimb.engine.roles import PROPENSITY, Roles, propensity_from
from streamimb.protocols import Features
from streamimb.stats.propensity_weight import propensity_weight

UNUSABLE = 0.0  # the propensity of a label that has one which cannot be used


class Propensity:
    """Weighs a label by 1/π, π being the propensity of its event: P(labelled | event).

    π is that of the label record, or where this has none that of the event. A weight is at most `most`; how often that
    bound held is counted (`propensity_bounded`). A label whose π is missing or not in (0, 1] weighs 0: it ends its
    event, and is neither learned nor measured, because nobody knows for how many events it stands. It is counted too
    (`propensity_unusable`).

    Cost: one dict of the fields of an event per label.

    Parameters
    ----------
    name
        The column that has the role; "" where there is none, and every label weighs 1.
    most
        The largest weight; ≥ 1.
    """

    __slots__ = ("_most", "name")

    def __init__(self, name: str = "", most: float = 1.0) -> None:
        self.name, self._most = name, most

    def kept(self, row: Any, x: Features | None) -> Features | None:
        """Return what is kept of an event after its end, and its propensity."""
        given = row.fields().get(self.name) if self.name else None
        return x if given is None else {**(x or {}), self.name: given}

    def weigh(self, counts: Counters, row: Any, said: Any) -> float:
        """Return the weight of the label of a row; `said` is the propensity of the label record, None for none."""
        if not self.name:
            return 1.0
        given = row.fields().get(self.name) if said is None else usable(said)
        if given is None or given == UNUSABLE:
            counts.propensity_unusable += 1
            return 0.0
        counts.propensity_bounded += given * self._most < 1.0
        return propensity_weight(given, self._most)


def usable(given: Any) -> float | None:
    """Return a propensity as a float, `UNUSABLE` where it is not in (0, 1], and None where none is given.

    Cost: O(1).

    Examples
    --------
    >>> usable(1), usable(0.25), usable(None), usable(2.0), usable("high")
    (1.0, 0.25, None, 0.0, 0.0)
    """
    if given is None:
        return None
    found = propensity_from(given)
    return UNUSABLE if found is None else found


def propensity_of(roles: Roles | None, labels: LabelPolicy, most: float) -> Propensity:
    """Return what weighs labels: by 1 where no column has the role "propensity".

    Cost: O(roles).

    Raises
    ------
    ValueError
        Two columns have the role, or only positives are reported.
    """
    names = [name for name, role in (roles.of if roles is not None else {}).items() if role == PROPENSITY]
    if not names:
        return Propensity()
    if len(names) > 1:
        raise ValueError(
            f"roles: {names[0]!r} and {names[1]!r} have the role 'propensity': give it to one column"
        )
    if not labels.learns_at_label:
        raise ValueError(
            f"roles: {names[0]!r} has the role 'propensity', but where only positives are reported an event without a "
            "label is a negative, whether anybody looked or not: report both labels (BothReported; regime = 'both' "
            "under [labels]), or leave the role out"
        )
    return Propensity(names[0], most)
