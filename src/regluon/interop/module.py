"""A Block as a ``torch.nn.Module``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from regluon import autograd
from regluon.base import MXNetError
from regluon.context import Context, current_context
from regluon.gluon import Block, Parameter
from regluon.gluon.parameter import shape_is_known
from regluon.interop.graph import TensorGraph
from regluon.interop.nested import put_together, take_apart
from regluon.interop.passage import Passage, leaf, through
from regluon.interop.slots import Slot, placed
from regluon.interop.tensors import context_of_device
from regluon.interop.uncached import without_caches
from regluon.ndarray import NDArray
from regluon.tape import Traced, live

__all__ = ["BlockModule", "as_module", "ready"]


def as_module(block: Block, *examples: Any) -> BlockModule:
    """A Block as a ``torch.nn.Module``

    The module's parameters are the block's, in the same memory, named by their places: ``features.0.weight``.
    What ``torch.optim``, ``load_state_dict`` or ``module.to("cuda")`` changes is changed in the block, and
    what a Trainer or ``load_parameters`` changes is changed in the module. Running statistics and constants
    are buffers; ``train()`` and ``eval()`` take the place of autograd's training mode. Gradients pass from
    torch through the block to its inputs, to any order.

    A ``backward`` in torch fills two gradients of a parameter: torch's ``.grad``, which sums up until it is
    cleared, and the block's ``grad()``, which is written or added to as ``grad_req`` says. So an optimizer of
    torch works on it as well as a Trainer. ``torch.autograd.grad`` fills neither.

    Parameters
    ----------
    block
        A block whose parameters are initialized.
    *examples
        Inputs, arrays or tensors, for a block that waits for its first call to tell the parameters' shapes;
        it is called once then.

    Raises
    ------
    TypeError
        If it is no block.
    MXNetError
        If a parameter is not initialized, waits for its shape, is on several contexts, or is stored by rows.
    """
    ready(block, examples)
    return BlockModule(block, {})


def ready(block: Block, examples: tuple[Any, ...]) -> None:
    """Completes a block's parameters by example inputs, and complains of what torch can't have."""
    if not isinstance(block, Block):
        raise TypeError(f"as_module takes a Block, not {type(block).__name__}")
    if examples:
        _complete(block, examples)
    for place, parameter in block._collect_params_with_prefix().items():
        _check(place, parameter)


def _complete(block: Block, examples: tuple[Any, ...]) -> None:
    """Finds out shapes that are not known yet."""
    parameters = list(block._collect_params_with_prefix().values())
    if not any(p._deferred_init for p in parameters):
        return
    contexts = parameters[0].list_ctx()
    tensors: list[Tensor] = []
    structure = take_apart(examples, Tensor, tensors)
    arrays = put_together(structure, [NDArray(t.detach().contiguous(), contexts[0]) for t in tensors])
    with autograd.pause():
        block(*arrays)


def _check(place: str, parameter: Parameter) -> None:
    what = f"as_module: the parameter {parameter.name} ({place})"
    if not parameter._data:
        if parameter._deferred_init and not shape_is_known(parameter.shape):
            raise MXNetError(
                f"{what} of shape {parameter.shape} waits for its first call: give as_module(block, x) an "
                "example input, or call the block once"
            )
        raise MXNetError(f"{what} is not initialized: call initialize() or load_parameters()")
    if len(parameter.list_ctx()) > 1:
        raise MXNetError(
            f"{what} is on {parameter.list_ctx()}; a module is on one device: reset_ctx() moves the block"
        )
    if parameter.stype != "default":
        raise MXNetError(f"{what} is stored as {parameter.stype}; torch's parameters are dense")


class BlockModule(torch.nn.Module):
    """What :func:`as_module` returns; ``module.block`` is the block."""

    def __init__(self, block: Block, known: dict[int, Any]) -> None:
        super().__init__()
        self._block = block
        known[id(block)] = self
        for name, child in block._children.items():
            self._modules[name] = known.get(id(child)) or BlockModule(child, known)
        for name, parameter in block._reg_params.items():
            slot = known.get(id(parameter))
            if slot is None:
                slot = known[id(parameter)] = Slot(parameter, self, name)
            is_parameter = isinstance(slot.own, torch.nn.Parameter)
            own: dict[str, Any] = self._parameters if is_parameter else self._buffers
            own[name] = slot.own
        self._slots = [known[id(p)] for p in dict.fromkeys(block._collect_params_with_prefix().values())]
        self.register_load_state_dict_post_hook(_after_load)  # type: ignore[no-untyped-call]
        self.register_state_dict_pre_hook(_before_save)  # type: ignore[no-untyped-call]

    @property
    def block(self) -> Block:
        """The block behind it."""
        return self._block

    def _get_name(self) -> str:
        return type(self._block).__name__

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self.__dict__.get("_modules", ()):
            raise AttributeError(
                f"{self._get_name()}.{name} is a child of a gluon Block and can't be replaced in the module: "
                "set it in the block (as_block(module) makes a block of a module), and call as_module again"
            )
        super().__setattr__(name, value)

    def __reduce__(self) -> Any:
        frozen = [name for name, p in self.named_parameters() if not p.requires_grad]
        return _rebuilt, (self._block, self.training, frozen)

    def _apply(self, fn: Callable[..., Any], recurse: bool = True) -> Any:
        super()._apply(fn, recurse)  # type: ignore[no-untyped-call]
        for slot in self._slots:
            slot.take_over()
        return self

    # Calls

    def forward(self, *args: Any) -> Any:
        """What the block computes of tensors, which may be in lists and tuples; returns tensors."""
        self._check_modes()
        tensors: list[Tensor] = []
        structure = take_apart(args, Tensor, tensors)
        if torch.compiler.is_compiling():  # or torch.export
            return self._traced(structure, tensors)
        for slot in self._slots:
            slot.follow()
        ctx = self._context(tensors)
        device = ctx.torch_device
        if torch.is_autocast_enabled(device.type):
            tensors = self._in_own_type(tensors)
            with torch.autocast(device.type, enabled=False):
                return self._computed(tensors, structure, ctx)
        return self._computed(tensors, structure, ctx)

    def _check_modes(self) -> None:
        for module in self.modules():
            if module.training != self.training:
                inner: Any = module
                raise MXNetError(
                    f"{self._get_name()} is in {_mode(self)} mode and {inner._get_name()} in it in "
                    f"{_mode(module)} mode: a block has one mode for all. BatchNorm(use_global_stats=True) "
                    "keeps statistics as they are"
                )

    def _computed(self, tensors: list[Tensor], structure: Any, ctx: Context) -> Any:
        own = [slot.tensor for slot in self._slots]
        recording = torch.is_grad_enabled() and any(t.requires_grad for t in (*tensors, *own))
        arrays = [
            NDArray(t.detach().contiguous(), ctx, leaf() if recording and t.requires_grad else None)
            for t in tensors
        ]
        scope = autograd.record(self.training) if recording else autograd.pause(self.training)
        with scope, placed(self._slots, own, ctx, recording) as entries:
            outcome = self._block(*put_together(structure, arrays))
        outs: list[NDArray] = []
        shape = take_apart(outcome, NDArray, outs)
        if not recording:
            return put_together(shape, [out._data.detach() for out in outs])
        results: list[Any] = [Traced(out._data, live(out._ag)) for out in outs]
        sources = zip([a._ag for a in arrays] + entries, [*tensors, *own], strict=True)
        # Only what has a gradient: torch refuses to go back if one of the inputs has been written to since,
        # as running statistics are in each call.
        ways = [(entry, tensor) for entry, tensor in sources if entry is not None]
        passage = Passage([entry for entry, _ in ways], results)
        return put_together(shape, through(passage, [tensor for _, tensor in ways]))

    def _traced(self, structure: Any, tensors: list[Tensor]) -> Any:
        """The block's graph on tensors alone, for torch's tracers."""
        graph = TensorGraph(self._block, structure, len(tensors))
        known = {slot.parameter.name: slot for slot in self._slots}
        own = [known[name].tensor for name in graph.parameters]
        with without_caches():
            return graph(tensors, own, self._context(tensors), self.training)

    def _context(self, tensors: Sequence[Tensor]) -> Context:
        """The context of its parameters, or of the inputs if it has none."""
        if self._slots:
            ctx: Context = self._slots[0].parameter.list_ctx()[0]
            for t in tensors:
                if t.device != ctx.torch_device:
                    raise MXNetError(
                        f"{self._get_name()} is on {ctx} and an input of shape {tuple(t.shape)} is on "
                        f"{t.device}: to() moves the module as well as the input"
                    )
            return ctx
        return context_of_device(tensors[0].device) if tensors else current_context()

    def _in_own_type(self, tensors: list[Tensor]) -> list[Tensor]:
        """Under autocast a block computes in the type of its parameters."""
        kinds = [slot.tensor.dtype for slot in self._slots if slot.tensor.is_floating_point()]
        wanted = kinds[0] if kinds else torch.float32
        return [t.to(wanted) if t.is_floating_point() else t for t in tensors]


def _mode(module: torch.nn.Module) -> str:
    return "training" if module.training else "evaluation"


def _rebuilt(block: Block, training: bool, frozen: list[str]) -> BlockModule:
    module = as_module(block).train(training)
    for name, parameter in module.named_parameters():
        parameter.requires_grad_(name not in frozen)
    return module


def _after_load(module: BlockModule, keys: Any) -> None:
    for slot in module._slots:  # load_state_dict(assign=True) sets other tensors
        slot.take_over()


def _before_save(module: BlockModule, prefix: str, keep_vars: bool) -> None:
    for slot in module._slots:
        slot.follow()
