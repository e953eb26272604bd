"""Results and gradients held against expected ones, and against differences.

``sym`` is a function of arrays, a block, or a symbol where there are symbols. Values are given as a list in
the order of its parameters, or as a dict by their names.
"""

# ruff: noqa: NPY002 (tests are repeated by numpy.random.seed)
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from regluon.context import Context
from regluon.ndarray import NDArray, array, zeros
from regluon.ndarray.sparse import cast_storage
from regluon.test_utils.comparison import assert_almost_equal
from regluon.test_utils.defaults import (
    Tolerance,
    default_context,
    default_dtype,
    default_numeric_eps,
    get_tolerance,
)
from regluon.test_utils.executor import arguments_of, bind, outputs_of, placed

__all__ = [
    "check_numeric_gradient",
    "check_symbolic_backward",
    "check_symbolic_forward",
    "numeric_grad",
    "simple_forward",
]

_LEAST_STEP = 1e-5
_FLOATS = (np.float16, np.float32, np.float64)


def simple_forward(sym: Any, ctx: Context | None = None, is_train: bool = False, **inputs: Any) -> Any:
    """The results for inputs by name, as NumPy arrays: one, or a list."""
    ctx = ctx or default_context()
    executor = bind(sym, ctx, {name: array(value, ctx=ctx) for name, value in inputs.items()})
    executor.forward(is_train=is_train)
    found = [output.asnumpy() for output in executor.outputs]
    return found[0] if len(found) == 1 else found


def _states(sym: Any, names: Sequence[str], aux_states: Any, ctx: Context, dtype: Any) -> Any:
    """Auxiliary states by name: a symbol's, or the parameters of a function that follow its arguments."""
    if aux_states is None:
        return None
    if hasattr(sym, "list_auxiliary_states"):
        known = list(sym.list_auxiliary_states())
    elif isinstance(aux_states, dict):
        known = list(aux_states)
    else:
        every = arguments_of(sym, [*names, *aux_states])
        known = every[len(names) :]
    return placed(known, aux_states, ctx, dtype)


def numeric_grad(
    executor: Any,
    location: dict[str, Any],
    aux_states: Mapping[str, Any] | None = None,
    eps: float = 1e-4,
    use_forward_train: bool = True,
    dtype: Any = default_dtype(),  # noqa: B008 (a constant)
) -> dict[str, Any]:
    """The gradients of the sum of the first output by differences: (f(x + eps/2) - f(x - eps/2)) / eps

    Parameters
    ----------
    executor
        What is called; its arguments are changed, and put back.
    location
        The values of the arguments, by name.
    """
    if dtype not in _FLOATS:
        raise AssertionError(f"numeric_grad: dtype must be float16, float32 or float64, not {dtype}")
    found = {name: np.zeros(value.shape, dtype=dtype) for name, value in location.items()}
    values = {name: np.array(value, order="C") for name, value in location.items()}
    for name, value in values.items():
        _put(executor.arg_dict[name], value, dtype)

    def total() -> Any:
        for key, state in (aux_states or {}).items():
            _put(executor.aux_dict[key], state, dtype)
        executor.forward(is_train=use_forward_train)
        return executor.outputs[0].asnumpy()

    for name, value in values.items():
        if value.dtype.kind != "f":
            continue
        flat, target = value.reshape(-1), executor.arg_dict[name]
        for i, before in enumerate(flat.copy()):
            flat[i] = before + eps / 2
            _put(target, value, dtype)
            above = total()
            flat[i] -= eps
            _put(target, value, dtype)
            found[name].reshape(-1)[i] = (above - total()).sum() / eps
            flat[i] = before
        _put(target, value, dtype)
    return found


def _put(target: Any, value: Any, dtype: Any) -> None:
    target[:] = cast_storage(array(value, dtype=dtype), stype=target.stype)


class _Projected:
    """An executor whose first output is multiplied by fixed numbers, so that its sum sees every element."""

    def __init__(self, executor: Any, numbers: NDArray) -> None:
        self._executor, self._numbers = executor, numbers
        self.arg_dict, self.aux_dict = executor.arg_dict, executor.aux_dict
        self.outputs: list[Any] = []

    def forward(self, is_train: bool) -> None:
        self._executor.forward(is_train=is_train)
        self.outputs = [self._executor.outputs[0] * self._numbers]


