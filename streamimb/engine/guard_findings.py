"""The faults that the guard found in recent events, by reason and field, each with its cure.

Sentences contain names of fields, never a value.
"""

from typing import Any

from streamimb._kernels.saved import entries, listed, text
from streamimb.engine.shares import Share, percent

LEFT_OUT = "left_out"
LEARNED = frozenset({"coerced", "imputed", "unknown_field", LEFT_OUT})  # an event with only these is learned
OF_A_FIELD = frozenset({LEFT_OUT, "inf", "too_large", "type", "too_long"})  # each with a field
LIMIT = 0.05  # of the events, for a field that is left out
NAMED = 3  # reasons and fields that a sentence names
CURES = {
    "missing": "give the field a default or nullable = true",
    "nan": "give the field nullable = true",
    "inf": "correct what computes the field",
    "too_large": "correct the unit of the field",
    "type": "give the field the type it has, or coerce = true",
    "too_long": "shorten the text, or raise max_text",
    "bounded": "widen min and max of the field",
    "too_many_features": "send fewer fields, or raise max_features",
    "not_a_dict": "send an object of named fields",
}


ONE_KIND = "send one kind of value in each, or declare the fields under [schema] (type, coerce = true)"


class GuardFindings:
    """Decayed shares of events by guard reason, and two sentences about them.

    Cost: O(reasons given so far) per `look`.
    """

    __slots__ = ("_fields", "_shares", "left_out", "unlearnable")

    def __init__(self) -> None:
        self._shares: dict[str, Share] = {}
        self._fields: set[str] = set()  # left out of more than `LIMIT` of the events
        self.left_out = ""  # a sentence that names them, or ""
        self.unlearnable = ""  # the most frequent reasons for not learning events, with their cures

    def look(self, guard: dict[str, int], events: int) -> None:
        """Update with the guard's counts by reason, and the number of events.

        The guard adds the counts of a field that left an inferred schema to the count of the reason code alone. These
        are no faults of recent events, so the shares of the field are dropped.
        """
        fields = []
        found = []
        before, self._shares = self._shares, {}
        for reason, n in sorted(guard.items()):
            code, _, field = reason.partition(":")
            if (code in LEARNED and code != LEFT_OUT) or (code in OF_A_FIELD and not field):
                continue
            share = self._shares[reason] = before.get(reason) or Share()
            share.fold(n, events)
            if code == LEFT_OUT:
                if share.above(LIMIT, field in self._fields):
                    fields.append((-share.share, field))
            elif share.share > 0.0:
                found.append((-share.share, code, field))
        self._fields = {field for _, field in fields}
        causes = [code for _, code, field in found if field in self._fields]
        self.left_out = _left_out(sorted(fields), sorted(causes))
        self.unlearnable = _unlearnable(sorted(found)[:NAMED])

    def state(self) -> dict[str, Any]:
        """Return the state, for a snapshot."""
        return {
            "shares": {reason: share.state() for reason, share in self._shares.items()},
            "fields": sorted(self._fields),
            "left_out": self.left_out,
        }

    @classmethod
    def of_state(cls, state: Any) -> "GuardFindings":
        """Return findings with the state that `state` gave.

        Raises
        ------
        ValueError
            It is not such a state.
        """
        saved = entries(state, "shares", "fields", "left_out")
        shares = entries(saved["shares"], *saved["shares"])
        made = cls()
        made._shares = {
            text({"shares": reason}, "shares"): Share.of_state(share) for reason, share in shares.items()
        }
        made._fields = {text({"fields": field}, "fields") for field in listed(saved, "fields")}
        made.left_out = text(saved, "left_out")
        return made


def _left_out(fields: list[tuple[float, str]], causes: list[str]) -> str:
    if not fields:
        return ""
    named = ", ".join(f'"{field}" ({percent(-share)})' for share, field in fields[:NAMED])
    more = f" and {len(fields) - NAMED} more" if len(fields) > NAMED else ""
    cures = dict.fromkeys(ONE_KIND if code == "type" else CURES[code] for code in causes)
    return "; ".join(
        [f"fields are left out of events because their values cannot be learned: {named}{more}", *cures]
    )


def _unlearnable(found: list[tuple[float, str, str]]) -> str:
    if not found:
        return "for reasons that are not counted: see the reasons on the scores"
    named = ", ".join(f'{code} in "{field}"' if field else code for _, code, field in found)
    cures = dict.fromkeys(CURES[code] for _, code, _ in found if code in CURES)
    return f"{named}; under [schema]: {'; '.join(cures)}" if cures else named
