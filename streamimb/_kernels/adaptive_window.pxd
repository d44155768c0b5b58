# What other kernels may call on an AdaptiveWindow without going through Python.
cdef class AdaptiveWindow:
    cdef double risk  # delta
    cdef long long every  # updates between two tests
    cdef long long tick
    cdef int rows  # with buckets
    cdef long long[::1] counts  # buckets of each row, of 2^row updates each
    cdef double[::1] w  # of each bucket: weight, squared weight, sum and squared sum of values
    cdef double[::1] w2
    cdef double[::1] s
    cdef double[::1] ss
    cdef double total_w
    cdef double total_w2
    cdef double total_s
    cdef double total_ss
    cdef bint moved  # the last update cut the window
    cdef double before  # means on both sides of the cut that was clearest
    cdef double after

    cdef object _begin(self, double delta, long long clock)
    cdef void restart(self) noexcept
    cdef bint add(self, double x, double w) noexcept
    cdef void put(self, double w, double w2, double s, double ss) noexcept
    cdef void drop_oldest(self) noexcept
    cdef void sum_up(self) noexcept
    cdef int find_cut(self, bint first) noexcept
    cdef bint cut(self) noexcept
    cdef double mean(self) noexcept
