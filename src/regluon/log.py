"""``mx.log``: loggers whose lines begin with a coloured letter, the time, the process and the place."""

from __future__ import annotations

import logging
import warnings
from logging import CRITICAL, DEBUG, ERROR, INFO, NOTSET, WARNING

__all__ = ["CRITICAL", "DEBUG", "ERROR", "INFO", "NOTSET", "WARNING", "getLogger", "get_logger"]

_LABELS = {CRITICAL: "C", ERROR: "E", WARNING: "W", INFO: "I", DEBUG: "D"}
_RED, _GREEN, _BLUE, _PLAIN = "\x1b[31m", "\x1b[32m", "\x1b[34m", "\x1b[0m"

_ready: set[str] = set()


class _Formatter(logging.Formatter):
    def __init__(self) -> None:
        super().__init__(datefmt="%m%d %H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        level = record.levelno
        colour = _RED if level >= WARNING else _GREEN if level >= INFO else _BLUE
        place = "%(asctime)s %(process)d %(pathname)s:%(funcName)s:%(lineno)d"
        self._style._fmt = f"{colour}{_LABELS.get(level, 'U')}{place}]{_PLAIN} %(message)s"
        return super().format(record)


def get_logger(
    name: str | None = None, filename: str | None = None, filemode: str | None = None, level: int = WARNING
) -> logging.Logger:
    """The logger of that name; at the first call for the name it gets an output and a level.

    Parameters
    ----------
    name
        None is Python's root logger, which is left as it is.
    filename, filemode
        A file to write to, in plain lines; it is appended to unless ``filemode`` says otherwise. None is the
        console.
    level
        What is less important is left out.
    """
    logger = logging.getLogger(name)
    if name is None or name in _ready:
        return logger
    _ready.add(name)
    handler: logging.Handler
    if filename:
        handler = logging.FileHandler(filename, filemode or "a")
    else:
        handler = logging.StreamHandler()
        handler.setFormatter(_Formatter())
    logger.addHandler(handler)
    logger.setLevel(level)
    return logger


def getLogger(
    name: str | None = None, filename: str | None = None, filemode: str | None = None, level: int = WARNING
) -> logging.Logger:
    """:func:`get_logger` under its old name."""
    warnings.warn("getLogger is deprecated, Use get_logger instead.", DeprecationWarning, stacklevel=2)
    return get_logger(name, filename, filemode, level)
