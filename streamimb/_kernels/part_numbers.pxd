# What other kernels call without going through Python.
cpdef double number_from(part, method, value) except? -1e308
cpdef double probability_from(part, method, value) except? -1.0
cpdef double weight_from(part, method, value) except? -1.0
