"""Messages between processes: pickles whose arrays stay in memory that both sides see.

A message is one file in memory, without a name, that is handed over through a Unix socket. So nothing is left
behind, whoever dies, the size of ``/dev/shm`` does not matter, and a full pipe never makes a sender wait.
"""

from __future__ import annotations

import io
import os
import pickle
import socket
import struct
import tempfile
from collections.abc import Callable, Sequence
from typing import IO, Any, TypeAlias

import torch

from regluon.context import Context
from regluon.ndarray import NDArray

__all__ = ["AVAILABLE", "Message", "pack", "receive", "send"]

AVAILABLE = hasattr(socket, "send_fds")

# A pickle, and the buffers of the arrays that it leaves out.
Message: TypeAlias = Sequence[memoryview]

_ALIGNMENT = 64
# Below this size, in bytes, copying is faster than mapping.
_MAPPED_FROM = 1 << 16


class _Pickler(pickle.Pickler):
    def reducer_override(self, obj: Any) -> Any:
        return _reduced(obj) if type(obj) is NDArray else NotImplemented


def _reduced(array: NDArray) -> tuple[Callable[..., NDArray], tuple[Any, ...]]:
    data = array._data.detach().cpu().contiguous()
    raw: Any = data.reshape(-1).view(torch.uint8).numpy()
    return _rebuild, (pickle.PickleBuffer(raw), data.dtype, tuple(data.shape), array._ctx)


def _rebuild(raw: memoryview, dtype: torch.dtype, shape: tuple[int, ...], context: Context) -> NDArray:
    data = torch.frombuffer(raw, dtype=dtype) if len(raw) else torch.empty(0, dtype=dtype)
    return NDArray(data.reshape(shape).to(context.torch_device), context)


def pack(value: Any) -> Message:
    """A value as a message; raises what pickle does for what cannot be sent."""
    buffers: list[pickle.PickleBuffer] = []
    stream = io.BytesIO()
    _Pickler(stream, pickle.HIGHEST_PROTOCOL, buffer_callback=buffers.append).dump(value)
    return [stream.getbuffer(), *[buffer.raw() for buffer in buffers]]


def send(channel: socket.socket, message: Message) -> None:
    """Hands a message over."""
    with _memory() as file:
        file.write(struct.pack(f"<{len(message) + 1}Q", len(message), *map(len, message)))
        for part in message:
            file.write(bytes(-file.tell() % _ALIGNMENT))
            file.write(part)
        file.flush()
        socket.send_fds(channel, [b"\0"], [file.fileno()])


def _memory() -> IO[bytes]:
    """A file without a name."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("regluon"), "w+b")
    return tempfile.TemporaryFile()


def receive(channel: socket.socket) -> Any:
    """The next value from a channel; its arrays lie in the message's memory.

    Raises
    ------
    EOFError
        If the other side is gone.
    """
    _, handles, *_ = socket.recv_fds(channel, 1, 1)
    if not handles:
        raise EOFError("the other process has closed its end")
    with os.fdopen(handles[0], "r+b") as file:
        memory = _contents(file, os.fstat(file.fileno()).st_size)
    (count,) = struct.unpack_from("<Q", memory)
    sizes = struct.unpack_from(f"<{count}Q", memory, 8)
    parts, start = [], 8 * (count + 1)
    for size in sizes:
        start += -start % _ALIGNMENT
        parts.append(memory[start : start + size])
        start += size
    return pickle.loads(parts[0], buffers=parts[1:])


def _contents(file: IO[bytes], size: int) -> memoryview:
    if size < _MAPPED_FROM:
        file.seek(0)
        return memoryview(bytearray(file.read(size)))
    # Python's mmap would keep the file open, of which a process can have few.
    mapped: Any = torch.from_file(f"/dev/fd/{file.fileno()}", True, size, dtype=torch.uint8).numpy()
    return memoryview(mapped)
