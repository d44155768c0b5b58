# What other kernels may use of a LearnedLoss without going through Python.
from streamimb._kernels.loss cimport Loss


cdef class LearnedLoss:
    cdef Loss loss
    cdef Py_ssize_t classes  # that are counted
    cdef double[::1] n  # the count of each
    # classes of a call
    cdef Py_ssize_t width  # that the buffers hold
    cdef double[::1] m  # the count of each, at least 1
    cdef double[::1] u  # the score of each

    cdef void admit(self, Py_ssize_t classes)
    cdef void note(self, Py_ssize_t k, double w) noexcept
    cdef void aim(self, Py_ssize_t[::1] which, Py_ssize_t classes)
    cdef void pull(self, double[::1] f, Py_ssize_t y, double[::1] e, Py_ssize_t classes) noexcept
