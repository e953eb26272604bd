"""``mx.operator``: operators written in Python, called by ``nd.Custom``; and what the operators take."""

from __future__ import annotations

import types
import typing
import warnings
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, NoReturn, TypeVar

import torch

from regluon.base import FLAG_OF_DTYPE, MXNetError, dtype_name
from regluon.context import Context
from regluon.ndarray.custom import PROPERTIES
from regluon.ops.registry import OPERATORS, Attribute
from regluon.reference import absent

__all__ = [
    "CustomOp",
    "CustomOpProp",
    "NDArrayOp",
    "NumpyOp",
    "OperatorArguments",
    "PythonOp",
    "get_all_registered_operators",
    "get_operator_arguments",
    "register",
]

P = TypeVar("P", bound=Callable[..., Any])


class CustomOp:
    """What an operator computes, forward and back. Subclasses write into the arrays that they are given.

    ::

        class Sigmoid(CustomOp):
            def forward(self, is_train, req, in_data, out_data, aux):
                self.assign(out_data[0], req[0], 1 / (1 + nd.exp(-in_data[0])))

            def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
                y = out_data[0]
                self.assign(in_grad[0], req[0], out_grad[0] * y * (1 - y))
    """

    def forward(
        self, is_train: bool, req: list[str], in_data: list[Any], out_data: list[Any], aux: list[Any]
    ) -> None:
        """Writes the outputs.

        Parameters
        ----------
        is_train
            Whether the call is for training.
        req
            For each output, how to write it; :meth:`assign` does it.
        in_data, out_data, aux
            The arguments, the outputs (zeros), and the auxiliary states, which may be changed.
        """

    def backward(
        self,
        req: list[str],
        out_grad: list[Any],
        in_data: list[Any],
        out_data: list[Any],
        in_grad: list[Any],
        aux: list[Any],
    ) -> None:
        """Writes the gradients of the arguments.

        Parameters
        ----------
        req
            For each argument, how to write its gradient: ``"null"`` if it is not wanted.
        out_grad
            The gradients with respect to the outputs.
        in_data, out_data, aux
            As in :meth:`forward`, the outputs with their values.
        in_grad
            Where the gradients go.
        """

    def assign(self, dst: Any, req: str, src: Any) -> None:
        """Writes ``src`` into ``dst`` as ``req`` says: ``"write"``, ``"inplace"``, ``"add"``, ``"null"``."""
        if req in ("write", "inplace"):
            dst[:] = src
        elif req == "add":
            dst[:] += src


class CustomOpProp:
    """What an operator takes and returns, and the maker of the :class:`CustomOp` that computes it.

    Parameters
    ----------
    need_top_grad
        Whether ``backward`` reads the head gradients; a loss does not.
    """

    def __init__(self, need_top_grad: bool = True) -> None:
        self.need_top_grad_ = need_top_grad

    def list_arguments(self) -> list[str]:
        """The names of the arguments."""
        return ["data"]

    def list_outputs(self) -> list[str]:
        """The names of the outputs."""
        return ["output"]

    def list_auxiliary_states(self) -> list[str]:
        """The names of the auxiliary states."""
        return []

    def infer_shape(self, in_shape: Any) -> Any:
        """The shapes of arguments, outputs and auxiliary states, as three lists or the first two.

        Parameters
        ----------
        in_shape
            The shapes of the arguments, ``[]`` where one is not known yet.
        """
        return in_shape, (in_shape[0],) * len(self.list_outputs()), ()

    def infer_type(self, in_type: Any) -> Any:
        """The types of arguments, outputs and auxiliary states, from those of the arguments."""
        kind = in_type[0]
        return in_type, [kind] * len(self.list_outputs()), [kind] * len(self.list_auxiliary_states())

    def infer_storage_type(self, in_stype: Any) -> Any:
        """The storages of arguments, outputs and auxiliary states; here only dense ones are taken."""
        _all_dense("infer_storage_type", "in_stype", in_stype)
        count, states = len(self.list_outputs()), len(self.list_auxiliary_states())
        return in_stype, ["default"] * count, ["default"] * states

    def infer_storage_type_backward(
        self, ograd_stype: Any, in_stype: Any, out_stype: Any, igrad_stype: Any, aux_stype: Any
    ) -> Any:
        """The storages in the way back: of head gradients, arguments, outputs, gradients and states."""
        known = ["default" if stype == "undefined" else stype for stype in igrad_stype]
        _all_dense("infer_storage_type_backward", "ograd_stype", ograd_stype)
        _all_dense("infer_storage_type_backward", "igrad_stype", known)
        parts = ograd_stype, in_stype, out_stype, igrad_stype, aux_stype
        return tuple([["default"] * len(part) for part in parts])

    def declare_backward_dependency(
        self, out_grad: Sequence[int], in_data: Sequence[int], out_data: Sequence[int]
    ) -> list[int]:
        """Which arrays ``backward`` reads, by the numbers given; no others are kept for it."""
        return [*(out_grad if self.need_top_grad_ else ()), *in_data, *out_data]

    def create_operator(self, ctx: Context, in_shapes: Any, in_dtypes: Any) -> Any:
        """The object that computes.

        Parameters
        ----------
        ctx
            Where.
        in_shapes, in_dtypes
            The shapes of the arguments and auxiliary states, and the numbers that MXNet has for their types
            (0 is float32).
        """
        return CustomOp()


