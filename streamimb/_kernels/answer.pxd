# What other kernels may call without going through Python.
cpdef double probability(object q) except? -1.0
