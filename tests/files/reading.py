"""A source read to its end."""


def read_all(source, positions=None):
    source.open(positions or {})
    records = []
    while source.waiting():
        records.extend(source.poll(0.01))
    source.close()
    source.close()
    return records
