"""Loops and branches as functions: ``nd.contrib.foreach``, ``while_loop`` and ``cond``.

On arrays they are Python's own; what they add is that nets written with them hold for symbols too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from regluon.base import MXNetError
from regluon.context import SHAPES
from regluon.ndarray.creation import zeros
from regluon.ndarray.dispatch import invoke
from regluon.ndarray.ndarray import NDArray
from regluon.ndarray.nested import regroup
from regluon.ops.registry import OPERATORS
from regluon.tape import live, state

__all__ = ["cond", "foreach", "while_loop"]


def foreach(body: Callable[[Any, Any], Any], data: Any, init_states: Any) -> tuple[Any, Any]:
    """The loop ``output, states = body(data[i], states)`` over the first axis of ``data``

    Parameters
    ----------
    body
        A function of the elements at i, in the form of ``data``, and the states; it returns an array or
        nested lists of arrays, and the new states.
    data
        An array, or a list of arrays.
    init_states
        An array or nested lists of them.

    Returns
    -------
    The outputs of all steps, stacked along a new first axis, and the last states.

    Raises
    ------
    AssertionError
        For what is neither an array nor nested lists of arrays.
    ValueError
        If there is nothing to loop over, or if the steps have different numbers of outputs.
    MXNetError
        If an output changes its shape.
    """
    _flatten(data, "foreach input")
    _flatten(init_states, "foreach states")
    single = isinstance(data, NDArray)
    rows = [_rows(array) for array in ([data] if single else data)]
    count = len(rows[0]) if rows else 0
    if not count:
        raise ValueError("foreach: data has no elements, so that nothing is known of the outputs")
    if any(len(other) < count for other in rows):
        raise IndexError(f"foreach: data has first axes of {', '.join(str(len(other)) for other in rows)}")
    states, steps, form = init_states, [], 0
    for i in range(count):
        found, states = body(rows[0][i] if single else [row[i] for row in rows], states)
        outputs, form = _flatten(found, "foreach output")
        steps.append(outputs)
    stack = OPERATORS["stack"]
    stacked = [invoke(stack, outputs, {"axis": 0}) for outputs in _columns("foreach", steps)]
    return regroup(stacked, form), states


def _rows(data: NDArray) -> Any:
    """``data[i]`` for every i: for a recorded array by one operator, whose gradient is one array."""
    count = len(data)
    if count > 1 and state.recording and live(data._ag) is not None and data.stype == "default":
        op = OPERATORS["SliceChannel"]
        return invoke(op, (data,), {"num_outputs": count, "axis": 0, "squeeze_axis": data.ndim > 1})
    return [data[i] for i in range(count)]


def while_loop(
    cond: Callable[..., Any], func: Callable[..., Any], loop_vars: Any, max_iterations: Any = None
) -> tuple[Any, Any]:
    """The loop ``while cond(*loop_vars): output, loop_vars = func(*loop_vars)``

    Parameters
    ----------
    cond
        Its result is an array of one element, or anything that is true or false.
    func
        Returns an array, nested lists of arrays or None, and as many loop variables as it has got.
    loop_vars
        An array, or a list or tuple of at least one.
    max_iterations
        The loop ends after so many steps. It must be given.

    Returns
    -------
    The outputs of all steps, stacked along a new first axis of extent ``max_iterations``, zeros where there
    was no step, and the last loop variables. Without any step the outputs are ``[]``.

    Raises
    ------
    ValueError
        If ``max_iterations`` or the loop variables are missing, or if their number or that of the outputs
        changes.
    AssertionError
        If an output is neither an array nor nested lists of arrays.
    MXNetError
        If an output changes its shape.
    """
    if max_iterations is None:
        raise ValueError("max_iterations should be specified")
    limit = _scalar(max_iterations, int, "max_iteration")
    if len(loop_vars) == 0:
        raise ValueError("loop_vars should contain at least one element")
    single = isinstance(loop_vars, NDArray)
    variables: Sequence[Any] = loop_vars if isinstance(loop_vars, (list, tuple)) else [loop_vars]
    outlined = _is_outlined(variables)
    steps: list[list[Any]] = []
    form: Any = 0
    while len(steps) < (min(limit, 1) if outlined else limit):
        if not outlined and not _scalar(cond(*variables), bool, "Return value of cond"):
            break
        found, variables = _step(func, variables)
        outputs, form = _flatten(found, "while output")
        steps.append(outputs)
    padded = [_padded(outputs, limit) for outputs in _columns("while_loop", steps)]
    last = variables[0] if single else variables
    return (regroup(padded, form) if steps else []), last


def _step(func: Callable[..., Any], variables: Sequence[Any]) -> tuple[Any, Sequence[Any]]:
    outputs, after = func(*variables)
    if after is None:
        after = []
    after = list(after) if isinstance(after, (list, tuple)) else [after]
    if len(after) != len(variables):
        raise ValueError("The length of loop_vars should be consistent during the loop")
    return [] if outputs is None else outputs, after


def _padded(outputs: Sequence[NDArray], length: int) -> NDArray:
    """The outputs in one array of ``length``, whose rest is zeros."""
    rows = [output.expand_dims(0) for output in outputs]
    if len(rows) < length:
        first = outputs[0]
        rows.append(zeros((length - len(rows), *first.shape), first._ctx, first.dtype))
    return invoke(OPERATORS["Concat"], rows, {"dim": 0})  # type: ignore[no-any-return]


def cond(pred: Any, then_func: Callable[[], Any], else_func: Callable[[], Any]) -> Any:
    """``then_func() if pred else else_func()``

    Parameters
    ----------
    pred
        An array of one element, or anything that is true or false.
    then_func, else_func
        Return an array or nested lists of arrays.

    Raises
    ------
    ValueError
        If ``pred`` has more elements than one.
    """
    if _is_outlined([pred]):
        else_func()  # the shapes of parameters follow from both
        return then_func()
    return then_func() if _scalar(pred, bool, "pred") else else_func()


def _is_outlined(arrays: Sequence[Any]) -> bool:
    """Whether only shapes are computed, so that no value decides anything."""
    return any(isinstance(a, NDArray) and a._ctx is SHAPES for a in arrays)


def _scalar(value: Any, kind: type, name: str) -> Any:
    """A Python number from an array of one element or anything else."""
    if isinstance(value, NDArray):
        value = value.asscalar()
    try:
        return kind(value)
    except Exception as error:
        raise ValueError(f"Cannot convert {name} to python {kind.__name__}") from error


def _flatten(value: Any, role: str) -> tuple[list[NDArray], Any]:
    """The arrays in order, and their form: 0 for an array, a list of forms for a list."""
    if isinstance(value, NDArray):
        return [value], 0
    if not isinstance(value, (list, tuple)):
        raise AssertionError(
            f"{role} must be (nested) list of NDArray, but got {value} of type {type(value)}"
        )
    arrays, forms = [], []
    for part in value:
        found, form = _flatten(part, role)
        arrays += found
        forms.append(form)
    return arrays, forms


def _columns(call: str, steps: Sequence[Sequence[NDArray]]) -> list[Sequence[NDArray]]:
    """What each output was, step by step."""
    if len({len(outputs) for outputs in steps}) > 1:
        raise ValueError(f"{call}: Number of elements in step_output should be the same in each step")
    columns = list(zip(*steps, strict=True))
    for i, column in enumerate(columns):
        shapes = [a.shape for a in column]
        if len(set(shapes)) > 1:
            raise MXNetError(f"{call}: output {i} has different shapes in the steps: {shapes}")
    return columns  # type: ignore[return-value]
