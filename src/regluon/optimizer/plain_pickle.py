"""Pickles as plain data: read by a machine that cannot run anything, and written opcode by opcode.

``pickle.loads`` calls what a file tells it to call. Here a file may build numbers, texts, bytes, lists,
tuples and dicts, and name things; what a name stands for is asked of the caller, who knows the few that may
occur.
"""

from __future__ import annotations

import pickletools
import struct
from collections.abc import Callable
from typing import Any, Protocol

from regluon.base import MXNetError

__all__ = ["Makers", "Writer", "loads"]


class Makers(Protocol):
    """What the names in a file stand for. Each method raises MXNetError for what it does not know."""

    def find(self, module: str, name: str) -> Any:
        """What a name stands for."""

    def call(self, function: Any, arguments: tuple[Any, ...]) -> Any:
        """The object that the file makes of something named."""

    def fill(self, target: Any, state: Any) -> None:
        """Gives such an object its state."""


_MARK = object()
_KEYS = (str, int, float, bytes, type(None))


def loads(data: bytes, makers: Makers) -> Any:
    """What a pickle of any protocol holds.

    Raises
    ------
    MXNetError
        If it is damaged, or holds what the makers do not know.
    """
    machine = _Machine(makers)
    position = 0
    try:
        for opcode, argument, at in pickletools.genops(data):
            position = at or 0
            machine.step(opcode.name, argument)
        (result,) = machine.stack
    except MXNetError as error:
        raise MXNetError(f"{error} (at byte {position:,})") from None
    except Exception as error:  # genops and wrong stacks raise whatever they happen to
        raise MXNetError(f"it is damaged at byte {position:,}: {type(error).__name__} {error}") from None
    return result


class _Machine:
    """A stack, a memo, and a method for each kind of opcode."""

    def __init__(self, makers: Makers) -> None:
        self.makers = makers
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}

    def step(self, name: str, argument: Any) -> None:
        if name in _VALUES:
            self.stack.append(_VALUES[name](argument))
        elif name in _STEPS:
            _STEPS[name](self, argument)
        elif name not in _SKIPPED:
            raise MXNetError(f"it holds {name}, which is no plain data")

    def pop_mark(self) -> list[Any]:
        last = len(self.stack) - 1
        while self.stack[last] is not _MARK:
            last -= 1
            if last < 0:
                raise MXNetError("it is damaged: a mark is missing")
        items = self.stack[last + 1 :]
        del self.stack[last:]
        return items

    def pop(self, count: int) -> list[Any]:
        if len(self.stack) < count:
            raise MXNetError("it is damaged: a value is missing")
        items = self.stack[len(self.stack) - count :]
        del self.stack[len(self.stack) - count :]
        return items

    def drop(self, items: list[Any]) -> None:
        pass

    def push_tuple(self, items: list[Any]) -> None:
        self.stack.append(tuple(items))

    def push_dict(self, items: list[Any]) -> None:
        self.stack.append({})
        self.set_items(items)

    def append(self, items: list[Any]) -> None:
        target = self.stack[-1]
        if type(target) is not list:
            raise MXNetError("it is damaged: it appends to what is no list")
        target.extend(items)

    def set_items(self, items: list[Any]) -> None:
        target = self.stack[-1]
        if not isinstance(target, dict) or len(items) % 2:
            raise MXNetError("it is damaged: it sets items of what is no dict")
        for key, value in zip(items[::2], items[1::2], strict=True):
            # The hash of a nested tuple can be made to take forever.
            if not isinstance(key, _KEYS):
                raise MXNetError(f"it holds a dict with a key of type {type(key).__name__}")
            target[key] = value

    def get(self, index: int) -> None:
        if index not in self.memo:
            raise MXNetError(f"it is damaged: it refers to value {index}, which it has not stored")
        self.stack.append(self.memo[index])

    def put(self, index: int) -> None:
        self.memo[index] = self.stack[-1]

    def name(self, module: str, name: str) -> None:
        if type(module) is not str or type(name) is not str:
            raise MXNetError("it is damaged: a name is no text")
        self.stack.append(self.makers.find(module, name))

    def call(self, arguments: Any) -> None:
        if type(arguments) is not tuple:
            raise MXNetError("it is damaged: arguments are no tuple")
        self.stack.append(self.makers.call(self.stack.pop(), arguments))

    def build(self) -> None:
        target, state = self.pop(2)
        self.makers.fill(target, state)
        self.stack.append(target)


