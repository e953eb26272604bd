"""The methods that Symbol has beside those of its class: one table, attached in one call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from regluon.base import MXNetError, NotImplementedForSymbol
from regluon.ndarray.methods import OPERATOR_METHODS
from regluon.ops.registry import OPERATORS
from regluon.symbol import arithmetic, binding, inference, writing
from regluon.symbol.creation import split_v2
from regluon.symbol.functions import function_of
from regluon.symbol.reading import load_json
from regluon.symbol.symbol import Symbol

__all__ = ["attach_methods"]

# Methods that are functions of the operators, besides those that arrays have too.
_ALSO = {
    **{name: name for name in "broadcast_like broadcast_to reshape transpose".split()},
    "astype": "cast",
}

_ARRAYS_ONLY = "as_in_context asnumpy asscalar backward copy detach wait_to_read".split()


def expand_dims(self: Symbol, axis: int, inplace: bool = False, **kwargs: Any) -> Symbol:
    """A new axis of extent 1"""
    return function_of(OPERATORS["expand_dims"], "expand_dims")(self, axis=axis, **kwargs)


def flatten(self: Symbol, inplace: bool = False, **kwargs: Any) -> Symbol:
    """All axes but the first as one"""
    return function_of(OPERATORS["flatten"], "flatten")(self, **kwargs)


def squeeze(self: Symbol, axis: Any = None, inplace: bool = False, **kwargs: Any) -> Symbol:
    """Without axes of extent 1"""
    return function_of(OPERATORS["squeeze"], "squeeze")(self, axis=axis, **kwargs)


def diag(self: Symbol, k: int = 0, **kwargs: Any) -> Symbol:
    """The k-th diagonal of a matrix, or a matrix with that diagonal"""
    return function_of(OPERATORS["diag"], "diag")(self, k, **kwargs)


def gradient(self: Symbol, wrt: list[str]) -> Symbol:
    """The gradients as a symbol; MXNet 1.9.1 has no more than this error"""
    raise MXNetError("not implemented")


def optimize_for(
    self: Symbol,
    backend: str,
    args: Any = None,
    aux: Any = None,
    ctx: Any = None,
    shape_dict: Any = None,
    type_dict: Any = None,
    stype_dict: Any = None,
    skip_infer: bool = False,
    **kwargs: Any,
) -> Symbol:
    """The graph changed by a backend of that name"""
    raise MXNetError(f"optimize_for({backend!r}) is a declared gap: MXNet's graph backends are not here")


def get_backend_symbol(self: Symbol, backend: str) -> Symbol:
    """The graph divided for a backend of that name"""
    raise MXNetError(f"get_backend_symbol({backend!r}) is a declared gap: MXNet's backends are not here")


def as_nd_ndarray(self: Symbol) -> Symbol:
    """Itself"""
    return self


def as_np_ndarray(self: Symbol) -> Symbol:
    """A symbol of ``mx.sym.np``, which is a declared gap"""
    raise MXNetError("mx.sym.np is a declared gap")


def _reduced(self: Symbol) -> tuple[Any, ...]:
    return load_json, (self.tojson(remove_amp_cast=False),)


def _only_of_arrays(name: str) -> Callable[..., Any]:
    def method(self: Symbol) -> NoReturn:
        raise NotImplementedForSymbol(getattr(self, name), None)

    method.__name__, method.__doc__ = name, "Arrays have it, symbols don't"
    return method


_OWN: tuple[Callable[..., Any], ...] = (
    expand_dims,
    flatten,
    squeeze,
    diag,
    split_v2,
    gradient,
    optimize_for,
    get_backend_symbol,
    as_nd_ndarray,
    as_np_ndarray,
)


def methods() -> dict[str, Callable[..., Any]]:
    """Every method that is attached, by name."""
    called = {name: op for name, op in OPERATOR_METHODS.items() if not name.startswith("__")}
    found: dict[str, Callable[..., Any]] = {
        name: function_of(OPERATORS[op], op) for name, op in {**called, **_ALSO}.items()
    }
    found |= {function.__name__: function for function in _OWN}
    found |= {name: getattr(inference, name) for name in inference.__all__ if name.startswith("infer")}
    found |= {name: getattr(writing, name) for name in ("tojson", "save", "debug_str")}
    found |= {name: getattr(binding, name) for name in ("bind", "simple_bind", "eval_imperatively")}
    found |= {name: _only_of_arrays(name) for name in _ARRAYS_ONLY}
    found |= arithmetic.METHODS
    return found | {"eval": binding.evaluate, "__abs__": found["abs"], "__reduce__": _reduced}


def attach_methods() -> None:
    """Gives Symbol its methods."""
    for name, method in methods().items():
        setattr(Symbol, name, method)