def check_numeric_gradient(
    sym: Any,
    location: Any,
    aux_states: Any = None,
    numeric_eps: Tolerance = None,
    rtol: Tolerance = None,
    atol: Tolerance = None,
    grad_nodes: Any = None,
    use_forward_train: bool = True,
    ctx: Context | None = None,
    grad_stype_dict: Mapping[str, str] | None = None,
    dtype: Any = default_dtype(),  # noqa: B008 (a constant)
) -> None:
    """Holds the gradients of the first output, weighted by random numbers, against differences.

    Parameters
    ----------
    sym, location
        See the module.
    aux_states
        Further arrays that are set before each call, and have no gradient.
    numeric_eps
        The step of the differences; what suits the type if None.
    grad_nodes
        The names of the arguments whose gradients are checked; a dict tells how each is written.
    use_forward_train
        Whether the differences are computed in training mode.
    grad_stype_dict
        The storages of gradients that are not dense.

    Raises
    ------
    AssertionError
        If a gradient is beyond the tolerances of :func:`assert_almost_equal`.
    """
    if dtype not in _FLOATS:
        raise AssertionError(f"check_numeric_gradient: dtype {dtype} is no floating type of NumPy")
    ctx = ctx or default_context()
    names = arguments_of(sym, location, aux_states)
    args = placed(names, location, ctx, dtype)
    states = _states(sym, names, aux_states, ctx, dtype)
    nodes = names if grad_nodes is None else list(grad_nodes)
    reqs = dict(grad_nodes) if isinstance(grad_nodes, dict) else dict.fromkeys(nodes, "write")
    before = {name: np.random.normal(0, 0.01, size=args[name].shape) for name in nodes}
    grads = {name: array(value, ctx=ctx, dtype=dtype) for name, value in before.items()}
    for name, stype in (grad_stype_dict or {}).items():
        if stype != "default":
            grads[name] = grads[name].zeros_like().tostype(stype)
    executor = bind(sym, ctx, args, grads, reqs, states)
    executor.forward(is_train=True)
    first, *others = executor.outputs
    numbers = array(np.random.rand(*first.shape) + 0.1, ctx=ctx, dtype=first.dtype)
    eps = get_tolerance(first, numeric_eps, default_numeric_eps())
    if dtype != np.float64 and eps < _LEAST_STEP:
        raise AssertionError(
            f"check_numeric_gradient: a step of {eps} is too small for {np.dtype(dtype).name}"
        )
    executor.backward([numbers, *[o.zeros_like() for o in others]])
    kept = {name: grads[name].asnumpy() for name in nodes}
    differences = numeric_grad(
        _Projected(executor, numbers),
        {name: value.asnumpy() for name, value in args.items()},
        None if states is None else {name: value.asnumpy() for name, value in states.items()},
        eps=eps,
        use_forward_train=use_forward_train,
        dtype=dtype,
    )
    for name in nodes:
        expected = before[name] if reqs[name] == "null" else differences[name]
        _check_gradient(name, expected, kept[name], before[name], reqs[name], rtol, atol, "NUMERICAL")


def _check_gradient(
    name: str,
    expected: Any,
    found: Any,
    before: Any,
    req: str,
    rtol: Tolerance,
    atol: Tolerance,
    source: str,
    equal_nan: bool = False,
) -> None:
    """Holds a gradient buffer against what its request should have made of it."""
    if req not in ("write", "add", "null"):
        raise ValueError(f"Invalid grad_req {req} for argument {name}")
    if req == "add":
        found = found - before
    assert_almost_equal(
        expected, found, rtol, atol, (f"{source}_{name}", f"BACKWARD_{name}"), equal_nan=equal_nan
    )


