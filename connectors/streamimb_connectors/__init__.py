"""One outside system each, behind a Source, a Sink or a collector.

Connectors know the protocols and nouns of `streamimb`; they know nothing of learning, nor of each other.
Found through the entry points `streamimb.sources`, `streamimb.sinks` and `streamimb.exporters`.
"""
