# What other kernels may use of an EqualizedFocalLoss without going through Python.
from streamimb._kernels.focal_loss cimport FocalLoss


cdef class EqualizedFocalLoss(FocalLoss):
    cdef double _scale
