"""One computation in several ways: on contexts, in types, hybridized, by two optimizers; and its time."""

# ruff: noqa: NPY002 (tests are repeated by numpy.random.seed)
from __future__ import annotations

import json
import time
import traceback
from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

import numpy as np

from regluon import autograd
from regluon.context import Context
from regluon.initializer import Initializer
from regluon.ndarray import NDArray, array, random, waitall
from regluon.test_utils.arrays import rand_ndarray
from regluon.test_utils.comparison import assert_almost_equal, compare_ndarray_tuple
from regluon.test_utils.defaults import Tolerance, default_context, get_tols
from regluon.test_utils.executor import arguments_of, bind, outputs_of, zeros_for

__all__ = [
    "check_consistency",
    "check_gluon_hybridize_consistency",
    "check_speed",
    "compare_optimizer",
    "same_symbol_structure",
]


def _bound(sym: Any, ctx: Context, shapes: dict[str, Any], types: dict[str, Any], grad_req: Any) -> Any:
    """An executor with arrays of given shapes and types."""
    if hasattr(sym, "simple_bind"):
        return sym.simple_bind(ctx=ctx, grad_req=grad_req, type_dict=types, **shapes)
    args = zeros_for(shapes, types, ctx)
    grads = {} if grad_req == "null" else zeros_for(shapes, types, ctx)
    return bind(sym, ctx, args, grads, grad_req)


def check_speed(
    sym: Any,
    location: dict[str, Any] | None = None,
    ctx: Context | None = None,
    N: int = 20,
    grad_req: Any = None,
    typ: str = "whole",
    **kwargs: Any,
) -> float:
    """The seconds that one call takes, a mean of ``N`` after a first.

    Parameters
    ----------
    sym
        A function of arrays, a block, or a symbol.
    location
        NumPy arrays by name; normal numbers of the shapes in ``kwargs`` if None.
    typ
        ``"forward"``, or ``"whole"``: with backward.
    """
    if typ not in ("whole", "forward"):
        raise ValueError('typ can only be "whole" or "forward".')
    if location is not None and not isinstance(location, dict):
        raise AssertionError(f'Expect dict, get "location"={location}')
    shapes = kwargs if location is None else {name: value.shape for name, value in location.items()}
    executor = _bound(sym, ctx or default_context(), shapes, {}, grad_req or "write")
    for name, target in executor.arg_dict.items():
        target[:] = np.random.normal(size=target.shape) if location is None else location[name]

    def call() -> None:
        executor.forward(is_train=typ == "whole")
        if typ == "whole":
            executor.backward(executor.outputs)

    call()
    waitall()
    start = time.time()
    for _ in range(N):
        call()
    waitall()
    return (time.time() - start) / N


def check_consistency(
    sym: Any,
    ctx_list: Sequence[dict[str, Any]],
    scale: float = 1.0,
    grad_req: Any = "write",
    arg_params: dict[str, Any] | None = None,
    aux_params: dict[str, Any] | None = None,
    rtol: Tolerance = None,
    atol: Tolerance = None,
    raise_on_err: bool = True,
    ground_truth: dict[str, Any] | None = None,
    equal_nan: bool = False,
    use_uniform: bool = False,
    rand_type: Any = np.float64,
) -> dict[str, Any]:
    """Holds the results and gradients on several contexts and in several types against each other.

    Parameters
    ----------
    sym
        A function of arrays, a block or a symbol, or one for each context.
    ctx_list
        For each run a dict with the context (``ctx``), the shapes of the arguments by name, and perhaps their
        types (``type_dict``). The first of the most precise is what the others are held against.
    scale
        The standard deviation of the random arguments.
    grad_req
        How gradients are written; ``"null"`` checks the results alone.
    arg_params, aux_params
        Values by name, instead of random ones, or of 0 for auxiliary states.
    raise_on_err
        Whether a difference is raised, and not only printed.
    ground_truth
        The results and gradients to hold all against, by name.
    use_uniform
        Whether the random arguments are uniform, and not normal.
    rand_type
        Their type.

    Returns
    -------
    What was held against.
    """
    if len(ctx_list) < 2:
        raise AssertionError("check_consistency: it takes two contexts or more")
    kinds = list(sym) if isinstance(sym, (list, tuple)) else [sym] * len(ctx_list)
    executors = [_executor(one, run, grad_req) for one, run in zip(kinds, ctx_list, strict=True)]
    values = dict(arg_params or {})
    for name, target in sorted(executors[0].arg_dict.items()):
        if name not in values:
            values[name] = _random(target.shape, scale, use_uniform).astype(rand_type)
    for executor in executors:
        for name, target in executor.arg_dict.items():
            target[:] = values[name]
        for name, target in executor.aux_dict.items():
            target[:] = (aux_params or {}).get(name, 0)
        executor.forward(is_train=False)
    check = _Check(kinds[0], executors, rtol, atol, equal_nan, raise_on_err)
    truth = ground_truth or check.truth(grads=False)
    check.run(truth, "Predict", grads=False)
    if grad_req != "null":
        check.train()
        truth = ground_truth or check.truth(grads=True)
        check.run(truth, "Train", grads=True)
    return truth


