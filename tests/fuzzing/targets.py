"""The readers under fire: for each, an input made at random, and all that is done with such a file."""

from __future__ import annotations

import gzip
import importlib
import json
import math
import os
import struct
import tempfile
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple

import mxnet as mx
from fuzzing.damage import NUMBERS, damaged, damaged_json
from fuzzing.pickles import hostile_pickle
from regluon.ndarray import params_file
from regluon.ops.registry import OPERATORS
from regluon.optimizer.states import dump_states, load_states
from regluon.symbol import schema

__all__ = ["TARGETS", "Target"]

DATA = Path(__file__).parents[1] / "data"


class Target(NamedTuple):
    """A reader: ``make`` an input, and ``use`` it; ``warm`` does what happens once in a process."""

    make: Callable[[Random], bytes]
    use: Callable[[bytes], None]
    warm: Callable[[], None] = lambda: None


# Parameters


@cache
def _params() -> list[bytes]:
    found = [*DATA.glob("params/*.params"), *DATA.glob("gluon/*.params")]
    return [path.read_bytes() for path in sorted(found)]


def _make_params(rng: Random) -> bytes:
    if rng.random() < 0.6:
        return damaged(rng.choice(_params()), rng, _params())
    data = _written_params(rng)
    return data if rng.random() < 0.5 else damaged(data, rng, _params())


def _written_params(rng: Random) -> bytes:
    """A file that follows the format, with numbers that may not fit each other."""
    arrays = [_written_array(rng) for _ in range(rng.choice([0, 1, 1, 2, 5]))]
    count = len(arrays) if rng.random() < 0.9 else rng.choice(NUMBERS)
    names = (
        [rng.choice([b"w", b"arg:w", b"\xff", b"", b"a" * 200]) for _ in arrays] if rng.random() < 0.7 else []
    )
    head = struct.pack("<QQQ", 0x112, 0, count % 2**64)
    tail = struct.pack("<Q", len(names)) + b"".join(struct.pack("<Q", len(n)) + n for n in names)
    return head + b"".join(arrays) + tail


def _written_array(rng: Random) -> bytes:
    rank = rng.choice([0, 1, 1, 2, 2, 3, 5, 64])
    sizes = [0, 1, 2, 3, 3, 5, 7]
    shape = [rng.choice(sizes) if rng.random() < 0.97 else rng.choice(NUMBERS) for _ in range(rank)]
    magic, stype = (
        rng.choice([0xF993FAC8, 0xF993FAC9, 0xF993FAC9, 0xF993FACA, rank]),
        rng.choice([0, 0, 0, 1, 2, 3]),
    )
    flag, index = rng.choice([0, 1, 2, 3, 4, 5, 6, 7, 12, 99]), rng.choice([6, 4, 6, 0])
    if magic <= 64:
        head = struct.pack(f"<I{rank}I", rank, *(s % 2**32 for s in shape))
        return head + struct.pack("<iii", 1, 0, flag) + rng.randbytes(rng.randrange(100))
    parts = [struct.pack("<I", magic)]
    if magic != 0xF993FAC8:
        parts.append(struct.pack("<i", stype))
        if stype:
            parts.append(_shape([rng.choice([0, 1, 2, 3]), *shape[1:]]))
    parts += [_shape(shape), struct.pack("<iii", rng.choice([1, 2, 3, 5, 9]), rng.choice([0, 1, 99]), flag)]
    if magic != 0xF993FAC8:
        parts += [struct.pack("<i", index) + _shape([rng.choice([0, 1, 2, 3, 4])]) for _ in range(stype % 3)]
    values = struct.pack("<12q", *(rng.choice([0, 1, 2, 3, -1, 2**40]) for _ in range(12)))
    return b"".join(parts) + rng.randbytes(rng.randrange(60)) + values[: rng.randrange(97)]


def _shape(shape: list[int]) -> bytes:
    wrapped = [s - 2**64 if s >= 2**63 else s for s in shape]
    return struct.pack(f"<i{len(shape)}q", len(shape), *wrapped)


def _use_params(data: bytes) -> None:
    params_file.loads(data)
    found = mx.nd.load_frombuffer(data)
    arrays = list(found.values()) if isinstance(found, dict) else found
    for array in arrays:
        if math.prod(array.shape) < 10**6:
            array.tostype("default").asnumpy().tobytes()


