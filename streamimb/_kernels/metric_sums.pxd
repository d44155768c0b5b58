# What other kernels may use of RatioSums without going through Python.
cdef class RatioSums:
    cdef double fade
    cdef bint per_positive
    cdef long long steps
    cdef double n
    cdef double n2
    cdef double y
    cdef double y2
    cdef double p
    cdef double orphans
    cdef double orphans2

    cdef void _forget(self, double d) noexcept
    cdef void _take(self, bint y, double p, double w) noexcept
