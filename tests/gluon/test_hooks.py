"""Hooks on blocks, and the handles that take them away."""

from __future__ import annotations

import gc
import pickle
from typing import Any

import pytest

from regluon import nd
from regluon.gluon import nn
from regluon.gluon.hooks import HookHandle, Hooks

X = nd.ones((1, 2))


@pytest.fixture
def net() -> nn.Dense:
    dense = nn.Dense(3, in_units=2)
    dense.initialize("ones")
    return dense


def test_before_and_after_each_forward(net: nn.Dense) -> None:
    seen: list[Any] = []
    net.register_forward_pre_hook(lambda block, inputs: seen.append(("before", block, inputs)))
    net.register_forward_hook(lambda block, inputs, out: seen.append(("after", block, inputs, out)))
    out = net(X)
    assert [(when, block) for when, block, *_ in seen] == [("before", net), ("after", net)]
    assert seen[0][2] == seen[1][2] == (X,)
    assert seen[1][3] is out


def test_in_the_order_of_their_registration(net: nn.Dense) -> None:
    seen: list[int] = []
    handles = [net.register_forward_hook(lambda *_, n=n: seen.append(n)) for n in range(3)]
    handles[1].detach()
    net(X)
    assert seen == [0, 2]


def test_what_a_hook_returns_does_not_count(net: nn.Dense) -> None:
    net.register_forward_pre_hook(lambda block, inputs: (inputs[0] * 0,))
    net.register_forward_hook(lambda block, inputs, out: out * 0)
    assert net(X).asnumpy().tolist() == [[2.0, 2.0, 2.0]]


def test_a_function_is_there_once(net: nn.Dense) -> None:
    seen: list[int] = []

    def hook(*_: Any) -> None:
        seen.append(1)

    first, second = net.register_forward_hook(hook), net.register_forward_hook(hook)
    net(X)
    assert seen == [1]
    first.detach()
    second.detach()
    net(X)
    assert seen == [1]


def test_detached_when_a_with_block_ends(net: nn.Dense) -> None:
    seen: list[int] = []
    with net.register_forward_hook(lambda *_: seen.append(1)) as handle:
        net(X)
    net(X)
    handle.detach()
    assert seen == [1]


def test_a_hook_may_detach_itself(net: nn.Dense) -> None:
    seen: list[int] = []

    def once(*_: Any) -> None:
        seen.append(1)
        handle.detach()

    handle = net.register_forward_hook(once)
    net.register_forward_hook(lambda *_: seen.append(2))
    net(X)
    net(X)
    assert seen == [1, 2, 2]


def test_an_error_in_a_hook_is_raised(net: nn.Dense) -> None:
    with net.register_forward_pre_hook(lambda *_: 1 / 0), pytest.raises(ZeroDivisionError):
        net(X)
    assert net(X).shape == (1, 3)


def test_hooks_of_children_are_called(net: nn.Dense) -> None:
    outer, seen = nn.HybridSequential(), list[str]()
    outer.add(net, nn.Flatten())
    for block in (outer, net, outer[1]):
        block.register_forward_hook(lambda block, *_: seen.append(type(block).__name__))
    outer(X)
    assert seen == ["Dense", "Flatten", "HybridSequential"]


def test_a_handle_is_attached_once() -> None:
    handle, hooks = HookHandle(), Hooks()
    handle.detach()
    handle.attach(hooks, print)
    assert list(hooks.values()) == [print]
    with pytest.raises(AssertionError, match="cannot be attached twice"):
        handle.attach(hooks, repr)


def test_a_handle_does_not_keep_the_block() -> None:
    net = nn.Dense(1)
    handle = net.register_forward_hook(print)
    del net
    gc.collect()
    handle.detach()


def test_pickled_with_the_block(net: nn.Dense) -> None:
    handle = net.register_forward_hook(print)
    again, its = pickle.loads(pickle.dumps((net, handle)))
    assert list(again._forward_hooks.values()) == [print]
    its.detach()
    assert not again._forward_hooks
    assert net._forward_hooks
