# cython: language_level=3, boundscheck=False, wraparound=False
"""Whether features can be written into a row and read back as they are.

The engine calls it once for each event that waits for its label.
"""

from __future__ import annotations

from typing import Any

import cython

if cython.compiled:
    from cython.cimports.cpython.unicode import PyUnicode_KIND


@cython.cfunc
@cython.inline
@cython.exceptval(-1, check=False)
def encodable(text: str) -> cython.bint:
    """Whether UTF-8 can encode a string, which it cannot where there is a lone surrogate."""
    c: cython.Py_UCS4
    if cython.compiled:
        if PyUnicode_KIND(text) == 1:  # one byte a character
            return True
    elif text.isascii():
        return True
    for c in text:  # noqa: SIM110  a generator is slow
        if 0xD800 <= ord(c) <= 0xDFFF:
            return False
    return True


def storable(x: dict[Any, Any]) -> bool:
    """Whether names are strings or integers, and values numbers, bools, strings or None, of exactly these types.

    False also where only a trial can tell, as for numbers of numpy; the caller then tries.

    Cost: about 5 ns a feature.
    """
    for name, value in x.items():
        if type(name) is str:
            if not encodable(name):
                return False
        elif type(name) is not int or not -(2**63) <= name < 2**63:
            return False
        if type(value) is float or value is None or value is True or value is False:
            continue
        if type(value) is str:
            if not encodable(value):
                return False
        elif type(value) is not int or not -(2**63) <= value < 2**63:
            return False
    return True
