"""Batches, what they are described by, and the base of what yields them."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import numpy as np

from regluon.base import mx_real_t

__all__ = ["DataBatch", "DataDesc", "DataIter", "described"]


class DataDesc(namedtuple("DataDesc", ["name", "shape"])):
    """The name and shape of an array in a batch; its type and layout beside.

    Parameters
    ----------
    name : str
    shape : tuple of int
    dtype : type
    layout : str
        A letter an axis; N is the examples'.
    """

    dtype: Any
    layout: str | None

    def __new__(cls, name: str, shape: Any, dtype: Any = mx_real_t, layout: str | None = "NCHW") -> DataDesc:
        made = super().__new__(cls, name, shape)
        made.dtype = dtype
        made.layout = layout
        return made

    def __repr__(self) -> str:
        return f"DataDesc[{self.name},{self.shape},{self.dtype},{self.layout}]"

    @staticmethod
    def get_batch_axis(layout: str | None) -> int:
        """The place of N in a layout: 0 if there is no layout, -1 if it has no N."""
        return 0 if layout is None else layout.find("N")

    @staticmethod
    def get_list(shapes: Any, types: Any) -> list[DataDesc]:
        """Descriptions of pairs (name, shape), with pairs (name, type) if given."""
        if types is None:
            return [DataDesc(name, shape) for name, shape, *_ in shapes]
        kinds = dict(types)
        return [DataDesc(name, shape, kinds[name]) for name, shape, *_ in shapes]


def described(entries: Any) -> list[DataDesc]:
    """Descriptions of what is described, or is only named with a shape."""
    return [entry if isinstance(entry, DataDesc) else DataDesc(*entry) for entry in entries]


class DataBatch:
    """Arrays of several examples.

    Parameters
    ----------
    data, label : list of NDArray
        An array for each input, and for each label; their examples are along the batch axis.
    pad : int, optional
        How many examples at the end are there only to fill it up.
    index : numpy.ndarray, optional
        The numbers of the examples.
    bucket_key : optional
        Which net of several takes it.
    provide_data, provide_label : list of DataDesc, optional
        What the arrays are.
    """

    def __init__(
        self,
        data: Any,
        label: Any = None,
        pad: int | None = None,
        index: Any = None,
        bucket_key: Any = None,
        provide_data: Any = None,
        provide_label: Any = None,
    ) -> None:
        for what, arrays in (("Data", data), ("Label", label)):
            if arrays is not None and not isinstance(arrays, (list, tuple)):
                raise AssertionError(f"{what} must be list of NDArrays, not {type(arrays).__name__}")
        self.data = data
        self.label = label
        self.pad = pad
        self.index = index
        self.bucket_key = bucket_key
        self.provide_data = provide_data
        self.provide_label = provide_label

    def __str__(self) -> str:
        data = [d.shape for d in self.data]
        label = [one.shape for one in self.label] if self.label else None
        return f"{type(self).__name__}: data shapes: {data} label shapes: {label}"


class DataIter:
    """The base of iterators over batches; ``reset()`` begins again.

    A subclass has ``provide_data`` and ``provide_label`` and defines :meth:`next`, or else :meth:`iter_next`
    and the methods that tell of the batch it has gone to.

    Parameters
    ----------
    batch_size : int
    """

    provide_data: Any
    provide_label: Any

    def __init__(self, batch_size: int = 0) -> None:
        self.batch_size = batch_size

    def __iter__(self) -> Any:
        return self

    def reset(self) -> None:
        """Goes before the first batch."""

    def next(self) -> DataBatch:
        """The next batch.

        Raises
        ------
        StopIteration
            If there is none.
        """
        if not self.iter_next():
            raise StopIteration
        return DataBatch(self.getdata(), self.getlabel(), self.getpad(), self.getindex())

    def __next__(self) -> DataBatch:
        return self.next()

    def iter_next(self) -> Any:
        """Goes to the next batch; whether there is one."""

    def getdata(self) -> Any:
        """The arrays of the batch."""

    def getlabel(self) -> Any:
        """The labels of the batch."""

    def getindex(self) -> np.ndarray[Any, Any] | None:
        """The numbers of its examples, if known."""
        return None

    def getpad(self) -> Any:
        """How many of its examples are there only to fill it up."""
