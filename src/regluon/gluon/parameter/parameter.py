"""Parameters: the arrays that a block learns, their initialization and their gradients."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from regluon import autograd, initializer
from regluon.base import DTypeLike, MXNetError, dtype_name, numpy_dtype, torch_dtype
from regluon.context import Context, cpu, current_context
from regluon.ndarray import NDArray, array, zeros

__all__ = ["Constant", "DeferredInitializationError", "Parameter"]


class DeferredInitializationError(MXNetError):
    """The parameter waits for its shape: the first forward pass will tell it."""


def shape_is_known(shape: Sequence[int] | None) -> bool:
    """Whether every extent is given; 0 and -1 stand for unknown ones."""
    return shape is not None and all(extent > 0 for extent in shape)


class Parameter:
    """An array that is learned, with one copy on each of its contexts.

    Parameters
    ----------
    name
        Its name, by which initializers tell weights from biases.
    grad_req
        ``"write"``, ``"add"`` or ``"null"``: what backward does to its gradient.
    shape
        Its shape, with 0 for extents that the first forward pass finds out.
    lr_mult, wd_mult
        Factors on a Trainer's learning rate and weight decay.
    init
        Its own initializer, before that of ``initialize``.
    allow_deferred_init
        Whether it may wait for its shape.
    differentiable
        False for what is no subject of gradients; ``grad_req`` stays ``"null"`` then.
    """

    def __init__(
        self,
        name: str,
        grad_req: str = "write",
        shape: Sequence[int] | int | None = None,
        dtype: DTypeLike = np.float32,
        lr_mult: float = 1.0,
        wd_mult: float = 1.0,
        init: Any = None,
        allow_deferred_init: bool = False,
        differentiable: bool = True,
        stype: str = "default",
        grad_stype: str = "default",
    ) -> None:
        _check_storage(name, stype, grad_stype)
        self.name = name
        self._shape = (shape,) if isinstance(shape, int) else None if shape is None else tuple(shape)
        self._dtype = dtype
        self.lr_mult, self.wd_mult = lr_mult, wd_mult
        self.init = init
        self._allow_deferred_init = allow_deferred_init
        self._differentiable = differentiable
        self._stype, self._grad_stype = stype, grad_stype
        self._data: dict[Context, NDArray] = {}
        self._grad: dict[Context, NDArray] = {}
        self._deferred_init: tuple[Any, ...] = ()
        self._trainer: Any = None
        self._version = 0
        self._grad_req = "null"
        self.grad_req = grad_req

    def __repr__(self) -> str:
        return f"Parameter {self.name} (shape={self.shape}, dtype={self.dtype})"

    @property
    def grad_req(self) -> str:
        """What backward does to its gradient."""
        return self._grad_req

    @grad_req.setter
    def grad_req(self, req: str) -> None:
        if req not in ("write", "add", "null"):
            raise AssertionError(f"grad_req must be one of 'write', 'add', or 'null', but got {req!r}")
        req = req if self._differentiable else "null"
        if req != self._grad_req:
            self._grad_req = req
            if self._data:
                self._init_grad()

    @property
    def dtype(self) -> Any:
        """Its element type."""
        return self._dtype

    @dtype.setter
    def dtype(self, dtype: DTypeLike) -> None:
        self.cast(dtype)

    @property
    def shape(self) -> tuple[int, ...] | None:
        """Its shape; unknown extents are 0, and it is None if nothing is known."""
        return self._shape

    @shape.setter
    def shape(self, shape: Sequence[int]) -> None:
        new = tuple(shape)
        old = self._shape
        if old is not None and not (
            len(old) == len(new) and all(o in (0, -1, n) for o, n in zip(old, new, strict=True))
        ):
            raise AssertionError(f"Expected shape {new} is incompatible with given shape {old}.")
        self._shape = new

    @property
    def stype(self) -> str:
        """How it is stored: ``"default"`` is dense."""
        return self._stype

    # Initialization

    def initialize(
        self,
        init: Any = None,
        ctx: Context | Sequence[Context] | None = None,
        default_init: Any = None,
        force_reinit: bool = False,
    ) -> None:
        """Makes its arrays, or notes how to, if its shape is not known yet.

        Parameters
        ----------
        init
            The initializer; the parameter's own if None, and if that is None too ``default_init``.
        ctx
            Where: one context or a list of them, the current one if None.
        force_reinit
            Whether to start anew what has been initialized.

        Raises
        ------
        ValueError
            If its shape is not known and it may not wait for it.
        """
        if self._data and not force_reinit:
            warnings.warn(
                f"Parameter '{self.name}' is already initialized, ignoring. "
                "Set force_reinit=True to re-initialize.",
                stacklevel=2,
            )
            return
        contexts = _context_list(ctx)
        default = initializer.Uniform() if default_init is None else default_init
        own = init if init is not None else self.init if self.init is not None else default
        self._data, self._grad = {}, {}
        self._deferred_init = (own, contexts, default, None)
        if shape_is_known(self._shape):
            self._finish_deferred_init()
        elif not self._allow_deferred_init:
            self._deferred_init = ()
            raise ValueError(
                f"Cannot initialize Parameter '{self.name}' because it has invalid shape: {self.shape}."
            )

    def _finish_deferred_init(self) -> None:
        if not self._deferred_init:
            return
        init, contexts, default, data = self._deferred_init
        if not shape_is_known(self._shape):
            raise AssertionError(
                f"Cannot initialize Parameter '{self.name}' because it has invalid shape: {self.shape}. "
                "Please specify in_units, in_channels, etc for `Block`s."
            )
        self._deferred_init = ()
        with autograd.pause():
            if data is None:
                data = zeros(self._shape, dtype=self._dtype, ctx=cpu())
                initializer.create(default)(initializer.InitDesc(self.name, {"__init__": init}), data)
            self._init_impl(data, contexts)

    def _init_impl(self, data: NDArray, contexts: Sequence[Context]) -> None:
        self._data = {ctx: data.copyto(ctx) for ctx in contexts}
        self._init_grad()

    def _init_grad(self) -> None:
        self._version += 1
        if self._grad_req == "null":
            self._grad = {}
            self._data = {ctx: d.detach() for ctx, d in self._data.items()}
            return
        self._grad = {ctx: zeros(d.shape, dtype=d.dtype, ctx=ctx) for ctx, d in self._data.items()}
        autograd.mark_variables(list(self._data.values()), list(self._grad.values()), self._grad_req)

    def _check(self, ctx: Context | None) -> None:
        """Complains if it is not there, or not on ``ctx``."""
        if self._data and (ctx is None or ctx in self._data):
            return
        if self._data:
            raise RuntimeError(
                f"Parameter '{self.name}' was not initialized on context {ctx}. "
                f"It was only initialized on {list(self._data)}."
            )
        if self._deferred_init:
            raise DeferredInitializationError(
                f"Parameter '{self.name}' has not been initialized yet because initialization was deferred: "
                "its shape is found out in the first forward pass. Pass one batch of data through the net "
                "before using it, or give in_units, in_channels, etc. to the layers."
            )
        raise RuntimeError(
            f"Parameter '{self.name}' has not been initialized. Call initialize() on the net; and note that "
            "a Trainer needs Block.collect_params(): Block.params leaves out the children's parameters."
        )

    def _pick(self, arrays: dict[Context, NDArray], ctx: Context | None) -> NDArray:
        if ctx is None:
            ctx = next(iter(arrays)) if len(arrays) == 1 else current_context()
        self._check(ctx)
        return arrays[ctx]

    def set_data(self, data: NDArray) -> None:
        """Puts new values into all its copies, or keeps them for the deferred initialization."""
        self.shape = data.shape
        if not self._data:
            if not self._deferred_init:
                raise AssertionError(f"Parameter '{self.name}' has not been initialized")
            self._deferred_init = (*self._deferred_init[:3], data)
            return
        with autograd.pause():
            for copy in self._data.values():
                copy[:] = data

    # Its arrays

    def data(self, ctx: Context | None = None) -> NDArray:
        """Its array on ``ctx``, which may be left out if it lives on one context only.

        Raises
        ------
        RuntimeError
            If it was not initialized, or not there; DeferredInitializationError if it waits for its shape.
        """
        self._check(None)
        return self._pick(self._data, ctx)

    def list_data(self) -> list[NDArray]:
        """Its arrays, in the order of its contexts."""
        self._check(None)
        return list(self._data.values())

    def grad(self, ctx: Context | None = None) -> NDArray:
        """Its gradient on ``ctx``; it keeps being the same array."""
        self._check_grad()
        return self._pick(self._grad, ctx)

    def list_grad(self) -> list[NDArray]:
        """Its gradients, in the order of its contexts."""
        self._check_grad()
        return list(self._grad.values())

    def _check_grad(self) -> None:
        self._check(None)
        if self._grad_req == "null":
            raise RuntimeError(
                f"Cannot get gradient array for Parameter '{self.name}' because grad_req='null'"
            )

    def list_ctx(self) -> list[Context]:
        """Its contexts."""
        if not self._data and self._deferred_init:
            return list(self._deferred_init[1])
        self._check(None)
        return list(self._data)

    def zero_grad(self) -> None:
        """Sets its gradients to zero."""
        for grad in self._grad.values():
            grad._data.zero_()

    def reset_ctx(self, ctx: Context | Sequence[Context]) -> None:
        """Moves it to other contexts."""
        contexts = _context_list(ctx)
        if self._data:
            with autograd.pause():
                self._init_impl(self._reduce(), contexts)
        elif self._deferred_init:
            init, _, default, data = self._deferred_init
            self._deferred_init = (init, contexts, default, data)
        else:
            raise ValueError(
                f"Cannot reset context for Parameter '{self.name}' because it has not been initialized."
            )

    def cast(self, dtype: DTypeLike) -> None:
        """Turns it into another type; its gradients start anew."""
        torch_dtype(dtype)
        self._dtype = dtype
        if self._data:
            with autograd.pause():
                self._data = {ctx: d.astype(dtype) for ctx, d in self._data.items()}
                self._init_grad()

    def _reduce(self) -> NDArray:
        """The mean of its copies, on the CPU."""
        first, *others = self.list_data()
        total = first.copyto(cpu())
        for other in others:
            total = total + other.copyto(cpu())
        return total / (1 + len(others)) if others else total

    def _load_init(
        self, data: NDArray, ctx: Any, cast_dtype: bool = False, dtype_source: str = "current"
    ) -> None:
        """Takes over loaded values, initializing it if need be."""
        data = self._checked(data, cast_dtype, dtype_source)
        if self._data or (self._deferred_init and ctx is None):
            self.set_data(data)
            return
        contexts = (
            self._deferred_init[1] if self._deferred_init and ctx is None else _context_list(ctx, cpu())
        )
        self._deferred_init = ()
        with autograd.pause():
            self._init_impl(data, contexts)

    def _checked(self, data: NDArray, cast_dtype: bool, dtype_source: str) -> NDArray:
        where = f"Failed loading Parameter '{self.name}' from saved params"
        if dtype_source not in ("current", "saved"):
            raise ValueError(f"dtype_source must be 'current' or 'saved', not {dtype_source!r}")
        if self._shape is not None:
            fits = len(self._shape) == data.ndim and all(
                o in (0, -1, n) for o, n in zip(self._shape, data.shape, strict=True)
            )
            if not fits:
                raise AssertionError(
                    f"{where}: shape incompatible expected {self._shape} vs saved {data.shape}"
                )
        wanted, found = torch_dtype(self._dtype), data._data.dtype
        if wanted is not found:
            if not cast_dtype:
                raise AssertionError(
                    f"{where}: dtype incompatible expected {dtype_name(wanted)} vs saved "
                    f"{dtype_name(found)}. Set cast_dtype=True to cast the dtype of saved params."
                )
            if dtype_source == "current":
                data = data.astype(self._dtype)
            else:
                self.cast(numpy_dtype(found))
        self.shape = data.shape
        return data

    def _set_trainer(self, trainer: Any) -> None:
        self._trainer = trainer

    def var(self) -> Any:
        """Its symbol."""
        raise MXNetError(f"Parameter '{self.name}'.var(): symbols are a declared gap of this version")

    def row_sparse_data(self, row_id: NDArray) -> NDArray:
        """Some of its rows, for sparse storage."""
        raise MXNetError(
            f"Parameter '{self.name}'.row_sparse_data: sparse storage is a declared gap; use data() instead"
        )


class Constant(Parameter):
    """A parameter that is never learned.

    Parameters
    ----------
    value
        Its value: an array, or anything that ``nd.array`` takes.
    """

    def __init__(self, name: str, value: Any) -> None:
        self.value = value if isinstance(value, NDArray) else array(value)
        super().__init__(
            name,
            grad_req="null",
            shape=self.value.shape,
            dtype=self.value.dtype,
            init=initializer.Constant(self.value),
            differentiable=False,
        )

    def __repr__(self) -> str:
        return f"Constant {self.name} (shape={self.shape}, dtype={self.dtype})"

    def _finish_deferred_init(self) -> None:
        if self._deferred_init:
            self._deferred_init = (*self._deferred_init[:3], self.value)
        super()._finish_deferred_init()


def _context_list(ctx: Context | Sequence[Context] | None, default: Context | None = None) -> list[Context]:
    if ctx is None:
        return [default or current_context()]
    return [ctx] if isinstance(ctx, Context) else list(ctx)


def _check_storage(name: str, stype: str, grad_stype: str) -> None:
    for kind, value in (("stype", stype), ("grad_stype", grad_stype)):
        if value not in ("default", "row_sparse", "csr"):
            raise AssertionError(
                f"{kind} for Parameter '{name}' must be one of 'default', 'row_sparse', or 'csr', "
                f"not {value!r}"
            )
    if stype != "default":
        raise MXNetError(f"Parameter '{name}': sparse storage is a declared gap; use stype='default'")
