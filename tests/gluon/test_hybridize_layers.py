"""Hybridized layers, losses and nets: the numbers, random streams, gradients and statistics of the others."""

from __future__ import annotations

import numpy as np
import pytest

import mxnet as mx
from gluon import layer_cases
from gluon.hybrids import agrees
from symbol_blocks import BLOCKS

# Some losses ask for shapes, or stretch factors that symbols do not: MXNet refuses them, too.
REFUSED = {"CosineEmbeddingLoss-111": mx.MXNetError, "SDMLLoss": AttributeError}
LAYERS = [i for i, case in enumerate(layer_cases.CASES) if not case[2].get("compute_full")]


@pytest.mark.parametrize("number", LAYERS, ids=layer_cases.name_of)
def test_layers(number: int) -> None:
    case = layer_cases.CASES[number]
    block = layer_cases.make(mx, case)
    if not isinstance(block, mx.gluon.HybridBlock):
        pytest.skip("it is no hybrid block")
    stream = np.random.RandomState(number)
    specs = case[3]
    inputs = [None if spec is None else layer_cases.array(mx, spec, stream) for spec in specs]
    counted = ("label", "long", "short")
    pairs = zip(inputs, specs, strict=True)
    learned = [x for x, spec in pairs if x is not None and spec[0] not in counted]
    mx.random.seed(layer_cases.SEED)
    block.initialize(mx.init.Normal(0.5))
    refused = [e for name, e in REFUSED.items() if layer_cases.name_of(number).startswith(name)]
    if refused:
        block.hybridize()
        with pytest.raises(refused[0]):
            block(*inputs)
    else:
        agrees(block, inputs, learned)


@pytest.mark.parametrize("name", BLOCKS)
def test_nets(name: str) -> None:
    block, shapes = BLOCKS[name](mx)
    stream = np.random.RandomState(3)
    inputs = [mx.nd.array(np.ceil(stream.uniform(0, 2, shape))) for shape in shapes]
    block.initialize(mx.init.Normal(0.5))
    agrees(block, inputs, inputs[:1])
