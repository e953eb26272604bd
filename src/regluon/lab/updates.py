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

    @property
    def gradient(self) -> Tensor | None:
        """Where the tape leaves it."""
        return None if self.data.grad is None else self.data.grad._data


Update = Callable[[Sequence[Tensor | None]], None]


def updates(
    name: str, arguments: dict[str, Any], decays: Sequence[float], stacks: Sequence[Stack], batch_size: int
) -> Update:
    """A function that makes one update of all stacks by their gradients; None stands for zero.

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
    plain = type(made) is optimizer.SGD and not (made.momentum or made.clip_gradient or made.lr_scheduler)
    parts: list[tuple[int, Callable[[Tensor | None], None]]] = []
    index = 0
    for number, stack in enumerate(stacks):
        if not stack.learned:
            continue
        if plain:
            parts.append((number, _descent(stack, decays, made.lr, made.rescale_grad)))
            continue
        pieces: list[Callable[[], None]] = []
        for decay, weight, grad in _pieces(stack, decays):
            made.param_dict[index] = _Rates(stack.like.lr_mult, decay * stack.like.wd_mult)
            pieces.append(updater.prepare([index], [grad], [weight]))
            index += 1
        parts.append((number, _by_pieces(stack, pieces)))

    def update(gradients: Sequence[Tensor | None]) -> None:
        for number, part in parts:
            part(gradients[number])

    return update


def _by_pieces(stack: Stack, pieces: Sequence[Callable[[], None]]) -> Callable[[Tensor | None], None]:
    """An optimizer's updates, which look for the gradient in the stack's buffer."""
    buffer = stack.gradient
    assert buffer is not None

    def update(g: Tensor | None) -> None:
        if g is None:
            buffer.zero_()
        elif g is not buffer:
            buffer.copy_(g)
        for piece in pieces:
            piece()

    return update


def _descent(
    stack: Stack, decays: Sequence[float], lr: float, scale: float
) -> Callable[[Tensor | None], None]:
    """SGD's update without a momentum, for all values at once: most runs are of this kind."""
    weight, rate = stack.data._data, lr * stack.like.lr_mult
    lost = [-rate * stack.like.wd_mult * decay for decay in decays]
    factors = weight.new_tensor(lost).reshape(-1, *[1] * (weight.dim() - 2))
    step, decaying = -rate * scale, stack.decays

    def update(g: Tensor | None) -> None:
        if decaying:
            weight.addcmul_(weight, factors)
        if g is not None:
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
