# What other kernels may use of a ScoreRegression without going through Python.
from streamimb._kernels.ports cimport Scaling
from streamimb._kernels.prior_bank cimport PriorBank


cdef class ScoreRegression(Scaling):
    cdef PriorBank bank  # of a beta map that forgets; else it learns nothing
    cdef int n  # functions of the score: 1, 2 or 3
    cdef bint forgets  # steps by decayed information; else online Newton steps
    cdef double span  # memory in information, where it forgets
    cdef double clip
    cdef double ridge  # A0 = ridge I
    cdef double[::1] theta
    cdef double[::1] info  # the symmetric matrix A, n x n, row by row
    cdef double[::1] z  # scratch: functions of the present score
    cdef double[::1] solved  # scratch: a solution of A d = g
    cdef double[::1] work  # scratch: the matrix that is eliminated
    cdef double[::1] held  # scratch: 1 for a coordinate at its bound
    cdef double offset

    cdef object _begin(self, int n, double memory, bint identity)
    cdef double _say(self, double p) noexcept
    cdef void _learn(self, double p, double y, double w) noexcept
    cdef void _solve(self, double more) noexcept
    cdef void _newton_step(self, double w, double e) noexcept
    cdef void _ball(self) noexcept
