"""SymbolBlock: a block whose computation is a symbol, such as one from a file."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from regluon.base import DTypeLike, torch_dtype
from regluon.context import SHAPES, Context
from regluon.gluon.cached import CachedGraph
from regluon.gluon.hybrid_block import HybridBlock
from regluon.gluon.inference import outline
from regluon.gluon.nested import flatten, regroup
from regluon.gluon.parameter import ParameterDict
from regluon.lazy import resolve
from regluon.ndarray import NDArray
from regluon.ops.shape_mode import ShapeMode

__all__ = ["SymbolBlock"]

_STATISTICS = re.compile(r"(running|moving)_var$")
_ROW_SPARSE = "1"  # how symbols note that storage


class SymbolBlock(HybridBlock):
    """A block that computes a symbol; the symbol's variables are its parameters.

    Parts of a net as a block of its own, with the net's parameters::

        inner = net(mx.sym.var("data")).get_internals()
        features = SymbolBlock(inner["dense0_relu_fwd_output"], mx.sym.var("data"), net.collect_params())

    Parameters
    ----------
    outputs
        A symbol, or a list of them.
    inputs
        The variables that are no parameters, but what the block is called with.
    params
        Parameters to be shared, by the variables' names. Others are made, without a shape, which follows
        from the file that is loaded or from the first call.

    Raises
    ------
    AssertionError
        If an input is no variable, or if a variable is stored by rows.
    """

    def __init__(self, outputs: Any, inputs: Any, params: ParameterDict | None = None) -> None:
        super().__init__(prefix=None, params=None)
        self._prefix = ""
        self._params = ParameterDict("", params)
        if not isinstance(inputs, (list, tuple)) and len(inputs.list_outputs()) == 1:
            inputs = [inputs]
        if isinstance(outputs, (list, tuple)) and len(outputs) == 1:
            outputs = outputs[0]
        variables, self._in_format = flatten(inputs, "input")
        symbols, self._out_format = flatten(outputs, "output")
        _check(variables, symbols)
        symbol = resolve("regluon.symbol:Group")(symbols) if len(symbols) > 1 else symbols[0]
        self._own_graph = variables, symbol
        self._make_call()
        self._make_parameters()
        self._cached = self._compiled()

    def _make_call(self) -> None:
        variables, symbol = self._own_graph
        self._call = resolve("regluon.symbol.fed:Fed")(symbol, [v.name for v in variables])

    def _compiled(self) -> CachedGraph:
        return _Given(self, self._own_graph, self._in_format, self._out_format, dict(self._flags))

    def _make_parameters(self) -> None:
        variables, symbol = self._own_graph
        types, state_types = self._call.types(variables)
        inputs = set(self._call.inputs)
        for name, dtype in zip(symbol.list_arguments(), types, strict=True):
            if name not in inputs:
                self.params.get(name, allow_deferred_init=True, dtype=dtype)
        for name, dtype in zip(symbol.list_auxiliary_states(), state_types, strict=True):
            if name not in inputs:
                self.params.get(name, grad_req="null", allow_deferred_init=True, dtype=dtype)
        start = _common(list(self._params))
        self._reg_params = {name[start:]: p for name, p in self._params.items()}

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in self.__dict__.items() if key not in ("_call", "_cached")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._make_call()
        self._cached = self._compiled()

    @staticmethod
    def imports(
        symbol_file: str,
        input_names: str | list[str],
        param_file: str | None = None,
        ctx: Context | list[Context] | None = None,
        allow_missing: bool = False,
        ignore_extra: bool = False,
    ) -> SymbolBlock:
        """A block of what ``HybridBlock.export`` or ``Module.save_checkpoint`` have written.

        Parameters
        ----------
        symbol_file, param_file
            The files ``...-symbol.json`` and ``...-0000.params``. Without the latter the parameters are to be
            initialized.
        input_names
            The names of the variables that are no parameters; "data" for an exported net of one input.
        ctx
            Where to put the parameters.
        allow_missing
            Whether parameters may be left out in the file.
        ignore_extra
            Whether the file may hold others.

        Raises
        ------
        MXNetError
            If a file can't be read.
        AssertionError
            If the files don't fit each other.
        """
        names = [input_names] if isinstance(input_names, str) else input_names
        variable = resolve("regluon.symbol:var")
        inputs = [variable(n, dtype=np.float32 if param_file is None else None) for n in names]
        block = SymbolBlock(resolve("regluon.symbol:load")(symbol_file), inputs)
        if param_file is not None:
            block.collect_params().load(
                param_file, ctx, allow_missing, ignore_extra, cast_dtype=True, dtype_source="saved"
            )
        return block

    def _get_graph(self) -> tuple[list[Any], Any]:
        return self._own_graph

    def __repr__(self) -> str:
        variables, symbol = self._own_graph
        return f"{type(self).__name__}(\n{symbol} : {len(variables)} -> {len(symbol.list_outputs())}\n)"

    # Calls

    def forward(self, x: Any, *args: Any) -> Any:
        """The symbol's outputs, for arrays; for symbols, a symbol in which they are the inputs."""
        if isinstance(x, NDArray):
            return self._cached.call(x, *args)
        if not hasattr(x, "list_outputs"):
            raise AssertionError(
                "HybridBlock requires the first argument to forward be either Symbol or NDArray, but got "
                f"{type(x)}"
            )
        given, form = flatten([x, *args], "input")
        if form != self._in_format:
            raise AssertionError(f"Invalid input format: expected {self._in_format}, got {form}")
        symbol = self._own_graph[1](**dict(zip(self._call.inputs, given, strict=True)))
        return regroup(list(symbol), self._out_format)

    def _forward_plain(self, x: Any, *args: Any) -> Any:
        """The call with arrays that have shapes and no values; those of the parameters are found out."""
        inputs = self._inputs(x, *args)
        self._infer_shapes(inputs)
        values = {name: outline(p) for name, p in self.params.items()}
        with SHAPES, ShapeMode():
            return regroup(self._call({**values, **inputs}), self._out_format)

    def _inputs(self, *args: Any) -> dict[str, NDArray]:
        """The arrays by the names of the inputs."""
        return dict(zip(self._call.inputs, flatten(list(args), "input")[0], strict=True))

    def _clear_graph(self) -> None:
        """The graph is its own, and stays; how it is run is as :meth:`hybridize` says now."""
        self._cached = self._compiled()

    def infer_shape(self, *args: Any) -> None:
        """Finds out the shapes of its parameters from those of inputs."""
        self._infer_shapes(self._inputs(*args))

    def _infer_shapes(self, inputs: dict[str, NDArray]) -> None:
        given = {name: array.shape for name, array in inputs.items()}
        given |= {name: p.shape for name, p in self.params.items() if p.shape is not None}
        for name, shape in self._call.shapes(given).items():
            if name not in inputs:
                self.params[name].shape = shape

    def hybrid_forward(self, F: Any, x: Any, *args: Any, **kwargs: Any) -> Any:
        """Not what such a block is made of; :meth:`forward` computes the symbol."""
        raise NotImplementedError

    # Its parameters

    def cast(self, dtype: DTypeLike) -> None:
        """Turns its parameters into another type; those of batch normalization stay float32 for float16."""
        super().cast(dtype)
        if torch_dtype(dtype) is not torch_dtype("float16"):
            return
        for name in list(self.params):
            stem, kind = _STATISTICS.sub("", name), _STATISTICS.search(name)
            group = [name, *[stem + other for other in (f"{kind and kind[1]}_mean", "gamma", "beta")]]
            if kind and all(other in self.params for other in group):
                for other in group:
                    self.params[other].cast("float32")

    def reset_ctx(self, ctx: Context | list[Context]) -> None:
        """Moves its parameters to other contexts."""
        self.collect_params().reset_ctx(ctx)


