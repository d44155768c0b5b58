# What other kernels may use of a Walk without going through Python.
from streamimb._kernels.words cimport Words

cdef class Walk(Words):
    cdef list names
    cdef dict index
    cdef Py_ssize_t known
    cdef Py_ssize_t[::1] number_of
    cdef Py_ssize_t numbers
    cdef Py_ssize_t capacity
    # the event in hand
    cdef double[::1] xs
    cdef Py_ssize_t[::1] slots
    cdef double[::1] here
    cdef Py_ssize_t[::1] gaps
    cdef Py_ssize_t n
    cdef Py_ssize_t n_gaps
    cdef bint dense
    cdef bint strange  # it brings something new
    cdef bint plain  # it is the commonest, as _plain has read it
    cdef bint certain  # none of its values can become another in its place
    cdef bint summed  # it is standardised, and its margins are known
    cdef bint any_text
    cdef object walked
    cdef unsigned long long version

    cdef void _open(self)
    cdef void _grow(self, Py_ssize_t capacity)
    cdef double _number(self, name, raw) except? -1
    cdef int _gather(self, x) except? -1
    cdef void _forget(self) noexcept
    cdef bint _still(self, x) noexcept
    cdef void _keep(self, x) noexcept
    cdef bint reads(self, dict event) noexcept
    cdef bint _plain(self, dict event) noexcept
    cdef void _find_gaps(self) noexcept
    cdef int _register(self, x) except? -1
    cdef Py_ssize_t _name(self, name) except? -1
    cdef object _walk_state(self)
    cdef void _walk_from(self, state, stride)
