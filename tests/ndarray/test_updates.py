"""The updates of ``nd.contrib`` that are functions of lists, against the operators."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

import regluon as mx
from regluon import nd
from regluon.base import MXNetError

RATES = {"lrs": [0.1, 0.2], "wds": [0.05, 0.0]}


def arrays(count: int, dtype: str = "float32") -> list[mx.nd.NDArray]:
    draw = np.random.RandomState(count)
    return [nd.array(draw.uniform(0.5, 1.5, (2, n + 1)), dtype=dtype) for n in range(count)]


def same(a: Any, b: Any) -> bool:
    return all(np.array_equal(x.asnumpy(), y.asnumpy()) for x, y in zip(a, b, strict=True))


@pytest.mark.parametrize("mp", [False, True])
def test_adamw_of_many_is_that_of_each(mp: bool) -> None:
    dtype, prefix = ("float16", "mp_") if mp else ("float32", "")
    lists = [[arrays(2, dtype), arrays(2, dtype), arrays(2), arrays(2), *[arrays(2)] * mp] for _ in range(2)]
    together, alone = ([list(map(nd.NDArray.copy, part)) for part in parts] for parts in lists)
    out = getattr(nd.contrib, f"multi_{prefix}adamw_update")(
        *together, 0.5, **RATES, etas=[1.0, 0.5], clip_gradient=0.3, out=together[0]
    )
    assert all(a is b for a, b in zip(out, together[0], strict=True))
    for i, row in enumerate(zip(*alone, strict=True)):
        getattr(nd.contrib, f"{prefix}adamw_update")(
            *row,
            nd.array([0.5]),
            lr=RATES["lrs"][i],
            eta=[1.0, 0.5][i],
            wd=RATES["wds"][i],
            clip_gradient=0.3,
            out=row[0],
        )
    assert all(same(a, b) for a, b in zip(together, alone, strict=True))
    assert not same(together[0], lists[0][0])


@pytest.mark.parametrize("mp", [False, True])
def test_lamb_is_the_operator(mp: bool) -> None:
    dtype = "float16" if mp else "float32"
    lists = [arrays(2, dtype), arrays(2, dtype), arrays(2), arrays(2), *[arrays(2)] * mp]
    name = f"multi_{'mp_' * mp}lamb_update"
    found = getattr(nd.contrib, name)(*lists, step_count=[1, 2], **RATES, lower_bound=0.1)
    again = [arrays(2, dtype), arrays(2, dtype), arrays(2), arrays(2), *[arrays(2)] * mp]
    flat = [a for row in zip(*again, strict=True) for a in row]
    attributes = {"learning_rates": (0.1, 0.2), "wds": (0.05, 0.0), "step_count": (1, 2), "lower_bound": 0.1}
    assert same(found, getattr(nd._internal, f"_{name}")(*flat, num_tensors=2, **attributes))
    assert all(same(a, b) for a, b in zip(lists[2:], again[2:], strict=True))


@pytest.mark.parametrize("factor", [0.0, float("inf"), float("nan")])
def test_void_gradients_change_nothing(factor: float) -> None:
    weight, grad, mean, var = arrays(4)[:1] * 4
    parts = [weight, grad, mean.copy(), var.copy()]
    assert same([nd.contrib.adamw_update(*parts, factor, lr=0.1, eta=1)], [weight])
    assert same(parts[2:], [mean, var])


def test_numbers_of_arrays_are_compared() -> None:
    with pytest.raises(ValueError, match="zip"):
        nd.contrib.multi_lamb_update(arrays(2), arrays(1), arrays(2), arrays(2), [1, 1], [0.1, 0.1], [0, 0])
    with pytest.raises(MXNetError, match="3 weights"):
        nd.contrib.multi_adamw_update(*[arrays(2)] * 4, 1.0, [0.1, 0.1], [0, 0], [1, 1], size=3)


def test_signatures_are_mxnets() -> None:
    expected = "weight, grad, mean, var, rescale_grad, lr, eta, beta1, beta2, epsilon, wd, clip_gradient"
    for name, first in (("adamw_update", ""), ("mp_adamw_update", "weight32, ")):
        found = ", ".join(inspect.signature(getattr(nd.contrib, name)).parameters)
        assert found == expected.replace("rescale", f"{first}rescale") + ", out, name, kwargs"


def test_other_devices_than_the_weights() -> None:
    parts = [a.as_in_context(mx.cpu(1)) for a in arrays(1) * 4]
    moved = nd.contrib.adamw_update(*parts, nd.array([1.0]), lr=0.1, eta=1)
    assert moved.context == mx.cpu(1)
