"""Events and labels from files, scores and dead letters to files.

JSON lines or Parquet rows in (`source`), JSON lines out (`sink`); `-` is stdin or stdout. A file is a
closed input with one partition: once it was read to its end, no more records come.
"""

from streamimb_connectors.files.open import sink, source

__all__ = ["sink", "source"]
