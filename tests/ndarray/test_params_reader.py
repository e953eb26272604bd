"""Parameter data that is damaged or hostile: an MXNetError or a result, in bounded time and memory."""

from __future__ import annotations

import io
import random
import struct
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from fresh import report
from regluon.base import MXNetError
from regluon.ndarray import params_file
from regluon.ndarray.params_reader import read_arrays

DATA = Path(__file__).parents[1] / "data" / "params"
FILES = {path.stem: path.read_bytes() for path in sorted(DATA.glob("*.params"))}
V1, V2, V3 = 0xF993FAC8, 0xF993FAC9, 0xF993FACA


def listed(*arrays: bytes, names: Sequence[bytes] = (), count: int | None = None) -> bytes:
    head = struct.pack("<QQQ", 0x112, 0, len(arrays) if count is None else count)
    ends = b"".join(struct.pack("<Q", len(name)) + name for name in names)
    return head + b"".join(arrays) + struct.pack("<Q", len(names)) + ends


def dense(*shape: int, rank: int | None = None, magic: int = V2, stype: int = 0, flag: int = 0) -> bytes:
    """An array of 12 bytes of data."""
    head = struct.pack("<Iii", magic, stype, len(shape) if rank is None else rank)
    return head + struct.pack(f"<{len(shape)}qiii", *shape, 1, 0, flag) + struct.pack("<3f", 1, 2, 3)


OK = dense(3)
HUGE = 2**62


@pytest.mark.parametrize(
    ("data", "place", "problem"),
    [
        (b"", "header, byte 0", "needs 24 bytes, but 0 are left"),
        (b"PK\3\4" + bytes(60), "header, byte 0", r"starts with b'PK.*no file of nd.save"),
        (listed(OK, count=2**60), "header, byte 24", "a list of 1,152,921,504,606,846,976 arrays needs"),
        (listed(OK, count=2), "array 2 of 2, byte 72", "0x00000000|its shape|its context"),
        (listed(dense(3, magic=V3 + 1)), "array 1 of 1, byte 24", "0xf993facb is neither the magic number"),
        (listed(dense(3, magic=65)), "array 1 of 1, byte 24", "0x00000041 is neither the magic number"),
        (listed(OK, dense(3, stype=3)), "array 2 of 2, byte 72", "unknown storage type 3"),
        (listed(dense(3, stype=-1)), "array 1 of 1, byte 28", "unknown storage type -1"),
        (listed(dense(3, stype=1, magic=V3)), "byte 28", "storage type 1 under NumPy shapes"),
        (listed(dense(3, rank=-1)), "byte 32", "rank -1 of its shape is not in 0...64"),
        (listed(dense(3, rank=2**31 - 1)), "byte 32", "rank 2147483647 of its shape"),
        (listed(dense(3, rank=64)), "byte 36", "its shape needs 512 bytes, but 40 are left"),
        (listed(dense(-3)), "byte 36", r"shape \(-3,\) has a negative size"),
        (listed(dense(HUGE)), "byte 56", "needs 18,446,744,073,709,551,616 bytes, but 20 are left"),
        (listed(dense(2**32, 2**32)), "byte 36", "is beyond all memory"),
        (listed(dense(0, HUGE, HUGE)), "byte 36", "is beyond all memory"),
        (listed(dense(0, HUGE)), "byte 64", r"data of shape \(0, 4611686018427387904\) .* beyond all memory"),
        (
            listed(dense(9)),
            "byte 56",
            r"data of shape \(9,\) and type float32 needs 36 bytes",
        ),
        (listed(dense(3, flag=8)), "byte 52", "unknown type flag 8; there are"),
        (listed(dense(3, flag=-1)), "byte 52", "unknown type flag -1"),
        (listed(OK, OK, names=[b"a"]), "names, byte 112", "1 names for 2 arrays"),
        (listed(OK, names=[b"\xff"]), "name 1 of 1, byte 84", "is not UTF-8"),
        (listed(OK)[:-8] + struct.pack("<QQ", 1, HUGE), "name 1 of 1, byte 84", "needs 4,611,"),
    ],
    ids=lambda value: "data" if isinstance(value, bytes) else None,
)
def test_hostile_data(data: bytes, place: str, problem: str) -> None:
    with pytest.raises(MXNetError, match=problem) as caught:
        params_file.loads(data)
    assert place in str(caught.value)


def test_a_sparse_array_that_contradicts_itself() -> None:
    columns = struct.pack("<3q", 1, 0, 3)
    assert columns in FILES["sparse"]
    data = FILES["sparse"].replace(columns, struct.pack("<3q", 1, 0, 4), 1)
    with pytest.raises(MXNetError, match=r"array 1 of 21, byte \d+: a csr array .*: column number 4 is not"):
        params_file.loads(data)


