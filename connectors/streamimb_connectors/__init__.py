"""Connectors: one package for each outside system, as a Source, a Sink or an Exporter.

They use the protocols and nouns of `streamimb`, and are found by the entry points `streamimb.sources`,
`streamimb.sinks` and `streamimb.exporters`.
"""
