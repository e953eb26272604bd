"""States files: MXNet's own are read, damaged and hostile ones are refused, whatever they say."""

from __future__ import annotations

import contextlib
import io
import pickle
import random
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import regluon as mx
from optimizer import cases
from regluon.base import MXNetError
from regluon.optimizer.states import dump_states, load_states

DATA = Path(__file__).parents[1] / "data"
FILES = sorted((DATA / "states").glob("*.states"))
RECORDED = np.load(DATA / "trainer.npz")
SCHEDULED = ["scheduled", *[f"protocol{n}" for n in range(6)]]


@pytest.mark.parametrize("name", SCHEDULED)
def test_mxnet_files_of_every_protocol(name: str) -> None:
    states, optimizer = load_states((DATA / "states" / f"{name}.states").read_bytes())
    momentum, master = states["w"]
    np.testing.assert_array_equal(momentum.asnumpy(), RECORDED["scheduled/momentum"])
    np.testing.assert_array_equal(master.asnumpy(), RECORDED["scheduled/master"])
    assert isinstance(optimizer, mx.optimizer.NAG)
    assert (optimizer.momentum, optimizer.wd, optimizer.num_update) == (0.9, 0.1, 4)
    scheduler = optimizer.lr_scheduler
    assert isinstance(scheduler, mx.lr_scheduler.MultiFactorScheduler)
    assert (scheduler.step, scheduler.cur_step_ind, scheduler.base_lr) == ([3, 5], 1, 0.1)
    assert optimizer._index_update_count is optimizer._all_index_update_counts[0] == {"w": 4}


