"""A symbol as a function of arrays by name: what blocks made of symbols call."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from regluon.base import MXNetError
from regluon.ndarray import NDArray
from regluon.symbol.inference import known, open_shapes, shapes_of
from regluon.symbol.running import run
from regluon.symbol.symbol import Symbol

__all__ = ["Fed"]

Shape = tuple[int, ...]


class Fed:
    """A symbol, called with an array for each of its variables.

    Parameters
    ----------
    symbol
        What is computed.
    inputs
        The names of those variables that are no parameters.
    """

    def __init__(self, symbol: Symbol, inputs: Sequence[str]) -> None:
        self.symbol, self.inputs = symbol, tuple(inputs)
        self._keys = [(node.name, (id(node), 0)) for node in symbol._variables()[0]]

    def __call__(self, values: Mapping[str, NDArray]) -> list[NDArray]:
        """The outputs; under autograd if that records."""
        given = {key: values[name] for name, key in self._keys}
        made = open_shapes(self.symbol, {name: array.shape for name, array in values.items()})
        return run(self.symbol._heads, given, made=made)

    def shapes(self, given: Mapping[str, Shape]) -> dict[str, Shape]:
        """The shapes of all variables, from those of some.

        Raises
        ------
        ValueError
            If some do not follow.
        """
        found, nodes = shapes_of(self.symbol, dict(given))
        shapes = {node.name: found.get((id(node), 0), ()) for node in nodes if node.op is None}
        unknown = [f"{name}: {shape}" for name, shape in shapes.items() if not known(shape)]
        if unknown:
            raise ValueError(f"the shapes of {', '.join(unknown)} do not follow from {dict(given)}")
        return shapes

    def types(self, inputs: Sequence[Symbol]) -> tuple[list[Any], list[Any]]:
        """The types of arguments and of auxiliary states: float32 where the inputs tell of none."""
        given = {str(variable.name): variable.infer_type_partial()[0][0] for variable in inputs}
        if None not in given.values():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    arguments, _, states = self.symbol.infer_type(**given)
                except MXNetError:
                    arguments = None
            if arguments is not None:
                return arguments, states
        counts = len(self.symbol.list_arguments()), len(self.symbol.list_auxiliary_states())
        return [np.float32] * counts[0], [np.float32] * counts[1]
