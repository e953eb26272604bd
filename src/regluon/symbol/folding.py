"""Prediction on a processor: convolutions with what follows them as single calls of oneDNN.

Batch normalization goes into the weights of the convolution before it; a sum with another value and a
rectifier go into the call. Weights are arranged once for oneDNN, and again when parameters have changed,
which torch's version counters tell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import isfinite
from typing import Any

import torch
from torch import Tensor

from regluon.context import Context
from regluon.ops.convolution import each_axis
from regluon.ops.registry import OPERATORS
from regluon.symbol.chains import Chain
from regluon.symbol.lines import Emit, Scope, Straight, write
from regluon.symbol.pieces import Piece
from regluon.symbol.program import Program, Step
from regluon.symbol.ways import Geometry, Ways

__all__ = ["written"]


@dataclass(slots=True, eq=False)
class Folded:
    """What a convolution has taken in."""

    convolution: Step
    normalization: Step | None = None
    other: int | None = None
    """The value that is added."""
    over: bool = False
    """Whether the sum may be written over that value: nobody needs it any more."""
    rectified: bool = False
    most: float | None = None
    """What is rectified is cut off there."""


def fold(program: Program, fixed: dict[int, Tensor]) -> tuple[Program, dict[Step, list[Folded]]] | None:
    """A program in which convolutions have taken in what follows; None if there is nothing to gain.

    Convolutions of what another one has made for them alone are one step with that.
    """
    if not torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
        return None
    uses = program.users()
    follower = {v: step for step in program.steps for v in step.inputs if uses[v] == 1}
    places = {value: n for n, step in enumerate(program.steps) for value in step.outputs}
    taken: dict[Step, Folded] = {}
    dropped: set[Step] = set()
    for step in program.steps:
        if step not in dropped and _is_plain(step, fixed):
            found = Folded(step)
            *before, last = _take(found, follower, places, fixed)
            taken[last] = found
            dropped.update(before)
    if not taken:
        return None
    steps = [s for s in program.steps if s in taken or s not in dropped]
    links = {step: _joined(step, taken[step]) for step in taken}
    joined = Program(program.inputs, [links.get(step, step) for step in steps], program.heads, program.count)
    return _chained(joined, {links[step]: found for step, found in taken.items()})


def _chained(program: Program, folded: dict[Step, Folded]) -> tuple[Program, dict[Step, list[Folded]]]:
    """The program with convolutions that follow one another as one step, at the place of the last."""
    uses, chains = program.users(), dict[int, list[Step]]()
    steps: list[list[Step]] = []
    for step in program.steps:
        before = chains.pop(step.inputs[0], None) if step in folded else None
        if before is not None:
            steps.remove(before)
        chain = [*(before or ()), step]
        steps.append(chain)
        if step in folded and uses[step.outputs[0]] == 1:
            chains[step.outputs[0]] = chain
    needed, makers = set(program.heads), program.makers()
    for step in [step for chain in reversed(steps) for step in reversed(chain)]:
        taking = folded.get(step)
        if taking is not None and taking.other is not None:
            maker = makers.get(taking.other)
            free = taking.other not in needed and taking.other != step.inputs[0]
            taking.over = free and maker is not None and _is_new(maker, folded)
        needed.update(step.inputs)
    whole = [_one(chain) for chain in steps]
    made = zip(whole, steps, strict=True)
    found = {one: [folded[step] for step in chain] for one, chain in made if chain[0] in folded}
    return Program(program.inputs, whole, program.heads, program.count), found


def _one(chain: list[Step]) -> Step:
    """One step instead of several convolutions."""
    first, last = chain[0], chain[-1]
    if first is last:
        return first
    inputs = [*first.inputs, *[i for step in chain[1:] for i in step.inputs[1:]]]
    return Step(last.op, last.attributes, inputs, last.outputs, last.name)


def _is_new(maker: Step, folded: dict[Step, Folded]) -> bool:
    """Whether a step's result is memory that no other value has."""
    return maker in folded or maker.op.name in ("Activation", "Pooling", "BatchNorm", "Convolution", "relu")


def _is_plain(step: Step, fixed: dict[int, Tensor]) -> bool:
    """Whether it is a convolution of images that oneDNN computes."""
    given = step.attributes
    return (
        step.op.name == "Convolution"
        and len(given["kernel"]) == 2
        and given["layout"] in (None, "NCHW")
        and all(i in fixed and fixed[i].dtype is torch.float32 and fixed[i].is_cpu for i in step.inputs[1:])
    )


def _take(
    found: Folded, follower: dict[int, Step], places: dict[int, int], fixed: dict[int, Tensor]
) -> list[Step]:
    """Takes in what follows a convolution; all steps that become one.

    Parameters
    ----------
    follower
        By values that are used once, the step that uses them.
    places
        By value, the number of the step that it comes out of.
    """
    steps = [found.convolution]

    def following() -> Step | None:
        return follower.get(steps[-1].outputs[0])

    step = following()
    if step is not None and _normalizes(step, steps[-1], fixed):
        found.normalization = step
        steps.append(step)
        step = following()
    if step is not None and step.op.name == "elemwise_add":
        own = steps[-1].outputs[0]
        other = next((i for i in step.inputs if i != own), None)
        # Of two convolutions that are added, the later one takes the sum.
        if other is not None and places.get(other, -1) < places[own]:
            found.other = other
            steps.append(step)
            step = following()
    if step is not None and _rectifies(step):
        found.rectified = True
        if step.op.name == "clip":
            found.most = step.attributes["a_max"]
        steps.append(step)
    return steps


