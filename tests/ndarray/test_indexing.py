"""x[key] and x[key] = value, held against MXNet's answers to the keys of index_samples."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ndarray import index_samples
from ndarray.index_samples import gets, numbers, real, sets, writes_while_recording
from regluon import autograd, nd
from regluon.base import MXNetError
from regluon.context import cpu

RECORDED = json.loads((Path(__file__).parents[1] / "data" / "indexing.json").read_text(encoding="utf-8"))
ERRORS = {"IndexError": IndexError, "TypeError": TypeError, "ValueError": ValueError}


def array(values: Any, dtype: str) -> nd.NDArray:
    return nd.array(values, dtype=dtype)


def cases(kind: str, samples: list[Any]) -> list[Any]:
    """The samples, each with MXNet's answer."""
    found = []
    for number, (sample, (recorded, answer)) in enumerate(zip(samples, RECORDED[kind], strict=True)):
        name = index_samples.name(sample)
        assert name == recorded, "run tests/oracle/record_indexing.py"
        found.append(pytest.param(*sample, answer, id=f"{number}-{name}"))
    return found


@pytest.mark.parametrize(("shape", "key", "answer"), cases("get", gets()))
def test_get(shape: Any, key: Any, answer: Any) -> None:
    x, used = array(numbers(shape), "float32"), real(key, array)
    if "error" in answer:
        with pytest.raises(ERRORS[answer["error"]]):
            x[used]
        return
    found = x[used]
    assert (list(found.shape), found.dtype) == (answer["shape"], np.float32)
    assert found.asnumpy().ravel().tolist() == answer["values"]
    assert found._data.is_contiguous()
    assert (found is x) == answer["same"]
    x[used][:] = -1
    assert bool((x.asnumpy() == -1).any()) == answer["shares"]


@pytest.mark.parametrize(
    ("shape", "key", "answer"), [c for c in cases("get", gets()) if "gradient" in c.values[-1]]
)
def test_gradient_of_get(shape: Any, key: Any, answer: Any) -> None:
    x, used = array(numbers(shape), "float32"), real(key, array)
    x.attach_grad()
    with autograd.record():
        y = x[used]
        y = y * 1 if y is x else y
    y.backward(array(numbers(y.shape, first=1), "float32"))
    assert x.grad.asnumpy().ravel().tolist() == answer["gradient"]


@pytest.mark.parametrize(("shape", "dtype", "key", "value", "answer"), cases("set", sets()))
def test_set(shape: Any, dtype: str, key: Any, value: Any, answer: Any) -> None:
    x = array(numbers(shape), dtype)
    memory = x._data.data_ptr()
    if "error" in answer:
        with pytest.raises(ERRORS[answer["error"]]):
            x[real(key, array)] = real(value, array)
        assert (x.asnumpy() == numbers(shape, dtype)).all()
        return
    x[real(key, array)] = real(value, array)
    assert x.asnumpy().ravel().tolist() == answer["values"]
    assert x.dtype == np.dtype(dtype)
    assert x._data.data_ptr() == memory


@pytest.mark.parametrize("number", range(len(RECORDED["recorded"])))
def test_set_while_recording(number: int) -> None:
    key, (recorded, answer) = writes_while_recording()[number], RECORDED["recorded"][number]
    assert index_samples.name(key) == recorded
    x, y, used = array(numbers((2, 2)), "float32"), nd.zeros((2, 2)), real(key, array)
    x.attach_grad()
    if "error" in answer:
        with autograd.record(), pytest.raises(MXNetError):
            y[used] = (x * 2)[used]
        return
    with autograd.record():
        y[used] = (x * 2)[used]
        z = y * 1
    z.backward(array(numbers((2, 2), first=1), "float32"))
    assert z.asnumpy().ravel().tolist() == answer["values"]
    assert x.grad.asnumpy().ravel().tolist() == answer["gradient"]


@pytest.mark.parametrize(
    ("write", "wording"),
    [
        (lambda x: x[3], "index 3 is out of bounds for axis 0 with size 3"),
        (lambda x: x[0, -5], "index -5 is out of bounds for axis 1 with size 4"),
        (lambda x: x[[0, 7]], "index 7 is out of bounds for axis 0 with size 3"),
        (lambda x: x[0, 0, 0], "too many indices (3) for array with 2 dimensions"),
        (lambda x: x["a"], "NDArray does not support slicing with key a of type <class 'str'>."),
        (lambda x: x[nd.array([1, 0, 1], dtype="bool")], "boolean_mask"),
        (lambda x: x.__setitem__(slice(None), nd.zeros(3)), "(3,) and requested shape (3, 4)"),
        (lambda x: x.__setitem__([0, 2], nd.zeros((3, 4))), "(3, 4)"),
        (lambda x: x.__setitem__(1, {1}), "does not support assignment with non-array-like object {1}"),
    ],
)
def test_errors_say_what_is_wrong(write: Callable[[Any], Any], wording: str) -> None:
    with pytest.raises((IndexError, ValueError, TypeError)) as caught:
        write(nd.zeros((3, 4)))
    assert wording in str(caught.value)


def test_empty_parts_are_empty_arrays() -> None:
    # MXNet refuses some of these, for it can't tell an extent of 0 from an unknown one.
    x = nd.zeros((3, 4))
    assert x[1:1].shape == x[5:7].shape == x[2:1].shape == x[[]].shape == (0, 4)
    assert x[:, 2:1].shape == (3, 0)
    x[2:1] = 5
    x[1:1] = nd.ones((0, 4))
    x[1:1] = []
    assert x.asnumpy().sum() == 0


def test_negative_indices_in_arrays_are_written_from_the_end() -> None:
    # MXNet writes outside of the array here.
    x = nd.zeros((3, 4))
    x[[-1, 0]] = nd.array([[1], [2]])
    assert x.asnumpy()[:, 0].tolist() == [2, 0, 1]
    with pytest.raises(IndexError):
        x[[-4]] = 1


def test_overlapping_parts_are_written_as_they_were() -> None:
    x = nd.arange(5)
    x[1:4] = x[0:3]
    assert x.asnumpy().tolist() == [0, 0, 1, 2, 4]
    y = nd.arange(9).reshape((3, 3))
    y[:, 1] = y[0]
    assert y.asnumpy().tolist() == [[0, 0, 2], [3, 1, 5], [6, 2, 8]]


def test_an_array_without_axes() -> None:
    x = nd.array(5)
    assert x[()] is x[:] is x
    with pytest.raises(IndexError):
        x[0]
    with pytest.raises(IndexError, match="scalar tensor"):
        x[0] = 7
    x[()] = 7
    assert x.asscalar() == 7
    x[:] = nd.array([8])
    assert x.asscalar() == 8
    assert nd.zeros((3, 4))[x - 6].shape == (4,)


def test_an_array_of_another_context_is_copied() -> None:
    x = nd.zeros((2, 2))
    x[0] = nd.ones(2, ctx=cpu(1))
    assert x.asnumpy().tolist() == [[1, 1], [0, 0]]


def test_iteration_gives_views() -> None:
    x = nd.zeros((2, 3))
    for row in x:
        row += 1
    assert x.asnumpy().sum() == 6


def test_nothing_of_a_graph_is_overwritten() -> None:
    x = nd.ones(3)
    x.attach_grad()
    with autograd.record(), pytest.raises(MXNetError, match="not supported while recording"):
        x[0] = 2
