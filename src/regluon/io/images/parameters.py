"""The parameters of iterators over images: their types, and what they are if not given.

They are MXNet's, whose docstrings tell them; a value may be given as a string, as from a command line.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, NamedTuple

from regluon.base import MXNetError

__all__ = ["COMMON", "IMAGE", "Parameter", "read", "table"]


class Parameter(NamedTuple):
    """How a value is read, and what it is by default."""

    kind: str
    default: Any


def _boolean(value: Any) -> bool:
    if isinstance(value, str):
        known = {"true": True, "1": True, "false": False, "0": False}
        return known[value.lower()]
    return bool(int(value))


def _integer(value: Any) -> int:
    found = int(value)
    if found != float(value):
        raise ValueError(value)
    return found


def _numbers(value: Any) -> tuple[float, ...]:
    found = ast.literal_eval(value) if isinstance(value, str) else value
    return tuple(float(n) for n in found) if isinstance(found, (tuple, list)) else (float(found),)


def _shape(value: Any) -> tuple[int, ...]:
    return tuple(int(n) for n in _numbers(value))


_KINDS: Mapping[str, Callable[[Any], Any]] = {
    "bool": _boolean,
    "int": _integer,
    "float": float,
    "str": str,
    "shape": _shape,
    "floats": _numbers,
    "dtype": lambda value: getattr(value, "__name__", str(value)),
}


def table(text: str) -> dict[str, Parameter]:
    """Parameters by name, of lines of a kind and of ``name=default`` pieces; no default: None."""
    found = {}
    for kind, *pieces in filter(None, map(str.split, text.splitlines())):
        for piece in pieces:
            name, _, default = piece.partition("=")
            found[name] = Parameter(kind, _KINDS[kind](default) if default or kind == "str" else None)
    return found


# MXNet ignores verbose, device_id, ctx and aug_seq here: what they choose between has one form in regluon.
COMMON = """
str path_imglist path_imgrec path_imgidx data_name=data label_name=softmax_label
shape data_shape
int batch_size preprocess_threads=4 prefetch_buffer=4 num_parts=1 part_index=0 label_width=1
int shuffle_chunk_size=0 shuffle_chunk_seed=0 seed=0
bool shuffle=0 round_batch=1 skip_damaged=0
dtype dtype
str mean_img
int resize=-1 inter_method=1 fill_value=255
float mean_r=0 mean_g=0 mean_b=0 mean_a=0 std_r=1 std_g=1 std_b=1 std_a=1 scale=1
"""

IMAGE = table(
    COMMON
    + """
int seed_aug max_rotate_angle=0 max_crop_size=-1 min_crop_size=-1 random_h=0 random_s=0 random_l=0
int rotate=-1 pad=0
bool rand_crop=0 random_resized_crop=0 mirror=0 rand_mirror=0
float max_aspect_ratio=0 min_aspect_ratio max_shear_ratio=0 max_random_scale=1 min_random_scale=1
float max_random_area=1 min_random_area=1 max_img_size=1e10 min_img_size=0
float brightness=0 contrast=0 saturation=0 pca_noise=0 max_random_contrast=0 max_random_illumination=0
"""
)


def read(what: str, known: Mapping[str, Parameter], args: Any, given: Mapping[str, Any]) -> SimpleNamespace:
    """The parameters of a call, by name; those that are not known are left out, as in MXNet.

    Raises
    ------
    MXNetError
        For one that is missing, or is not of its kind.
    """
    if args:
        raise TypeError(f"{what} can only accept keyword arguments")
    for name in ("data_shape", "batch_size"):
        if given.get(name) is None:
            raise MXNetError(f"{what}: Required parameter {name} is not presented")
    found = SimpleNamespace(**{name: parameter.default for name, parameter in known.items()})
    for name, value in given.items():
        if name in known and value is not None and not (value == "None" and known[name].default is None):
            setattr(found, name, _value(what, name, known[name].kind, value))
    if len(found.data_shape) != 3:
        raise MXNetError(
            f"{what}: data_shape is (channels, height, width); value {given['data_shape']} has wrong "
            "dimensions, expected dimension=3"
        )
    if found.batch_size < 1:
        raise MXNetError(f"{what}: batch_size must be positive, not {found.batch_size}")
    if not 0 <= found.part_index < found.num_parts:
        raise MXNetError(f"{what}: there is no part {found.part_index} of {found.num_parts}")
    return found


def _value(what: str, name: str, kind: str, value: Any) -> Any:
    try:
        return _KINDS[kind](value)
    except (KeyError, SyntaxError, TypeError, ValueError):
        raise MXNetError(
            f"{what}: Invalid Parameter format for {name} expect {kind} but value={value!r}"
        ) from None
