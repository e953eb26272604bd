"""Block and HybridBlock: children, attributes, calls."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import regluon as mx
from regluon import nd
from regluon.gluon import Block, HybridBlock, Parameter, nn

X = nd.ones((2, 3))


class Pair(Block):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        with self.name_scope():
            self.dense = nn.Dense(2)
            self.weight = self.params.get("weight", shape=(2, 2))

    def forward(self, x: Any, y: Any = None) -> Any:
        return self.dense(x), y


def test_attributes_keep_their_type() -> None:
    block = Pair()
    for name, value in [("dense", 3), ("dense", None), ("dense", nn.Sequential()), ("weight", 3)]:
        with pytest.raises(TypeError, match=f"Changing attribute type for {name} from"):
            setattr(block, name, value)
    for parameter in (block.weight, Parameter("other")):
        with pytest.raises(AssertionError, match="Overriding Parameter attribute weight is not allowed"):
            block.weight = parameter
    block.later = None
    block.later = nn.Dense(3)
    block.dense = nn.Dense(4)
    assert list(block._children) == ["dense", "later"]
    assert [child._units for child in block._children.values()] == [4, 3]


def test_register_child() -> None:
    block = Pair()
    block.register_child(nn.Dense(4))
    block.register_child(nn.Dense(5), "named")
    assert list(block._children) == ["dense", "1", "named"]
    assert list(block._collect_params_with_prefix())[-2:] == ["named.weight", "named.bias"]
    # Only attributes are printed.
    assert repr(block) == "Pair(\n  (dense): Dense(None -> 2, linear)\n)"


def test_children_of_hybrid_blocks_are_hybrid() -> None:
    with pytest.raises(ValueError, match="Children of HybridBlock must also be HybridBlock"):
        nn.HybridSequential().add(nn.Lambda("relu"))


def test_apply_goes_from_the_children_up() -> None:
    net = nn.Sequential()
    net.add(Pair(), nn.Dense(1))
    seen: list[Block] = []
    assert net.apply(seen.append) is net
    assert seen == [net[0].dense, net[0], net[1], net]


def test_attributes_may_have_any_name() -> None:
    class Stages(Block):
        def __init__(self) -> None:
            super().__init__()
            self.blocks = nn.HybridSequential()
            self.blocks.add(nn.Dense(2))
            self.layers, self.children = nn.Dense(3), nn.Dense(4)

        def forward(self, x: Any) -> Any:
            return self.children(self.layers(self.blocks(x)))

    net = Stages()
    net.initialize()
    assert net(X).shape == (2, 4)
    assert len(list(net.collect_params())) == 6


def test_collect_params_selects_by_the_beginning_of_names() -> None:
    net = Pair(prefix="p_")
    for select, expected in [
        (".*weight", ["p_weight", "p_dense0_weight"]),
        ("p_weight|p_dense0_bias", ["p_weight", "p_dense0_bias"]),
        ("dense", []),
        ("", ["p_weight", "p_dense0_weight", "p_dense0_bias"]),
    ]:
        assert list(net.collect_params(select)) == expected
    assert list(net.params) == ["p_weight"]
    assert net.collect_params().prefix == "p_"


@pytest.mark.parametrize("wrap", [lambda b: [b], lambda b: {"a": [(b,)]}, lambda b: (1, {"x": b})])
def test_blocks_in_containers_are_warned_of(wrap: Any) -> None:
    net = Pair()
    net.stages = wrap(nn.Dense(2))
    with pytest.warns(UserWarning, match='"Pair.stages" is an unregistered container with Blocks'):
        net.collect_params()
    net.stages = wrap(net.dense)
    assert len(list(net.collect_params())) == 3


def test_calls_take_positions_only() -> None:
    net = Pair()
    net.initialize()
    assert net(X, 3)[1] == 3
    with pytest.raises(TypeError, match="unexpected keyword argument 'y'"):
        net(X, y=3)


@pytest.mark.parametrize("block", [Block(), HybridBlock()])
def test_a_block_without_a_forward(block: Block) -> None:
    with pytest.raises(NotImplementedError, match="does not define"):
        block(X)


@pytest.mark.parametrize("args", [(), (1,), (None, [3])])
def test_a_hybrid_block_needs_an_array(args: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=r"'x'|must be one NDArray"):
        nn.Dense(2)(*args)


def test_a_net_is_called_where_its_parameters_are() -> None:
    net = nn.Dense(2, in_units=3)
    net.initialize(ctx=[mx.cpu(1), mx.cpu(2)])
    assert net(nd.ones((1, 3), ctx=mx.cpu(2))).context is mx.cpu(2)
    with pytest.raises(RuntimeError, match=r"not initialized on context cpu\(0\)"):
        net(X)


def test_hybrid_forward_makes_arrays_where_its_inputs_are() -> None:
    net = nn.HybridLambda(lambda F, x: F.zeros((1,)))
    assert net(nd.ones((1,), ctx=mx.cpu(3))).context is mx.cpu(3)


def test_cast() -> None:
    net = nn.Sequential()
    net.add(nn.Dense(2, in_units=3), Pair())
    net.initialize()
    net.cast("float64")
    assert {p.dtype for p in net.collect_params().values()} == {"float64"}
    assert net[0](X.astype("float64")).dtype is np.float64
    with pytest.raises(mx.MXNetError, match=r"FullyConnected\(\(2, 3\) float32, \(2, 3\) float64"):
        net[0](X)


def test_hybridize_takes_its_flags() -> None:
    net = nn.HybridSequential()
    net.add(nn.Dense(2, in_units=3))
    net.initialize()
    before = net(X).asnumpy()
    net.hybridize(static_alloc=True, static_shape=True, inline_limit=3, forward_bulk_size=5, foo=1)
    assert net._active
    assert net[0]._active
    np.testing.assert_array_equal(net(X).asnumpy(), before)
    net.hybridize(False)
    assert not net[0]._active


@pytest.mark.parametrize(
    ("name", "argument"),
    [("register_op_hook", print)],
)
def test_declared_gaps_say_so(name: str, argument: Any) -> None:
    with pytest.raises(mx.MXNetError, match=f"{name}.* is a declared gap"):
        getattr(nn.Dense(2), name)(argument)


@pytest.mark.parametrize("kind", [nn.Sequential, nn.HybridSequential])
@pytest.mark.parametrize(("shape", "layer"), [((1, 2, 8, 8), "net_conv0"), ((1, 3, 8, 8), "net_dense0")])
def test_wrong_shapes_name_the_layer(kind: Any, shape: tuple[int, ...], layer: str) -> None:
    net = kind(prefix="net_")
    with net.name_scope():
        net.add(nn.Conv2D(4, 3, in_channels=3), nn.Dense(2, in_units=7))
    net.initialize()
    with pytest.raises(mx.MXNetError, match=rf"^Error in layer {layer}: (Convolution|FullyConnected)\(\(1, "):
        net(nd.ones(shape))
    if kind is nn.HybridSequential:
        net.hybridize()
        with pytest.raises(mx.MXNetError, match=rf"^Error in operator {layer}_fwd: "):
            net(nd.ones(shape))
