# What other kernels may use of a Gate without going through Python.
from streamimb._kernels.walk cimport Walk

cdef class Gate:
    cdef list names
    cdef dict index
    cdef Py_ssize_t known
    cdef Py_ssize_t required
    cdef Py_ssize_t plain
    cdef Py_ssize_t longest
    cdef unsigned long long passed  # the event that passed last, as it was
    cdef Py_ssize_t[::1] kind
    cdef Py_ssize_t[::1] must
    cdef double[::1] low
    cdef double[::1] high
    # evidence for an inferred schema
    cdef bint watched  # whether events that pass are counted
    cdef Py_ssize_t seen  # events counted
    cdef Py_ssize_t due  # how many of them are reported as due
    cdef Py_ssize_t whole  # of them with every field present
    cdef Py_ssize_t[::1] met  # of the others, in how many each field was present

    cdef bint count(self, x) except -1
    cdef bint within(self, Walk walk) noexcept
    cdef bint look(self, x) except -1
    cdef bint _plain(self, dict event) noexcept
