"""Readings as Prometheus metrics, read at the moment of a scrape.

It counts nothing and names no metric: names, help texts and labels are those of the readings. The number of values of a
label is limited.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from streamimb.protocols import Reading

_log = logging.getLogger("streamimb.metrics")

MOST_LABEL_VALUES = 200  # of one counter; the rest are added up as "other"
_KINDS: Mapping[str, type[CounterMetricFamily | GaugeMetricFamily]] = {
    "counter": CounterMetricFamily,
    "gauge": GaugeMetricFamily,
}


class ReadingsCollector:
    """A collector for a registry of its own (prometheus_client's `Collector` protocol).

    Cost: that of the readings, per scrape; nothing per event. Each number is right by itself; numbers of one
    scrape may be some events apart. A reading that cannot be shown, or has the name of an earlier one, is left out and
    logged once: the page stays readable.

    Parameters
    ----------
    readings
        Returns the readings, at each scrape.

    """

    def __init__(self, readings: Callable[[], Iterable[Reading]]) -> None:
        self._readings = readings
        self._left_out: set[str] = set()

    def collect(self) -> Iterator[Metric]:
        """Yields the present values of all metrics."""
        shown: set[str] = set()
        for reading in self._readings():
            try:
                made = family(reading)
            except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
                self._leave_out(str(getattr(reading, "name", reading)), type(error).__name__)
                continue
            if made.name in shown:
                self._leave_out(made.name, "its name is that of an earlier one")
                continue
            shown.add(made.name)
            yield made

    def _leave_out(self, name: str, why: str) -> None:
        if name not in self._left_out and len(self._left_out) < MOST_LABEL_VALUES:
            self._left_out.add(name)
            _log.warning("the reading '%s' is left out of /metrics: %s", name, why)


def family(reading: Reading) -> Metric:
    """The reading as a metric with its samples.

    >>> family(Reading("rejected", "Records rejected.", {"decode": 2}, "counter", ("reason",))).samples[0][:3]
    ('streamimb_rejected_total', {'reason': 'decode'}, 2.0)
    """
    made = _KINDS[reading.kind](f"streamimb_{reading.name}", reading.help, labels=reading.labels)
    samples = sorted(_flat(reading.value, ()))
    bounded = samples if reading.kind == "gauge" else samples[:MOST_LABEL_VALUES]
    for labels, value in bounded:
        made.add_metric(labels, value)
    if len(bounded) < len(samples):
        rest = sum(value for _, value in samples[MOST_LABEL_VALUES:])
        made.add_metric(["other"] * len(reading.labels), rest)
    return made


def _flat(
    value: float | Mapping[str, Any], labels: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], float]]:
    if isinstance(value, Mapping):
        for label, inner in value.items():
            yield from _flat(inner, (*labels, label))
    else:
        yield labels, float(value)
