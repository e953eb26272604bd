"""Runs a sample through the registry and the tape, and holds the results against MXNet's and torch's."""

from __future__ import annotations

import importlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ops.samples.spec import S
from regluon import tape
from regluon.ops.registry import OPERATORS, Operator, torch_gradient

HERE = Path(__file__).parent
FAMILIES = sorted(p.stem for p in (HERE / "samples").glob("*.py") if p.stem != "spec")
TOLERANCE = {"float16": 3e-3, "float32": 1e-5, "float64": 1e-7}


def samples() -> list[S]:
    """Every family's samples."""
    found = []
    for family in FAMILIES:
        for number, sample in enumerate(importlib.import_module(f"ops.samples.{family}").SAMPLES):
            sample.id = f"{family}-{number}-{sample.op}"
            found.append(sample)
    return found


@cache
def recordings() -> dict[str, np.ndarray[Any, Any]]:
    """What MXNet answered, for all families."""
    found: dict[str, Any] = {}
    for path in sorted((HERE.parent / "data").glob("ops_*.npz")):
        found.update(read_recordings(path))
    return found


def read_recordings(path: Path) -> dict[str, np.ndarray[Any, Any]]:
    """One file that a recorder has packed."""
    found: dict[str, Any] = {}
    with np.load(path) as file:
        data, at = file["data"].tobytes(), 0
        for key, kind, shape in json.loads(str(file["index"])):
            count = int(np.prod(shape))
            array = np.frombuffer(data, kind, count, at) if count else np.empty(0, kind)
            found[key], at = array.reshape(shape), at + array.nbytes
    return found


def recorded(sample: S, what: str) -> np.ndarray[Any, Any]:
    """One array of MXNet's answer."""
    try:
        return recordings()[f"{sample.key}/{what}"]
    except KeyError:
        raise LookupError(f"no recording of {sample}: run tests/oracle/record_ops.py") from None


def close(found: Tensor, expected: Any, sample: S) -> None:
    """Equal shapes, types, infinities and NaNs; numbers within the tolerance times the largest one."""
    want = expected.detach().numpy(force=True) if isinstance(expected, Tensor) else expected
    have = found.detach().numpy()
    assert have.shape == want.shape, f"{sample}: shape {have.shape}, expected {want.shape}"
    assert have.dtype == want.dtype, f"{sample}: type {have.dtype}, expected {want.dtype}"
    finite = np.abs(want[np.isfinite(want)], dtype="float64") if want.dtype.kind == "f" else np.empty(0)
    scale = max(float(finite.max()), 1e-3) if finite.size else 1.0
    tolerance = 0.0 if want.dtype.kind != "f" else (sample.tol or TOLERANCE[want.dtype.name]) * scale
    np.testing.assert_allclose(have, want, rtol=0, atol=tolerance, err_msg=repr(sample))


