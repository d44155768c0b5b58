# What other kernels may use of a Batch without going through Python.
cdef class Batch:
    cdef list labels  # True or False for each row
    cdef bint weighted  # else every weight is 1
    cdef const double[::1] weights

    cdef bint label(self, Py_ssize_t r) noexcept
    cdef double weight(self, Py_ssize_t r) noexcept