def _executor(sym: Any, run: dict[str, Any], grad_req: Any) -> Any:
    types = {name: np.dtype(kind).name for name, kind in run.get("type_dict", {}).items()}
    shapes = {name: shape for name, shape in run.items() if name not in ("ctx", "type_dict")}
    if not hasattr(sym, "list_arguments"):
        shapes = {name: shapes[name] for name in arguments_of(sym, shapes)}
    return _bound(sym, run["ctx"], shapes, types, grad_req)


def _random(shape: tuple[int, ...], scale: float, uniform: bool) -> Any:
    if uniform:
        return np.random.uniform(low=-0.92 * scale, high=0.92 * scale, size=shape)
    return np.random.normal(size=shape, scale=scale)


def _coarser(a: Any, b: Any) -> Any:
    return a if np.dtype(a).itemsize < np.dtype(b).itemsize else b


class _Check:
    """Executors of one computation, of which the most precise is the measure."""

    def __init__(
        self,
        sym: Any,
        executors: list[Any],
        rtol: Tolerance,
        atol: Tolerance,
        equal_nan: bool,
        raise_on_err: bool,
    ) -> None:
        self._executors = executors
        self._rtol, self._atol = rtol, atol
        self._equal_nan, self._raise = equal_nan, raise_on_err
        self._names = outputs_of(sym, executors[0])
        self._types = [np.dtype(e.outputs[0].dtype) for e in executors]
        self._measure = int(np.argmax([t.itemsize for t in self._types]))

    def _results(self, executor: Any, grads: bool) -> dict[str, Any]:
        found = dict(zip(self._names, executor.outputs, strict=True))
        return {**found, **executor.grad_dict} if grads else found

    def truth(self, grads: bool) -> dict[str, Any]:
        """The results of the most precise, copied."""
        found = self._results(self._executors[self._measure], grads)
        return {name: None if a is None else a.copy() for name, a in found.items()}

    def train(self) -> None:
        """Forward and backward of all, with the first results, in the coarsest type, as head gradients."""
        for executor in self._executors:
            executor.forward(is_train=True)
        heads = []
        for i, first in enumerate(self._executors[0].outputs):
            kind = first.dtype
            for executor in self._executors:
                kind = _coarser(executor.outputs[i].dtype, kind)
            heads.append(first.astype(kind).asnumpy())
        for executor in self._executors:
            pairs = zip(heads, executor.outputs, strict=True)
            executor.backward([array(h, ctx=o.context, dtype=o.dtype).tostype(o.stype) for h, o in pairs])

    def run(self, truth: dict[str, Any], phase: str, grads: bool) -> None:
        for i, executor in enumerate(self._executors):
            if i != self._measure:
                where = f"{phase} Err: ctx {i} vs ctx {self._measure} at "
                for name, found in self._results(executor, grads).items():
                    self._compare(where + name, i, found, truth[name])

    def _compare(self, where: str, i: int, found: Any, expected: Any) -> None:
        if expected is None and found is None:
            return
        rtol, atol = self._rtol, self._atol
        kinds = _coarser(found.dtype, self._types[i]), _coarser(expected.dtype, self._types[self._measure])
        if kinds != (found.dtype, expected.dtype):  # what is computed from coarser numbers is as coarse
            rtol, atol = get_tols(found.astype(kinds[0]), expected.astype(kinds[1]), rtol, atol)
        try:
            assert_almost_equal(found, expected, rtol=rtol, atol=atol, equal_nan=self._equal_nan)
        except AssertionError as error:
            print(where)  # noqa: T201 (as in MXNet)
            traceback.print_exc()
            if self._raise:
                raise
            print(error)  # noqa: T201


