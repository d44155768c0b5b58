# What other kernels may call without going through Python.
cpdef double probability(object q) except? -1.0
cpdef bint other_classes(object p) except -1