def _normalizes(step: Step, before: Step, fixed: dict[int, Tensor]) -> bool:
    given = step.attributes
    return (
        step.op.name == "BatchNorm"
        and step.inputs[0] == before.outputs[0]
        and given["axis"] in (1, -3)
        and not given["output_mean_var"]
        and all(i in fixed and fixed[i].dtype is torch.float32 for i in step.inputs[1:])
    )


def _rectifies(step: Step) -> bool:
    name, given = step.op.name, step.attributes
    if name == "clip":
        return given["a_min"] == 0 and given["a_max"] >= 0  # type: ignore[no-any-return]
    return name == "relu" or (name == "Activation" and given["act_type"] == "relu")


_CONVOLUTION = OPERATORS["Convolution"]


def _joined(last: Step, folded: Folded) -> Step:
    """The one step instead of several."""
    convolution = folded.convolution
    more = [] if folded.other is None else [folded.other]
    inputs = [convolution.inputs[0], *more]
    return Step(_CONVOLUTION, convolution.attributes, inputs, last.outputs, convolution.name)


class Weights:
    """The weights of folded convolutions, arranged for oneDNN.

    Parameters
    ----------
    sources
        The tensors that they are made of.
    """

    def __init__(self, sources: Sequence[Tensor]) -> None:
        self._sources = sources
        self._versions: list[int] | None = None
        self._last: list[int] | None = None
        self._finite = True
        self.ways: list[Ways] = []

    def ready(self) -> bool:
        """Whether they are those of the parameters as they are, which are finite.

        oneDNN's rectifiers make NaN 0, which would hide that parameters are NaN.

        Parameters that have changed since the last call may be about to change again: they are arranged when
        they have stayed for a call.
        """
        versions = [x._version for x in self._sources]
        if versions == self._versions:
            return self._finite
        if versions != self._last:
            self._last = versions
            return False
        for ways in self.ways:
            ways.forget()
        self._versions = versions
        self._finite = all(isfinite(float(x.sum())) for x in self._sources)
        return self._finite


def _values(folded: Folded, fixed: dict[int, Tensor]) -> tuple[Tensor, Tensor | None]:
    """The weight and the bias with the normalization in them."""
    weight, *rest = (fixed[i] for i in folded.convolution.inputs[1:])
    bias = rest[0] if rest else None
    step = folded.normalization
    if step is None:
        return weight, bias
    gamma, beta, mean, var = (fixed[i].double() for i in step.inputs[1:])
    scale = torch.rsqrt(var + step.attributes["eps"])
    if not step.attributes["fix_gamma"]:
        scale = scale * gamma
    start = -mean if bias is None else bias.double() - mean
    moved = weight.double() * scale.reshape(-1, 1, 1, 1)
    return moved.float(), (start * scale + beta).float()


def call(chain: list[Folded], fixed: dict[int, Tensor], weights: Weights) -> Callable[..., Tensor]:
    """The function of folded convolutions."""
    ways = [_way(folded, fixed) for folded in chain]
    weights.ways += ways
    return ways[0] if len(ways) == 1 else Chain(ways, [folded.other is not None for folded in chain])


def _way(folded: Folded, fixed: dict[int, Tensor]) -> Ways:
    given = folded.convolution.attributes
    kernel = given["kernel"]
    stride = list(each_axis("stride", given["stride"], kernel, 1, 1))
    pad = list(each_axis("pad", given["pad"], kernel, 0, 0))
    dilate = list(each_axis("dilate", given["dilate"], kernel, 1, 1))
    geometry = Geometry(kernel, pad, stride, dilate, given["num_group"])
    values = partial(_values, folded, fixed)
    return Ways(values, given["num_filter"], geometry, folded.rectified, folded.over, folded.most)


def written(
    program: Program, ctx: Context, fixed: dict[int, Tensor], emit: dict[str, Emit], plain: Straight
) -> Straight:
    """The straight-line function with folded convolutions where ``plain`` gains by it."""
    found = fold(program, fixed) if ctx.torch_device.type == "cpu" else None
    if found is None:
        return plain
    program, folded = found
    links = [link for chain in folded.values() for link in chain]
    steps = [s for link in links for s in (link.convolution, link.normalization) if s is not None]
    weights = Weights([fixed[i] for i in dict.fromkeys(i for s in steps for i in s.inputs[1:])])

    def convolution(step: Step, scope: Scope) -> Piece | None:
        if step not in folded:
            return emit["Convolution"](step, scope)
        function = scope.constant(call(folded[step], fixed, weights))
        scope.laid.add(step.outputs[0])
        return Piece([f"v{step.outputs[0]} = {function}({', '.join(f'v{i}' for i in step.inputs)})"])

    nothing = (False,) * len(program.inputs)
    quick = write(program, ctx, fixed, nothing, False, {**emit, "Convolution": convolution})
    ready, usual, fast = weights.ready, plain.forward, quick.forward

    def forward(shapes: Any, *data: Tensor) -> Any:
        return (fast if ready() else usual)(shapes, *data)

    return replace(plain, forward=forward)