@pytest.mark.parametrize("length", [0, 30, 60, 70])
def test_a_file_that_shrinks_while_it_is_read(length: int) -> None:
    with pytest.raises(MXNetError, match=r"the file ended after .*: it changed while it was read"):
        read_arrays(io.BytesIO(listed(OK)[:length]), len(listed(OK)), "a file")


def test_bytes_after_the_names_are_ignored_as_in_mxnet() -> None:
    ((stored,), names) = params_file.loads(listed(OK, names=[b"w"]) + b"more")
    assert (stored.shape, names) == ((3,), ["w"])


def test_booleans_are_0_or_1() -> None:
    ((stored,), _) = params_file.loads(listed(dense(12, flag=7)))
    assert stored.data is not None
    assert stored.data.view(params_file.torch.uint8).max() == 1


NEVER_FILLED = [struct.pack("<I", 0), struct.pack("<Ii", V1, 0), struct.pack("<Iii", V2, 0, 0)]


@pytest.mark.parametrize("empty", NEVER_FILLED)
@pytest.mark.parametrize("names", [[], [b"a", b"b"]])
def test_arrays_never_filled(empty: bytes, names: list[bytes]) -> None:
    arrays, found = params_file.loads(listed(empty, OK, names=names))
    assert [name.encode() for name in found] == names
    assert arrays[0].data is None
    assert arrays[1].data is not None
    assert arrays[1].data.tolist() == [1, 2, 3]


@pytest.mark.parametrize("name", FILES)
def test_cut_at_every_length(name: str) -> None:
    data = FILES[name]
    for length in range(len(data)):
        with pytest.raises(MXNetError, match=", byte "):
            params_file.loads(data[:length])


def test_cut_files(tmp_path: Path) -> None:
    path = tmp_path / "cut.params"
    for length in range(0, len(FILES["sparse"]), 7):
        path.write_bytes(FILES["sparse"][:length])
        with pytest.raises(MXNetError, match=r"cut\.params"):
            params_file.load(path)


def changed(data: bytes, chance: random.Random) -> bytes:
    """A copy with one to four bytes, or one number, replaced."""
    copy = bytearray(data)
    if chance.random() < 0.3:
        number = chance.choice([0, 1, 2, 3, 64, 255, 2**31 - 1, 2**31, 2**32 - 1, V1, V2, V3])
        at = chance.randrange(len(copy) // 4) * 4 + chance.choice([0, 0, 0, 1])
        copy[at : at + 4] = struct.pack("<I", number)
    for _ in range(chance.randint(1, 4)):
        copy[chance.randrange(len(copy))] = chance.choice([0, 1, 127, 128, 255, chance.randrange(256)])
    return bytes(copy)


def outcome(data: bytes) -> str:
    """The error's text, or "" for data that could be read and holds what it says."""
    try:
        arrays, names = params_file.loads(data)
    except MXNetError as error:
        return str(error)
    held = sum(t.nbytes for a in arrays if a.data is not None for t in (a.data, *a.aux))
    assert held <= len(data)
    assert len(names) in (0, len(arrays))
    return ""


def test_ten_thousand_random_changes() -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    chance = random.Random(seed)
    samples = list(FILES.values())
    errors, slowest = 0, 0.0
    for _ in range(10_000):
        data = changed(chance.choice(samples), chance)
        start = time.perf_counter()
        text = outcome(data)
        slowest = max(slowest, time.perf_counter() - start)
        errors += ", byte " in text
        assert not text or ", byte " in text
    assert 1000 < errors < 9000
    assert slowest < 2


LIMITED = """
import json, resource, sys
sys.path[:0] = {path!r}
from ndarray.test_params_reader import FILES, HUGE, changed, dense, listed, outcome, random
chance = random.Random({seed})
samples = [changed(chance.choice(list(FILES.values())), chance) for _ in range(1000)]
samples += [listed(dense(size)) for size in (10**8, 10**9, 10**10, 10**12, HUGE)]
samples += [listed(count=count) for count in (10**7, 10**9, 10**12, HUGE)]
samples += [listed(dense(3, rank=rank)) for rank in (10**7, 10**9, 2**31 - 1)]
outcome(FILES["sparse"])
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 2**26, used + 2**26))
print(json.dumps([outcome(data) for data in samples]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits the address space as Linux does")
def test_claims_are_not_allocated() -> None:
    """In a process that may not grow by more than 64 MB."""
    seed = random.randrange(2**32)
    print("seed", seed)
    outcomes = report(LIMITED.format(path=[str(Path(__file__).parents[1])], seed=seed))
    assert all(outcomes[1000:])
