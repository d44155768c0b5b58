# What other kernels may call of hashing without going through Python.
cdef unsigned long long seed_of(unsigned long long hash_seed) noexcept
cdef unsigned long long hash_text(unsigned long long seed, str text) noexcept
cdef void hash_batch(
    unsigned long long[::1] seeds, unsigned long long[::1] places, Py_ssize_t[::1] lengths, Py_ssize_t n,
    unsigned long long[::1] hashes, Py_ssize_t[::1] spots
) noexcept
