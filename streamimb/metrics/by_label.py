"""Joins the readings of several metrics of one class, distinguished by a label."""

from collections.abc import Iterator, Mapping

import msgspec

from streamimb.protocols import Readable, Reading


def by_label(label: str, metrics: Mapping[str, Readable]) -> Iterator[Reading]:
    """Yield the readings of metrics of one class; each has the values of all metrics by the new label, which is first.

    **Cost**: that of their readings.

    Examples
    --------
    >>> from streamimb.metrics import LogLoss
    >>> reading, _ = by_label("stage", {"raw": LogLoss(), "calibrated": LogLoss()})
    >>> reading.name, reading.labels, reading.value
    ('log_loss', ('stage',), {'raw': nan, 'calibrated': nan})
    """
    for same in zip(*(metric.readings() for metric in metrics.values()), strict=True):
        values = {name: reading.value for name, reading in zip(metrics, same, strict=True)}
        yield msgspec.structs.replace(same[0], value=values, labels=(label, *same[0].labels))
