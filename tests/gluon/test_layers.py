"""Every layer and loss over its options: printed forms, parameters, results and gradients are MXNet's."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import regluon as mx
from gluon import layer_cases as cases

DATA = np.load(Path(__file__).parents[1] / "data" / "layers.npz")


@cache
def recorded() -> list[tuple[Any, dict[str, np.ndarray]]]:
    told, numbers, start = json.loads(str(DATA["told"])), DATA["numbers"], 0
    found = []
    for texts, shapes in told:
        arrays = {}
        for name, shape in shapes.items():
            size = int(np.prod(shape))
            arrays[name] = numbers[start : start + size].reshape(shape)
            start += size
        found.append((texts, arrays))
    return found


@pytest.mark.parametrize("number", range(len(cases.CASES)), ids=cases.name_of)
def test_is_as_in_mxnet(number: int) -> None:
    (texts, arrays), (wanted_texts, wanted) = cases.run(mx, number), recorded()[number]
    assert json.loads(json.dumps(texts)) == wanted_texts
    assert arrays.keys() == wanted.keys()
    for name, value in arrays.items():
        assert value.shape == wanted[name].shape, name
        np.testing.assert_allclose(value, wanted[name], rtol=1e-4, atol=1e-5, err_msg=name)


def test_every_class_has_cases() -> None:
    tried = {kind for _, kind, _, _ in cases.CASES}
    elsewhere = {"Block", "HybridBlock", "Sequential", "HybridSequential", "Dense", "Dropout", "Embedding"}
    elsewhere |= {"Flatten", "Lambda", "HybridLambda", "Activation", "Concurrent", "HybridConcurrent"}
    elsewhere |= {"SparseEmbedding", "Loss", "L1Loss", "L2Loss", "SigmoidBCELoss", "SoftmaxCELoss"}
    elsewhere |= {"SigmoidBinaryCrossEntropyLoss", "SoftmaxCrossEntropyLoss", "SymbolBlock"}
    for module in mx.gluon.nn, mx.gluon.contrib.nn, mx.gluon.loss:
        assert {n for n in module.__all__ if n[0] != "_"} - elsewhere <= tried
