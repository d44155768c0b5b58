"""The entry points of this connector: `source` and `sink`.

They read options and choose the reader by the format; they open nothing.
"""

import os
import sys
from collections.abc import Mapping
from typing import Any

from streamimb.connections import Sink, Source
from streamimb_connectors.files.lines import JsonLinesSource
from streamimb_connectors.files.options import SinkOptions, SourceOptions, read_options
from streamimb_connectors.files.parquet import ParquetSource
from streamimb_connectors.files.write import JsonLinesSink


def source(options: Mapping[str, Any], name: str, times: Mapping[str, Any] | None = None) -> Source:
    """A source of the records of one file.

    Parameters
    ----------
    options
        `path` (a file, or `-` for stdin), `format` (`jsonl` or `parquet`; by the suffix where absent),
        `time` (the field that orders the records), `time_unit` (`s`, `ms` or `us`),
        `batch` (records per poll, 500), `max_line_bytes` (16 MiB; a longer line is cut there),
        `earliest_s`, `latest_s`, `skew_s` (a time outside the range, or so far ahead of both the record before and the
        one after, is not used for the order).
    name
        The name of the source in the configuration.
    times
        `time`, `time_unit`, `earliest_s`, `latest_s` and `skew_s` where the options have none: as decoder
        and engine have them, else `time` in `s`, and any time is valid.

    Raises
    ------
    ValueError
        For an unknown or wrong option, or a path that is no readable file.

    """
    where = f"source '{name}' (files)"
    read = read_options(SourceOptions, {**(times or {}), **options}, where)
    if read.path != "-" and not os.access(read.path, os.R_OK):
        raise ValueError(
            f"{where}: path is '{read.path}', which does not exist or cannot be read: "
            "give a readable file, or - for stdin"
        )
    if read.path != "-" and os.path.isdir(read.path):
        raise ValueError(f"{where}: path is '{read.path}', a directory: give one file per source")
    if read.format == "parquet" or (read.format is None and read.path.endswith(".parquet")):
        if read.path == "-":
            raise ValueError(f"{where}: path is '-', but Parquet needs a seekable file")
        return ParquetSource(read, name)
    _open_stream(read.path, where, sys.stdin)
    return JsonLinesSource(read, name)


def sink(options: Mapping[str, Any], name: str) -> Sink:
    """A sink that appends one JSON line per output to a file, or to stdout (`-`).

    Raises
    ------
    ValueError
        For an unknown or wrong option, or a path that cannot be written.

    """
    where = f"sink '{name}' (files)"
    read = read_options(SinkOptions, options, where)
    if read.path != "-" and os.path.isdir(read.path):
        raise ValueError(f"{where}: path is '{read.path}', a directory: give a file, or -")
    _open_stream(read.path, where, sys.stdout)
    return JsonLinesSink(read, name)


def _open_stream(path: str, where: str, stream: object) -> None:
    """Refuses `-` where the process was started with this stream closed, because its number may be another file."""
    if path == "-" and stream is None:
        raise ValueError(
            f"{where}: path is '-', but this stream was closed when the process started: give a file"
        )
