"""Every operator as a function of symbols: the same results, shapes and types as of arrays."""

from __future__ import annotations

from typing import Any

import pytest

import mxnet as mx
from ops.running import TAKEN, Run
from ops.samples.spec import S
from ops.test_imperative import arrays, same
from regluon.base import numpy_dtype
from regluon.ndarray.namespace import PREFIXES
from regluon.ops.registry import OPERATORS
from regluon.symbol import schema

FIRST = {OPERATORS[s.op].name: s for s in reversed(TAKEN)}
NAMES = sorted(
    n for n in FIRST if not (OPERATORS[n].generator or n.startswith("_regluon") or n == "reset_arrays")
)
# Operators whose outputs have types that follow from more than the types of inputs.
OWN_TYPES = ("_contrib_quantize", "_contrib_requantize", "_histogram")
# The same, of some types; and those that take what symbols do not.
SOME_TYPES = (*OWN_TYPES, "_np_cumsum", "_contrib_SparseEmbedding")


def function(name: str) -> Any:
    """The function of an operator, where MXNet has it."""
    for prefix in PREFIXES:
        place = getattr(mx.sym, prefix.strip("_"), None)
        if name.startswith(prefix) and hasattr(place, name.removeprefix(prefix)):
            return getattr(place, name.removeprefix(prefix))
    return getattr(mx.sym._internal if name.startswith("_") else mx.sym.op, name)


def symbol_of(sample: S, run: Run) -> tuple[Any, dict[str, Any]]:
    """The sample's call of variables x0, x1, ..., and their arrays."""
    given = {f"x{i}": a for i, a in enumerate(arrays(run)) if a is not None}
    if run.op.variadic:
        return function(sample.op)(*map(mx.sym.var, given), **sample.attributes), given
    first = len(run.op.inputs) - run.op.optional
    without = "bias" in run.op.inputs[first:] and len(given) <= run.op.inputs.index("bias")
    attributes = {**sample.attributes, **({"no_bias": True} if without else {})}
    texts = {key: str(value) for key, value in attributes.items()}
    names = schema.input_names(run.op, schema.read(run.op, texts), len(given))
    inputs = {n: mx.sym.var(key) for n, key in zip(names, given, strict=True)}
    return function(sample.op)(**inputs, **attributes), given


@pytest.mark.parametrize("name", NAMES)
def test_the_same_as_of_arrays(name: str) -> None:
    sample = FIRST[name]
    run = Run(sample)
    expected = list(run.shown(run.forward()))
    symbol, given = symbol_of(sample, run)
    states = symbol.list_auxiliary_states()
    executor = symbol.bind(
        mx.cpu(),
        {key: given[key] for key in symbol.list_arguments()},
        aux_states={key: given[key] for key in states},
        grad_req="null",
    )
    outputs = executor.forward(is_train=sample.train)
    assert same(outputs[: len(expected)], expected)
    assert [o.shape for o in outputs] == [tuple(e.shape) for e in expected]
    assert mx.sym.load_json(symbol.tojson()).tojson() == symbol.tojson()
    check_shapes(sample, symbol, given, outputs)


def check_shapes(sample: S, symbol: Any, given: dict[str, Any], outputs: list[Any]) -> None:
    if sample.abstract and all(a.shape and 0 not in a.shape for a in (*given.values(), *outputs)):
        shapes = {key: a.shape for key, a in given.items()}
        assert symbol.infer_shape(**shapes)[1] == [o.shape for o in outputs]
    if not sample.op.startswith(OWN_TYPES):
        types = symbol.infer_type_partial(**{key: a.dtype for key, a in given.items()})[1]
        assert types == [o.dtype for o in outputs]


@pytest.mark.parametrize("name", [n for n in NAMES if not n.startswith(SOME_TYPES)])
def test_types_follow_from_those_of_the_inputs(name: str) -> None:
    for sample in (s for s in TAKEN if OPERATORS[s.op].name == name):
        run = Run(sample)
        symbol, given = symbol_of(sample, run)
        types = symbol.infer_type_partial(**{key: a.dtype for key, a in given.items()})[1]
        assert types == [numpy_dtype(o.dtype) for o in run.shown(run.forward())], sample
