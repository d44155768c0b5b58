# What other kernels may use of a Curve without going through Python.
cdef class Curve:
    cdef int n  # nodes in use
    cdef double[::1] x  # where each node lies, increasing
    cdef double[::1] d  # height at each node, never decreasing
    cdef double[::1] h  # information accumulated at each node, at most MEMORY
    cdef double[::1] atom  # recent information of scores equal to that of the node
    cdef double[::1] gap  # recent information of scores between the nodes: gap[k] lies left of node k
    cdef double lift  # added to every height
    cdef double rest  # information accumulated for the lift, at most LIFT_MEMORY
    cdef int left  # scratch: the last node at or below the present score; -1 where there is none
    cdef double right  # scratch: the weight of the node right of it in the height

    cdef object _begin(self)
    cdef double _height(self, double s) noexcept
    cdef double _ground(self, double s) noexcept
    cdef void _learn(self, double s, double q, double y, double w) noexcept
    cdef void _move(self, int k, double e, double info) noexcept
    cdef void _order(self, int first, int last) noexcept
    cdef void _refine(self, double s) noexcept
    cdef bint _remove(self) noexcept
