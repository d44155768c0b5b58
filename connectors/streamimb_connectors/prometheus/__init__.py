"""Metrics and health over HTTP, for Prometheus and for process supervisors.

`exporter` serves `/metrics`, `/healthz`, `/readyz` and `/status` on a port of its own, on loopback by
default. It reads the engine and the runner's status at each request, and counts nothing itself.
"""

from streamimb_connectors.prometheus.exporter import Exporter, exporter

__all__ = ["Exporter", "exporter"]
