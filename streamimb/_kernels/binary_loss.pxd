# What other kernels may use of a BinaryLoss without going through Python.
from streamimb._kernels.adagrad cimport AdaGrad
from streamimb._kernels.learned_loss cimport LearnedLoss
from streamimb._kernels.linear_work cimport LinearWork
from streamimb._kernels.loss cimport Loss
from streamimb._kernels.row cimport Row


cdef class BinaryLoss:
    cdef LearnedLoss learned
    cdef Py_ssize_t[::1] both
    cdef double[::1] f  # log-odds of False and True: 0, and those of the event
    cdef double[::1] e
    cdef double change  # of the log-odds along a path
    cdef double square  # the integral of the squared gradient along it

    cdef void _assemble(self, loss)
    cdef void note(self, bint y, double w) noexcept
    cdef void aim(self)
    cdef double pull(self, double f, bint y) except? -1e308
    cdef double score(self, double p) except? -1.0
    cdef void learn(self, AdaGrad weights, Row row, LinearWork work, bint y, double offset, double w)
    cdef void _flow(self, AdaGrad weights, Row row, LinearWork work, bint y, double offset, double h)
    cdef int _follow(self, double s, bint y, double speed, double h) except -1
