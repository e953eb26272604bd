"""Containers and the basic layers."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

from regluon import ndarray
from regluon.base import DTypeLike
from regluon.gluon.block import Block, describe
from regluon.gluon.hybrid_block import HybridBlock
from regluon.gluon.nn.activations import Activation
from regluon.gluon.nn.call import OperatorCall
from regluon.gluon.nn.normalization import (
    BatchNorm,
    BatchNormReLU,
    GroupNorm,
    InstanceNorm,
    LayerNorm,
    _BatchNorm,
)

__all__ = [
    "BatchNorm",
    "BatchNormReLU",
    "Dense",
    "Dropout",
    "Embedding",
    "Flatten",
    "GroupNorm",
    "HybridLambda",
    "HybridSequential",
    "InstanceNorm",
    "Lambda",
    "LayerNorm",
    "Sequential",
    "_BatchNorm",
]


class _Stack(Block):
    """What the two containers have in common."""

    _is_container = True

    def add(self, *blocks: Block) -> None:
        """Puts blocks on top."""
        for block in blocks:
            self.register_child(block)

    def __repr__(self) -> str:
        return describe(self, list(self._children.items()))

    def __getitem__(self, key: Any) -> Any:
        layers = list(self._children.values())[key]
        if not isinstance(layers, list):
            return layers
        net = type(self)(prefix=self._prefix)
        with net.name_scope():
            net.add(*layers)
        return net

    def __len__(self) -> int:
        return len(self._children)

    def __iter__(self) -> Iterator[Block]:
        return iter(list(self._children.values()))


class Sequential(_Stack):
    """Blocks one after the other.

    ::

        net = nn.Sequential()
        net.add(nn.Dense(10, activation="relu"), nn.Dense(20))
    """

    def forward(self, x: Any) -> Any:
        """The blocks' results, one going into the next."""
        for block in self._children.values():
            x = block(x)
        return x

    def hybridize(self, active: bool = True, **kwargs: Any) -> None:
        """Has the hybrid blocks in it compiled."""
        if self._children and all(isinstance(c, HybridBlock) for c in self._children.values()):
            warnings.warn(
                f"All children of this Sequential layer '{self.prefix}' are HybridBlocks. Consider using "
                "HybridSequential for the best performance.",
                stacklevel=2,
            )
        super().hybridize(active, **kwargs)


class HybridSequential(_Stack, HybridBlock):
    """Hybrid blocks one after the other."""

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """The blocks' results, one going into the next."""
        for block in self._children.values():
            x = block(x)
        return x


