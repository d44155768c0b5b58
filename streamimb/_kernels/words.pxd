# What other kernels may use of Words without going through Python.
cdef class Words:
    cdef int bits
    cdef unsigned long long seed
    cdef Py_ssize_t stride
    cdef unsigned long long[::1] name_seed
    # of each name, the string that came last
    cdef list last_text
    cdef Py_ssize_t[::1] last_slot
    # the event in hand
    cdef Py_ssize_t[::1] texts
    cdef Py_ssize_t n_texts
    # strings to be hashed: of which name, which of the event's, and their characters
    cdef Py_ssize_t[::1] late
    cdef Py_ssize_t[::1] spot
    cdef Py_ssize_t[::1] length
    cdef unsigned long long[::1] place

    cdef void _begin(self, hash_bits, hash_seed, stride)
    cdef void _open_words(self)
    cdef void _grow_words(self, more)
    cdef unsigned long long _hashed(self, unsigned long long h, str text) noexcept
    cdef void _hash_late(self, Py_ssize_t n) noexcept
    cdef void _hash_rest(self, Py_ssize_t j, unsigned long long h, Py_ssize_t start) noexcept
    cdef Py_ssize_t _slot(self, unsigned long long seed, str text) noexcept
