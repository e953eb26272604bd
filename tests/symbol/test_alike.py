"""Shapes by arithmetic are those of the operators; a first call loads none of torch's compiler."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from ops.running import TAKEN, Run
from ops.samples.spec import S
from regluon.ops.registry import OPERATORS
from regluon.symbol.alike import output_shape


def found(run: Run) -> tuple[int, ...] | None:
    tensors = [x for x in run.inputs if x is not None]
    return output_shape(run.op, [tuple(x.shape) for x in tensors], [x.dtype for x in tensors], run.attributes)


SAMPLES = [s for s in TAKEN if OPERATORS[s.op].generator is None and found(Run(s)) is not None]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.id)
def test_shape_and_type_are_the_operators(sample: S) -> None:
    run = Run(sample)
    (out,) = run.shown(run.forward())
    assert (found(run), run.inputs[0].dtype) == (tuple(out.shape), out.dtype)


def test_what_is_known() -> None:
    names = {OPERATORS[s.op].name for s in SAMPLES}
    assert names >= {"Activation", "Concat", "broadcast_add", "elemwise_mul", "relu", "clip", "_plus_scalar"}


def test_what_takes_more_to_find_out() -> None:
    add, concat, cast = (OPERATORS[name] for name in ("broadcast_add", "Concat", "Cast"))
    kinds = [torch.float32, torch.float32]
    assert output_shape(add, [(2, 3), (4, 3)], kinds, {}) is None
    assert output_shape(add, [(2, 3), (1, 3)], [torch.float32, torch.float64], {}) is None
    assert output_shape(concat, [(2, 3), (4, 4)], kinds, {"dim": 1}) is None
    assert output_shape(concat, [(2, 3), (2, 4)], kinds, {"dim": 2}) is None
    assert output_shape(cast, [(2, 3)], kinds[:1], {"dtype": torch.int32}) is None


PROGRAM = """
import sys
from mxnet import autograd, gluon, nd
from mxnet.gluon import nn
class Residual(nn.HybridBlock):
    def __init__(self):
        super().__init__()
        self.body = nn.HybridSequential()
        self.body.add(nn.Conv2D(4, 3, padding=1), nn.BatchNorm(), nn.Activation("relu"))
        self.body.add(nn.MaxPool2D(3, 1, 1))
    def hybrid_forward(self, F, x):
        return F.concat(F.clip(self.body(x) + x, 0, 6), x)
class Scored(nn.HybridBlock):
    def __init__(self):
        super().__init__()
        self.weight = self.params.get("weight", shape=(3, 0), allow_deferred_init=True)
    def hybrid_forward(self, F, x, weight):
        h = F.tanh(F.FullyConnected(x, weight, num_hidden=3, no_bias=True) * 2 + 1)
        kept = F.where(h > 0, h, F.zeros_like(h)).sum(axis=1, keepdims=True)
        scores = F.softmax(F.broadcast_mul(F.stack(h, h, axis=1).mean(axis=1), kept))
        return F.broadcast_div(F.dot(F.maximum(scores, 0.1), weight), F.argmax(h, axis=1, keepdims=True) + 1)
for hybrid in False, True:
    net = nn.HybridSequential()
    net.add(nn.Conv2D(4, 1), Residual(), nn.GlobalAvgPool2D(), nn.Flatten(), nn.Dense(3, activation="relu"))
    text = nn.HybridSequential()
    text.add(nn.Embedding(9, 4), nn.Dense(2))
    layers = nn.HybridSequential()
    layers.add(nn.Dense(4, activation="tanh"), Scored(), nn.LayerNorm(), nn.Dense(2, activation="sigmoid"))
    for block, x in (net, nd.ones((2, 3, 8, 8))), (text, nd.ones((2, 5))), (layers, nd.ones((2, 5))):
        block.initialize()
        if hybrid:
            block.hybridize()
        with autograd.record():
            y = block(x)
        y.backward()
scores = nd.ones((3, 2, 4))
scores.attach_grad()
with autograd.record():
    loss = nd.CTCLoss(scores, nd.ones((2, 1)))  # differentiated by torch
loss.backward()
print([m for m in ("torch._dynamo", "torch._inductor", "sympy") if m in sys.modules])
"""


def test_first_calls_load_no_compiler() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
