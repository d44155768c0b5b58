# What other kernels may use of a Loss without going through Python. Arrays have one entry for each class of a call.
from streamimb._kernels.ports cimport Port


cdef class Loss(Port):
    cdef bint exact  # whether the log-odds of a probability follow from the scores; else a calibrator has to learn them
    cdef double fade  # of the counts of the classes, per label
    cdef bint gathers  # whether n_k is no count of labels, but the ratio of the gradients that raised and lowered a score

    cdef void fit(self, Py_ssize_t classes)
    cdef void name(self, labels)
    cdef int score(self, double[::1] f, double[::1] n, double[::1] u, Py_ssize_t classes) except -1
    cdef void restore(self, double[::1] u, double[::1] n, double[::1] f, Py_ssize_t classes) noexcept
    cdef int pull(self, double[::1] u, double[::1] n, Py_ssize_t y, double[::1] e, Py_ssize_t classes) except -1
    cdef double value(self, double[::1] u, double[::1] n, Py_ssize_t y, Py_ssize_t classes) noexcept


cdef double log_sum(double[::1] u, Py_ssize_t classes) noexcept
