"""HybridBlock: a block that is written for arrays and symbols alike."""

from __future__ import annotations

import warnings
from typing import Any

from regluon import autograd, ndarray
from regluon.base import DTypeLike, MXNetError
from regluon.context import SHAPES, Context, entered
from regluon.gluon.block import Block
from regluon.gluon.cached import CachedGraph
from regluon.gluon.export import export, infer_types
from regluon.gluon.inference import context_of, outline, outlined
from regluon.gluon.parameter import DeferredInitializationError, ParameterDict, shape_is_known
from regluon.gluon.symbolic import forward_symbols, with_symbols
from regluon.ndarray import NDArray
from regluon.ops.shape_mode import ShapeMode

__all__ = ["HybridBlock"]

_BACKENDS = ("inductor",)


class HybridBlock(Block):
    """A block whose computation is written for arrays and symbols alike.

    Subclasses define ``hybrid_forward(self, F, x, ..., weight, ...)`` with the operators of ``F``; the
    block's own parameters come by their attribute names.
    """

    def __init__(self, prefix: str | None = None, params: ParameterDict | None = None) -> None:
        super().__init__(prefix, params)
        self._active = False
        self._flags: list[tuple[str, Any]] = []
        self._backend: str | None = None
        self._graph: CachedGraph | None = None

    def register_child(self, block: Block, name: str | None = None) -> None:
        """Makes a hybrid block a child."""
        if not isinstance(block, HybridBlock):
            raise ValueError(
                f"Children of HybridBlock must also be HybridBlock, but {block} has type {type(block)}. "
                "If you are using Sequential, please try HybridSequential instead."
            )
        super().register_child(block, name)
        self._clear_graph()

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_graph": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._clear_graph()

    def _clear_graph(self) -> None:
        """Has the next call trace the block anew."""
        flags = {**dict(self._flags), "backend": self._backend}
        self._graph = CachedGraph(self, flags) if self._active else None

    def cast(self, dtype: DTypeLike) -> None:
        """Turns its parameters, and those of its children, into another type."""
        self._clear_graph()
        super().cast(dtype)

    def hybridize(
        self,
        active: bool = True,
        backend: str | None = None,
        clear: bool = True,
        static_alloc: bool = False,
        static_shape: bool = False,
        inline_limit: int = 2,
        forward_bulk_size: int | None = None,
        backward_bulk_size: int | None = None,
        **kwargs: Any,
    ) -> None:
        """Has the block compiled: its next call traces it with symbols, and from then on the graph is run.

        The results are the same. Python code of ``hybrid_forward`` runs no more after that.

        Parameters
        ----------
        active
            False to go back to operator by operator.
        clear
            Whether to forget a graph that is there already.
        static_alloc, static_shape
            For arrays on a GPU: whether memory is planned ahead, and for one shape, which needs the former.
        backend
            "inductor" for ``torch.compile``, which takes many seconds; others have no effect but a warning.
        inline_limit, forward_bulk_size, backward_bulk_size
            Without effect.
        """
        if backend and backend not in _BACKENDS:
            warnings.warn(
                f"backend={backend!r} is not known, the net runs without it; there are: "
                f"{', '.join(map(repr, _BACKENDS))}",
                stacklevel=2,
            )
            backend = None
        if active and (self._forward_hooks or self._forward_pre_hooks):
            warnings.warn(
                f'"{self}" is being hybridized while still having forward hook/pre-hook. If "{self}" is a '
                "child of HybridBlock, the hooks will not take effect.",
                stacklevel=2,
            )
        flags: dict[str, Any] = {
            "static_alloc": static_alloc,
            "static_shape": static_shape,
            "inline_limit": inline_limit,
            "forward_bulk_size": forward_bulk_size,
            "backward_bulk_size": backward_bulk_size,
        }
        self._active = active
        self._flags = [(name, value) for name, value in flags.items() if value is not None]
        self._backend = backend or None
        if clear or self._graph is None or not active:
            self._clear_graph()
        super().hybridize(active, backend=backend, clear=clear, **flags, **kwargs)

    def forward(self, x: Any, *args: Any) -> Any:
        """Calls :meth:`hybrid_forward` with the operators of the inputs' kind and the parameters."""
        if self._graph is not None:
            return self._graph.call(x, *args)
        try:
            ctx = x._ctx
            params = {}
            if self._asks_parameters:
                raise KeyError
            for name, p in self._reg_params.items():  # a loop costs less than a comprehension's frame
                params[name] = p._data[ctx]
        except (AttributeError, KeyError):
            return self._forward_plain(x, *args)
        if ctx is entered.current:
            return self.hybrid_forward(ndarray, x, *args, **params)
        with ctx:
            return self.hybrid_forward(ndarray, x, *args, **params)

    def _forward_plain(self, x: Any, *args: Any) -> Any:
        """A call from operator to operator, of whatever kind."""
        if not isinstance(x, NDArray) and with_symbols((x, *args)):
            return forward_symbols(self, (x, *args))
        ctx = context_of((x, *args))
        if ctx is SHAPES:
            return self._forward_shapes(x, *args)
        params = self._slow_params(ctx, (x, *args))
        with ctx:
            return self.hybrid_forward(ndarray, x, *args, **params)

    def _slow_params(self, ctx: Context, args: tuple[Any, ...]) -> dict[str, NDArray]:
        """The parameters, initialized at last if they waited for their shapes."""
        try:
            return {name: p.data(ctx) for name, p in self._reg_params.items()}
        except DeferredInitializationError:
            self._deferred_infer_shape(*args)
            for parameter in self.params.values():
                parameter._finish_deferred_init()
        return {name: p.data(ctx) for name, p in self._reg_params.items()}

    def _deferred_infer_shape(self, *args: Any) -> None:
        try:
            self.infer_shape(*args)
        except Exception as error:
            unknown = [repr(p) for p in self._reg_params.values() if not shape_is_known(p.shape)]
            shapes = ", ".join(str(x.shape) for x in args if isinstance(x, NDArray))
            raise ValueError(
                f"Deferred initialization of {self.name} failed because shape cannot be inferred: {error}. "
                f"The inputs have shapes {shapes}. Give these their whole shapes: {', '.join(unknown)}"
            ) from error

    def infer_shape(self, *args: Any) -> None:
        """Finds out the shapes of its parameters, and of those below it, without computing anything."""
        with autograd.pause(autograd.is_training()), SHAPES, ShapeMode():
            self._forward_shapes(*map(outlined, args))

    def _forward_shapes(self, *args: Any) -> Any:
        outlines = {name: outline(p) for name, p in self._reg_params.items()}
        out = self.hybrid_forward(ndarray, *args, **outlines)
        for name, parameter in self._reg_params.items():
            if not hasattr(outlines[name], "_data"):
                raise MXNetError(f"the shape of parameter '{parameter.name}' does not follow from the inputs")
            parameter.shape = outlines[name].shape
        return out

    def infer_type(self, *args: Any) -> None:
        """Finds out the types of its parameters from those of inputs."""
        infer_types(self, args)

    def optimize_for(
        self,
        x: Any,
        *args: Any,
        backend: str | None = None,
        clear: bool = False,
        static_alloc: bool = False,
        static_shape: bool = False,
        inline_limit: int = 2,
        forward_bulk_size: int | None = None,
        backward_bulk_size: int | None = None,
        **kwargs: Any,
    ) -> None:
        """Hybridizes the block for a backend, and traces it for inputs like these.

        The parameters are :meth:`hybridize`'s.

        Raises
        ------
        ValueError
            If no backend is given.
        """
        if not backend:
            raise ValueError(f'Must specify "backend" to optimize_for: {", ".join(map(repr, _BACKENDS))}')
        self.hybridize(
            True,
            backend,
            clear,
            static_alloc,
            static_shape,
            inline_limit,
            forward_bulk_size,
            backward_bulk_size,
            **kwargs,
        )
        if self._graph is not None:
            self._graph.prepare(x, *args)

    def hybrid_forward(self, F: Any, x: Any, *args: Any, **kwargs: Any) -> Any:
        """What the block computes, with the operators of ``F``; subclasses define it."""
        raise NotImplementedError(f"{type(self).__name__} does not define hybrid_forward")

    def export(self, path: str, epoch: int = 0, remove_amp_cast: bool = True) -> None:
        """Writes the net to files, which :meth:`SymbolBlock.imports` and MXNet read.

        Its single input is called "data", several ones "data0", "data1", ...

        Parameters
        ----------
        path, epoch
            The symbol goes to ``path-symbol.json``, the parameters to ``path-0000.params``, with the epoch
            for 0000.
        remove_amp_cast
            Whether the casts of automatic mixed precision are left out.

        Raises
        ------
        RuntimeError
            If the block has not been hybridized and called.
        """
        export(self, path, epoch, remove_amp_cast)

    def _get_graph(self) -> tuple[list[Any], Any] | None:
        """The variables and the symbol of what has been called since :meth:`hybridize`; None for nothing."""
        return None if self._graph is None else self._graph.graph

    @property
    def _cached_graph(self) -> tuple[Any, ...]:
        return self._get_graph() or ()
