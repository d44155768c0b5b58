# What other kernels may call of class_logs without going through Python.
cdef dict logs(dict shares)
cdef dict shifted(dict offsets, dict rates)
