"""Operators as functions and methods of arrays: one operator under all its names, ``out=``, refusals."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from ops.running import SAMPLES, TAKEN, Run, close
from ops.samples.spec import S
from regluon import autograd
from regluon import ndarray as nd
from regluon.base import MXNetError
from regluon.context import cpu
from regluon.ndarray.methods import OPERATOR_METHODS
from regluon.ndarray.namespace import PREFIXES
from regluon.ndarray.ndarray import NDArray
from regluon.ops.registry import OPERATORS, torch_gradient

FIRST = {OPERATORS[s.op].name: s for s in reversed(TAKEN) if s.inputs}
LEAN = [
    s
    for s in TAKEN
    if s.grad and not s.kink and OPERATORS[s.op].needs(Run(s).attributes) != "all" and Run(s).wanted
]
REFUSED = [s for s in SAMPLES if s.fails]
NAMES = sorted(name for name, op in OPERATORS.items() if op.name in FIRST)


def function(name: str) -> Any:
    """The function of an operator, where MXNet has it."""
    for prefix in PREFIXES:
        place = getattr(nd, prefix.strip("_"), None)
        if name.startswith(prefix) and hasattr(place, name.removeprefix(prefix)):
            return getattr(place, name.removeprefix(prefix))
    return getattr(nd._internal if name.startswith("_") else nd, name)


def arrays(run: Run) -> list[NDArray | None]:
    return [None if x is None else NDArray(x, cpu()) for x in run.inputs]


def as_list(result: Any) -> list[NDArray]:
    return list(result) if isinstance(result, (list, tuple)) else [result]


def same(found: Any, expected: list[torch.Tensor]) -> bool:
    return all(
        torch.equal(torch.nan_to_num(a._data), torch.nan_to_num(b))
        for a, b in zip(as_list(found), expected, strict=True)
    )


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_a_function(name: str) -> None:
    sample = FIRST[OPERATORS[name].name]
    run = Run(sample)
    if run.op.generator is None:
        expected = run.shown(run.forward())
        assert same(function(name)(*arrays(run), **sample.attributes), expected)


@pytest.mark.parametrize("name", sorted(n for n in FIRST if not OPERATORS[n].variadic))
def test_arrays_have_names(name: str) -> None:
    sample = FIRST[name]
    run = Run(sample)
    if run.op.generator is None:
        given = {k: x for k, x in zip(run.op.inputs, arrays(run), strict=False) if x is not None}
        expected = run.shown(run.forward())  # before the states are written
        assert same(function(name)(**given, **sample.attributes), expected)


@pytest.mark.parametrize("name", sorted(OPERATOR_METHODS))
def test_a_method_is_the_function(name: str) -> None:
    sample = FIRST[OPERATORS[OPERATOR_METHODS[name]].name]
    run = Run(sample)
    this, *others = arrays(run)
    if run.op.generator is None:
        assert same(getattr(this, name)(*others, **sample.attributes), run.shown(run.forward()))


@pytest.mark.parametrize("name", sorted(n for n in FIRST if OPERATORS[n].generator is None))
def test_out_is_written(name: str) -> None:
    sample = FIRST[name]
    run = Run(sample)
    expected = run.shown(run.forward())
    outs = [NDArray(torch.full_like(x, 7), cpu()) for x in expected]
    memory = [o._data.data_ptr() for o in outs]
    result = function(name)(*arrays(run), **sample.attributes, out=outs[0] if len(outs) == 1 else outs)
    assert all(a is b for a, b in zip(as_list(result), outs, strict=True))
    assert memory == [o._data.data_ptr() for o in outs]
    assert same(outs, expected)


@pytest.mark.parametrize("sample", LEAN, ids=lambda s: s.id)
def test_gradients_of_what_does_not_keep_all(sample: S) -> None:
    """First and second derivatives of a call that keeps its inputs or its output alone are torch's."""
    run = Run(sample, double=True)
    given: list[Any] = arrays(run)
    variables = [given[i] for i in run.wanted]
    for x in variables:
        x.attach_grad()
    with autograd.record():
        (out,) = as_list(function(sample.op)(*given, **sample.attributes))
        (head,) = run.directions([out._data])
        first = autograd.grad(out, variables, NDArray(head, cpu()), retain_graph=True, create_graph=True)
        weights = [NDArray(run.direction(g._data, 100 + n), cpu()) for n, g in enumerate(first)]
        total = sum((w * g).sum() for w, g in zip(weights, first, strict=True))
    for found, expected in zip(first, run.own_gradients(torch_gradient), strict=True):
        close(found._data, expected, sample)
    if total._ag is not None:
        total.backward()
        for x, expected in zip(variables, run.torch_second(), strict=True):
            close(x.grad._data, expected, sample)


@pytest.mark.parametrize("sample", REFUSED, ids=lambda s: s.id)
def test_refuses_what_mxnet_refuses(sample: S) -> None:
    inputs = [None if x is None else NDArray(torch.from_numpy(x), cpu()) for x in sample.arrays()]
    with pytest.raises((MXNetError, TypeError, ValueError)) as caught:
        function(sample.op)(*inputs, **sample.attributes)
    assert OPERATORS[sample.op].name in str(caught.value)
