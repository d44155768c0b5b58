"""One table of what was measured under each CPython; the worst verdict of a work is its verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from benchmarks.rounds import Line

VERDICTS = ("ok", "below goal", "MISS")  # the worst last


class Row(NamedTuple):
    """One work, and its line by version of CPython."""

    work: str
    lines: dict[str, Line]

    @property
    def verdict(self) -> str:
        return max((line.verdict for line in self.lines.values()), key=VERDICTS.index)

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        first = next(iter(self.lines.values()))
        measured = {
            python: {"ours": line.ours, "reference": line.reference, "ratio": line.ratio}
            for python, line in self.lines.items()
        }
        return {
            "work": self.work,
            "goal": first.goal,
            "verdict": self.verdict,
            "against": first.against,
            "measured": measured,
        }


def merged(measured: Mapping[str, Sequence[Line]]) -> list[Row]:
    """The works in the order of the first CPython that measured them."""
    rows: dict[str, Row] = {}
    for python, lines in measured.items():
        for line in lines:
            rows.setdefault(line.work, Row(line.work, {})).lines[python] = line
    return list(rows.values())


def drawn(rows: Sequence[Row], pythons: Sequence[str]) -> str:
    """The rows as text: ours, what it is measured against, and the ratio, under each CPython."""
    titles = "".join(f"{python:>9}{'other':>10}{'ratio':>8}" for python in pythons)
    text = [f"{'work':52}{titles}  {'goal':18}{'verdict':12}against"]
    for row in rows:
        first = next(iter(row.lines.values()))
        numbers = "".join(_numbers(row.lines.get(python)) for python in pythons)
        text.append(f"{row.work:52}{numbers}  {first.goal:18}{row.verdict:12}{first.against}")
    return "\n".join(text)


def _numbers(line: Line | None) -> str:
    if line is None:
        return f"{'-':>9}{'':18}"
    if not line.reference:
        return f"{line.ours:9.2f}{'':18}"
    return f"{line.ours:9.2f}{line.reference:10.2f}{line.ratio:8.2f}"
