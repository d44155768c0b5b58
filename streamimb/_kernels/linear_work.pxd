# What the kernels of a linear learner compute for one event, and share.
from streamimb._kernels.row cimport Work


cdef class LinearWork(Work):
    cdef Py_ssize_t real  # learning rates
    cdef Py_ssize_t capacity
    cdef double[::1] zs  # the numbers of the row, standardised
    cdef double[::1] keep  # scratch of the same size
    cdef Py_ssize_t[::1] texts  # the table slots of its strings
    # one number per learning rate
    cdef double[::1] g  # log-odds without the offset
    cdef double[::1] E  # P(True) at the offset `judged`
    cdef double[::1] e
    cdef double[::1] d
    cdef double judged
    cdef bint summed  # zs and g are those of the row

    cdef void fit(self, Py_ssize_t capacity)
    cdef void expect(self, double offset) noexcept
