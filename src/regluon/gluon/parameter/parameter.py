"""Parameters: the arrays that a block learns, their initialization and their gradients."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from regluon import autograd, initializer
from regluon.base import DTypeLike, MXNetError, dtype_name, torch_dtype
from regluon.context import Context, cpu, current_context
from regluon.lazy import resolve
from regluon.ndarray import NDArray, array, zeros
from regluon.ndarray.sparse.selection import rows_of_variable

__all__ = ["Constant", "DeferredInitializationError", "Parameter"]

_HOST = {"cpu", "cpu_pinned", "cpu_shared"}


class _Changes:
    """How often any parameter has got other arrays."""

    count = 0


changes = _Changes()


class DeferredInitializationError(MXNetError):
    """The parameter waits for its shape: the first forward pass will tell it."""


def shape_is_known(shape: Sequence[int] | None) -> bool:
    """Whether every extent is given; 0 and -1 stand for unknown ones, and no shape is ``()``."""
    return bool(shape) and all(extent > 0 for extent in shape or ())


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
    stype
        ``"row_sparse"`` for a table of which programs ask for some rows, by :meth:`row_sparse_data`.
    grad_stype
        ``"row_sparse"`` if only few of its rows have a gradient at a time.
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
        self._shape = None if shape is None else _extents(shape)
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
        self._var: Any = None
        self._version = 0
        self._grad_req = "null"
        self.grad_req = grad_req

    def __repr__(self) -> str:
        return f"Parameter {self.name} (shape={self.shape}, dtype={self.dtype})"

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_trainer": None, "_var": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._mark()

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
    def _version(self) -> int:
        """How often it has got other arrays."""
        return self._times

    @_version.setter
    def _version(self, times: int) -> None:
        self._times = times
        changes.count += 1

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
    def shape(self, shape: Sequence[int] | int) -> None:
        new = _extents(shape)
        if not self._admits(new):
            raise AssertionError(f"Expected shape {new} is incompatible with given shape {self._shape}.")
        self._shape = new

    def _admits(self, shape: Sequence[int]) -> bool:
        """Whether ``shape`` agrees with what is known of its own."""
        own = self._shape
        return own is None or (
            len(own) == len(shape) and all(o in (0, -1, n) for o, n in zip(own, shape, strict=True))
        )

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
        if self._shape is None or not shape_is_known(self._shape):
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
        if data.stype != self._stype:
            data = data.tostype(self._stype)
        self._data = {ctx: data.copyto(ctx) for ctx in contexts}
        self._init_grad()

    def _init_grad(self) -> None:
        if self._grad_req == "null":
            self._data = {ctx: d.detach() for ctx, d in self._data.items()}
            self._grad = {}
        else:
            self._grad = {
                ctx: zeros(d.shape, dtype=d.dtype, ctx=ctx, stype=self._grad_stype)
                for ctx, d in self._data.items()
            }
        self._mark()

    def _mark(self) -> None:
        """Makes variables of its arrays, which are new ones, with its gradients."""
        self._version += 1
        if self._grad:
            autograd.mark_variables(list(self._data.values()), list(self._grad.values()), self._grad_req)

    def _pick(self, arrays: dict[Context, NDArray], ctx: Context | None) -> NDArray:
        if ctx is None:
            if len(arrays) == 1:
                return next(iter(arrays.values()))
            ctx = current_context()
        found = arrays.get(ctx)
        return found if found is not None else self._pick_same_memory(arrays, ctx)

    def _pick_same_memory(self, arrays: dict[Context, NDArray], ctx: Context) -> NDArray:
        """``cpu_pinned(0)`` and ``cpu_shared(0)`` are the memory of ``cpu(0)``."""
        self._check()
        for other, copy in arrays.items():
            if other.device_id == ctx.device_id and {other.device_type, ctx.device_type} <= _HOST:
                return copy
        raise RuntimeError(
            f"Parameter '{self.name}' was not initialized on context {ctx}. "
            f"It was only initialized on {list(arrays)}."
        )

    def _check(self) -> None:
        if self._data:
            return
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

    def set_data(self, data: NDArray) -> None:
        """Puts new values into all its copies, or keeps them for the deferred initialization."""
        self.shape = data.shape
        if not self._data:
            if not self._deferred_init:
                raise AssertionError(f"Parameter '{self.name}' has not been initialized")
            self._deferred_init = (*self._deferred_init[:3], data)
            return
        self._tell_trainer()
        with autograd.pause():
            for copy in self._data.values():
                copy[:] = data

    def _tell_trainer(self) -> None:
        """A store that holds weights of its own has to fetch the new ones."""
        trainer = self._trainer
        # A Trainer that was refused, as of an unknown optimizer, has no store.
        if getattr(trainer, "_update_on_kvstore", False) and self not in trainer._params_to_init:
            trainer._reset_kvstore()

    # Its arrays

    def data(self, ctx: Context | None = None) -> NDArray:
        """Its array on ``ctx``, which may be left out if it lives on one context only.

        Raises
        ------
        RuntimeError
            If it was not initialized, or not there; DeferredInitializationError if it waits for its shape.
        """
        if self._stype != "default":
            raise RuntimeError(
                f"Cannot return a copy of Parameter '{self.name}' on ctx {ctx} via data() because its "
                f"storage type is {self._stype}. Please use row_sparse_data() instead."
            )
        return self._pick(self._data, ctx)

    def list_data(self) -> list[NDArray]:
        """Its arrays, in the order of its contexts."""
        if self._stype != "default":
            raise RuntimeError(
                f"Cannot return copies of Parameter '{self.name}' on all contexts via list_data() because "
                f"its storage type is {self._stype}. Please use row_sparse_data() instead."
            )
        return self._list_arrays()

    def _list_arrays(self) -> list[NDArray]:
        """Its arrays, of any storage."""
        self._check()
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
        self._check()
        if self._grad_req == "null":
            raise RuntimeError(
                f"Cannot get gradient array for Parameter '{self.name}' because grad_req='null'"
            )

    def list_ctx(self) -> list[Context]:
        """Its contexts."""
        if not self._data and self._deferred_init:
            return list(self._deferred_init[1])
        self._check()
        return list(self._data)

    def zero_grad(self) -> None:
        """Sets its gradients to zero."""
        for grad in self._grad.values():
            if self._grad_stype == "default":
                grad._data.zero_()
            else:
                grad[:] = grad._empty()  # type: ignore[attr-defined]

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
        """Turns it and its gradient into another type."""
        torch_dtype(dtype)
        self._dtype = dtype
        with autograd.pause():
            self._data = {ctx: d.astype(dtype) for ctx, d in self._data.items()}
            self._grad = {ctx: g.astype(dtype) for ctx, g in self._grad.items()}
        self._mark()

    def _reduce(self) -> NDArray:
        """The mean of its copies, on the CPU."""
        first, *others = self._list_arrays()
        total = first.copyto(cpu())
        for other in others:
            total = total + other.copyto(cpu())
        return total / (1 + len(others)) if others else total

    def _load_init(
        self, data: NDArray, ctx: Any, cast_dtype: bool = False, dtype_source: str = "current"
    ) -> None:
        """Takes over loaded values, initializing it if need be."""
        self._check_load(data, ctx, cast_dtype, dtype_source)
        if torch_dtype(self._dtype) is not torch_dtype(data.dtype):
            if dtype_source == "current":
                data = data.astype(self._dtype)
            else:
                self.cast(data.dtype)
        if data.stype != self._stype:
            data = data.tostype(self._stype)
        if self._data:
            self.set_data(data)
            return
        contexts = self._deferred_init[1] if self._deferred_init else _context_list(ctx, cpu())
        self.shape, self._deferred_init = data.shape, ()
        with autograd.pause():
            self._init_impl(data, contexts)

    def _check_load(self, data: NDArray, ctx: Any, cast_dtype: bool, dtype_source: str) -> None:
        """Complains of values that :meth:`_load_init` would not take; changes nothing."""
        what = f"Failed loading Parameter '{self.name}' from saved params"
        if cast_dtype and dtype_source not in ("current", "saved"):
            raise AssertionError(f"{what}: dtype_source must be 'current' or 'saved', not {dtype_source!r}")
        if not self._admits(data.shape):
            raise AssertionError(f"{what}: shape incompatible expected {self._shape} vs saved {data.shape}")
        wanted, found = torch_dtype(self._dtype), torch_dtype(data.dtype)
        if wanted is not found and not cast_dtype:
            raise AssertionError(
                f"{what}: dtype incompatible expected {dtype_name(wanted)} vs saved {dtype_name(found)}. "
                "Set cast_dtype=True to cast the dtype of saved params."
            )
        if ctx is not None and (self._data or self._deferred_init):
            contexts, own = _context_list(ctx), self.list_ctx()
            if set(contexts) != set(own):
                raise AssertionError(
                    f"Failed to load Parameter '{self.name}' on {contexts} because it was previously "
                    f"initialized on {own}. reset_ctx() moves it."
                )

    def _set_trainer(self, trainer: Any) -> None:
        if self._stype != "default" and trainer and self._trainer not in (None, trainer):
            raise RuntimeError(
                f"Failed to set the trainer for Parameter '{self.name}' because it was already set. More "
                f"than one trainers for a {self._stype} Parameter is not supported."
            )
        self._trainer = trainer

    def var(self) -> Any:
        """Its symbol: a variable of its name, always the same one."""
        if self._var is None:
            self._var = resolve("regluon.symbol:var")(
                self.name,
                shape=self.shape,
                dtype=self.dtype,
                lr_mult=self.lr_mult,
                wd_mult=self.wd_mult,
                init=self.init,
                stype=self._stype,
            )
        return self._var

    def row_sparse_data(self, row_id: NDArray) -> NDArray:
        """Its rows of the numbers in ``row_id``, on the context of that; their gradient is its own.

        Raises
        ------
        RuntimeError
            If it is not stored by rows, or belongs to no Trainer.
        """
        if self._stype != "row_sparse":
            raise RuntimeError(
                f"Cannot return a copy of Parameter '{self.name}' via row_sparse_data() because its storage "
                f"type is {self._stype}. Please use data() instead."
            )
        return self._rows(self._pick(self._data, row_id.context), row_id)

    def _rows(self, array: Any, row_id: NDArray) -> NDArray:
        self._check()
        if self._trainer is None:
            raise RuntimeError(
                f"Cannot get row_sparse data for Parameter '{self.name}' when no Trainer is created with it."
            )
        return rows_of_variable(array, row_id)  # type: ignore[no-any-return]

    def list_row_sparse_data(self, row_id: NDArray) -> list[NDArray]:
        """:meth:`row_sparse_data` on all its contexts."""
        if self._stype != "row_sparse":
            raise RuntimeError(
                f"Cannot return copies of Parameter '{self.name}' on all contexts via list_row_sparse_data() "
                f"because its storage type is {self._stype}. Please use data() instead."
            )
        return [self._rows(array, row_id.as_in_context(ctx)) for ctx, array in self._data.items()]


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
        )

    def __repr__(self) -> str:
        return f"Constant {self.name} (shape={self.shape}, dtype={self.dtype})"

    @property
    def grad_req(self) -> str:
        """Always ``"null"``."""
        return "null"

    @grad_req.setter
    def grad_req(self, req: str) -> None:
        if req != "null":
            warnings.warn(
                f'Constant parameter "{self.name}" does not support grad_req other than "null", '
                f'and new value "{req}" is ignored.',
                stacklevel=2,
            )


def _extents(shape: Sequence[int] | int) -> tuple[int, ...]:
    return (shape,) if isinstance(shape, int) else tuple(shape)


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