class _Given(CachedGraph):
    """A graph that is there from the beginning."""

    def __init__(
        self,
        block: SymbolBlock,
        graph: tuple[list[Any], Any],
        form: Any,
        out_form: Any,
        flags: dict[str, Any],
    ) -> None:
        super().__init__(block, {"static_alloc": False, "static_shape": False, **flags})
        self.graph, self._form, self._out_form = graph, form, out_form
        variables, symbol = graph
        self._compiled = resolve("regluon.symbol.compiled:Compiled")(symbol, [v.name for v in variables])
        self._parameters = [block.params[name] for name in self._compiled.parameters]


def _common(names: list[str]) -> int:
    """How many letters all names begin with."""
    columns = enumerate(zip(*names, strict=False))
    shortest = min(map(len, names), default=0)
    return next((i for i, letters in columns if len(set(letters)) > 1), shortest)


def _check(variables: list[Any], outputs: list[Any]) -> None:
    for variable in variables:
        if len(variable.get_internals().list_outputs()) != 1:
            raise AssertionError(f"Input symbols must be variable, but {variable} is an output of operators")
    for output in outputs:
        for name, attributes in output.attr_dict().items():
            if attributes.get("__storage_type__") == _ROW_SPARSE:
                raise AssertionError(
                    f"SymbolBlock doesn't support Parameter '{name}' because its storage type is "
                    "'row_sparse'."
                )
