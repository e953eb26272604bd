"""One optimizer for the stacked parameters of many runs, with a weight decay for each value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from torch import Tensor

from regluon import optimizer
from regluon.base import MXNetError
from regluon.gluon.parameter import Parameter
from regluon.ndarray import NDArray
from regluon.ndarray.ndarray import wrap

__all__ = ["ELEMENTWISE", "Stack", "updates"]

ELEMENTWISE = frozenset(
    {optimizer.SGD, optimizer.NAG, optimizer.Adam, optimizer.Adamax, optimizer.AdaGrad, optimizer.AdaDelta}
    | {optimizer.RMSProp, optimizer.Ftrl, optimizer.FTML, optimizer.Signum, optimizer.DCASGD}
)
"""Those that treat each element of a weight apart, so that a stack of weights is updated as each one is."""


class Stack:
    """A parameter of all runs, (seeds, values, ...), with its gradient; ``like`` is that of one run."""

    def __init__(self, data: Tensor, like: Parameter, decays: bool) -> None:
        self.data = NDArray(data)
        self.like, self.decays = like, decays
        self.learned = like.grad_req != "null"
        if self.learned:
            self.data.attach_grad()


def updates(
    name: str, arguments: dict[str, Any], decays: Sequence[float], stacks: Sequence[Stack], batch_size: int
) -> Callable[[], None]:
    """A function that makes one update of all stacks by their gradients.

    What decays is updated value by value, each with its own weight decay; the rest in one.

    Raises
    ------
    MXNetError
        If the optimizer looks at a weight as a whole, which a stack is not.
    """
    made = optimizer.create(name, **arguments, wd=1.0)
    if type(made) not in ELEMENTWISE:
        known = ", ".join(sorted(kind.__name__ for kind in ELEMENTWISE))
        raise MXNetError(
            f"lab.path: {type(made).__name__} cannot update all runs at once: it does not treat each element "
            f"of a weight apart; these do: {known}. Or run one after another: experiment(wd=..., seed=...)"
        )
    made.rescale_grad /= batch_size
    updater = optimizer.get_updater(made)
    parts: list[Callable[[], None]] = []
    plain = type(made) is optimizer.SGD and not (made.momentum or made.clip_gradient or made.lr_scheduler)
    for stack in (stack for stack in stacks if stack.learned):
        if plain:
            parts.append(_descent(stack, decays, made.lr, made.rescale_grad))
            continue
        for decay, weight, grad in _pieces(stack, decays):
            made.param_dict[len(parts)] = _Rates(stack.like.lr_mult, decay * stack.like.wd_mult)
            parts.append(updater.prepare([len(parts)], [grad], [weight]))

    def update() -> None:
        for part in parts:
            part()

    return update


def _descent(stack: Stack, decays: Sequence[float], lr: float, scale: float) -> Callable[[], None]:
    """SGD's update without a momentum, for all values at once: most runs are of this kind."""
    weight, grad = stack.data._data, stack.data.grad
    assert grad is not None
    g, rate = grad._data, lr * stack.like.lr_mult
    lost = [-rate * stack.like.wd_mult * decay for decay in decays]
    factors = weight.new_tensor(lost).reshape(-1, *[1] * (weight.dim() - 2))
    step = -rate * scale

    def update() -> None:
        if stack.decays:
            weight.addcmul_(weight, factors)
        weight.add_(g, alpha=step)

    return update


class _Rates(NamedTuple):
    """What the optimizer asks a parameter for."""

    lr_mult: float
    wd_mult: float


def _pieces(stack: Stack, decays: Sequence[float]) -> list[tuple[float, NDArray, NDArray]]:
    """What has the same weight decay, with it."""
    data, grad = stack.data, stack.data.grad
    assert grad is not None
    if not stack.decays:
        return [(0.0, data, grad)]
    return [(d, _value(data, v), _value(grad, v)) for v, d in enumerate(decays)]


def _value(array: NDArray, v: int) -> NDArray:
    """The part of one value, in place. It has gaps, which only the formulas get to see."""
    return wrap(array._data[:, v], array._ctx, None)
