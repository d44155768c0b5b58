# What other kernels may call without going through Python.
cpdef dict targets(dict masses, double odds, double fixed)
cdef dict seen(dict prior, dict met)
cdef double least_rate(double kept_n, double labels_n) noexcept
