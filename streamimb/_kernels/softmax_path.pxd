# What other kernels may call of softmax_path without going through Python.
from streamimb._kernels.learned_loss cimport LearnedLoss
from streamimb._kernels.softmax_work cimport SoftmaxWork

cdef int follow(SoftmaxWork work, Py_ssize_t r, double alpha, Py_ssize_t y, double h, LearnedLoss loss) except -1
cdef void gradient(double[::1] s, double[::1] e, Py_ssize_t n, Py_ssize_t y) noexcept