def check_symbolic_forward(
    sym: Any,
    location: Any,
    expected: Any,
    rtol: Tolerance = None,
    atol: Tolerance = None,
    aux_states: Any = None,
    ctx: Context | None = None,
    equal_nan: bool = False,
    dtype: Any = default_dtype(),  # noqa: B008 (a constant)
) -> list[NDArray]:
    """Holds results against expected ones, and returns them.

    Parameters
    ----------
    sym, location
        See the module.
    expected
        A list of NumPy arrays in the order of the outputs, or a dict by their names.
    dtype
        The type of the arrays, or ``"asnumpy"``: each has that of the NumPy array given.

    Raises
    ------
    AssertionError
        If a result is beyond the tolerances of :func:`assert_almost_equal`.
    """
    ctx = ctx or default_context()
    names = arguments_of(sym, location, aux_states)
    args = placed(names, location, ctx, dtype)
    grads = {name: value.zeros_like() for name, value in args.items() if value.stype == "default"}
    executor = bind(sym, ctx, args, grads, aux_states=_states(sym, names, aux_states, ctx, dtype))
    executor.forward(is_train=False)
    outputs = outputs_of(sym, executor)
    values = [expected[name] for name in outputs] if isinstance(expected, dict) else expected
    for name, value, output in zip(outputs, values, executor.outputs, strict=False):
        assert_almost_equal(
            value, output, rtol, atol, (f"EXPECTED_{name}", f"FORWARD_{name}"), equal_nan=equal_nan
        )
    return executor.outputs  # type: ignore[no-any-return]


def check_symbolic_backward(
    sym: Any,
    location: Any,
    out_grads: Any,
    expected: Any,
    rtol: Tolerance = None,
    atol: Tolerance = None,
    aux_states: Any = None,
    grad_req: Any = "write",
    ctx: Context | None = None,
    grad_stypes: Mapping[str, str] | None = None,
    equal_nan: bool = False,
    dtype: Any = default_dtype(),  # noqa: B008 (a constant)
) -> dict[str, NDArray]:
    """Holds gradients against expected ones, and returns them by name.

    Parameters
    ----------
    sym, location
        See the module.
    out_grads
        The gradients with respect to the outputs, as a list or a dict by name; ones if None.
    expected
        The gradients of the arguments, as a list or a dict by name.
    grad_req
        How they are written: one for all, a list or a dict by name. The buffers hold random numbers before.
    grad_stypes
        The storages of gradients that are not dense.

    Raises
    ------
    AssertionError
        If a gradient is beyond the tolerances of :func:`assert_almost_equal`.
    """
    ctx = ctx or default_context()
    names = arguments_of(sym, location, aux_states)
    args = placed(names, location, ctx, dtype)
    if isinstance(expected, (list, tuple)):
        expected = dict(zip(names, expected, strict=False))
    before = {name: np.random.normal(size=value.shape) for name, value in sorted(expected.items())}
    grads = {}
    for name, value in before.items():
        kind = expected[name].dtype if dtype == "asnumpy" else dtype
        stype = (grad_stypes or {}).get(name) or "default"
        dense = stype == "default"
        grads[name] = (
            array(value, ctx=ctx, dtype=kind) if dense else zeros(value.shape, ctx, kind).tostype(stype)
        )
    if isinstance(grad_req, str):
        reqs = dict.fromkeys(names, grad_req)
    else:
        reqs = dict(grad_req if isinstance(grad_req, dict) else zip(names, grad_req, strict=False))
    executor = bind(sym, ctx, args, grads, reqs, _states(sym, names, aux_states, ctx, dtype))
    executor.forward(is_train=True)
    executor.backward(_heads(sym, executor, out_grads, ctx, dtype))
    for name in expected:
        wanted = before[name] if reqs[name] == "null" else expected[name]
        _check_gradient(
            name, wanted, grads[name].asnumpy(), before[name], reqs[name], rtol, atol, "EXPECTED", equal_nan
        )
    return grads


def _heads(sym: Any, executor: Any, out_grads: Any, ctx: Context, dtype: Any) -> list[NDArray] | None:
    if out_grads is None:
        return None
    if isinstance(out_grads, dict):
        out_grads = [out_grads[name] for name in outputs_of(sym, executor)]
    return [
        g if isinstance(g, NDArray) else array(g, ctx=ctx, dtype=g.dtype if dtype == "asnumpy" else dtype)
        for g in out_grads
    ]
