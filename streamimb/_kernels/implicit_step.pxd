# What learners may call of implicit_step without going through Python.
cdef double error_after(double z, bint y, double reach) noexcept
