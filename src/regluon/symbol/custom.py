"""``Custom``, the operator written in Python, as symbols know it: its record, and what its class tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import torch
from torch import Tensor

from regluon.base import MXNetError, numpy_dtype, torch_dtype
from regluon.ndarray.custom import PROPERTIES
from regluon.ndarray.custom_signature import Signature
from regluon.ops.registry import Operator, _describe

__all__ = ["CUSTOM", "attributes_of", "shapes_of_custom", "types_of_custom"]

Shape = tuple[int, ...]


def _custom(*data: Tensor, op_type: str) -> tuple[Tensor, ...]:
    """The operator that is registered as ``op_type``, computed by its own class

    Parameters
    ----------
    op_type
        The name given to :func:`regluon.operator.register`.
    kwargs
        What the class of properties is made with, as strings; symbols among them are inputs, by their names.

    Inputs
    ------
    data : the arguments in the order of ``list_arguments()``, then the auxiliary states
    """
    _by_graphs_alone()


def _by_graphs_alone() -> NoReturn:
    raise MXNetError("Custom is computed by the graph that it is in, not by itself")


CUSTOM: Operator = _describe(_custom, "Custom", (), False, False, None, {})


def attributes_of(texts: Mapping[str, str]) -> dict[str, Any]:
    """The attributes of a node: ``op_type``, and the signature that the class of properties tells.

    Raises
    ------
    MXNetError
        If no class is registered by that name, or if it can't be made with the others.
    """
    op_type = texts.get("op_type")
    if not op_type:
        raise MXNetError("Custom: Required argument `op_type` is missing.")
    if op_type not in PROPERTIES:
        known = ", ".join(sorted(PROPERTIES))
        raise MXNetError(f"Cannot find custom operator {op_type}; registered are {known}")
    given = {key: value for key, value in texts.items() if key != "op_type"}
    try:
        properties = PROPERTIES[op_type](**given)
    except Exception as error:
        raise MXNetError(
            f"Custom, op_type={op_type!r}: its class can't be made with {given}: {error}"
        ) from error
    return {"op_type": op_type, "signature": Signature(op_type, properties)}


def shapes_of_custom(signature: Signature, known: Sequence[Shape]) -> tuple[list[Shape], list[Shape]]:
    """What is known of the inputs and outputs, from what is known of the inputs."""
    count = len(signature.arguments)
    nothing: tuple[list[Shape], list[Shape]] = list(known), [()] * len(signature.outputs)
    if count and not any(known[:count]):
        return nothing
    try:
        arguments, outputs, states = signature.shapes(known)
    except MXNetError:
        if all(shape and 0 not in shape for shape in known[:count]):
            raise
        return nothing  # it has to know more
    return [*arguments, *states], outputs


def types_of_custom(signature: Signature, known: Sequence[torch.dtype | None]) -> tuple[list[Any], list[Any]]:
    """What is known of the types of inputs and outputs, from what is known of the inputs'."""
    count = len(signature.arguments)
    nothing = list(known), [None] * len(signature.outputs)
    given = [None if t is None else numpy_dtype(t) for t in known[:count]]
    if not any(t is not None for t in given):
        return nothing
    found = signature._ask("infer_type", given)
    arguments, outputs, states = signature._parts("infer_type", found, (count, len(signature.outputs)))
    read = [[None if t is None else torch_dtype(t) for t in part] for part in (arguments, outputs, states)]
    return [*read[0], *read[2]], read[1]
