"""A ``torch.nn.Module`` as a Block."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn.parameter import UninitializedParameter

from regluon import initializer, tape
from regluon.base import DTYPE_OF_FLAG, MXNetError, dtype_name, numpy_dtype
from regluon.context import SHAPES, Context
from regluon.gluon import HybridBlock, Parameter
from regluon.gluon.symbolic import with_symbols
from regluon.interop.nested import put_together, take_apart
from regluon.interop.tensors import context_of_device
from regluon.ndarray import NDArray
from regluon.tape import state

__all__ = ["ModuleBlock", "as_block"]


def as_block(module: torch.nn.Module, prefix: str | None = None) -> ModuleBlock:
    """A ``torch.nn.Module`` as a Block, for a ``Sequential`` or ``HybridSequential`` and for a Trainer

    The block's parameters are the module's, initialized and in the same memory: ``layer1.weight`` has this
    name in ``save_parameters`` and ``<prefix>layer1_weight`` in ``collect_params()``. Buffers are parameters
    that are not learned; ``initialize(force_reinit=True)`` takes them back to what they are now. Those of
    shape () have shape (1,), as MXNet has no arrays of one number alone.

    A recorded call is one step of the tape, which ``torch.autograd`` goes back through, to any order. The
    gradients go to the parameters' ``grad()`` as ``grad_req`` says; torch's ``.grad`` stays as it is. The
    module is in training mode where autograd is; what was in evaluation mode in a module in training mode
    stays so.

    Parameters
    ----------
    module
        A module whose parameters have their shapes. It is kept as ``block.module``.
    prefix
        Begins the names of its parameters; counted from the module's class if None.

    Raises
    ------
    TypeError
        If it is no module, or a parameter is of a type that arrays don't have.
    MXNetError
        If a parameter waits for its shape: call a lazy module once before.
    """
    if not isinstance(module, torch.nn.Module):
        raise TypeError(f"as_block takes a torch.nn.Module, not {type(module).__name__}")
    return ModuleBlock(module, prefix)


class ModuleBlock(HybridBlock):
    """What :func:`as_block` returns; ``block.module`` is the module."""

    def __init__(self, module: torch.nn.Module, prefix: str | None = None) -> None:
        self._module_name = type(module).__name__.lower()
        super().__init__(prefix)
        self.module = module
        self._frozen = [m for m in module.modules() if module.training and not m.training]
        self._scalars: set[str] = set()
        self._owned: list[tuple[Parameter, Tensor]] = []
        self._versions: list[int] = []
        for name, tensor in module.named_parameters():
            self._adopt(name, tensor, "write" if tensor.requires_grad else "null", True)
        kept = module.state_dict(keep_vars=True)
        for name, buffer in module.named_buffers():
            if name in kept and buffer.dtype in DTYPE_OF_FLAG.values():
                self._adopt(name, buffer, "null", False)

    def _alias(self) -> str:
        return self._module_name

    def __repr__(self) -> str:
        inside = repr(self.module).replace("\n", "\n  ")
        return f"{type(self).__name__}(\n  {inside}\n)"

    def _adopt(self, name: str, tensor: Tensor, grad_req: str, differentiable: bool) -> None:
        """Makes a parameter of a tensor, in its memory."""
        if isinstance(tensor, UninitializedParameter):
            raise MXNetError(
                f"as_block: the parameter {name} waits for its shape: call the module once before"
            )
        if tensor.dtype not in DTYPE_OF_FLAG.values():
            known = ", ".join(map(dtype_name, DTYPE_OF_FLAG.values()))
            raise TypeError(f"as_block: {name} is of {tensor.dtype}; arrays are of {known}")
        data = _compact(tensor)
        if data.dim() == 0:
            self._scalars.add(name)
            data = data.view(1)
        full = self.prefix + name.replace(".", "_")
        parameter = Parameter(
            full,
            grad_req=grad_req,
            shape=tuple(data.shape),
            dtype=numpy_dtype(data.dtype),
            init=None if differentiable else initializer.Constant(NDArray(data.clone())),
            differentiable=differentiable,
        )
        ctx = context_of_device(data.device)
        parameter._data = {ctx: NDArray(data, ctx)}
        parameter._init_grad()
        self.params._params[full] = parameter
        self._reg_params[name] = parameter
        self._owned.append((parameter, tensor))
        self._versions.append(parameter._version)

    # Calls

    def forward(self, *args: Any) -> Any:
        """What the module computes of arrays, which may be in lists and tuples; returns arrays."""
        if with_symbols(args):
            raise MXNetError(
                f"{self.name} is a torch module, which has no symbol and can't be part of a compiled graph; "
                "in an nn.Sequential instead of an nn.HybridSequential, hybridize() compiles the blocks "
                "beside it alone"
            )
        arrays: list[NDArray] = []
        structure = take_apart(args, NDArray, arrays)
        ctx = arrays[0]._ctx if arrays else next(iter(self._reg_params.values())).list_ctx()[0]
        names, owned = list(self._reg_params), self._arrays(ctx)
        self._set_mode()
        call = _Call(self.module, structure, names, self._scalars, len(arrays))
        inputs = [*arrays, *owned]
        parents = [tape.live(a._ag) for a in inputs] if state.recording else []
        tensors = [a._data for a in inputs]
        if all(p is None for p in parents):
            with torch.no_grad():
                found, node = call(*tensors), None
            found = tuple([t.clone() if t._is_view() or any(t is x for x in tensors) else t for t in found])
        else:
            found, node = tape.record(call, None, call, tensors, {}, parents)
        outs = [NDArray(t, ctx, None if node is None else tape.Port(node, i)) for i, t in enumerate(found)]
        return put_together(call.form, outs)

    def _arrays(self, ctx: Context) -> Sequence[NDArray]:
        """The arrays of its parameters on a context; shape inference gets arrays without values."""
        if ctx is SHAPES:
            firsts = [p.list_data()[0] for p in self._reg_params.values()]
            return [NDArray(a._data.to("meta"), SHAPES) for a in firsts]
        for i, (parameter, tensor) in enumerate(self._owned):
            if parameter._version != self._versions[i]:  # by initialize(), cast(), reset_ctx()
                self._versions[i] = parameter._version
                tensor.data = next(iter(parameter._data.values()))._data.view(tensor.shape)
        return [p.data(ctx) for p in self._reg_params.values()]

    def _set_mode(self) -> None:
        if self.module.training != state.training:
            self.module.train(state.training)
            for frozen in self._frozen:
                frozen.train(False)


class _Call:
    """A call of the module as a function of tensors: the inputs, then parameters and buffers."""

    def __init__(
        self, module: torch.nn.Module, structure: Any, names: list[str], scalars: set[str], inputs: int
    ) -> None:
        self.module, self.structure = module, structure
        self.names, self.scalars, self.inputs = names, scalars, inputs
        self.form: Any = None
        self.training = module.training
        self.random: Any = None

    def __call__(self, *tensors: Tensor) -> tuple[Tensor, ...]:
        if self.form is None:
            self.random = torch.get_rng_state() if self.training else None
            return self._run(tensors)
        # For a second derivative: with the same random numbers, and without moving running statistics again.
        given = [t if t.requires_grad else t.clone() for t in tensors]
        cuda = [t.device.index for t in tensors[:1] if t.is_cuda]
        mode = self.module.training
        with torch.random.fork_rng(cuda, enabled=self.random is not None):
            if self.random is not None:
                torch.set_rng_state(self.random)
            self.module.train(self.training)
            try:
                return self._run(given)
            finally:
                self.module.train(mode)

    def _run(self, tensors: Sequence[Tensor]) -> tuple[Tensor, ...]:
        args = put_together(self.structure, tensors[: self.inputs])
        owned = {
            name: t.view(()) if name in self.scalars else t
            for name, t in zip(self.names, tensors[self.inputs :], strict=True)
        }
        outcome = torch.func.functional_call(self.module, owned, tuple(args))
        found: list[Tensor] = []
        self.form = take_apart(outcome, Tensor, found)
        return tuple([t.contiguous() for t in found])


def _compact(tensor: Tensor) -> Tensor:
    """The tensor's memory; a copy in MXNet's order if it is in another."""
    if not tensor.is_contiguous():
        tensor.data = tensor.data.contiguous()
    return tensor.detach()
