# What other kernels may use of EventRows without going through Python.
from streamimb._kernels.tree_work cimport TreeWork


cdef class EventRows:
    cdef Py_ssize_t most
    cdef Py_ssize_t capacity
    cdef Py_ssize_t columns
    cdef Py_ssize_t n
    cdef Py_ssize_t at
    cdef float[::1] values  # by row, then by column
    cdef unsigned char[::1] label
    cdef double[::1] offset
    cdef double[::1] weight
    cdef double[::1] margin

    cdef void widen(self, Py_ssize_t columns)
    cdef void _allot(self, Py_ssize_t capacity, Py_ssize_t columns)
    cdef Py_ssize_t _place(self) except -1
    cdef Py_ssize_t add(self, TreeWork work, Py_ssize_t columns, bint y, double offset, double w) except -1
    cdef Py_ssize_t take(self, EventRows other, Py_ssize_t i) except -1
