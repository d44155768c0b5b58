"""Segments that an update on another thread drops during a reading."""

from streamimb import metrics


class Dropping(dict):  # type: ignore[type-arg]
    """Events by segment, of which an update drops one as soon as someone reads the names of the segments."""

    def __iter__(self):
        names = list(super().__iter__())
        self.events.pop("a", None)  # type: ignore[attr-defined]
        return iter(names)

    def items(self):
        return [(name, self[name]) for name in self]

    keys = __iter__


def dropping() -> metrics.Segmented:
    metric = metrics.Segmented(metrics.LogLoss(), by="u")
    for name in ("a", "b"):
        metric.update(True, 0.5, x={"u": name})
    metric._each = Dropping(metric._each)
    metric._each.events = metric._events  # type: ignore[attr-defined]
    return metric


def test_readings_leave_out_a_segment_that_goes_meanwhile() -> None:
    assert list(dropping().readings())[-1].value == 1.0


def test_merge_leaves_out_a_segment_that_goes_meanwhile() -> None:
    total = metrics.Segmented(metrics.LogLoss(), by="u")
    total.merge(dropping())
    assert list(total.by_segment()) == ["b"]
