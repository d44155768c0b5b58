# Which state of which dict this is (PEP 509): no other dict has the number, nor this one once it was changed.
# After Python 3.11 there are none (PEP 699): 0, and what was read before is read again.
cdef extern from *:
    """
    #if PY_VERSION_HEX < 0x030C0000
    #define STREAMIMB_DICT_VERSION(d) (((PyDictObject *)(d))->ma_version_tag)
    #else
    #define STREAMIMB_DICT_VERSION(d) 0
    #endif
    """
    unsigned long long dict_version "STREAMIMB_DICT_VERSION"(object event) noexcept
