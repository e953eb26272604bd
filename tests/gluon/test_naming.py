"""Names: prefixes, scopes, counters, sharing."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Thread

import pytest

import regluon as mx
from regluon.gluon import Block, nn


@pytest.fixture(autouse=True)
def _from_zero() -> Iterator[None]:
    with mx.name.NameManager():
        yield


class Inner(Block):
    def __init__(self, prefix: str | None = None, params: object = None) -> None:
        super().__init__(prefix, params)  # type: ignore[arg-type]
        with self.name_scope():
            self.d0 = nn.Dense(2, in_units=2)
            self.d1 = nn.Dense(2, in_units=2)


def test_counted_by_class() -> None:
    assert [nn.Dense(1).name, nn.Sequential().name, nn.Dense(1).name] == ["dense0", "sequential0", "dense1"]
    assert (nn.Activation("relu").name, Inner().name) == ("relu0", "inner0")


def test_prefixes() -> None:
    assert (Inner("mine_").name, Inner("mine_").prefix) == ("mine", "mine_")
    assert (Inner("mine").name, Inner("mine").prefix) == ("mine", "mine")
    assert nn.Dense(3, activation="tanh", prefix="q_").act.prefix == "q_tanh_"
    assert list(Inner("x_").collect_params()) == [
        "x_dense0_weight",
        "x_dense0_bias",
        "x_dense1_weight",
        "x_dense1_bias",
    ]


def test_scopes_within_scopes() -> None:
    net = nn.Sequential(prefix="net_")
    with net.name_scope():
        net.add(nn.Dense(2), nn.Dense(3, prefix="x_"), nn.Sequential())
        with net[2].name_scope():
            net[2].add(nn.Dense(1))
        net.add(nn.Dense(1))
    assert [block.prefix for block in net] == ["net_dense0_", "net_x_", "net_sequential0_", "net_dense1_"]
    assert next(iter(net[2].collect_params())) == "net_sequential0_dense0_weight"
    assert nn.Dense(1).name == "dense0"


def test_a_scope_goes_on_counting_when_it_is_entered_again() -> None:
    net = nn.Sequential(prefix="net_")
    names = []
    for _ in range(2):
        with net.name_scope():
            names.append(nn.Dense(1).name)
    with net.name_scope(), net.name_scope():
        names.append(nn.Dense(1).name)
    assert names == ["net_dense0", "net_dense1", "net_dense2"]
    assert nn.Dense(1).name == "dense0"


def test_a_scope_ends_with_an_error() -> None:
    net = nn.Sequential(prefix="net_")
    with pytest.raises(ZeroDivisionError), net.name_scope():
        1 / 0  # noqa: B018
    assert nn.Dense(1).name == "dense0"


def test_an_empty_prefix_opens_no_scope() -> None:
    net = nn.Sequential(prefix="")
    with net.name_scope():
        net.add(nn.Dense(2), nn.Dense(2))
    assert list(net.collect_params()) == ["dense0_weight", "dense0_bias", "dense1_weight", "dense1_bias"]
    assert net.name == ""


def test_a_scope_belongs_to_its_thread() -> None:
    names: list[str] = []
    with nn.Sequential(prefix="net_").name_scope():
        thread = Thread(target=lambda: names.append(nn.Dense(1).name))
        thread.start()
        thread.join()
    assert names == ["dense0"]


def test_shared_parameters() -> None:
    first = nn.Dense(2, in_units=3, prefix="a_")
    second = nn.Dense(2, in_units=3, prefix="b_", params=first.params)
    assert second.weight is first.weight
    assert second.bias is first.bias
    assert (second.prefix, second.params.prefix) == ("b_", "a_")
    assert list(second.collect_params()) == ["a_weight", "a_bias"]
    assert list(nn.Dense(2, use_bias=False, params=first.params).params) == ["a_weight"]
    for units, in_units in [(4, 0), (2, 5)]:
        with pytest.raises(AssertionError, match="'a_weight' because desired attribute does not match"):
            nn.Dense(units, in_units=in_units, params=first.params)


def test_a_net_takes_the_parameters_of_another() -> None:
    first = Inner("s_")
    second = Inner("t_", params=first.collect_params())
    assert second.d0.weight is first.d0.weight
    assert second.d1.bias is first.d1.bias
    assert list(second.collect_params()) == list(first.collect_params())
    other = Inner("t_", params=first.d0.params)
    assert other.d0.weight is not first.d0.weight


def test_parameters_that_only_share_a_name_are_told_apart() -> None:
    net = nn.Sequential()
    net.add(nn.Dense(2, prefix="same_"), nn.Dense(2, prefix="same_"))
    with pytest.raises(AssertionError, match="different Parameters with the same name 'same_weight'"):
        net.collect_params()
