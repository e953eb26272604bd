"""RecordIO: files of records, and records of images with labels.

A record is the magic number, a word of its length, its bytes and zeros up to a multiple of four. One that
holds the magic number where a word begins is cut there into parts; the upper three bits of the length's word
say whether a part is a whole record (0), the first (1), a middle (2) or the last (3).
https://mxnet.apache.org/versions/1.9.1/api/faq/recordio

Loads neither torch nor OpenCV before they are needed.
"""

from __future__ import annotations

import numbers
import os
import re
import struct
import threading
from collections import namedtuple
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, NoReturn, TextIO

import numpy as np

from regluon.lazy import optional, resolve

__all__ = ["IRHeader", "MXIndexedRecordIO", "MXRecordIO", "pack", "pack_img", "unpack", "unpack_img"]

_MAGIC = struct.pack("<I", 0xCED7230A)
_HEAD = struct.Struct("<4sI")
_LENGTH_BITS = 29
_LENGTH = (1 << _LENGTH_BITS) - 1
_LAST_PLACE = 2**63
_WHOLE, _FIRST, _MIDDLE, _LAST = range(4)
_ADDRESS = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*)://")


class MXRecordIO:
    """Reads or writes a file of records, one after the other.

    Parameters
    ----------
    uri : str
        The file's path, also as ``file://`` and the path.
    flag : str
        "r" to read, "w" to write a new file.
    """

    handle: BinaryIO | None

    def __init__(self, uri: str, flag: str) -> None:
        self.uri = uri
        self.handle = None
        self.flag = flag
        self.pid: int | None = None
        self.is_open = False
        self.open()

    def open(self) -> None:
        """Opens the file, at its beginning; one that is written loses its contents."""
        if self.flag not in ("r", "w"):
            raise ValueError(f"Invalid flag {self.flag}: it must be 'r' or 'w'")
        self.writable = self.flag == "w"
        path = _local(self.uri)
        try:
            self.handle = open(path, "wb" if self.flag == "w" else "rb")  # noqa: SIM115
        except OSError as error:
            _refuse(f"can't open {self.uri}: {error.strerror}")
        self.pid = os.getpid()
        self.is_open = True

    def __del__(self) -> None:
        self.close()

    def __getstate__(self) -> dict[str, Any]:
        """For other processes, which read the file from its beginning."""
        if self.writable:
            raise TypeError(f"{self.uri} is being written: another process can't take part in that")
        return {k: v for k, v in self.__dict__.items() if k not in ("handle", "fidx", "_lock")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        is_open = state["is_open"]
        self.__dict__.update(state, is_open=False, handle=None)
        if is_open:
            self.open()

    def _own(self, reopen: bool = False) -> BinaryIO:
        """The open file; a forked process must not move where its parent reads, and opens its own."""
        if self.pid != os.getpid() and self.pid is not None:
            if not reopen:
                raise RuntimeError(f"{self.uri} was opened by another process, which alone may write it")
            self._reopen()
        if self.handle is None:
            _refuse(f"{self.uri} is closed")
        return self.handle

    def _reopen(self) -> None:
        """Opens the file of the records again; keys, which a forked process has, are not read again."""
        if self.handle is not None:
            self.handle.close()
        MXRecordIO.open(self)

    def close(self) -> None:
        """Closes the file; what has been written is complete then."""
        if not getattr(self, "is_open", False):
            return
        if self.handle is not None:
            self.handle.close()
        self.handle, self.is_open, self.pid = None, False, None

    def reset(self) -> None:
        """Back to the beginning; a file that is being written begins anew."""
        self.close()
        self.open()

    def write(self, buf: bytes) -> None:
        """Appends a record."""
        assert self.writable, f"{self.uri} is opened for reading"
        if not isinstance(buf, bytes):
            raise TypeError(f"a record must be bytes, not {type(buf).__name__}")
        if len(buf) >> _LENGTH_BITS:
            _refuse(f"a record must be shorter than {1 << _LENGTH_BITS} bytes, but has {len(buf)}")
        write_record(self._own(), buf)

    def read(self) -> bytes | None:
        """The next record, or None behind the last one."""
        assert not self.writable, f"{self.uri} is opened for writing"
        file = self._own(reopen=True)
        found = self._head(file)
        if found is None:
            return None
        part, length = found
        record = self._body(file, length)
        if part == _WHOLE:
            return record
        whole = bytearray(record)
        while part != _LAST:
            found = self._head(file)
            if found is None or found[0] not in (_MIDDLE, _LAST):
                self._unended()
            part, length = found
            whole += _MAGIC + self._body(file, length)
        return bytes(whole)

    def sizes(self) -> Iterator[int]:
        """The sizes of the records from here on, which are skipped."""
        assert not self.writable, f"{self.uri} is opened for writing"
        file, begun, size = self._own(reopen=True), False, 0
        end = os.fstat(file.fileno()).st_size
        while (found := self._head(file)) is not None:
            part, length = found
            if begun and part not in (_MIDDLE, _LAST):
                self._unended()
            if file.seek(length + -length % 4, os.SEEK_CUR) > end:
                _refuse(f"{self.uri} ends within a record")
            size += length + (len(_MAGIC) if begun else 0)
            begun = part not in (_WHOLE, _LAST)
            if not begun:
                yield size
                size = 0
        if begun:
            self._unended()

    def _head(self, file: BinaryIO) -> tuple[int, int] | None:
        """Which part of a record comes next, and how many bytes it has; None at the file's end."""
        head = file.read(_HEAD.size)
        if len(head) < _HEAD.size or not head.startswith(_MAGIC):
            if not head:
                return None
            _refuse(f"{self.uri} is no file of records, or is damaged, at byte {file.tell() - len(head)}")
        word = _HEAD.unpack(head)[1]
        return word >> _LENGTH_BITS, word & _LENGTH

    def _body(self, file: BinaryIO, length: int) -> bytes:
        """The bytes of a part, whose padding is read on its own, so that they need no copy."""
        if length > 1 << 20 and length > os.fstat(file.fileno()).st_size - file.tell():
            self._ended(file.tell())
        record, padding = file.read(length), -length % 4
        if len(record) < length or (padding and len(file.read(padding)) < padding):
            self._ended(file.tell() - len(record))
        return record

    def _ended(self, place: int) -> NoReturn:
        _refuse(f"{self.uri} ends within a record, whose bytes begin at {place}")

    def _unended(self) -> NoReturn:
        _refuse(f"{self.uri}: a record of several parts has no end")


def write_record(file: BinaryIO, buf: bytes) -> None:
    """Writes a record at a file's end."""
    begin = 0
    for cut in _cuts(buf):
        part = _MIDDLE if begin else _FIRST
        file.write(_HEAD.pack(_MAGIC, part << _LENGTH_BITS | cut - begin))
        file.write(buf[begin:cut])
        begin = cut + len(_MAGIC)
    part, rest = _LAST if begin else _WHOLE, len(buf) - begin
    file.write(_HEAD.pack(_MAGIC, part << _LENGTH_BITS | rest))
    file.write(buf[begin:] if begin else buf)
    file.write(bytes(-rest % 4))


def _local(uri: Any) -> Any:
    """The path of a file that is here."""
    scheme = _ADDRESS.match(uri) if isinstance(uri, str) else None
    if scheme is None:
        return uri
    if scheme[1] != "file":
        _refuse(
            f"can't open {uri}: files of records at remote addresses are a gap of regluon, there is no "
            f"access to {scheme[1]}; use a local copy of the file"
        )
    return uri[scheme.end() :]


def _refuse(message: str) -> NoReturn:
    raise resolve("regluon.base:MXNetError")(message)


def _cuts(buf: bytes) -> list[int]:
    """Where the magic number stands at a multiple of four."""
    found, place = [], buf.find(_MAGIC)
    while place >= 0:
        if place % 4 == 0:
            found.append(place)
        place = buf.find(_MAGIC, place + (4 if place % 4 == 0 else 1))
    return found


class MXIndexedRecordIO(MXRecordIO):
    """Reads or writes a file of records in any order, by the keys in a second file.

    Parameters
    ----------
    idx_path : str
        The file of the keys: lines of a key, a tab, and where its record begins.
    uri : str
        The file of the records.
    flag : str
        "r" to read, "w" to write new files.
    key_type : type
        What makes a key of its text.
    """

    fidx: TextIO | None

    def __init__(self, idx_path: str, uri: str, flag: str, key_type: Callable[[Any], Any] = int) -> None:
        self.idx_path = idx_path
        self.idx: dict[Any, int] = {}
        self.keys: list[Any] = []
        self.key_type = key_type
        self.fidx = None
        self._lock = threading.Lock()
        super().__init__(uri, flag)

    def open(self) -> None:
        """Opens both files and reads the keys."""
        super().open()
        self.idx, self.keys = {}, []
        self.fidx = open(self.idx_path, "w" if self.writable else "r")  # noqa: SIM115
        if not self.writable:
            self._read_keys(self.fidx)

    def _read_keys(self, file: TextIO) -> None:
        line = ""
        try:
            for line in file:
                key, _, place = line.strip().partition("\t")
                self._note(self.key_type(key), int(place))
                if not 0 <= int(place) < _LAST_PLACE:
                    raise ValueError
        except UnicodeDecodeError as error:
            _refuse(f"{self.idx_path}: this is no text ({error.reason})")
        except ValueError:
            _refuse(f"{self.idx_path}: no key and place in the line {line[:200]!r}")

    def _note(self, key: Any, place: int) -> None:
        self.idx[key] = place
        self.keys.append(key)

    def close(self) -> None:
        """Closes both files."""
        super().close()
        fidx: TextIO | None = getattr(self, "fidx", None)
        if fidx is not None:
            fidx.close()
            self.fidx = None

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__({**state, "fidx": None, "_lock": threading.Lock()})

    def seek(self, idx: Any) -> None:
        """Has the next ``read`` return the record of that key."""
        assert not self.writable, f"{self.uri} is opened for writing"
        try:
            self._own(reopen=True).seek(self.idx[idx])
        except OSError as error:
            _refuse(f"{self.uri}: there is no place {self.idx[idx]} ({error.strerror})")

    def tell(self) -> int:
        """Where the next record will begin."""
        assert self.writable, f"{self.uri} is opened for reading"
        return self._own().tell()

    def read_idx(self, idx: Any) -> bytes | None:
        """The record of that key. Threads may share the reader."""
        if self.pid != os.getpid():
            self._lock = threading.Lock()  # another thread of the parent may have held it as it forked
        with self._lock:
            self.seek(idx)
            return self.read()

    def write_idx(self, idx: Any, buf: bytes) -> None:
        """Appends a record under a key."""
        key, place = self.key_type(idx), self.tell()
        self.write(buf)
        assert self.fidx is not None
        self.fidx.write(f"{key}\t{place}\n")
        self._note(key, place)


IRHeader = namedtuple("HEADER", ["flag", "label", "id", "id2"])  # type: ignore[name-match]
"""The header of an image's record: how many labels, the label or labels, and two numbers to tell it by."""

_IR_FORMAT = "IfQQ"
_IR_SIZE = struct.calcsize(_IR_FORMAT)


def pack(header: Any, s: bytes) -> bytes:
    """A record of a header, whose label is a number or an array of numbers, and of bytes."""
    header = IRHeader(*header)
    if isinstance(header.label, numbers.Number):
        return struct.pack(_IR_FORMAT, *header._replace(flag=0)) + s
    labels = np.asarray(header.label, np.float32)
    return struct.pack(_IR_FORMAT, *header._replace(flag=labels.size, label=0)) + labels.tobytes() + s


def unpack(s: bytes) -> tuple[Any, bytes]:
    """The header and the bytes of such a record."""
    header = IRHeader(*struct.unpack(_IR_FORMAT, s[:_IR_SIZE]))
    s = s[_IR_SIZE:]
    if header.flag > 0:
        header = header._replace(label=np.frombuffer(s, np.float32, header.flag))
        s = s[header.flag * 4 :]
    return header, s


def unpack_img(s: bytes, iscolor: int = -1) -> tuple[Any, Any]:
    """The header of a record, and its image as a NumPy array.

    Parameters
    ----------
    iscolor : int
        1 for an image in colours (blue, green, red), 0 for a gray one, -1 for what the file holds.
    """
    header, content = unpack(s)
    return header, _opencv("imdecode")(np.frombuffer(content, np.uint8), iscolor)


def pack_img(header: Any, img: Any, quality: int = 95, img_fmt: str = ".jpg") -> bytes:
    """A record of a header and an image, in a file's format.

    Parameters
    ----------
    header : IRHeader
    img : numpy.ndarray
        (height, width, 3), blue, green, red; or (height, width).
    quality : int
        Of a JPEG file, 1 to 100; of a PNG file its compression, 1 to 9.
    img_fmt : str
        ".jpg" or ".png".
    """
    parameters = {
        ".jpg": [_opencv("IMWRITE_JPEG_QUALITY"), quality],
        ".jpeg": [_opencv("IMWRITE_JPEG_QUALITY"), quality],
        ".png": [_opencv("IMWRITE_PNG_COMPRESSION"), min(quality, 9)],
    }
    written, content = _opencv("imencode")(img_fmt, img, parameters.get(img_fmt.lower(), []))
    assert written, "failed to encode image"
    return pack(header, content.tobytes())


def _opencv(name: str) -> Any:
    return optional(f"cv2:{name}", "image")
