# What other kernels may use of a Walk without going through Python.
cdef class Walk:
    cdef int bits
    cdef unsigned long long seed
    cdef Py_ssize_t stride
    cdef list names
    cdef dict index
    cdef Py_ssize_t known
    cdef unsigned long long[::1] name_seed
    cdef Py_ssize_t[::1] number_of
    cdef list last_text
    cdef Py_ssize_t[::1] last_slot
    # strings to be hashed: of which name, which of the event's, and their characters
    cdef Py_ssize_t[::1] late
    cdef Py_ssize_t[::1] spot
    cdef Py_ssize_t[::1] length
    cdef unsigned long long[::1] place
    cdef Py_ssize_t numbers
    cdef Py_ssize_t capacity
    cdef double[::1] count
    cdef double[::1] mean
    cdef double[::1] m2
    cdef double[::1] inv_sd
    # the event in hand
    cdef double[::1] xs
    cdef double[::1] zs
    cdef Py_ssize_t[::1] slots
    cdef double[::1] here
    cdef Py_ssize_t[::1] gaps
    cdef Py_ssize_t[::1] texts
    cdef Py_ssize_t n
    cdef Py_ssize_t n_gaps
    cdef Py_ssize_t n_texts
    cdef bint dense
    cdef bint strange
    cdef bint certain
    cdef bint summed  # it is standardised, and its margins are known
    cdef bint any_text
    cdef object walked
    cdef unsigned long long version

    cdef void _begin(self, hash_bits, hash_seed, stride)
    cdef void _open(self)
    cdef void _grow(self, Py_ssize_t capacity)
    cdef double _number(self, name, raw) except? -1
    cdef int _gather(self, x) except? -1
    cdef bint _still(self, x) noexcept
    cdef void _keep(self, x) noexcept
    cdef bint reads(self, dict event) noexcept
    cdef bint _plain(self, dict event) noexcept
    cdef void _hash_late(self, Py_ssize_t n) noexcept
    cdef void _hash_rest(self, Py_ssize_t j, unsigned long long h, Py_ssize_t start) noexcept
    cdef Py_ssize_t _slot(self, unsigned long long seed, str text) noexcept
    cdef void _find_gaps(self) noexcept
    cdef int _register(self, x) except? -1
    cdef Py_ssize_t _name(self, name) except? -1
    cdef void _standardise(self) noexcept
    cdef void _observe(self) noexcept
    cdef object _walk_state(self)
    cdef void _walk_from(self, state, stride)