@pytest.mark.parametrize("name", cases.RESUMED)
def test_training_goes_on_from_mxnets_states(name: str) -> None:
    updater = cases.updater_of(mx, name)
    updater.set_states((DATA / "states" / f"resumed_{name}.states").read_bytes())
    assert type(updater.optimizer).__name__.lower() == name
    found = cases.train(mx, name, updater, RECORDED[f"resumed/{name}/5"], range(5, 10))
    np.testing.assert_allclose(found, RECORDED[f"resumed/{name}/10"], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", cases.RESUMED)
def test_training_goes_on_from_our_states(name: str) -> None:
    first, second = cases.updater_of(mx, name), cases.updater_of(mx, name)
    before = cases.train(mx, name, first, np.ones((2, 3)), range(5))
    np.testing.assert_allclose(before, RECORDED[f"resumed/{name}/5"], rtol=1e-5, atol=1e-6)
    second.set_states(first.get_states(dump_optimizer=True))
    after = cases.train(mx, name, second, before, range(5, 10))
    np.testing.assert_array_equal(after, cases.train(mx, name, first, before, range(5, 10)))


# In "two", MXNet's arrays come from pinned memory; read, they are on the CPU.
@pytest.mark.parametrize("path", [p for p in FILES if p.stem != "two"], ids=lambda p: p.stem)
def test_what_is_written_is_what_was_read(path: Path) -> None:
    """Any unpickler of MXNet's finds in our bytes what it finds in MXNet's."""
    ours = dump_states(load_states(path.read_bytes()))
    assert Plain.loads(ours) == Plain.loads(path.read_bytes())


class Plain(pickle.Unpickler):
    """Shows objects as their names, arguments and states."""

    class Object:
        seen: Any = ()
        __hash__ = None  # type: ignore[assignment]

        def __init__(self, *arguments: Any) -> None:
            self.seen = arguments

        def __setstate__(self, state: Any) -> None:
            self.seen = (self.seen, state)

        def __eq__(self, other: object) -> bool:
            return type(self).__name__ == type(other).__name__ and self.__dict__ == other.__dict__

    @classmethod
    def loads(cls, data: bytes) -> Any:
        return cls(io.BytesIO(data)).load()

    def find_class(self, module: str, name: str) -> Any:
        if module.startswith("mxnet."):
            return type(f"{module}.{name}", (self.Object,), {})
        if module.startswith("numpy") and name == "scalar":
            return lambda dtype, raw: float(np.frombuffer(raw, dtype)[0])
        return super().find_class(module, name)


def test_every_cut_is_refused() -> None:
    for name in ("adam", "protocol0", "scheduled"):
        data = (DATA / "states" / f"{name}.states").read_bytes()
        for end in range(len(data)):
            with pytest.raises(MXNetError, match="cannot load optimizer states"):
                load_states(data[:end])


def test_random_changes_never_do_more_than_raise() -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    draw = random.Random(seed)
    for n in range(3000):
        data = bytearray(FILES[n % len(FILES)].read_bytes())
        for _ in range(draw.randint(1, 4)):
            data[draw.randrange(len(data))] = draw.randrange(256)
        with contextlib.suppress(MXNetError):
            load_states(bytes(data))


def harmful() -> dict[str, bytes]:
    array = mx.nd.ones(2)
    raw = pickle.dumps(bytes(1000))[2:-1]
    nested: Any = array
    for _ in range(100):
        nested = (nested,)
    again = b"\x8c\x08builtins\x8c\tbytearray\x93h\x00\x85R"
    handle = b"\x8c\x15mxnet.ndarray.ndarray\x8c\x07NDArray\x93N\x85R}\x8c\x06handleh\x00sb"
    return {
        "another function": pickle.dumps({0: print}),
        "an object": pickle.dumps({0: Path("x")}),
        "no dict": pickle.dumps([1]),
        "a set": pickle.dumps({0: {1, 2}}),
        "another second": pickle.dumps(({}, 3)),
        "bytes of a number": b"\x80\x04}K\x00\x8c\x08builtins\x8c\tbytearray\x93J\xff\xff\xff\x7f\x85Rs.",
        "endless nesting": dump_states({0: nested}),
        "a tree of shared branches": b"\x80\x02}K\x00]q\x00"
        + (b"0(" + b"h\x00" * 50 + b"tq\x00") * 14
        + b"s.",
        "a list in itself": b"\x80\x04}K\x00]q\x00h\x00as.",
        "the same bytes as many arrays": b"\x80\x04}K\x00" + raw + b"q\x00" + handle * 3 + b".",
        "a state of bytes": b"\x80\x04}K\x00" + raw + b"q\x00" + again + b"s.",
        "the base class called": b"\x80\x04}K\x00\x8c\x08builtins\x8c\x06object\x93)\x81s.",
        "a number of a strange type": b"\x80\x04}K\x00\x8c\x05numpy\x8c\x05dtype\x93\x8c\x02O8\x85Rs.",
    }


@pytest.mark.parametrize("name", harmful())
def test_hostile(name: str) -> None:
    with pytest.raises(MXNetError, match="cannot load optimizer states"):
        load_states(harmful()[name])


def test_a_weight_of_a_huge_number() -> None:
    """Python prints no such number, and the error must tell of the file."""
    number = b"\x8b" + struct.pack("<i", 5000) + b"\x7f" * 5000
    with pytest.raises(MXNetError, match="the state of weight of a huge number holds a bytes"):
        load_states(b"\x80\x04}" + number + b"C\x01as.")


def test_what_is_no_plain_data_is_not_saved() -> None:
    o = mx.optimizer.SGD()
    o.hook = lambda: None  # type: ignore[attr-defined]
    with pytest.raises(MXNetError, match="a function is no plain data"):
        dump_states(({}, o))


class Halving(mx.lr_scheduler.LRScheduler):
    def __call__(self, num_update: int) -> float:
        return self.base_lr / 2**num_update


class Own(mx.optimizer.SGD):
    pass


def test_classes_of_ones_own() -> None:
    o = Own(learning_rate=np.float32(0.5), lr_scheduler=Halving(0.5))
    states, again = load_states(dump_states(({"w": mx.nd.ones((2, 0, 3))}, o)))
    assert type(again) is Own
    assert type(again.lr_scheduler) is Halving
    assert again.learning_rate == o.learning_rate
    assert states["w"].shape == (2, 0, 3)
