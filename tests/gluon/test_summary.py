"""Block.summary; what it prints for whole nets is held against MXNet in test_nets.py."""

from __future__ import annotations

import re

import pytest

from regluon import nd
from regluon.gluon import nn

X = nd.ones((2, 3))


def rows(printed: str) -> list[tuple[str, str, str]]:
    """Layers, shapes and numbers of parameters, between the second rule and the third."""
    table = re.split(r"[=-]{80}\n", printed)[2]
    return [
        (name, shape.strip(), size) for name, shape, size in re.findall(r" *(\S+)  (.{42}) +(\d+)\n", table)
    ]


def test_it_initializes_what_is_deferred(capsys: pytest.CaptureFixture[str]) -> None:
    net = nn.HybridSequential()
    net.add(nn.Dense(4, activation="relu"), nn.Dense(2))
    net.initialize()
    assert net.summary(X) is None
    assert rows(capsys.readouterr().out) == [
        ("Input", "(2, 3)", "0"),
        ("Activation-1", "(2, 4)", "0"),
        ("Dense-2", "(2, 4)", "16"),
        ("Dense-3", "(2, 2)", "10"),
    ]


def test_values_that_are_no_arrays_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    net = nn.Sequential()
    net.add(nn.Lambda(lambda pair: (pair[0], [pair[0] + 1, None, 3])))
    net.summary([X, 5])
    assert rows(capsys.readouterr().out) == [
        ("Input", "[(2, 3), 5]", "0"),
        ("Lambda-1", "(2, 3), [(2, 3), None, 3]", "0"),
    ]


def test_parameters_are_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    net, layer = nn.Sequential(), nn.Dense(3, in_units=3)
    net.add(layer, nn.Dense(3, in_units=3, params=layer.params), nn.Dense(1, in_units=3))
    net.initialize()
    net[2].weight.grad_req = "null"
    net.summary(X)
    numbers = dict(re.findall(r"^ *(\w[^\n:]*): (\d+)$", capsys.readouterr().out, re.MULTILINE))
    assert numbers == {
        "Total params": "28",
        "Trainable params": "25",
        "Non-trainable params": "3",
        "Shared params in forward computation graph": "12",
        "Unique parameters in model": "16",
    }


@pytest.mark.parametrize("wrong", ["hybridized", "uninitialized", "inputs"])
def test_hooks_are_taken_away_after_an_error(wrong: str, capsys: pytest.CaptureFixture[str]) -> None:
    net = nn.HybridSequential()
    net.add(nn.Dense(2, in_units=3))
    if wrong != "uninitialized":
        net.initialize()
    if wrong == "hybridized":
        net.hybridize()
    with pytest.raises((AssertionError, RuntimeError, TypeError), match=r"hybridized|initialized|positional"):
        net.summary(X, *([X] if wrong == "inputs" else []))
    assert not net[0]._forward_hooks
    assert capsys.readouterr().out == ""


def test_hooks_of_the_user_stay(capsys: pytest.CaptureFixture[str]) -> None:
    net = nn.Dense(2, in_units=3)
    net.initialize()
    net.register_forward_hook(print)
    net.summary(X)
    assert list(net._forward_hooks.values()) == [print]
    assert "Dense-1" in capsys.readouterr().out
