"""Parquet rows as records: each row becomes JSON bytes, so that the same decoders read them.

Dates, times and durations become seconds, decimals floats, NaN null, and ±inf ±1e308 (JSON has no infinity; the guard
rejects the value by its size). Needs the `parquet` extra.
"""

import hashlib
import importlib
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from streamimb.connections import Record
from streamimb.serve.decode import UNITS_PER_SECOND
from streamimb.serve.record_time import Order
from streamimb_connectors.files.fingerprint import SPAN, Fingerprint, same_file
from streamimb_connectors.files.options import SKIP_S, SourceOptions

_PER_SECOND = {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e6}  # nanoseconds are truncated to microseconds
DIGEST = 16  # bytes for each row group; SPAN of them are compared at either end
_DAY_S = 86_400.0


class ParquetSource:
    """The rows of one Parquet file, in order, in partition 0; the offset is the row's number.

    The fingerprint of the file is one digest per row group that was read (whole or in part): sizes of its
    columns, and the first bytes of each.

    Cost: memory of one batch of rows; of whole row groups before a position only the times are read. A
    fingerprint reads `SPAN` bytes per column of at most 512 row groups, once.
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
        self._where = f"source '{name}'"
        self._file: Any = None
        self._raw: Any = None  # the same file as bytes
        self._digests: dict[int, bytes] = {}  # by row group
        self._batches: Iterator[list[Record]] = iter(())
        self._ended = False
        self._order = Order(options, first_waits=True)
        self._held = False

    def open(self, positions: Mapping[int, int], identity: bytes = b"") -> Mapping[int, int]:
        """Starts at row `positions[0]`; at the first row without a position, or where the file was replaced.

        Raises
        ------
        ValueError
            Where the file is no Parquet, has fewer rows than the position, or lacks the `time` column.

        """
        where, path = self._where, self._options.path
        self._raw, self._digests = self._pa.OSFile(path), {}
        try:
            self._file = self._pq.ParquetFile(path)
        except self._pa.ArrowInvalid as error:
            raise ValueError(f"{where}: '{path}' is not a Parquet file: give one, or set format") from error
        rows, position = self._file.metadata.num_rows, positions.get(0, 0)
        begun: dict[int, int] = {}
        if position and identity:
            size = DIGEST * self._file.metadata.num_row_groups
            if not same_file(identity, self._read_digests, size, path, where, "row groups", DIGEST):
                position, begun = 0, {0: 0}
        if position > rows:
            raise ValueError(
                f"{where}: position {position} is beyond the {rows} rows of '{path}', so it is "
                "another file than before: bring it back, or start with a new state"
            )
        if self._options.time not in self._file.schema_arrow.names:
            raise ValueError(f"{where}: time is '{self._options.time}', which is not a column of '{path}'")
        self._batches = self._read(position)
        return begun

    def identity(self, positions: Mapping[int, int]) -> bytes:
        """A fingerprint of the row groups from which rows were read up to the position."""
        position = positions.get(0, 0)
        if position == 0 or self._file is None:
            return b""
        groups, size = self._groups_before(position), DIGEST * self._file.metadata.num_row_groups
        return Fingerprint.of(self._read_digests, DIGEST * groups, size).saved()

    def committed_outside(self) -> Mapping[int, int]:
        """Returns {}, because a file keeps no positions."""
        return {}

    def poll(self, timeout_s: float) -> Sequence[Record]:
        """The next `batch` rows; none at the end, or where all of the last `SKIP_S` were before the position."""
        if self._held:
            return []
        until = time.monotonic() + SKIP_S
        for records in self._batches:
            if records or time.monotonic() >= until:
                return records
        self._ended = True
        return []

    def waiting(self) -> Sequence[int]:
        """`[0]` until the end of the file was met."""
        return [] if self._ended else [0]

    def behind(self) -> Sequence[int]:
        """As `waiting`: a file is behind until it is read to its end."""
        return self.waiting()

    def hold(self, partitions: Collection[int]) -> None:
        """Pauses the source until the next call, where its only partition is among them."""
        self._held = 0 in partitions

    def fileno(self) -> int | None:
        """None, because there is nothing to wait for."""
        return None

    def commit(self, positions: Mapping[int, int]) -> None:
        """Does nothing, because a file keeps no positions."""

    def close(self) -> None:
        """Closes the file. A second call does nothing."""
        if self._file is not None:
            self._file.close()
        if self._raw is not None:
            self._raw.close()
        self._file, self._raw, self._batches, self._ended = None, None, iter(()), True

    def _groups_before(self, position: int) -> int:
        """How many row groups the rows before the position are in."""
        metadata, groups, rows = self._file.metadata, 0, 0
        while groups < metadata.num_row_groups and rows < position:
            rows += metadata.row_group(groups).num_rows
            groups += 1
        return groups

    def _read_digests(self, size: int, at: int) -> bytes:
        """Returns bytes of the concatenated digests of all row groups."""
        last = min(self._file.metadata.num_row_groups, -(-(at + size) // DIGEST))
        return b"".join(map(self._digest, range(at // DIGEST, last)))

    def _digest(self, number: int) -> bytes:
        if number not in self._digests:
            group, digest = self._file.metadata.row_group(number), hashlib.blake2b(digest_size=DIGEST)
            for index in range(group.num_columns):
                column = group.column(index)
                start, size = column.data_page_offset, column.total_compressed_size
                if column.has_dictionary_page:
                    start = min(start, column.dictionary_page_offset)
                self._raw.seek(start)
                digest.update(f"{column.path_in_schema} {column.num_values} {size} ".encode())
                digest.update(self._raw.read(min(size, SPAN)))
            self._digests[number] = digest.digest()
        return self._digests[number]

    def _read(self, position: int) -> Iterator[list[Record]]:
        metadata, field, order = self._file.metadata, self._options.time, self._order
        encode, batch = msgspec.json.Encoder(enc_hook=_nothing).encode, self._options.batch
        records: list[Record] = []
        before, offset = 0, 0
        while before < metadata.num_row_groups and offset + metadata.row_group(before).num_rows <= position:
            offset += metadata.row_group(before).num_rows
            before += 1
        # A row without time gets the time of the row before it, so the times before the position are needed.
        for row, number in zip(self._rows(range(before), [field]), range(offset), strict=True):
            order.add(records, number, b"", self._seconds(row[field]))
            if len(records) >= batch:
                records.clear()
                yield []
        records.clear()
        for row in self._rows(range(before, metadata.num_row_groups), None):
            order.add(records, offset, encode(row), self._seconds(row[field]))
            offset += 1
            if len(records) >= batch:
                yield [record for record in records if record.offset >= position]
                records.clear()
        order.end(records)
        yield [record for record in records if record.offset >= position]

    def _rows(self, groups: range, columns: list[str] | None) -> Iterator[dict[str, Any]]:
        batches = self._file.iter_batches(self._options.batch, row_groups=list(groups), columns=columns)
        for batch in batches if groups else ():
            names = batch.schema.names
            for row in zip(*map(self._plain, batch.columns), strict=True):
                yield dict(zip(names, row, strict=True))

    def _seconds(self, value: Any) -> float | None:
        if isinstance(value, int | float) and value == value:
            return float(value) / UNITS_PER_SECOND[self._options.time_unit]
        return None

    def _plain(self, column: Any) -> list[Any]:
        pa, pc, types = self._pa, self._pc, self._pa.types
        if types.is_dictionary(column.type):
            column = column.dictionary_decode()
        kind = column.type
        if types.is_timestamp(kind) or types.is_duration(kind) or types.is_time(kind):
            column = column.cast(pa.int32() if types.is_time32(kind) else pa.int64())
            if kind.unit == "ns":
                column = pc.divide(column, 1000)
            column = pc.divide(column.cast(pa.float64(), safe=False), _PER_SECOND[kind.unit])
        elif types.is_date32(kind):
            column = pc.multiply(column.cast(pa.int32()).cast(pa.float64()), _DAY_S)
        elif types.is_date64(kind):
            column = pc.divide(column.cast(pa.int64()).cast(pa.float64(), safe=False), 1e3)
        elif types.is_decimal(kind):
            column = column.cast(pa.float64())
        elif types.is_floating(kind):
            infinite = pc.is_inf(column)
            if pc.any(infinite).as_py():
                sign = pc.if_else(pc.greater(column, 0), 1e308, -1e308)
                column = pc.if_else(infinite, sign, column.cast(pa.float64()))
        try:
            values: list[Any] = column.to_pylist()
        except (ValueError, OverflowError):
            values = [_value(one) for one in column]
        return values


def _value(scalar: Any) -> Any:
    """The Python value, or `_nothing` where there is none: text that is not UTF-8, a date of the year 20,000."""
    try:
        return scalar.as_py()
    except (ValueError, OverflowError):
        return _nothing(scalar)


def _nothing(value: object) -> dict[str, Any]:
    """Replaces a value that JSON cannot hold by an empty object, which the guard rejects."""
    return {}
