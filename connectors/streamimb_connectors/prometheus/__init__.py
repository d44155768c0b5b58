"""Metrics and health over HTTP, for Prometheus and for whoever restarts processes.

`exporter` serves `/metrics`, `/healthz`, `/readyz` and `/status` on a port of its own, on loopback unless told
otherwise. It reads the engine and the runner's status when it is asked, and counts nothing itself.
"""

from streamimb_connectors.prometheus.exporter import Exporter, exporter

__all__ = ["Exporter", "exporter"]
