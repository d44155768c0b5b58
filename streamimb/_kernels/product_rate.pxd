# What other kernels may use of a ProductRate without going through Python.
from streamimb._kernels.ports cimport Rates


cdef class ProductRate(Rates):
    cdef Rates one
    cdef Rates other
    cdef double most  # the largest product

    cdef double _bounded(self, double rate) noexcept
