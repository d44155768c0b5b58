# What other kernels may use of a ServedMixture without going through Python.


cdef class ServedMixture:
    cdef Py_ssize_t experts
    cdef double[::1] share  # of each expert
    cdef double[::1] next  # scratch

    cdef double mix(self, double[::1] said) noexcept
    cdef void judge(self, double[::1] said, bint y, double w) noexcept
