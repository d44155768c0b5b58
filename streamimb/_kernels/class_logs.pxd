# What other kernels may call of class_logs without going through Python.
cdef double share_at(double logit) noexcept
cdef dict logs(dict shares)
cdef dict shifted(dict offsets, dict rates)
