"""Blocks of symbols."""

from __future__ import annotations

import pickle
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mxnet.gluon import SymbolBlock, nn

import mxnet as mx
from mxnet import autograd, gluon, nd

X = nd.array(np.random.RandomState(0).uniform(-1, 1, (2, 3, 5, 5)))


@pytest.fixture
def net() -> Any:
    net = nn.HybridSequential(prefix="n_")
    with net.name_scope():
        net.add(nn.Conv2D(2, 3), nn.BatchNorm(), nn.Flatten(), nn.Dense(3))
    net.initialize()
    net.hybridize()
    net(X)
    return net


@pytest.fixture
def files(net: Any, tmp_path: Path) -> tuple[str, str]:
    net.export(str(tmp_path / "net"))
    return str(tmp_path / "net-symbol.json"), str(tmp_path / "net-0000.params")


def imported(files: tuple[str, str], **given: Any) -> Any:
    return SymbolBlock.imports(files[0], ["data"], files[1], **given)


def equal(a: Any, b: Any) -> bool:
    return bool(np.allclose(a.asnumpy(), b.asnumpy(), rtol=1e-5, atol=1e-6))


def test_there_and_back(net: Any, files: tuple[str, str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        block = imported(files)
    assert equal(block(X), net(X))
    assert equal(SymbolBlock.imports(files[0], "data", files[1])(X), net(X))
    assert repr(block) == "SymbolBlock(\n<Symbol n_dense0_fwd> : 1 -> 1\n)"
    assert (block.prefix, block.name[:11]) == ("", "symbolblock")


def test_its_parameters(files: tuple[str, str]) -> None:
    block = imported(files)
    kinds = "conv0_weight conv0_bias batchnorm0_gamma batchnorm0_beta dense0_weight dense0_bias "
    kinds = (kinds + "batchnorm0_running_mean batchnorm0_running_var").split()
    assert list(block.collect_params()) == [f"n_{kind}" for kind in kinds]
    assert list(block._reg_params) == kinds
    assert [p.grad_req for p in block.params.values()] == ["write"] * 6 + ["null"] * 2


def test_written_again(net: Any, files: tuple[str, str], tmp_path: Path) -> None:
    block = imported(files)
    block.export(str(tmp_path / "again"), 3)
    assert (tmp_path / "again-symbol.json").read_bytes() == Path(files[0]).read_bytes()
    assert (tmp_path / "again-0003.params").read_bytes() == Path(files[1]).read_bytes()
    block.save_parameters(str(tmp_path / "own.params"))
    assert sorted(nd.load(str(tmp_path / "own.params")))[0] == "batchnorm0_beta"
    net.initialize(mx.init.Zero(), force_reinit=True)
    net.load_parameters(str(tmp_path / "own.params"))
    assert equal(block(X), net(X))
    fresh = SymbolBlock.imports(files[0], "data")
    fresh.load_parameters(str(tmp_path / "own.params"))
    assert equal(fresh(X), net(X))


def test_an_exported_file_for_a_net(net: Any, files: tuple[str, str]) -> None:
    expected = net(X)
    net.initialize(mx.init.Zero(), force_reinit=True)
    net.collect_params().load(files[1])
    assert equal(net(X), expected)
    with pytest.raises(AssertionError, match="'n_n_conv0_weight'"):  # its prefix comes before the names
        net.load_parameters(files[1])
    block = SymbolBlock.imports(files[0], "data")
    block.load_parameters(files[1])
    assert equal(block(X), expected)


def test_without_a_file_of_parameters(files: tuple[str, str]) -> None:
    block = SymbolBlock.imports(files[0], "data")
    with pytest.raises(RuntimeError, match="has not been initialized"):
        block(X)
    block.initialize()
    assert block(X).shape == (2, 3)
    assert block.params["n_dense0_weight"].shape == (3, 18)


def test_shapes_that_do_not_follow() -> None:
    x = mx.sym.var("x")
    block = SymbolBlock(mx.sym.broadcast_add(x, mx.sym.var("w")), x)
    block.initialize()
    with pytest.raises(ValueError, match=r"Deferred initialization .* the shapes of w: \(\) do not follow"):
        block(X)


def test_files_that_do_not_fit(net: Any, files: tuple[str, str], tmp_path: Path) -> None:
    arrays, other = nd.load(files[1]), str(tmp_path / "other.params")
    nd.save(other, {key: a for key, a in arrays.items() if key != "arg:n_dense0_bias"})
    with pytest.raises(AssertionError, match=r"Parameter 'n_dense0_bias' is missing in file: .*other.params"):
        SymbolBlock.imports(files[0], "data", other)
    block = SymbolBlock.imports(files[0], "data", other, allow_missing=True)
    with pytest.raises(RuntimeError, match="'n_dense0_bias' has not been initialized"):
        block(X)
    nd.save(other, {**arrays, "arg:foo": nd.ones(2)})
    with pytest.raises(AssertionError, match=r"Parameter 'foo' loaded from file: .* is not present"):
        SymbolBlock.imports(files[0], "data", other)
    assert equal(SymbolBlock.imports(files[0], "data", other, ignore_extra=True)(X), net(X))
    nd.save(other, {key[4:]: a for key, a in arrays.items()})
    assert equal(SymbolBlock.imports(files[0], "data", other)(X), net(X))
    with pytest.raises(AssertionError, match="Parameter 'data' is missing"):
        SymbolBlock.imports(files[0], "dat", files[1])
    with pytest.raises(mx.MXNetError, match="No such file"):
        SymbolBlock.imports(str(tmp_path / "none.json"), "data")
    with pytest.raises(mx.MXNetError, match="No such file"):
        SymbolBlock.imports(files[0], "data", str(tmp_path / "none.params"))


def test_types_come_from_the_file(files: tuple[str, str], tmp_path: Path) -> None:
    nd.save(files[1], {key: a.astype("float64") for key, a in nd.load(files[1]).items()})
    block = imported(files)
    assert {np.dtype(p.dtype).name for p in block.params.values()} == {"float64"}
    assert block(X.astype("float64")).dtype == np.float64


def test_half_precision(files: tuple[str, str]) -> None:
    block = imported(files)
    block.cast("float16")
    types = {name: np.dtype(p.dtype).name for name, p in block.params.items()}
    assert {name for name, t in types.items() if t == "float32"} == {
        f"n_batchnorm0_{kind}" for kind in ("gamma", "beta", "running_mean", "running_var")
    }
    assert block(X.astype("float16")).dtype == np.float16


def test_types_of_variables() -> None:
    x = mx.sym.var("x", dtype="float64")
    block = SymbolBlock(mx.sym.FullyConnected(x, num_hidden=2, name="f"), x)
    assert {np.dtype(p.dtype).name for p in block.params.values()} == {"float64"}
    with pytest.raises(AssertionError, match="Parameter 'w' because its storage type is 'row_sparse'"):
        SymbolBlock(mx.sym.dot(x, mx.sym.var("w", stype="row_sparse")), x)


def test_features_share_the_nets_parameters(net: Any) -> None:
    data = mx.sym.var("data")
    inner = net(data).get_internals()
    outputs = [inner["n_batchnorm0_fwd_output"], inner["n_dense0_fwd_output"]]
    block = SymbolBlock(outputs, data, net.collect_params())
    normalized, last = block(X)
    assert normalized.shape == (2, 2, 3, 3)
    assert equal(last, net(X))
    assert block.params["n_conv0_weight"] is net[0].weight
    net[0].weight.set_data(nd.zeros((2, 3, 3, 3)))
    assert equal(block(X)[1], net(X))


def test_inputs_must_be_variables(net: Any) -> None:
    inner = net(mx.sym.var("data")).get_internals()
    with pytest.raises(AssertionError, match="Input symbols must be variable"):
        SymbolBlock(inner["n_dense0_fwd_output"], inner["n_conv0_fwd_output"])
    block = SymbolBlock(inner["n_dense0_fwd_output"], mx.sym.var("n_flatten0_flatten0"))
    assert "data" in block.params


def test_training_goes_on(net: Any, files: tuple[str, str]) -> None:
    block = imported(files)
    label = nd.array([0, 2])

    def trained(it: Any) -> list[float]:
        trainer = gluon.Trainer(it.collect_params(), "sgd", {"learning_rate": 0.1, "momentum": 0.9})
        loss, found = gluon.loss.SoftmaxCrossEntropyLoss(), []
        for _ in range(5):
            with autograd.record():
                error = loss(it(X), label)
            error.backward()
            trainer.step(2)
            found.append(error.mean().asscalar())
        return found

    ours = trained(block)
    np.testing.assert_allclose(ours, trained(net), rtol=1e-5)
    assert ours[-1] < ours[0]
    means = [it.collect_params()["n_batchnorm0_running_mean"].data() for it in (net, block)]
    np.testing.assert_allclose(*[m.asnumpy() for m in means], rtol=1e-5)


def test_inside_of_another_net(files: tuple[str, str]) -> None:
    outer = nn.HybridSequential()
    outer.add(imported(files), nn.Dense(4))
    outer[1].initialize()
    assert outer(X).shape == (2, 4)
    assert outer[1].weight.shape == (4, 3)
    expected = outer(X)
    outer.hybridize()
    assert equal(outer(X), expected)
    symbol = outer(mx.sym.var("data"))
    assert symbol.list_arguments()[:2] == ["data", "n_conv0_weight"]


def test_deferred_within_another_net(files: tuple[str, str]) -> None:
    class Around(gluon.HybridBlock):
        def __init__(self) -> None:
            super().__init__()
            with self.name_scope():
                self.inner = SymbolBlock.imports(files[0], "data")
                self.w = self.params.get("w", shape=(3, 0), allow_deferred_init=True)

        def hybrid_forward(self, F: Any, x: Any, w: Any) -> Any:
            return F.FullyConnected(self.inner(x), w, num_hidden=3, no_bias=True)

    block = Around()
    block.initialize()
    assert block(X).shape == (2, 3)
    assert block.w.shape == (3, 3)
    assert block.inner.params["n_conv0_weight"].shape == (2, 3, 3, 3)


def test_calls_with_symbols(files: tuple[str, str]) -> None:
    block = imported(files)
    found = block(mx.sym.var("q"))
    assert found.list_arguments()[0] == "q"
    assert block._cached_graph[1].list_arguments()[0] == "data"
    with pytest.raises(AssertionError, match="Invalid input format"):
        block(mx.sym.var("q"), mx.sym.var("r"))


def test_wrong_calls(files: tuple[str, str]) -> None:
    block = imported(files)
    with pytest.raises(ValueError, match=r"Stored format = \[0\], input format = \[0, 0\]"):
        block(X, X)
    with pytest.raises(AssertionError, match="but got <class 'int'>"):
        block(1)
    with pytest.raises(mx.MXNetError, match="Error in operator n_conv0_fwd"):
        block(nd.ones((2, 4, 5, 5)))
    with pytest.raises(NotImplementedError):
        block.hybrid_forward(mx.nd, X)


def test_nested_outputs() -> None:
    x = mx.sym.var("x")
    parts = mx.sym.split(x, num_outputs=2, axis=1)
    block = SymbolBlock([parts, x + 1], x)
    (first, second), third = block(nd.array([[1.0, 2]]))
    assert [a.asscalar() for a in (first, second)] == [1, 2]
    assert third.asnumpy().tolist() == [[2, 3]]
    symbols = block(mx.sym.var("y"))
    assert [len(symbols[0]), symbols[1].list_arguments()] == [2, ["y"]]


def test_states_that_begin_as_zeros_of_any_batch() -> None:
    cell = gluon.rnn.LSTMCell(3, prefix="l_")
    outputs, _ = cell.unroll(2, mx.sym.var("x"), merge_outputs=True)
    block = SymbolBlock(outputs, mx.sym.var("x"), cell.collect_params())
    block.initialize()
    for batch in (4, 5):
        data = nd.random.uniform(shape=(batch, 2, 3))
        expected, _ = cell.unroll(2, data, merge_outputs=True)
        np.testing.assert_allclose(block(data).asnumpy(), expected.asnumpy(), rtol=1e-5, atol=1e-6)


def test_hybridized(net: Any, files: tuple[str, str]) -> None:
    block = imported(files)
    for flags in ({}, {"static_alloc": True}, {"active": False}):
        block.hybridize(**flags)
        for _ in range(3):
            np.testing.assert_allclose(block(X).asnumpy(), net(X).asnumpy(), rtol=1e-5, atol=1e-6)


def test_contexts(files: tuple[str, str]) -> None:
    block = imported(files, ctx=[mx.cpu(0), mx.cpu(1)])
    assert block.collect_params().list_ctx() == [mx.cpu(0), mx.cpu(1)]
    assert block(X.as_in_context(mx.cpu(1))).context == mx.cpu(1)
    block.reset_ctx(mx.cpu(2))
    assert block.collect_params().list_ctx() == [mx.cpu(2)]


def test_pickles(files: tuple[str, str]) -> None:
    block = imported(files)
    assert equal(pickle.loads(pickle.dumps(block))(X), block(X))


def test_its_places_in_gluon() -> None:
    assert mx.gluon.nn.SymbolBlock is mx.gluon.block.SymbolBlock is SymbolBlock


class Expanded(SymbolBlock):
    """Features of a net, and of layers that are put on top as symbols."""

    def __init__(self, network: Any, outputs: list[str], filters: list[int]) -> None:
        data = mx.sym.var("data")
        inner = network(data).get_internals()
        found = [inner[name] for name in outputs]
        for i, count in enumerate(filters):
            start = mx.init.Xavier(magnitude=2)
            y = mx.sym.Convolution(
                found[-1], num_filter=count, kernel=(2, 2), name=f"more{i}", attr={"__init__": start}
            )
            found.append(mx.sym.Activation(mx.sym.BatchNorm(y, name=f"bn{i}"), act_type="relu"))
        super().__init__(found, [data], network.collect_params())


def test_a_subclass_with_more_layers(net: Any, tmp_path: Path) -> None:
    class Detector(gluon.HybridBlock):
        def __init__(self) -> None:
            super().__init__(prefix="detector_")
            with self.name_scope():
                self.features = Expanded(net, ["n_batchnorm0_fwd_output"], [4, 3])
                self.heads = nn.HybridSequential()
                self.heads.add(*[nn.Dense(2) for _ in range(3)])

        def hybrid_forward(self, F: Any, x: Any) -> Any:
            return F.concat(*[head(f) for head, f in zip(self.heads, self.features(x), strict=True)], dim=1)

    block = Detector()
    for parameter in block.collect_params().values():
        if not parameter._data:
            parameter.initialize(default_init=mx.init.Normal(0.1))
    block(X)
    for name, parameter in block.collect_params(".*moving_var").items():
        assert name.startswith("detector_bn")  # the name scope is that of the block that is being made
        parameter.set_data(nd.ones(parameter.shape))
    expected = block(X)
    assert expected.shape == (2, 6)
    block.hybridize()
    assert equal(block(X), expected)
    block.export(str(tmp_path / "detector"))
    again = SymbolBlock.imports(
        str(tmp_path / "detector-symbol.json"), "data", str(tmp_path / "detector-0000.params")
    )
    assert equal(again(X), expected)
    block.save_parameters(str(tmp_path / "own.params"))
    block.load_parameters(str(tmp_path / "own.params"))
