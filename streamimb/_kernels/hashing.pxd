# What other kernels may call of hashing without going through Python.
from streamimb._kernels.row cimport Row

cdef unsigned long long seed_of(unsigned long long hash_seed) noexcept
cdef unsigned long long hash_text(unsigned long long seed, str text) noexcept
cdef void hash_batch(Row row, Py_ssize_t n) noexcept
