# What other kernels may use of a Draw without going through Python.
cdef class Draw:
    cdef unsigned long long state

    cdef double _next(self) noexcept
    cdef double copies_of(self, double rate) noexcept
    cdef double poisson_of(self, double rate) noexcept
