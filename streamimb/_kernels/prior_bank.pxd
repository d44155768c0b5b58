# What other kernels may call on a PriorBank without going through Python.
cdef class PriorBank:
    cdef double[::1] hits
    cdef double[::1] mass
    cdef double[::1] mass2
    cdef double[::1] fade
    cdef int banks
    cdef int tick
    cdef double threshold
    cdef double start
    cdef double start_weight
    cdef double seen
    cdef double seen_true
    cdef double total
    cdef double total2
    cdef double m
    cdef double log_odds
    cdef bint many  # every label goes to `note_label`
    cdef bint only_true  # no False was counted yet

    cdef object _begin(self, half_life, floor_half_life, cut, prior, prior_weight)
    cdef void fill(self, double seen, double total, double total2) noexcept
    cdef void track(self, double y, double w) noexcept
    cdef void add(self, double y, double w) noexcept
    cdef void cut_windows(self) noexcept
    cdef void settle(self) noexcept
    cdef bint teaches(self, y) noexcept
    cdef int note(self, y, double w) except -1
    cdef int note_label(self, y, double w) except -1
    cdef dict shares(self, dict labels)