# Symbols


@cache
def _graphs() -> list[str]:
    nets = json.loads(gzip.decompress((DATA / "symbols.json.gz").read_bytes()))["nets"]
    return [net["json"] for net in nets.values()]


def _make_graph(rng: Random) -> bytes:
    if rng.random() < 0.3:
        texts = [text.encode() for text in _graphs()]
        return damaged(rng.choice(texts), rng, texts)
    graph = json.loads(rng.choice(_graphs()))
    try:
        return json.dumps(damaged_json(graph, rng, sorted(OPERATORS))).encode()
    except RecursionError:
        return b'{"nodes":' * rng.randrange(3000)


def _use_graph(data: bytes) -> None:
    symbol = mx.sym.load_json(data.decode(errors="replace"))
    symbol.tojson()
    symbol.list_outputs()
    symbol.attr_dict()
    symbol.get_internals().list_outputs()
    symbol.infer_shape_partial()
    symbol.infer_type_partial()
    first = symbol.list_inputs()[:1]
    symbol.infer_shape_partial(**dict.fromkeys(first, (2, 3, 8, 8)))


def _warm_graphs() -> None:
    """Python evaluates an operator's annotations when it is first met, and torch loads this once."""
    importlib.import_module("torch._dynamo")
    for op in OPERATORS.values():
        schema._returned(op)


# Optimizer states


@cache
def _states() -> list[bytes]:
    return [path.read_bytes() for path in sorted(DATA.glob("states/*.states"))]


def _make_states(rng: Random) -> bytes:
    return hostile_pickle(_states(), rng)


def _use_states(data: bytes) -> None:
    states, optimizer = load_states(data)
    if optimizer is None:
        dump_states(states)


# Records


@cache
def _records() -> tuple[list[bytes], bytes]:
    some = DATA / "records" / "some"
    image = mx.recordio.pack((0, [1.0, 2.0], 3, 4), b"\xff\xd8\xff")
    plain = b"".join(
        struct.pack("<II", 0xCED7230A, len(r)) + r + bytes(-len(r) % 4) for r in (image, b"", b"abc")
    )
    return [some.with_suffix(".rec").read_bytes(), plain], some.with_suffix(".idx").read_bytes()


def _make_records(rng: Random) -> bytes:
    """A record file and its index, with the length of the first in front."""
    records, index = _records()
    data = rng.choice(records) if rng.random() < 0.3 else damaged(rng.choice(records), rng, records)
    index = (
        index
        if rng.random() < 0.5
        else damaged(index, rng, [index, b"9" * 5000, b"-1\t-1\n", b"1\t" + b"9" * 30])
    )
    return struct.pack("<I", len(data)) + data + index


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="fuzz")


def _use_records(data: bytes) -> None:
    (length,) = struct.unpack_from("<I", data)
    base = f"{_folder().name}/{os.getpid()}"
    Path(f"{base}.rec").write_bytes(data[4 : 4 + length])
    Path(f"{base}.idx").write_bytes(data[4 + length :])
    errors: list[mx.MXNetError] = []
    for use in (_use_sequence, _use_sizes, _use_index):
        try:
            use(base)
        except mx.MXNetError as error:
            errors.append(error)
    if errors:
        raise errors[0]


def _use_sequence(base: str) -> None:
    with closing(mx.recordio.MXRecordIO(f"{base}.rec", "r")) as reader:
        while (record := reader.read()) is not None:
            try:
                mx.recordio.unpack(record)
            except (struct.error, ValueError):  # as in MXNet: these are bytes, not a file
                continue


def _use_sizes(base: str) -> None:
    with closing(mx.recordio.MXRecordIO(f"{base}.rec", "r")) as reader:
        sum(reader.sizes())


def _use_index(base: str) -> None:
    with closing(mx.recordio.MXIndexedRecordIO(f"{base}.idx", f"{base}.rec", "r")) as reader:
        for key in reader.keys[:20]:
            reader.read_idx(key)


TARGETS = {
    "params": Target(_make_params, _use_params),
    "symbol": Target(_make_graph, _use_graph, _warm_graphs),
    "states": Target(_make_states, _use_states),
    "records": Target(_make_records, _use_records),
}
