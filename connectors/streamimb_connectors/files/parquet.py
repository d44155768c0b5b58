"""Parquet rows as records: each row is handed over as JSON bytes, so that one decoder serves all.

Dates become seconds, decimals floats, NaN null, and ±inf ±1e308 (JSON has no word for it; the guard
rejects it by its size). Knows columns; never what they mean. Needs the `parquet` extra.
"""

import importlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from streamimb.protocols import Record
from streamimb_connectors.files.options import SourceOptions
from streamimb_connectors.files.record_time import UNITS_PER_SECOND


class ParquetSource:
    """The rows of one Parquet file, in order, in partition 0; the offset is the row's number.

    Cost: memory of one batch of rows; a position skips whole row groups unread.
    """

    def __init__(self, options: SourceOptions, name: str) -> None:
        self.name = name
        self._options = options
        try:
            self._pa = importlib.import_module("pyarrow")
            self._pc = importlib.import_module("pyarrow.compute")
            self._pq = importlib.import_module("pyarrow.parquet")
        except ImportError as error:
            raise ValueError(
                f"source '{name}' (files): '{options.path}' is Parquet, which needs pyarrow: "
                "pip install 'streamimb[parquet]'"
            ) from error
        self._file: Any = None
        self._batches: Iterator[list[Record]] = iter(())
        self._ended = False
        self._last_t = 0.0

    def open(self, positions: Mapping[int, int]) -> Mapping[int, int]:
        """Starts at row `positions[0]`, or at the first.

        Raises
        ------
        ValueError
            Where the file is no Parquet, has fewer rows than the position, or lacks the `time` column.

        """
        where = f"source '{self.name}'"
        try:
            self._file = self._pq.ParquetFile(self._options.path)
        except self._pa.ArrowInvalid as error:
            raise ValueError(
                f"{where}: '{self._options.path}' is not a Parquet file: give one, or set format"
            ) from error
        rows, position = self._file.metadata.num_rows, positions.get(0, 0)
        if position > rows:
            raise ValueError(
                f"{where}: position {position} is beyond the {rows} rows of '{self._options.path}', so it is "
                "another file than before: bring it back, or start with a new state"
            )
        if self._options.time not in self._file.schema_arrow.names:
            raise ValueError(
                f"{where}: time is '{self._options.time}', which is not a column of '{self._options.path}'"
            )
        self._batches = self._read(position)
        return {}

    def poll(self, timeout_s: float) -> Sequence[Record]:
        """The next `batch` rows; none at the end."""
        records = next(self._batches, None)
        if records is None:
            self._ended = True
            return []
        return records

    def waiting(self) -> Sequence[int]:
        """`[0]` until the end of the file was met."""
        return [] if self._ended else [0]

    def commit(self, positions: Mapping[int, int]) -> None:
        """Nothing: a file has nobody to tell."""

    def close(self) -> None:
        """Closes the file. Twice is fine."""
        if self._file is not None:
            self._file.close()
        self._file, self._batches, self._ended = None, iter(()), True

    def _read(self, position: int) -> Iterator[list[Record]]:
        first, groups = 0, []
        metadata = self._file.metadata
        start = None
        for index in range(metadata.num_row_groups):
            rows = metadata.row_group(index).num_rows
            # From the group before the position on: an unreadable time takes the one of the row before.
            if first + rows >= position:
                groups.append(index)
                start = first if start is None else start
            first += rows
        offset = start or 0
        encode = msgspec.json.Encoder().encode
        for batch in self._file.iter_batches(batch_size=self._options.batch, row_groups=groups):
            records = []
            for row in self._plain(batch).to_pylist():
                self._last_t = self._seconds(row[self._options.time])
                if offset >= position:
                    records.append(Record(0, offset, self._last_t, None, encode(row)))
                offset += 1
            if records:
                yield records

    def _seconds(self, value: Any) -> float:
        if isinstance(value, int | float) and value == value:
            return float(value) / UNITS_PER_SECOND[self._options.time_unit]
        return self._last_t

    def _plain(self, batch: Any) -> Any:
        pa, pc = self._pa, self._pc
        columns = []
        for column, field in zip(batch.columns, batch.schema, strict=True):
            kind = field.type
            if pa.types.is_dictionary(kind):
                column = column.dictionary_decode()
            elif pa.types.is_timestamp(kind) or pa.types.is_date(kind):
                column = pc.divide(column.cast(pa.timestamp("us")).cast(pa.int64()).cast(pa.float64()), 1e6)
            elif pa.types.is_decimal(kind):
                column = column.cast(pa.float64())
            elif pa.types.is_floating(kind):
                infinite = pc.is_inf(column)
                if pc.any(infinite).as_py():
                    sign = pc.if_else(pc.greater(column, 0), 1e308, -1e308)
                    column = pc.if_else(infinite, sign, column.cast(pa.float64()))
            columns.append(column)
        return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)
