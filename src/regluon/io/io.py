"""MXNet's name of the module of the iterators."""

from __future__ import annotations

from regluon.io.batch import DataBatch, DataDesc, DataIter
from regluon.io.images import (
    ImageDetRecordIter,
    ImageRecordInt8Iter,
    ImageRecordIter,
    ImageRecordIter_v1,
    ImageRecordUInt8Iter,
    ImageRecordUInt8Iter_v1,
)
from regluon.io.mnist import MNISTIter
from regluon.io.native import MXDataIter
from regluon.io.ndarray_iter import NDArrayIter
from regluon.io.text import CSVIter, LibSVMIter
from regluon.io.wrappers import PrefetchingIter, ResizeIter
from regluon.reference import absent

__all__ = [
    "CSVIter",
    "DataBatch",
    "DataDesc",
    "DataIter",
    "ImageDetRecordIter",
    "ImageRecordInt8Iter",
    "ImageRecordIter",
    "ImageRecordIter_v1",
    "ImageRecordUInt8Iter",
    "ImageRecordUInt8Iter_v1",
    "LibSVMIter",
    "MNISTIter",
    "MXDataIter",
    "NDArrayIter",
    "PrefetchingIter",
    "ResizeIter",
]

__getattr__ = absent(__name__, "io")
