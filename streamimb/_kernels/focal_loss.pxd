# What other kernels may use of a FocalLoss without going through Python.
from streamimb._kernels.loss cimport Loss


cdef class FocalLoss(Loss):
    cdef double _gamma
    # for each class
    cdef double[::1] power  # gamma_k
    cdef double[::1] log_weight  # log w_k
    # scratch, for each class
    cdef double[::1] v  # log-odds of q_k
    cdef double[::1] r  # T(v_k) minus what it has to be
    cdef double[::1] slope  # T'(v_k)
    cdef double[::1] q
    cdef double[::1] rest  # 1 - q_k

    cdef void _tune(self, double[::1] n, Py_ssize_t classes) noexcept
    cdef void _tilt(self, Py_ssize_t k) noexcept
