from __future__ import annotations

import pickle
from typing import Any

import pytest

from regluon.base import MXNetError
from regluon.optimizer.plain_pickle import Writer, loads

VALUES: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    127,
    128,
    -129,
    2**40,
    -(2**70),
    1.5,
    float("inf"),
    "",
    "weight",
    "重",
    b"\0\xff",
    (),
    (1,),
    (1, (2, (3, "x"))),
    [],
    [1, [2]],
    {},
    {"a": {1: (2.5, None)}, 3: [True], None: b"x"},
]


class Nothing:
    """Knows no names."""

    def find(self, module: str, name: str) -> Any:
        raise MXNetError(f"no {module}.{name}")

    def call(self, function: Any, arguments: tuple[Any, ...]) -> Any:
        raise MXNetError("no calls")

    def fill(self, target: Any, state: Any) -> None:
        raise MXNetError("no states")


def nothing_special(writer: Writer, value: Any) -> bool:
    return False


# Protocols below 3 make bytes by a call.
READ = [(v, p) for v in VALUES for p in range(6) if p >= 3 or "b'" not in repr(v)]


@pytest.mark.parametrize(("value", "protocol"), READ, ids=repr)
def test_reads_what_pickle_writes(value: Any, protocol: int) -> None:
    assert loads(pickle.dumps(value, protocol), Nothing()) == value


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_pickle_reads_what_is_written(value: Any) -> None:
    data = Writer(nothing_special).dumps(value)
    assert pickle.loads(data) == value
    assert loads(data, Nothing()) == value


def test_one_object_stays_one() -> None:
    inner = {"n": 1}
    for read in (pickle.loads, lambda data: loads(data, Nothing())):
        a, (b, c) = read(Writer(nothing_special).dumps([inner, (inner, {"n": 1})]))
        assert a is b
        assert a is not c


def test_what_cannot_be_written() -> None:
    with pytest.raises(MXNetError, match="a function is no plain data"):
        Writer(nothing_special).dumps({"f": nothing_special})


class Harm:
    def __reduce__(self) -> tuple[Any, ...]:
        return exec, ("raise SystemExit",)


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_nothing_is_run(protocol: int) -> None:
    with pytest.raises(MXNetError, match=r"no (__builtin__|builtins)\.exec \(at byte \d+\)"):
        loads(pickle.dumps([Harm()], protocol), Nothing())


DAMAGED = {
    "empty": b"",
    "cut": b"\x80\x04]",
    "no value": b".",
    "two values": b"NN.",
    "no mark": b"Nt.",
    "tuple of too many": b"N\x86.",
    "append to a number": b"K\x01N(Ne.",
    "item of a list": b"](NNu.",
    "odd items": b"}(Nu.",
    "key that is a tuple": b"})Ns.",
    "forgotten value": b"h\x07.",
    "unknown opcode": b"\xffN.",
    "persistent id": b"Px\n.",
    "name that is no text": b"NN\x93.",
    "arguments that are no tuple": b"NNR.",
    "call of a number": b"K\x01)R.",
    "state of a number": b"K\x01}b.",
    "a length beyond the end": b"\x8e\xff\xff\xff\xff\xff\xff\xff\x7fab.",
    "a number of a million digits": b"I" + b"9" * 1_000_000 + b"\n.",
    "not a pickle": b"<html>",
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged(name: str) -> None:
    with pytest.raises(MXNetError):
        loads(DAMAGED[name], Nothing())