class Dense(HybridBlock):
    """y = f(x Wᵀ + b)

    Parameters
    ----------
    units
        The number of outputs.
    activation
        The name of f; none if None.
    use_bias
        Whether there is a b.
    flatten
        Whether all axes but the first are one; otherwise the last axis is transformed.
    in_units
        The number of inputs; found out in the first forward pass if 0.

    Inputs
    ------
    x : (batch, ...) ; with ``flatten=False`` (..., in_units)

    Outputs
    -------
    y : (batch, units) ; with ``flatten=False`` (..., units)
    """

    def __init__(
        self,
        units: int,
        activation: str | None = None,
        use_bias: bool = True,
        flatten: bool = True,
        dtype: DTypeLike = "float32",
        weight_initializer: Any = None,
        bias_initializer: Any = "zeros",
        in_units: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._flatten, self._units, self._in_units = flatten, units, in_units
        with self.name_scope():
            self.weight = self.params.get(
                "weight",
                shape=(units, in_units),
                init=weight_initializer,
                dtype=dtype,
                allow_deferred_init=True,
            )
            self.bias = (
                self.params.get(
                    "bias", shape=(units,), init=bias_initializer, dtype=dtype, allow_deferred_init=True
                )
                if use_bias
                else None
            )
            self.act = None if activation is None else Activation(activation, prefix=activation + "_")
        attributes = {"num_hidden": units, "no_bias": not use_bias, "flatten": flatten}
        self._linear = OperatorCall("FullyConnected", attributes)
        self._fused = OperatorCall("_regluon_dense", {**attributes, "act_type": activation})

    def hybrid_forward(self, F: Any, x: Any, weight: Any, bias: Any = None) -> Any:
        """y = f(x Wᵀ + b)"""
        act = self.act
        fused = act is not None and act.fuses
        call = self._fused if fused else self._linear
        out = call(F, x, weight) if bias is None else call(F, x, weight, bias)
        return out if act is None or fused else act(out)

    def __repr__(self) -> str:
        units, inputs = self.weight.shape or (None, None)
        function = "linear" if self.act is None else self.act
        return f"{type(self).__name__}({inputs or None} -> {units}, {function})"


class Dropout(HybridBlock):
    """Sets elements to zero at random while training, and scales the others so that the mean stays.

    Parameters
    ----------
    rate
        The probability of zero.
    axes
        Axes along which all elements share their fate.
    """

    def __init__(self, rate: float, axes: tuple[int, ...] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._rate, self._axes = rate, axes

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """x with elements dropped"""
        if self._rate > 0:
            return F.Dropout(x, p=self._rate, axes=self._axes, name="fwd", cudnn_off=False)
        return F.identity(x)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(p = {self._rate}, axes={self._axes})"


class Embedding(HybridBlock):
    """Rows of a table by their numbers.

    Parameters
    ----------
    input_dim
        The number of rows.
    output_dim
        Their width.
    sparse_grad
        Whether the gradient is stored by rows.

    Inputs
    ------
    x : any shape, row numbers

    Outputs
    -------
    y : (\\*x.shape, output_dim)
    """

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        dtype: DTypeLike = "float32",
        weight_initializer: Any = None,
        sparse_grad: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        attributes = {
            "input_dim": input_dim,
            "output_dim": output_dim,
            "dtype": dtype,
            "sparse_grad": sparse_grad,
        }
        self._embedding = OperatorCall("Embedding", attributes)
        self._kwargs = self._embedding.attributes
        self.weight = self.params.get(
            "weight",
            shape=(input_dim, output_dim),
            init=weight_initializer,
            dtype=dtype,
            allow_deferred_init=True,
            grad_stype="row_sparse" if sparse_grad else "default",
        )

    def hybrid_forward(self, F: Any, x: Any, weight: Any) -> Any:
        """The rows of ``weight`` that ``x`` names"""
        return self._embedding(F, x, weight)

    def __repr__(self) -> str:
        of = self._kwargs
        return f"{type(self).__name__}({of['input_dim']} -> {of['output_dim']}, {of['dtype']})"


class Flatten(HybridBlock):
    """All axes but the first as one: (batch, a, b, ...) -> (batch, a·b·...)."""

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """x with two axes"""
        return F.Flatten(x)

    def __repr__(self) -> str:
        return type(self).__name__


class Lambda(Block):
    """A function as a block.

    Parameters
    ----------
    function
        The name of a function of ``nd``, or a function of arrays.
    """

    def __init__(self, function: str | Callable[..., Any], prefix: str | None = None) -> None:
        super().__init__(prefix=prefix)
        if isinstance(function, str):
            _check_name(function)
            self._func_impl: Callable[..., Any] = getattr(ndarray, function)
        elif callable(function):
            self._func_impl = function
        else:
            raise ValueError(f"Unrecognized function in lambda: {function} of type {type(function)}")

    def forward(self, *args: Any) -> Any:
        """The function's result"""
        return self._func_impl(*args)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._func_impl.__name__})"


class HybridLambda(HybridBlock):
    """A function as a hybrid block.

    Parameters
    ----------
    function
        The name of an operator, or a function ``f(F, x, ...)``.
    """

    def __init__(self, function: str | Callable[..., Any], prefix: str | None = None) -> None:
        super().__init__(prefix=prefix)
        if isinstance(function, str):
            _check_name(function)
            self._func_name = function
            self._func: Callable[..., Any] = lambda F, *args: getattr(F, function)(*args)
        elif callable(function):
            self._func, self._func_name = function, function.__name__
        else:
            raise ValueError(f"Unrecognized function in lambda: {function} of type {type(function)}")

    def hybrid_forward(self, F: Any, x: Any, *args: Any) -> Any:
        """The function's result"""
        return self._func(F, x, *args)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._func_name})"


def _check_name(function: str) -> None:
    if not hasattr(ndarray, function):
        raise AssertionError(f"Function name {function} is not found in ndarray.")
