# What other kernels may use of logistic_path without going through Python.
cdef double growth(double E, double g, double a) noexcept
