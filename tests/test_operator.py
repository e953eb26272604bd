"""mx.operator: operators written in Python, against what MXNet makes of them; and what operators take."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mxnet as mx
from operator_cases import FAILING, LOG, LOGGED, TOLD, kinds_of, plain
from regluon import MXNetError, autograd, gluon, nd, operator
from regluon.ndarray.custom import PROPERTIES

RECORDED = json.loads((Path(__file__).parent / "data" / "operator.json").read_text(encoding="utf-8"))
Program = Callable[..., Any]


@pytest.fixture
def told() -> dict[str, Any]:
    does: dict[str, Any] = kinds_of(mx).does
    does.clear()
    LOG.clear()
    return does


def by_json(found: Any) -> Any:
    return json.loads(json.dumps(found))


@pytest.mark.parametrize("program", LOGGED)
def test_calls_are_those_of_mxnet(program: Program, told: dict[str, Any]) -> None:
    recorded = RECORDED[program.__name__]
    assert by_json(plain(program(mx))) == recorded["found"]
    assert by_json(LOG) == recorded["log"]


@pytest.mark.parametrize("program", TOLD)
def test_results_are_those_of_mxnet(program: Program, told: dict[str, Any]) -> None:
    assert by_json(plain(program(mx, told))) == RECORDED[program.__name__]["found"]


@pytest.mark.parametrize("program", FAILING)
def test_what_fails_in_mxnet_fails(program: Program, told: dict[str, Any]) -> None:
    with pytest.raises(MXNetError, match=r"^Custom"):
        program(mx, told)
    assert not autograd.is_recording()


def test_errors_tell_what_is_known_and_whose_error_it_was(told: dict[str, Any]) -> None:
    with pytest.raises(MXNetError, match=r"registered as 'nothing'; there are custom_op, .*told"):
        nd.Custom(nd.ones(1), op_type="nothing")
    with pytest.raises(MXNetError, match=r"takes 2 arrays \(in0, in1\), but 1"):
        nd.Custom(nd.ones(1), op_type="sum_of_all", inputs=2)
    with pytest.raises(TypeError, match="not float"):
        nd.Custom(1.0, op_type="told")
    told["forward"] = lambda *args: 1 / 0
    with pytest.raises(MXNetError, match="op_type='told': forward failed with ZeroDivisionError") as caught:
        nd.Custom(nd.ones(1), op_type="told")
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    told.update(forward=lambda op, req, i, o: None, type=lambda kinds: ([np.float64], [np.float64], []))
    with pytest.raises(MXNetError, match="data has type float32, but infer_type tells float64"):
        nd.Custom(nd.ones(1), op_type="told")
    with pytest.raises(MXNetError, match="2 outputs, but out has 1"):
        nd.Custom(nd.ones(1), op_type="sum_of_all", outputs=2, out=nd.ones(1))


def test_arrays_by_name(told: dict[str, Any]) -> None:
    """As symbols take them."""
    found = nd.Custom(nd.ones(2), in1=nd.array([2, 3]), op_type="sum_of_all", inputs=2)
    assert found.asnumpy().tolist() == [6, 8]
    with pytest.raises(MXNetError, match="but 1 were given and data by name"):
        nd.Custom(nd.ones(2), data=nd.ones(2), op_type="sum_of_all", inputs=2)


def test_out_while_recording(told: dict[str, Any]) -> None:
    x, y = nd.ones(2), nd.zeros(2)
    x.attach_grad()
    with autograd.record():
        nd.Custom(x, op_type="told", out=y)
        z = y * 3
        with pytest.raises(MXNetError, match="while recording"):
            nd.Custom(y, op_type="told", out=z)
    z.backward()
    assert x.grad.asnumpy().tolist() == [6, 6]


def test_what_is_not_declared_is_not_kept(told: dict[str, Any]) -> None:
    def backward(op: Any, req: Any, out_grad: Any, in_data: Any, out_data: Any, in_grad: Any) -> None:
        assert [a.shape for a in (*out_grad, *in_data, *out_data)] == [(2,)] * 3
        with pytest.raises(AttributeError, match="no attribute 'nothing'"):
            in_data[0].nothing  # noqa: B018
        op.assign(in_grad[0], req[0], out_data[0])

    told.update(backward=backward, needs=lambda g, i, o: o)
    x = nd.array([1, 2])
    x.attach_grad()
    with autograd.record():
        y = nd.Custom(x, op_type="told")
    y.backward()
    assert x.grad.asnumpy().tolist() == [2, 4]


@operator.register("scaled_rows")
class Rows(operator.CustomOpProp):
    """Takes and gives row_sparse arrays."""

    def infer_storage_type(self, in_stype: Any) -> Any:
        return in_stype, in_stype, []

    def infer_storage_type_backward(self, *stypes: Any) -> Any:
        return stypes[0], stypes[1], stypes[2], ["row_sparse"], stypes[4]

    def create_operator(self, ctx: Any, in_shapes: Any, in_dtypes: Any) -> Any:
        class Op(operator.CustomOp):
            def forward(self, is_train: Any, req: Any, in_data: Any, out_data: Any, aux: Any) -> None:
                self.assign(out_data[0], req[0], in_data[0] * 2)

            def backward(
                self, req: Any, out_grad: Any, in_data: Any, out_data: Any, in_grad: Any, aux: Any
            ) -> None:
                assert in_grad[0].stype == "row_sparse"
                rows = nd.sparse.retain(out_grad[0].tostype("row_sparse"), nd.ones(1))
                self.assign(in_grad[0], req[0], rows)

        return Op()


def test_sparse_arrays(told: dict[str, Any]) -> None:
    x = nd.array([[0, 0], [1, 2], [0, 0]]).tostype("row_sparse")
    x.attach_grad()
    with autograd.record():
        y = nd.Custom(x, op_type="scaled_rows")
    assert (y.stype, y.asnumpy().tolist()) == ("row_sparse", [[0, 0], [2, 4], [0, 0]])
    y.backward()
    assert x.grad.stype == "row_sparse"
    assert x.grad.asnumpy().tolist() == [[0, 0], [1, 1], [0, 0]]
    with pytest.raises(MXNetError, match=r"infer_storage_type failed with AssertionError.*'row_sparse'"):
        nd.Custom(x, op_type="told")


@operator.register("times_weight")
class Weighted(operator.CustomOpProp):
    """data · weight, whose shape follows from that of data."""

    def list_arguments(self) -> list[str]:
        return ["data", "weight"]

    def infer_shape(self, in_shape: Any) -> Any:
        assert in_shape[1] in ([], [0, 2], [3, 2])
        return [in_shape[0], [in_shape[0][1], 2]], [[in_shape[0][0], 2]], []

    def create_operator(self, ctx: Any, in_shapes: Any, in_dtypes: Any) -> Any:
        class Op(operator.CustomOp):
            def forward(self, is_train: Any, req: Any, in_data: Any, out_data: Any, aux: Any) -> None:
                self.assign(out_data[0], req[0], nd.dot(*in_data))

            def backward(
                self, req: Any, out_grad: Any, in_data: Any, out_data: Any, in_grad: Any, aux: Any
            ) -> None:
                self.assign(in_grad[0], req[0], nd.dot(out_grad[0], in_data[1], transpose_b=True))
                self.assign(in_grad[1], req[1], nd.dot(in_data[0], out_grad[0], transpose_a=True))

        return Op()


class Layer(gluon.HybridBlock):
    def __init__(self) -> None:
        super().__init__()
        with self.name_scope():
            self.weight = self.params.get("weight", shape=(0, 2), allow_deferred_init=True)

    def hybrid_forward(self, F: Any, x: Any, weight: Any) -> Any:
        return F.Custom(x, weight, op_type="times_weight")


@pytest.mark.parametrize("hybridized", [False, True])
def test_in_a_block_whose_shapes_follow_from_the_data(hybridized: bool) -> None:
    net = gluon.nn.HybridSequential()
    net.add(Layer(), gluon.nn.Dense(1))
    net.initialize()
    if hybridized:
        net.hybridize()
    x = nd.array([[1, 2, 3]])
    with autograd.record():
        y = net(x)
    y.backward()
    layer, dense = net[0].weight, net[1].weight.data().asnumpy()
    assert layer.shape == (3, 2)
    assert np.allclose(y.asnumpy(), x.asnumpy() @ layer.data().asnumpy() @ dense.T)
    assert np.allclose(layer.grad().asnumpy(), x.asnumpy().T @ dense)


def test_a_class_takes_the_place_of_another() -> None:
    @operator.register("replaced")
    class First(operator.CustomOpProp):
        pass

    assert PROPERTIES["replaced"] is First
    operator.register("replaced")(Rows)
    assert PROPERTIES.pop("replaced") is Rows


def test_assign() -> None:
    op, x = operator.CustomOp(), nd.array([1, 2])
    for req, expected in (("null", [1, 2]), ("write", [5, 6]), ("add", [10, 12]), ("inplace", [5, 6])):
        op.assign(x, req, nd.array([5, 6]))
        assert x.asnumpy().tolist() == expected


def test_the_oldest_operators_are_there_but_for_symbols() -> None:
    class Old(operator.NumpyOp):
        pass

    with pytest.warns(UserWarning, match="Old has been deprecated"):
        old = Old(need_top_grad=False)
    assert not old.need_top_grad()
    assert (old.list_arguments(), old.list_outputs()) == (["data"], ["output"])
    assert old.infer_shape([[2]]) == ([[2]], [[2]])
    x, y = np.array([1.0, 2.0]), np.zeros(2)
    old.forward(in_data=[x], out_data=[y])
    old.backward(out_grad=[], in_data=[x], out_data=[y], in_grad=[x])
    assert (y.tolist(), x.tolist()) == ([1, 2], [1, 1])
    with pytest.raises(MXNetError, match=r"nd\.Custom"):
        old(1)
    with pytest.warns(UserWarning, match="deprecated"):
        assert operator.NDArrayOp().declare_backward_dependency([0], [1], [2]) == [0, 1, 2]


def test_what_operators_take() -> None:
    names = operator.get_all_registered_operators()
    assert {"FullyConnected", "ElementWiseSum", "_plus_scalar", "Custom"} <= set(names)
    assert not [name for name in names if name.startswith("_regluon")]
    for name, (count, arguments) in RECORDED["arguments of operators"].items():
        found = operator.get_operator_arguments(name)
        assert (found.narg, found.names) == (count, arguments), name
    dense = operator.get_operator_arguments("FullyConnected")
    assert dense.types[2:5] == ["NDArray-or-Symbol", "int, required", "boolean, optional, default=0"]
    types = dict(zip(*operator.get_operator_arguments("Dropout")[1:], strict=True))
    assert types["mode"] == "{'training', 'always'}, optional, default='training'"
    with pytest.raises(MXNetError, match="no operator 'nothing'"):
        operator.get_operator_arguments("nothing")
