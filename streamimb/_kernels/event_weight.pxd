# What other kernels may use of the check of a weight without going through Python.
cpdef double checked_weight(double w) except? -1.0
