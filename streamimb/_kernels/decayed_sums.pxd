# What other kernels may use of DecayedSums without going through Python.
cdef class DecayedSums:
    cdef double fade
    cdef long long steps
    cdef double[::1] held

    cdef void _forget(self, double d) noexcept
    cdef void put(self, double a, double b, double c, double d, double a2, double b2, double c2, double d2) noexcept
