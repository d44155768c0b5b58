"""What the names of contributions stand for: fields of the event, features made of one, or parts of the model."""

from collections.abc import Mapping
from typing import Any

from streamimb.protocols import Features


def reasons_of(
    added: Mapping[Any, float], x: Features, top: int, codes: Mapping[str, str]
) -> tuple[str, ...]:
    """Return the names, or their codes, of what adds most to the log-odds, the largest first.

    A name that the event does not have is that of a feature which a transformer made of a field: that which begins
    with the name of a field and an underscore, as `OneHotEncoder` writes it, counts for this field, unless it has a
    code of its own. Any other is shown as it is: that of two fields together is "a*b". Names in parentheses belong to
    the model.

    Cost: O(contributions), and O(fields) for each name that is not the event's.

    Examples
    --------
    >>> added = {"speed": 0.5, "country_fr": 2.0, "country_de": -0.25, "(anchor)": 3.0, "a*b": 1.0}
    >>> reasons_of(added, {"speed": 7.0, "country": "fr", "a": 1.0, "b": 1.0}, 3, {"speed": "R01"})
    ('country', 'a*b', 'R01')
    """
    sums: dict[str, float] = {}
    for name, value in added.items():
        if name not in x and _is_of_the_model(name):
            continue
        shown = str(name) if name in x or str(name) in codes else _field(str(name), x)
        sums[shown] = sums.get(shown, 0.0) + value
    largest = sorted((-value, name) for name, value in sums.items() if value > 0.0)
    return tuple(codes.get(name, name) for _, name in largest[:top])


def _is_of_the_model(name: Any) -> bool:
    return isinstance(name, str) and name.startswith("(") and name.endswith(")")


def _field(name: str, x: Features) -> str:
    """The longest field of which a feature was made; the name itself where there is none, or it is that of a pair."""
    if _is_pair(name, x):
        return name
    return max(
        (field for field in x if isinstance(field, str) and name.startswith(f"{field}_")),
        key=len,
        default=name,
    )


def _is_pair(name: str, x: Features) -> bool:
    """Whether this names two fields of the event, with an asterisk between them; either may have one of its own."""
    if "*" not in name:
        return False
    fields = {str(field) for field in x}
    return any(
        name[:i] in fields and name[i + 1 :] in fields for i, letter in enumerate(name) if letter == "*"
    )
