"""ParameterDict: parameters by name, shared ones, constants, files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import regluon as mx
from regluon import nd
from regluon.gluon import Constant, Parameter, ParameterDict


def pair(initialized: bool = True) -> ParameterDict:
    params = ParameterDict("u_")
    params.get("weight", shape=(2,))
    params.get("bias", shape=(3,))
    if initialized:
        params.initialize("ones")
    return params


def values(array: Any) -> Any:
    return array.asnumpy().tolist()


def test_like_a_dict() -> None:
    params = pair()
    assert list(params) == list(params.keys()) == ["u_weight", "u_bias"]
    assert [p.name for p in params.values()] == [name for name, _ in params.items()] == list(params)
    assert "u_bias" in params
    assert "bias" not in params
    with pytest.raises(KeyError, match="bias"):
        params["bias"]
    # Programs write `params or ...`: MXNet's has no length, so it is never false.
    assert ParameterDict()


def test_repr() -> None:
    assert repr(ParameterDict()) == "(\n\n)"
    assert repr(pair()) == (
        "u_ (\n  Parameter u_weight (shape=(2,), dtype=<class 'numpy.float32'>)\n"
        "  Parameter u_bias (shape=(3,), dtype=<class 'numpy.float32'>)\n)"
    )


def test_get_fills_in_what_is_not_known() -> None:
    params = ParameterDict("a_")
    first = params.get("w", shape=(0, 3))
    assert params.get("w", shape=(2, 0)) is first
    assert params.get("w", shape=(-1, 3)).shape == (2, 3)
    assert params.get("w", init="ones", dtype="float32").init == "ones"
    bare = params.get("v")
    assert bare.shape is None
    assert params.get("v", shape=3).shape == (3,)


@pytest.mark.parametrize(
    "wrong",
    [
        {"shape": (4,)},
        {"shape": (2, 2)},
        {"dtype": "float64"},
        {"lr_mult": 2},
        {"grad_req": "null"},
        {"init": "zeros"},
    ],
)
def test_get_with_another_attribute(wrong: dict[str, Any]) -> None:
    params = ParameterDict("a_")
    params.get("w", shape=(2,), init="ones")
    (key,) = wrong
    with pytest.raises(AssertionError, match=f"'a_w' because desired attribute does not match .*'{key}'"):
        params.get("w", **wrong)


def test_get_knows_the_arguments_of_a_parameter() -> None:
    with pytest.raises(TypeError, match="foo"):
        ParameterDict().get("w", foo=1)


def test_shared() -> None:
    origin = ParameterDict("a_")
    weight = origin.get("w", shape=(2,))
    assert ParameterDict("b_", shared=origin).get("w") is not weight
    sharing = ParameterDict("a_", shared=origin)
    assert list(sharing) == []
    assert sharing.get("w", shape=(2,)) is weight
    sharing.get("new")
    assert (list(sharing), list(origin)) == (["a_w", "a_new"], ["a_w"])
    with pytest.raises(AssertionError, match="attribute 'shape'"):
        sharing.get("w", shape=(3,))


def test_get_constant() -> None:
    params = ParameterDict("a_")
    with pytest.raises(KeyError, match="No constant named 'a_c'"):
        params.get_constant("c")
    constant = params.get_constant("c", [1, 2])
    for same in (None, [1, 2], np.array([1, 2]), nd.array([1, 2])):
        assert params.get_constant("c", same) is constant
    for other in ([1, 3], np.array([1, 2, 3])):
        with pytest.raises(AssertionError, match="'a_c' already exists but its value doesn't match"):
            params.get_constant("c", other)
    params.get("w", shape=(1,))
    with pytest.raises(AssertionError, match="'a_w' already exists but it is not a constant"):
        params.get_constant("w", [1])
    with pytest.raises(AssertionError, match="'grad_req'"):
        params.get("c", grad_req="write")
    assert isinstance(params.get("c"), Constant)


def test_update() -> None:
    params, other = pair(), Parameter("k")
    params.update({"k": other})
    params.update(params)
    assert list(params) == ["u_weight", "u_bias", "k"]
    with pytest.raises(AssertionError, match="different Parameters with the same name 'k'"):
        params.update({"new": Parameter("new"), "k": Parameter("k")})
    assert "new" not in params


def test_all_at_once() -> None:
    params = pair(initialized=False)
    with pytest.raises(RuntimeError, match="not been initialized"):
        params.list_ctx()
    params.initialize("ones", ctx=[mx.cpu(1), mx.cpu(2)])
    assert params.list_ctx() == [mx.cpu(1), mx.cpu(2)]
    params.reset_ctx(mx.cpu(0))
    assert params.list_ctx() == [mx.cpu(0)]
    params["u_bias"].grad()[:] = 3
    params.zero_grad()
    assert values(params["u_bias"].grad()) == [0.0, 0.0, 0.0]
    params.setattr("grad_req", "null")
    params.setattr("lr_mult", 0.5)
    assert {(p.grad_req, p.lr_mult) for p in params.values()} == {("null", 0.5)}
    params.zero_grad()
    with pytest.warns(UserWarning, match="already initialized"):
        params.initialize()


def test_verbose_initialization_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    pair(initialized=False).initialize("ones", verbose=True)
    assert [record.getMessage().split(" as ")[0] for record in caplog.records] == [
        "Initialized u_weight",
        "Initialized u_bias",
    ]


def test_save_and_load(tmp_path: Path) -> None:
    path, params = str(tmp_path / "u.params"), pair()
    with pytest.raises(ValueError, match="Prefix 'v_' is to be stripped"):
        params.save(path, strip_prefix="v_")
    params.save(path, strip_prefix="u_")
    assert sorted(nd.load(path)) == ["bias", "weight"]
    params.initialize("zeros", force_reinit=True)
    params.load(path, restore_prefix="u_")
    assert values(params["u_weight"].data()) == [1.0, 1.0]
    with pytest.raises(AssertionError, match="restore_prefix is 'v_' but Parameter 'u_weight'"):
        params.load(path, restore_prefix="v_")
    with pytest.raises(AssertionError, match=r"'u_weight' is missing in file: .*'weight', 'bias'"):
        params.load(path)
    with pytest.raises(
        AssertionError, match=r"'weight' loaded from file: .*choices are: 'u_weight', 'u_bias'"
    ):
        params.load(path, allow_missing=True)
    params.load(path, allow_missing=True, ignore_extra=True)
    nd.save(path, [nd.ones((2,))])
    with pytest.raises(ValueError, match="arrays without names"):
        params.load(path)
    ParameterDict().save(path)
    ParameterDict().load(path)


def test_load_dict() -> None:
    params = pair(initialized=False)
    params.load_dict(
        {"arg:weight": nd.zeros((2,)), "aux:bias": nd.ones((3,))}, mx.cpu(1), restore_prefix="u_"
    )
    assert params.list_ctx() == [mx.cpu(1)]
    params.load_dict([("u_weight", nd.ones((2,))), ("u_bias", nd.ones((3,)))])
    assert values(params["u_weight"].data()) == [1.0, 1.0]
    with pytest.raises(AssertionError, match="'u_weight' is missing in param_dict"):
        params.load_dict({})


def test_a_checkpoint_of_mxnet() -> None:
    params = ParameterDict()
    for name in ("fc1_weight", "fc1_bias", "bn_moving_mean"):
        params.get(name)
    params.load(str(Path(__file__).parents[1] / "data" / "params" / "checkpoint.params"))
    assert [p.shape for p in params.values()] == [(2, 1), (2, 2), (2, 3)]


def test_nothing_is_loaded_when_anything_does_not_fit() -> None:
    params = pair()
    for wrong in (nd.zeros((4,)), nd.zeros((3,), dtype="float64")):
        with pytest.raises(AssertionError, match="Failed loading Parameter 'u_bias' from saved params"):
            params.load_dict({"u_weight": nd.zeros((2,)), "u_bias": wrong})
        assert values(params["u_weight"].data()) == [1.0, 1.0]
