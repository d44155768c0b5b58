# What other kernels may use of a SoftmaxWeights without going through Python.
from streamimb._kernels.class_blocks cimport ClassBlocks
from streamimb._kernels.learned_loss cimport LearnedLoss
from streamimb._kernels.row cimport Row
from streamimb._kernels.softmax_work cimport SoftmaxWork


cdef class SoftmaxWeights:
    cdef Py_ssize_t real  # learning rates
    cdef double[::1] alpha
    cdef ClassBlocks store
    cdef LearnedLoss loss  # None: cross-entropy

    cdef void sum(self, SoftmaxWork work) noexcept
    cdef int expect(self, SoftmaxWork work, dict offsets) except -1
    cdef void _add(self, SoftmaxWork work) noexcept
    cdef int _pull(self, SoftmaxWork work, Py_ssize_t r, Py_ssize_t y) except -1
    cdef int _step(self, SoftmaxWork work, Py_ssize_t y, double whole) except -1
    cdef void _kappa(self, SoftmaxWork work, double half) noexcept
    cdef int _flow(self, SoftmaxWork work, Py_ssize_t y, double h) except -1
    cdef void note(self, y, double w)
    cdef dict own(self, dict p)
    cdef int learn(self, Row row, SoftmaxWork work, y, dict offsets, double w) except -1
