"""Pickles, damaged opcode by opcode, and written by an enemy."""

from __future__ import annotations

import pickletools
import struct
from random import Random

from fuzzing.damage import damaged

__all__ = ["hostile_pickle"]

OPCODES = [op.code.encode("latin-1") for op in pickletools.opcodes]
CALLS = [
    "os\nsystem",
    "builtins\neval",
    "builtins\nexec",
    "posix\nsystem",
    "subprocess\nPopen",
    "builtins\ngetattr",
]
CALLS += [
    "mxnet.ndarray.ndarray\nNDArray",
    "mxnet.optimizer.optimizer\nSGD",
    "mxnet.lr_scheduler\nFactorScheduler",
]
CALLS += ["builtins\nbytearray", "numpy\ndtype", "numpy.core.multiarray\nscalar", "copyreg\n_reconstructor"]
CALLS += ["regluon.optimizer.sgd\nSGD", "_codecs\nencode", "builtins\nobject", "regluon.base\nMXNetError"]
CALLS += ["mxnet.ndarray.sparse\nRowSparseNDArray", "mxnet.ndarray.sparse\nCSRNDArray", "torch\nload"]
ATOMS = [
    b"N",
    b"]",
    b"}",
    b")",
    b"K\x05",
    b"I5\n",
    b"\x88",
    b"F1.5\n",
    b"X\x01\0\0\0a",
    b"C\x03abc",
    b"(",
    b"0",
    b"2",
]
ATOMS += [
    b"\x8a\x05\xff\xff\xff\xff\x7f",
    b"X\x06\0\0\0handle",
    b"I" + b"9" * 5000 + b"\n",
    b"L99999999999999L\n",
]
ATOMS += [
    b"\x8b" + struct.pack("<i", 5000) + b"\x7f" * 5000,
    b"S'x'\n",
    b"Vx\n",
    b"B\x02\0\0\0ab",
    b"Gabcdefgh",
]
ATOMS += [
    b"\x8e" + struct.pack("<Q", 2**62),
    b"X" + struct.pack("<I", 2**31),
    b"r" + struct.pack("<I", 2**32 - 1),
]
STEPS = [
    b"t",
    b"\x85",
    b"\x86",
    b"\x87",
    b"l",
    b"d",
    b"a",
    b"e",
    b"s",
    b"u",
    b"0",
    b"1",
    b"R",
    b"b",
    b"\x81",
    b"\x94",
]
STEPS += [
    b"q\x00",
    b"h\x00",
    b"q\x01",
    b"h\x01",
    b"\x93",
    b".",
    b"P1\n",
    b"\x82\x01",
    b"i" + b"os\nsystem\n",
    b"o",
]


def hostile_pickle(samples: list[bytes], rng: Random) -> bytes:
    """One of the samples or a new one, damaged in one of several ways."""
    way = rng.choice(_WAYS)
    return way(samples, rng)


def _bytes(samples: list[bytes], rng: Random) -> bytes:
    return damaged(rng.choice(samples), rng, samples)


def _split(data: bytes) -> list[bytes]:
    """A pickle as its opcodes with their arguments."""
    places = [at or 0 for _, _, at in pickletools.genops(data)]
    return [data[a:b] for a, b in zip(places, [*places[1:], len(data)], strict=True)]


def _opcodes(samples: list[bytes], rng: Random) -> bytes:
    parts = _split(rng.choice(samples))
    for _ in range(rng.choice([1, 1, 2, 4])):
        at = rng.randrange(len(parts))
        change = rng.randrange(5)
        if change == 0:
            del parts[at]
        elif change == 1:
            parts.insert(at, rng.choice([*ATOMS, *STEPS, parts[at]]))
        elif change == 2:
            parts[at] = rng.choice([rng.choice(ATOMS), rng.choice(OPCODES) + parts[at][1:]])
        elif change == 3:
            other = rng.randrange(len(parts))
            parts[at], parts[other] = parts[other], parts[at]
        else:
            parts[at:at] = [_call(rng)]
        parts = parts or [b"."]
    return b"".join(parts)


def _call(rng: Random) -> bytes:
    name = b"c" + rng.choice(CALLS).encode() + b"\n"
    arguments = b"(" + b"".join(rng.choice(ATOMS) for _ in range(rng.randrange(4))) + b"t"
    return name + arguments + rng.choice([b"R", b"\x81", b"R}b", b"R(X\x06\0\0\0handleC\x03abcdb"])


def _written(samples: list[bytes], rng: Random) -> bytes:
    some = [rng.choice([*ATOMS, *STEPS, *STEPS, _call(rng), b"]"]) for _ in range(rng.randrange(1, 40))]
    return b"".join([b"\x80\x04}(K\x00", *some, rng.choice([b"u.", b".", b"s."])])


def _bomb(samples: list[bytes], rng: Random) -> bytes:
    """A few bytes that are a tree of as many leaves as there are atoms, its branches shared."""
    depth, branches = rng.randrange(2, 40), rng.randrange(2, 60)
    inner = rng.choice([b"N", b"]", b"K\x01", b"C\x04abcd"])
    body = inner + b"q\x00"
    for _ in range(depth):
        body += b"0(" + b"h\x00" * branches + rng.choice([b"t", b"l"]) + b"q\x00"
    if rng.random() < 0.3:
        return b"\x80\x02}q\x01" + body + b"0h\x01h\x00K\x01s."
    return b"\x80\x02}(K\x00" + body + b"u."


def _itself(samples: list[bytes], rng: Random) -> bytes:
    return rng.choice([b"\x80\x02}q\x00K\x01h\x00s.", b"\x80\x02}K\x01]q\x00h\x00as.", b"]q\x00h\x00a."])


_WAYS = [_bytes, _bytes, _opcodes, _opcodes, _opcodes, _written, _bomb, _itself]