class Run:
    """A sample's operator with its tensors and all its attributes; ``double`` takes floats as float64."""

    def __init__(self, sample: S, double: bool = False) -> None:
        self.sample, self.op = sample, OPERATORS[sample.op]
        arrays = sample.arrays()
        if double:
            arrays = [x if x is None or x.dtype.kind != "f" else x.astype("float64") for x in arrays]
        self.inputs = [None if x is None else torch.from_numpy(x.copy()) for x in arrays]
        self.wanted = sample.differentiable(arrays)
        self.attributes = self.op.read_all(sample.attributes)
        self.supplied = _supply(self.op, sample, self.attributes)

    def forward(self, inputs: Any = None) -> list[Tensor]:
        """All outputs, also those that the caller doesn't see."""
        return as_list(self.op.compute(*(self.inputs if inputs is None else inputs), **self.supplied))

    def on(self, device: torch.device) -> list[Tensor]:
        """All outputs, from inputs on another device: on ``meta``, which knows shapes and types only."""
        inputs = [None if x is None else x.to(device) for x in self.inputs]
        supplied = {k: device if k == self.op.device else v for k, v in self.supplied.items()}
        return as_list(self.op.fn(*inputs, **supplied))

    def shown(self, outs: list[Tensor]) -> list[Tensor]:
        return list(self.op.shown(outs, self.attributes))

    def single(self, out: Any) -> bool:
        """Whether a gradient gets one head gradient, not a tuple."""
        if isinstance(out, Tensor):
            return True
        return self.op.visible is not None and len(self.shown(out)) == 1

    def directions(self, outs: list[Tensor]) -> list[Tensor]:
        """The head gradients that the recorder used; zeros for outputs that nobody sees."""
        count = len(self.shown(outs))
        return [self.direction(o, n) if n < count else torch.zeros_like(o) for n, o in enumerate(outs)]

    def direction(self, like: Tensor, number: int) -> Tensor:
        kind = str(like.dtype).removeprefix("torch.")
        return torch.from_numpy(np.asarray(self.sample.direction(tuple(like.shape), kind, number)))

    def leaves(self) -> list[Any]:
        """The inputs, those with a gradient as torch's leaves."""
        return [x.clone().requires_grad_() if i in self.wanted else x for i, x in enumerate(self.inputs)]

    def traced(self) -> tuple[list[Any], list[Any], list[Any]]:
        """A recorded call: its heads with their gradients, its variables, its outputs."""
        parents: list[Any] = [
            tape.Leaf(None, "write") if i in self.wanted else None for i in range(len(self.inputs))
        ]
        own = None if self.op.by_torch else self.op.gradient
        out, node = tape.record(self.op.fn, own, self.op.compute, self.inputs, self.supplied, parents)
        outs = as_list(out)
        entries = [node] if self.single(out) else [tape.Port(node, i) for i in range(len(outs))]
        return list(zip(self.directions(outs), entries, strict=False)), [p for p in parents if p], outs

    def gradients(self) -> list[Tensor]:
        """Through the tape, as backward() does it."""
        heads, variables, _ = self.traced()
        return present(tape.backward([tape.Traced(*h) for h in heads], False, variables), self)

    def second(self) -> list[Tensor]:
        """The gradient of a fixed combination of the gradients, through the tape."""
        heads, variables, _ = self.traced()
        first = tape.backward_recorded([tape.Traced(tape.Traced(g, None), e) for g, e in heads], variables)
        again = [
            tape.Traced(self.direction(t.tensor, 100 + n), t.entry)
            for n, t in enumerate(first)
            if t is not None and tape.live(t.entry) is not None
        ]
        found = tape.backward(again, False, variables) if again else [None] * len(variables)
        return present(found, self)

    def own_gradients(
        self, gradient: Any = None, inputs: Any = None, spread: bool = False, kept: bool = False
    ) -> list[Tensor]:
        """By the operator's gradient function alone, or torch's; given what calls keep for it if ``kept``."""
        xs = self.leaves() if inputs is None else inputs
        need = [True if i in self.wanted else None for i in range(len(xs))]
        with torch.enable_grad():
            out = self.op.fn(*xs, **self.supplied)
        heads = [strided(h) if spread else h for h in self.directions(as_list(out))]
        plain = heads[0] if self.single(out) else tuple(heads)
        if kept:
            uses = self.op.needs(self.attributes)
            xs, out = [out] if uses == "out" else xs, None if uses == "inputs" else out
        grads = (gradient or self.op.gradient)(plain, need, out, *xs, **self.supplied)
        return present([grads[i] for i in self.wanted], self)

    def torch_second(self) -> list[Tensor]:
        """The same as :meth:`second`, by torch alone."""
        xs = self.leaves()
        wanted = [xs[i] for i in self.wanted]
        outs = as_list(self.op.fn(*xs, **self.supplied))
        first = _torch_gradients(outs, self.directions(outs), wanted, create_graph=True)
        directions = [None if g is None else self.direction(g, 100 + n) for n, g in enumerate(first)]
        return present(_torch_gradients(first, directions, wanted), self)


def _torch_gradients(outs: Any, heads: Any, wanted: list[Tensor], create_graph: bool = False) -> list[Any]:
    pairs = [(o, h) for o, h in zip(outs, heads, strict=True) if o is not None and o.requires_grad]
    if not pairs:
        return [None] * len(wanted)
    outs, heads = zip(*pairs, strict=True)
    return list(torch.autograd.grad(outs, wanted, heads, create_graph=create_graph, allow_unused=True))


def _supply(op: Operator, sample: S, attributes: dict[str, Any]) -> dict[str, Any]:
    supplied = dict(attributes)
    if op.mode is not None:
        supplied[op.mode] = sample.train
    if op.device is not None:
        supplied[op.device] = torch.device("cpu")
    if op.generator is not None:
        supplied[op.generator] = None
    return supplied


def present(grads: Any, run: Run) -> list[Tensor]:
    """Zeros where a gradient is None: nothing of the output depends on that input."""
    inputs = [run.inputs[i] for i in run.wanted]
    return [torch.zeros_like(x) if g is None else g for g, x in zip(grads, inputs, strict=True)]


def as_list(result: Any) -> list[Tensor]:
    return [result] if isinstance(result, Tensor) else list(result)


def strided(x: Any) -> Any:
    """The same numbers with gaps between them in memory."""
    if not isinstance(x, Tensor):
        return x
    return torch.stack([x, torch.zeros_like(x)], -1)[..., 0]


SAMPLES = samples()
TAKEN = [s for s in SAMPLES if not s.fails]

__all__ = [
    "HERE",
    "SAMPLES",
    "TAKEN",
    "Run",
    "as_list",
    "close",
    "read_recordings",
    "recorded",
    "samples",
    "strided",
    "torch_gradient",
]
