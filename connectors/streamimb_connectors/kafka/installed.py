"""What has to be installed beside Kafka's own client, and what a codec needs.

The client without the compiled checksum is ten times slower, so it is refused, not tolerated. Imported
before everything else here; must not know brokers, nor topics.
"""

try:
    import crc32c  # noqa: F401  (the client takes it where it is there, and crawls without)
    import kafka  # noqa: F401  (only to say here, in words, that it is missing)
except ImportError as error:
    raise ImportError(
        f"the kafka connector needs kafka-python and crc32c ({error.name} is not installed): "
        "pip install 'streamimb[kafka]'",
        name=error.name,
    ) from error

from kafka import codec


def codec_installed(name: str) -> bool:
    """Whether batches of this codec can be read and written here.

    >>> codec_installed("gzip")
    True
    """
    checks = {"lz4": codec.has_lz4, "snappy": codec.has_snappy, "zstd": codec.has_zstd}
    return name not in checks or bool(checks[name]())


def codec_advice(name: str) -> str:
    """What to install for a codec.

    >>> codec_advice("zstd")
    "codec zstd is not installed: pip install 'streamimb[kafka]'"
    """
    return f"codec {name} is not installed: pip install 'streamimb[kafka]'"
