"""Validation of ids."""


def bad_id(id: str, max_bytes: int) -> str:
    """Return the reason code why `id` is not valid, or an empty string.

    An id is 1 to `max_bytes` bytes of UTF-8; lone surrogates have none.

    Cost: O(1) for ASCII.

    Examples
    --------
    >>> bad_id("", 256), bad_id("a" * 300, 256), bad_id("a1", 256)
    ('no_id', 'id_too_long', '')
    """
    if type(id) is not str or not id:
        return "no_id"
    if len(id) > max_bytes:
        return "id_too_long"
    if id.isascii():
        return ""
    try:
        size = len(id.encode())
    except UnicodeEncodeError:
        return "id_encoding"
    return "id_too_long" if size > max_bytes else ""