def _all_dense(method: str, name: str, stypes: Sequence[str]) -> None:
    for position, stype in enumerate(stypes):
        if stype != "default":
            raise AssertionError(
                f"the {method} of CustomOpProp takes dense arrays alone, but {name}[{position}] is "
                f"{stype!r}: define infer_storage_type and infer_storage_type_backward for others"
            )


def register(reg_name: str) -> Callable[[P], P]:
    """Decorates a :class:`CustomOpProp`: ``nd.Custom(..., op_type=reg_name)`` finds it."""

    def decorate(prop_cls: P) -> P:
        PROPERTIES[reg_name] = prop_cls
        return prop_cls

    return decorate


register("custom_op")(CustomOpProp)


class PythonOp:
    """The oldest form of operators in Python, for symbols alone.

    Parameters
    ----------
    need_top_grad
        Whether ``backward`` reads the head gradients.
    """

    def __init__(self, need_top_grad: bool = True) -> None:
        self.need_top_grad_ = need_top_grad
        warnings.warn(f"{type(self).__name__} has been deprecated. Please use CustomOp", stacklevel=2)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.get_symbol(*args, **kwargs)

    def get_symbol(self, *args: Any, **kwargs: Any) -> NoReturn:
        """A symbol of the operator: not there."""
        raise MXNetError(
            f"{type(self).__name__}.get_symbol is a declared gap: MXNet replaced this kind of operator in "
            "2015; write a CustomOp, and call nd.Custom"
        )

    def forward(self, in_data: list[Any], out_data: list[Any]) -> None:
        """Writes the outputs; the identity here."""
        out_data[0][:] = in_data[0]

    def backward(
        self, out_grad: list[Any], in_data: list[Any], out_data: list[Any], in_grad: list[Any]
    ) -> None:
        """Writes the gradients of the arguments."""
        in_grad[0][:] = 1.0

    def infer_shape(self, in_shape: Any) -> Any:
        """The shapes of arguments and outputs, from those of the arguments."""
        return in_shape, [in_shape[0]]

    def list_outputs(self) -> list[str]:
        """The names of the outputs."""
        return ["output"]

    def list_arguments(self) -> list[str]:
        """The names of the arguments."""
        return ["data"]

    def need_top_grad(self) -> bool:
        """Whether ``backward`` reads the head gradients."""
        return self.need_top_grad_


class NumpyOp(PythonOp):
    """A :class:`PythonOp` over NumPy arrays."""


class NDArrayOp(PythonOp):
    """A :class:`PythonOp` over NDArrays."""

    def declare_backward_dependency(
        self, out_grad: Sequence[int], in_data: Sequence[int], out_data: Sequence[int]
    ) -> list[int]:
        """Which arrays ``backward`` reads, by the numbers given."""
        return [*(out_grad if self.need_top_grad() else ()), *in_data, *out_data]


class OperatorArguments(NamedTuple):
    """What an operator takes: how many arguments, their names, and what they are, in words."""

    narg: int
    names: list[str]
    types: list[str]


def get_all_registered_operators() -> list[str]:
    """The names of all operators, in order."""
    return sorted(["Custom", *(name for name in OPERATORS if not name.startswith("_regluon_"))])


def get_operator_arguments(op_name: str) -> OperatorArguments:
    """What an operator takes.

    Raises
    ------
    MXNetError
        If there is no operator of that name.
    """
    if op_name == "Custom":
        return OperatorArguments(2, ["data", "op_type"], ["NDArray-or-Symbol[]", "string"])
    if op_name not in OPERATORS:
        raise MXNetError(f"there is no operator {op_name!r}")
    op = OPERATORS[op_name]
    kind = "NDArray-or-Symbol[]" if op.variadic else "NDArray-or-Symbol"
    names = [*op.inputs, *op.attributes]
    words = [kind] * len(op.inputs) + [_in_words(a) for a in op.attributes.values()]
    return OperatorArguments(len(names), names, words)


_WORDS: dict[Any, str] = {
    int: "int",
    float: "float",
    bool: "boolean",
    str: "string",
    tuple[int, ...]: "Shape(tuple)",
    tuple[float, ...]: "tuple of <float>",
    torch.dtype: "{" + ", ".join(sorted(repr(dtype_name(dtype)) for dtype in FLAG_OF_DTYPE)) + "}",
}


def _in_words(attribute: Attribute) -> str:
    """As MXNet puts it: ``"int, required"``, ``"float or None, optional, default=None"``."""
    annotation, default = attribute.annotation, attribute.default
    union = typing.get_origin(annotation) in (typing.Union, types.UnionType)
    options = typing.get_args(annotation) if union else (annotation,)
    words = [_one_in_words(option) for option in options if option is not type(None)]
    kind = " or ".join([*words, "None"] if type(None) in options else words)
    if attribute.required:
        return f"{kind}, required"
    shown = dtype_name(default) if isinstance(default, torch.dtype) else default
    return f"{kind}, optional, default={int(shown) if isinstance(shown, bool) else repr(shown)}"


def _one_in_words(annotation: Any) -> str:
    if typing.get_origin(annotation) is typing.Literal:
        return "{" + ", ".join(map(repr, typing.get_args(annotation))) + "}"
    return _WORDS.get(annotation, str(annotation))


__getattr__ = absent(__name__, "operator")
