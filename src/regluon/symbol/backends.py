"""What else can run a straight-line function: a compiler of torch's, or CUDA's graphs."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from regluon.context import Context
from regluon.symbol.lines import Straight

__all__ = ["BACKENDS", "graphed"]


def failures() -> type[Exception]:
    """What torch's compiler raises where it can't do it."""
    return torch._dynamo.exc.TorchDynamoException


def _by_inductor(function: Callable[..., Any]) -> Callable[..., Any]:
    """``torch.compile``; the function as it is, with a warning, where that fails."""
    current = quick = torch.compile(function, backend="inductor")

    def call(*args: Any) -> Any:
        nonlocal current
        if current is function:
            return function(*args)
        try:
            return quick(*args)
        except failures() as error:
            warnings.warn(f"backend='inductor' fails, the net runs without it: {error}", stacklevel=2)
            current = function
            return function(*args)

    return call


def inductor(straight: Straight) -> Straight:
    """Both ways compiled by torch's compiler, which takes many seconds."""
    back = straight.backward
    return replace(
        straight,
        forward=_by_inductor(straight.forward),
        backward=None if back is None else _by_inductor(back),
        into=None,
        ones=False,
    )


BACKENDS: dict[str, Callable[[Straight], Straight]] = {"inductor": inductor}
"""By the names that ``hybridize`` takes."""


def graphed(straight: Straight, ctx: Context) -> Straight:
    """On a GPU, predictions as CUDA graphs, one for each set of shapes: launched as a whole."""
    if ctx.torch_device.type != "cuda" or straight.backward is not None or straight.drawn:
        return straight
    graphs: dict[Any, tuple[Any, list[Tensor], Any]] = {}
    forward = straight.forward

    def call(shapes: Any, *data: Tensor) -> Any:
        key = tuple([x.shape for x in data])
        if key not in graphs:
            graphs[key] = _captured(forward, shapes, data)
        graph, inputs, outputs = graphs[key]
        for own, x in zip(inputs, data, strict=True):
            own.copy_(x)
        graph.replay()
        return tuple([o.clone() for o in outputs])

    return replace(straight, forward=call)


def _captured(
    forward: Callable[..., Any], shapes: Any, data: tuple[Tensor, ...]
) -> tuple[Any, list[Tensor], Any]:
    """The graph, the tensors that it reads and those that it writes."""
    inputs, stream = [x.clone() for x in data], torch.cuda.Stream()  # type: ignore[no-untyped-call]
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):  # kernels are chosen and loaded before they are captured
        for _ in range(3):
            forward(shapes, *inputs)
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        outputs = forward(shapes, *inputs)
    return graph, inputs, outputs
