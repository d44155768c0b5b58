# What other kernels may use of the cost of an event without going through Python.
cpdef double event_cost(object source, object x) except? -2.0
