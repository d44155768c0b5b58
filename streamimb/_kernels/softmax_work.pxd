# What the kernels of a softmax learner compute for one event and share with one another.
from streamimb._kernels.linear_work cimport LinearWork
from streamimb._kernels.row cimport Work


cdef class SoftmaxWork(Work):
    cdef LinearWork linear  # the standardised numbers; for the mixture, P of the label by every learning rate
    cdef SoftmaxWork additive  # of the additive experts beside the linear ones, or None
    cdef bint summed  # the coordinates and g are computed for the present row
    cdef Py_ssize_t real  # learning rates
    # coordinates of the event: the intercept, numbers, gaps, strings, those of the bases of numbers, cells of pairs
    cdef Py_ssize_t n
    cdef Py_ssize_t curves  # of these, before the ones of bases
    cdef Py_ssize_t cells  # and before the cells
    cdef Py_ssize_t capacity
    cdef Py_ssize_t[::1] at  # the block of each; 0 where nothing was learned of it
    cdef double[::1] z  # the value of each
    cdef bint fresh  # one of them has no block yet
    # by learning rate, then by class of the learner
    cdef Py_ssize_t room  # classes that the buffers hold
    cdef double[::1] g  # log-odds without the offset
    cdef double[::1] d  # change of the weights per unit of the AdaGrad step
    # by class of the learner
    cdef double[::1] c  # what is added to G, per unit of z^2
    cdef double[::1] q  # what is added to G before the step is computed, per unit of z^2
    cdef double[::1] t  # scratch
    # the classes of the call, in the order of its offsets
    cdef dict offsets  # that `p` was computed at; None: none
    cdef Py_ssize_t classes
    cdef Py_ssize_t width  # classes that the buffers hold
    cdef Py_ssize_t[::1] which  # the learner's class of each; -1 where it has learned nothing of it
    cdef double[::1] o  # the offset of each
    cdef double[::1] kappa  # scratch of a step of a weight above 1
    cdef double[::1] square
    cdef double[::1] s
    cdef double[::1] e
    cdef double[::1] s2
    cdef double[::1] e2
    cdef double[::1] p  # by learning rate, then by class of the call: the probability; later scratch

    cdef void fit(self, Py_ssize_t capacity)
    cdef void fit_room(self, Py_ssize_t room)
    cdef void fit_classes(self, Py_ssize_t classes)