_VALUES: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(
        "BININT BININT1 BININT2 INT LONG LONG1 LONG4 BINFLOAT FLOAT STRING BINSTRING SHORT_BINSTRING UNICODE "
        "BINUNICODE SHORT_BINUNICODE BINUNICODE8 BINBYTES SHORT_BINBYTES BINBYTES8 BYTEARRAY8".split(),
        lambda argument: argument,
    ),
    "NONE": lambda _: None,
    "NEWTRUE": lambda _: True,
    "NEWFALSE": lambda _: False,
    "EMPTY_LIST": lambda _: [],
    "EMPTY_TUPLE": lambda _: (),
    "EMPTY_DICT": lambda _: {},
    "MARK": lambda _: _MARK,
}
_STEPS: dict[str, Callable[[_Machine, Any], None]] = {
    "TUPLE": lambda m, _: m.push_tuple(m.pop_mark()),
    "TUPLE1": lambda m, _: m.push_tuple(m.pop(1)),
    "TUPLE2": lambda m, _: m.push_tuple(m.pop(2)),
    "TUPLE3": lambda m, _: m.push_tuple(m.pop(3)),
    "LIST": lambda m, _: m.stack.append(m.pop_mark()),
    "DICT": lambda m, _: m.push_dict(m.pop_mark()),
    "APPEND": lambda m, _: m.append(m.pop(1)),
    "APPENDS": lambda m, _: m.append(m.pop_mark()),
    "SETITEM": lambda m, _: m.set_items(m.pop(2)),
    "SETITEMS": lambda m, _: m.set_items(m.pop_mark()),
    "POP": lambda m, _: m.drop(m.pop(1)),
    "POP_MARK": lambda m, _: m.drop(m.pop_mark()),
    "MEMOIZE": lambda m, _: m.put(len(m.memo)),
    **dict.fromkeys(("PUT", "BINPUT", "LONG_BINPUT"), lambda m, index: m.put(index)),
    **dict.fromkeys(("GET", "BINGET", "LONG_BINGET"), lambda m, index: m.get(index)),
    "GLOBAL": lambda m, names: m.name(*names.split(" ")),
    "STACK_GLOBAL": lambda m, _: m.name(*m.pop(2)),
    "REDUCE": lambda m, _: m.call(m.stack.pop()),
    "NEWOBJ": lambda m, _: m.call(m.stack.pop()),
    "BUILD": lambda m, _: m.build(),
}
_SKIPPED = {"PROTO", "FRAME", "STOP"}


class Writer:
    """Builds a pickle of protocol 4, with which Python 3.4 and newer make the same values.

    ``special`` writes what is no plain data by means of :meth:`value`, :meth:`name` and :meth:`opcode`, and
    returns False for what it does not know.
    """

    def __init__(self, special: Callable[[Writer, Any], bool]) -> None:
        self.special = special
        self.out = bytearray(b"\x80\x04")
        self.memo: dict[int, int] = {}
        self.kept: list[Any] = []  # else another object could get the id of one that is gone

    def dumps(self, value: Any) -> bytes:
        self.value(value)
        return bytes(self.out + b".")

    def opcode(self, code: bytes) -> None:
        self.out += code

    def name(self, module: str, name: str) -> None:
        self.text(module)
        self.text(name)
        self.out += b"\x93"

    def text(self, value: str) -> None:
        raw = value.encode("utf-8", "surrogatepass")
        self.out += b"X" + struct.pack("<I", len(raw)) + raw

    def remember(self, value: Any) -> None:
        """Lets later occurrences of an object, just written, refer to this one."""
        self.memo[id(value)] = len(self.memo)
        self.kept.append(value)
        self.out += b"\x94"

    def value(self, value: Any) -> None:
        if id(value) in self.memo:
            self.out += b"j" + struct.pack("<I", self.memo[id(value)])
        elif type(value) in _WRITERS:
            _WRITERS[type(value)](self, value)
        elif not self.special(self, value):
            raise MXNetError(f"cannot save {value!r}: a {type(value).__name__} is no plain data")

    def number(self, value: int) -> None:
        raw = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
        self.out += b"\x8b" + struct.pack("<i", len(raw)) + raw

    def raw(self, value: bytes) -> None:
        self.out += b"\x8e" + struct.pack("<Q", len(value)) + value

    def items(self, empty: bytes, end: bytes, container: Any, items: list[Any]) -> None:
        self.out += empty
        self.remember(container)
        self.out += b"("
        for item in items:
            self.value(item)
        self.out += end

    def tuple(self, value: tuple[Any, ...]) -> None:
        self.out += b"("
        for item in value:
            self.value(item)
        self.out += b"t"


_WRITERS: dict[type, Callable[[Writer, Any], None]] = {
    type(None): lambda w, _: w.opcode(b"N"),
    bool: lambda w, value: w.opcode(b"\x88" if value else b"\x89"),
    int: Writer.number,
    float: lambda w, value: w.opcode(b"G" + struct.pack(">d", value)),
    str: Writer.text,
    bytes: Writer.raw,
    tuple: Writer.tuple,
    list: lambda w, value: w.items(b"]", b"e", value, value),
    dict: lambda w, value: w.items(b"}", b"u", value, [x for pair in value.items() for x in pair]),
}
