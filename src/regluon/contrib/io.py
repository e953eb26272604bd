"""``mx.contrib.io``: a DataLoader where an iterator of ``mx.io`` is asked for."""

from __future__ import annotations

from typing import Any

from regluon.gluon.data import DataLoader
from regluon.io import DataDesc, DataIter
from regluon.ndarray import NDArray, zeros

__all__ = ["DataLoaderIter"]


class DataLoaderIter(DataIter):
    """The batches of a DataLoader of pairs, as an iterator of ``mx.io``; the last one is padded by zeros.

    Parameters
    ----------
    loader
        The DataLoader.
    data_name, label_name
        What the two arrays of a batch are called.
    dtype
        The type to which both are cast.
    """

    def __init__(
        self,
        loader: DataLoader,
        data_name: str = "data",
        label_name: str = "softmax_label",
        dtype: Any = "float32",
    ) -> None:
        super().__init__()
        self._loader = loader
        data, label = next(iter(loader))
        self.batch_size = data.shape[0]
        self.dtype = dtype
        self.provide_data = [DataDesc(data_name, data.shape, dtype)]
        self.provide_label = [DataDesc(label_name, label.shape, dtype)]
        self._current_batch: Any = None
        self.reset()

    def reset(self) -> None:
        """Begins anew."""
        self._iter = iter(self._loader)

    def iter_next(self) -> bool:
        """Goes to the next batch; whether there is one."""
        self._current_batch = next(self._iter, None)
        return self._current_batch is not None

    def getdata(self) -> list[NDArray]:
        """The examples of the batch."""
        return [self._padded(self._current_batch[0])]

    def getlabel(self) -> list[NDArray]:
        """The labels of the batch."""
        return [self._padded(self._current_batch[1])]

    def getpad(self) -> int:
        """How many examples are padding."""
        return int(self.batch_size - self._current_batch[0].shape[0])

    def getindex(self) -> None:
        """None: a DataLoader does not tell which examples it has taken."""

    def _padded(self, array: NDArray) -> NDArray:
        array = array.astype(self.dtype)
        if not self.getpad():
            return array
        whole = zeros((self.batch_size, *array.shape[1:]))  # float32 whatever the type, as in MXNet
        whole[: array.shape[0]] = array
        return whole
