"""Alarms of a detector in Python: those of the last update, and how many of each name there were."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from streamimb._kernels.saved import entries, listed, number, refused, whole

MOST = 20  # alarms of one update
MOST_FIELDS = 5  # named by one alarm


class Raised:
    """The alarms of the last update, each a name, fields and evidence, and the number of alarms of each name."""

    def __init__(self, names: Iterable[str]) -> None:
        self.now: list[tuple[str, tuple[Any, ...], dict[str, float]]] = []
        self.n = dict.fromkeys(names, 0)

    def clear(self) -> None:
        """Forget the alarms of the update before."""
        if self.now:
            self.now = []

    def add(self, name: str, fields: Iterable[Any] = (), **evidence: float) -> None:
        """Raise an alarm."""
        self.now.append((name, tuple(fields)[:MOST_FIELDS], evidence))
        self.n[name] += 1

    def state(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "now": [[name, list(fields), dict(evidence)] for name, fields, evidence in self.now],
            "n": list(self.n.values()),
        }

    @classmethod
    def resumed(cls, names: Mapping[str, str], state: Any) -> Raised:
        """Return what a state describes; raise ValueError where it is none of a detector with these names."""
        saved = entries(state, "now", "n")
        made = cls(names)
        counts = listed(saved, "n", len(made.n))
        made.n = {name: whole({"n": n}, "n") for name, n in zip(made.n, counts, strict=True)}
        for one in listed(saved, "now", most=MOST):
            name, fields, evidence = listed({"now": one}, "now", 3)
            if (
                type(name) is not str
                or name not in made.n
                or type(evidence) is not dict
                or len(evidence) > MOST
            ):
                raise refused("now", "alarms with a name of this detector, fields and evidence")
            fields = listed({"now": fields}, "now", most=MOST_FIELDS)
            if not all(type(each) is str or type(each) is int for each in (*fields, *evidence)):
                raise refused("now", "names of fields and of evidence")
            made.now.append((name, tuple(fields), {key: number(evidence, key) for key in evidence}))
        return made
