# What other kernels may use of a LearnedLoss without going through Python.
from streamimb._kernels.loss cimport Loss


cdef class LearnedLoss:
    cdef Loss loss
    cdef Py_ssize_t classes  # that are counted
    cdef double[::1] n  # the count of each; where the loss gathers, the gradients that raised its score
    cdef double[::1] lowered  # where the loss gathers, the gradients that lowered it
    # classes of a call
    cdef Py_ssize_t width  # that the buffers hold
    cdef double[::1] m  # the count of each, at least 1; where the loss gathers, the ratio of gradients
    cdef double[::1] u  # the score of each

    cdef void admit(self, Py_ssize_t classes)
    cdef void note(self, Py_ssize_t k, double w) noexcept
    cdef void gather(
        self, double[::1] e, Py_ssize_t[::1] which, Py_ssize_t y, Py_ssize_t classes, double w
    ) noexcept
    cdef void aim(self, Py_ssize_t[::1] which, Py_ssize_t classes, labels)
    cdef int pull(self, double[::1] f, Py_ssize_t y, double[::1] e, Py_ssize_t classes) except -1
