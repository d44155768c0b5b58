from streamimb._kernels.feature_reader cimport Reader
from streamimb._kernels.row cimport Row
from streamimb._kernels.sanitizing cimport Cleaned

cdef bint reuse_row(Row row, Reader reader, Cleaned cleaned) except -1
