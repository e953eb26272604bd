"""Files of the library safetensors: https://huggingface.co/docs/safetensors"""

from __future__ import annotations

import os
from collections.abc import Sequence

import torch

from regluon.fileio import atomic_write
from regluon.lazy import optional
from regluon.usage import UsageError

__all__ = ["load", "metadata", "save"]

_RESERVED = "__metadata__"
_EXTRA = "files"


def load(path: str | os.PathLike[str], contents: bool = True) -> tuple[list[torch.Tensor], list[str]]:
    """The arrays of a file and their names; without ``contents`` on torch's ``meta`` device.

    Raises
    ------
    UsageError
        If the file is damaged.
    """
    name = os.fsdecode(path)
    failure = optional("safetensors:SafetensorError", _EXTRA)
    try:
        with optional("safetensors:safe_open", _EXTRA)(name, framework="pt") as file:
            names = list(file.offset_keys())
            # Their memory is pages of the file, which are read when they are copied.
            pages = [file.get_tensor(key) for key in names]
            return [p.clone() if contents else torch.empty_like(p, device="meta") for p in pages], names
    except OSError as error:
        raise UsageError(f"cannot read {name!r}: {error.strerror or error}") from None
    except failure as error:
        raise UsageError(f"cannot read {name!r} as safetensors: {error}") from None


def metadata(path: str | os.PathLike[str]) -> dict[str, str]:
    """The texts that a file holds beside its arrays; what says which library wrote it is left out."""
    with optional("safetensors:safe_open", _EXTRA)(os.fsdecode(path), framework="pt") as file:
        return {key: text for key, text in (file.metadata() or {}).items() if key != "format"}


def save(path: str | os.PathLike[str], arrays: Sequence[torch.Tensor], names: Sequence[str]) -> None:
    """Writes arrays under names, atomically.

    Raises
    ------
    UsageError
        If the format can't hold a name.
    """
    if _RESERVED in names:
        raise UsageError(f"safetensors cannot hold an array of the name {_RESERVED!r}")
    given = {name: array.detach().cpu() for name, array in zip(names, arrays, strict=True)}
    content = optional("safetensors.torch:save", _EXTRA)(given, {"format": "pt"})
    with atomic_write(path) as file:
        file.write(content)
