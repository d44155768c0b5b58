# Other kernels hold a ClassLearner only; these fields are for the adapters' own methods.
from streamimb._kernels.ports cimport ClassLearner


cdef class ForeignClassLearner(ClassLearner):
    cdef object learner
    cdef object traits


cdef class TransformedClassLearner(ClassLearner):
    cdef ClassLearner inner
    cdef object pipeline
    cdef object transform
    cdef object learn_transform
