# What other kernels may use of a FeatureNorm without going through Python.
from streamimb._kernels.feature_reader cimport Reader
from streamimb._kernels.linear_work cimport LinearWork
from streamimb._kernels.row cimport Row
from streamimb._kernels.standardizer cimport Standardizer


cdef class FeatureNorm:
    cdef Reader reader
    cdef Standardizer moments
    cdef LinearWork work
    cdef Row spare

    cdef int _assemble(self, Reader reader, Standardizer moments) except -1
    cdef Row _read(self, x)
    cdef double _of(self, Row row) noexcept
    cdef double of(self, x) except? -1.0
    cdef double learn(self, x) except? -1.0
