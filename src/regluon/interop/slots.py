"""The parameters that a block and a module share: their tensors, and how each side learns of the other's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from regluon.base import numpy_dtype
from regluon.context import Context
from regluon.gluon import Parameter
from regluon.gluon.parameter import changes
from regluon.interop.passage import leaf
from regluon.interop.tensors import context_of_device, shared
from regluon.ndarray import NDArray
from regluon.tape import Leaf

__all__ = ["Slot", "placed"]


class Slot:
    """A parameter of the block and its tensor, and where the module has that."""

    __slots__ = ("name", "own", "owner", "parameter", "version")

    def __init__(self, parameter: Parameter, owner: torch.nn.Module, name: str) -> None:
        self.parameter, self.owner, self.name = parameter, owner, name
        self.own = _tensor_of(parameter)
        self.version = parameter._version

    @property
    def tensor(self) -> Tensor:
        """What the module has there now: another tensor within ``torch.func.functional_call``."""
        return getattr(self.owner, self.name)  # type: ignore[no-any-return]

    @property
    def array(self) -> NDArray:
        return next(iter(self.parameter._data.values()))

    def follow(self) -> None:
        """Takes over the array that the parameter has got since: by cast(), reset_ctx(), initialize()."""
        if self.parameter._version != self.version:
            self.version = self.parameter._version
            if not shared(self.own, self.array):
                self.own.data = self.array._data
                self.own.grad = None

    def take_over(self) -> None:
        """Puts the tensor that torch has set in place of the shared one into the block."""
        tensor, parameter = self.tensor, self.parameter
        if tensor is not self.own:
            self.own = tensor
            if isinstance(tensor, torch.nn.Parameter):
                _fill_both(parameter, tensor)
        if shared(tensor, self.array) and tensor.is_contiguous():
            return
        ctx, data = context_of_device(tensor.device), tensor.detach().contiguous()
        if data.data_ptr() != tensor.data_ptr():
            tensor.data = data
        parameter._dtype = numpy_dtype(data.dtype)
        parameter._data = {ctx: NDArray(data, ctx)}
        parameter._init_grad()
        self.version = parameter._version


def _tensor_of(parameter: Parameter) -> Tensor:
    """Its tensor for torch, in the same memory: a buffer if it is no subject of gradients."""
    data = next(iter(parameter._data.values()))._data
    if not parameter._differentiable or not data.is_floating_point() or type(parameter) is not Parameter:
        return data.detach()
    found = torch.nn.Parameter(data, parameter.grad_req != "null")
    _fill_both(parameter, found)
    return found


def _fill_both(parameter: Parameter, tensor: Tensor) -> None:
    """Has a backward of torch write the block's gradient too: the one of this backward, as grad_req says."""
    if not tensor.requires_grad:
        tensor.requires_grad_()
        _hooked(parameter, tensor)
        tensor.requires_grad_(False)
    else:
        _hooked(parameter, tensor)


def _hooked(parameter: Parameter, tensor: Tensor) -> None:
    arrived: list[Tensor] = []

    def arrives(g: Tensor) -> None:
        arrived[:] = [g]

    def accumulated(_: Tensor) -> None:
        # Called by backward alone, not by torch.autograd.grad.
        entry = next(iter(parameter._data.values()))._ag
        if isinstance(entry, Leaf):
            entry.write(arrived.pop().detach())
        arrived.clear()

    tensor.register_hook(arrives)  # type: ignore[no-untyped-call]
    tensor.register_post_accumulate_grad_hook(accumulated)  # type: ignore[no-untyped-call]


@contextmanager
def placed(
    slots: Sequence[Slot], tensors: Sequence[Tensor], ctx: Context, recording: bool
) -> Iterator[list[Any]]:
    """Has the block compute with the module's tensors; gives the entries where their gradients come out.

    These are the block's own arrays, unless ``torch.func.functional_call`` or a parametrization has put
    others in the module for a while.
    """
    before: list[tuple[Parameter, Any]] = []
    entries: list[Any] = []
    try:
        for slot, tensor in zip(slots, tensors, strict=True):
            array, wanted = slot.array, recording and tensor.requires_grad
            if not shared(tensor, array) or (wanted and array._ag is None):
                before.append((slot.parameter, slot.parameter._data))
                array = NDArray(tensor.detach().contiguous(), ctx, leaf() if wanted else None)
                slot.parameter._data = {ctx: array}
                _tell(slot.parameter)
            entries.append(array._ag if wanted else None)
        yield entries
    finally:
        for parameter, data in before:
            parameter._data = data
            _tell(parameter)


def _tell(parameter: Parameter) -> None:
    """Whoever holds a parameter's array has to look for it again."""
    parameter._version += 1
    changes.count += 1