def compare_optimizer(
    opt1: Any,
    opt2: Any,
    shape: Any,
    dtype: Any,
    w_stype: str = "default",
    g_stype: str = "default",
    rtol: Tolerance = 1e-4,
    atol: Tolerance = 1e-5,
    compare_states: bool = True,
    ntensors: int = 1,
) -> None:
    """Holds one step of two optimizers against each other, with random weights and gradients.

    Parameters
    ----------
    shape
        A shape; or a list of them: ``opt2`` then takes all weights in one call, ``opt1`` one by one.
    w_stype, g_stype
        The storages of weight and gradient of ``opt2``; ``opt1`` has dense ones.
    """
    if isinstance(shape, list):
        _compare_many(opt1, opt2, shape, dtype, rtol, atol, compare_states)
        return
    if ntensors != 1:
        raise AssertionError("compare_optimizer: several weights need a list of shapes")
    w1, w2 = _pair(shape, dtype, w_stype, 1)
    g1, g2 = _pair(shape, dtype, g_stype, None)
    state1, state2 = opt1.create_state_multi_precision(0, w1), opt2.create_state_multi_precision(0, w2)
    if compare_states:
        compare_ndarray_tuple(state1, state2)
    opt1.update_multi_precision(0, w1, g1, state1)
    opt2.update_multi_precision(0, w2, g2, state2)
    if compare_states:
        compare_ndarray_tuple(state1, state2, rtol=rtol, atol=atol)
    assert_almost_equal(w1, w2, rtol=rtol, atol=atol)


def _pair(shape: Any, dtype: Any, stype: str, density: float | None) -> tuple[NDArray, NDArray]:
    """A random array, dense and in a storage."""
    if stype == "default":
        array1: Any = random.uniform(shape=shape, ctx=default_context(), dtype=dtype)
        return array1, array1.copy()
    stored: Any = rand_ndarray(shape, stype, density=density, dtype=dtype)
    return stored.tostype("default"), stored


def _compare_many(
    opt1: Any,
    opt2: Any,
    shapes: list[Any],
    dtype: Any,
    rtol: Tolerance,
    atol: Tolerance,
    compare_states: bool,
) -> None:
    pairs = [[random.uniform(shape=s, ctx=default_context(), dtype=dtype) for _ in range(2)] for s in shapes]
    w1, g1 = (list(arrays) for arrays in zip(*pairs, strict=True))
    w2, g2 = deepcopy(w1), deepcopy(g1)
    states = [opt2.create_state_multi_precision(0, w) for w in w2]
    opt2.update_multi_precision(list(range(len(shapes))), w2, g2, states)
    for i, (weight, grad) in enumerate(zip(w1, g1, strict=True)):
        state = opt1.create_state_multi_precision(i, weight)
        opt1.update_multi_precision(i, weight, grad, state)
        if compare_states:
            compare_ndarray_tuple(state, states[i], rtol, atol)
        assert_almost_equal(weight, w2[i], rtol=rtol, atol=atol)


def same_symbol_structure(sym1: Any, sym2: Any) -> bool:
    """Whether two symbols have the same operators in the same order."""
    first, second = (json.loads(sym.tojson())["nodes"] for sym in (sym1, sym2))
    return all(a["op"] == b["op"] for a, b in zip(first, second, strict=False))


class _Values(Initializer):
    """Parameters with the values of others, by name."""

    def __init__(self, values: dict[str, Any]) -> None:
        super().__init__()
        self._values = values

    def __call__(self, desc: str, arr: NDArray) -> None:
        arr[()] = self._values[desc]


def check_gluon_hybridize_consistency(
    net_builder: Callable[..., Any],
    data_l: Sequence[NDArray],
    numpy_func: Callable[..., Any] | None = None,
    test_grad: bool = True,
    rtol: float = 1e-4,
    atol: float = 1e-4,
) -> None:
    """Holds the results and gradients of a block, as it is and hybridized, against each other.

    Parameters
    ----------
    net_builder
        Makes the block; it takes ``prefix``.
    data_l
        The inputs.
    numpy_func
        A function of NumPy arrays with the same result.
    test_grad
        Whether to compare gradients of the inputs.
    """
    values: dict[str, Any] = {}
    results, grads = [], []
    for hybridize in (False, True):
        for recorded in (False, True) if test_grad else (False,):
            net = net_builder(prefix="net_")
            net.initialize(_Values(values) if values else None)
            if hybridize:
                net.hybridize()
            inputs: Any = [a.copy() for a in data_l]
            for a in inputs if recorded else ():
                a.attach_grad()
            with autograd.record() if recorded else autograd.pause():
                out = net(*inputs)
            if recorded:
                out.backward(out)
                grads.append([a.grad.asnumpy() for a in inputs])
            values = values or {k: p.data().asnumpy() for k, p in net.collect_params().items()}
            results.append(out.asnumpy())
    for result in results[1:]:
        assert_almost_equal(result, results[0], rtol=rtol, atol=atol)
    for several in grads[1:]:
        for found, expected in zip(several, grads[0], strict=True):
            assert_almost_equal(found, expected, rtol=rtol, atol=atol)
    if numpy_func is not None:
        expected = numpy_func(*[a.asnumpy() for a in data_l])
        assert_almost_equal(results[0], expected, rtol=rtol, atol=atol)
