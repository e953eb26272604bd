"""``gluon.data``: data sets, the order in which they are read, and batches of them."""

from __future__ import annotations

from regluon.gluon.data import vision
from regluon.gluon.data.dataloader import DataLoader
from regluon.gluon.data.dataset import ArrayDataset, Dataset, RecordFileDataset, SimpleDataset
from regluon.gluon.data.sampler import BatchSampler, FilterSampler, RandomSampler, Sampler, SequentialSampler
from regluon.reference import absent

__all__ = [
    "ArrayDataset",
    "BatchSampler",
    "DataLoader",
    "Dataset",
    "FilterSampler",
    "RandomSampler",
    "RecordFileDataset",
    "Sampler",
    "SequentialSampler",
    "SimpleDataset",
    "vision",
]

__getattr__ = absent(__name__, "gluon.data")
