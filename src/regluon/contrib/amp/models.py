"""Trained models in float32 as models in mixed precision, for inference."""

from __future__ import annotations

from typing import Any

from regluon.base import DTYPE_OF_FLAG, numpy_dtype, torch_dtype
from regluon.context import Context, gpu
from regluon.contrib.amp import amp
from regluon.contrib.amp.conversion import Choice, converted
from regluon.gluon import HybridBlock, SymbolBlock
from regluon.module.bucketing_module import BucketingModule
from regluon.ops.registry import OPERATORS
from regluon.symbol import Symbol

__all__ = ["convert_bucketing_module", "convert_hybrid_block", "convert_model", "convert_symbol"]

_Conditional = list[tuple[str, str, list[str]]]


def convert_symbol(
    sym: Symbol,
    target_dtype: str = "float16",
    target_dtype_ops: list[str] | None = None,
    fp32_ops: list[str] | None = None,
    conditional_fp32_ops: _Conditional | None = None,
    excluded_sym_names: list[str] | None = None,
    data_names: list[str] | None = None,
    cast_optional_params: bool = False,
) -> Symbol:
    """A copy of a graph with casts, in which some operators compute in ``target_dtype``.

    Parameters
    ----------
    target_dtype
        "float16" or "bfloat16".
    target_dtype_ops, fp32_ops, conditional_fp32_ops
        The operators that compute in that type, in float32, and in float32 where an attribute has one of
        some values, (operator, attribute, values); MXNet's choice where they are not given.
    excluded_sym_names
        Names of nodes that compute in float32.
    data_names
        Names of the inputs; without them the variables that have no ``__dtype__``. All others are parameters.
    cast_optional_params
        Has parameters of the lower type where they are used in it alone.

    Raises
    ------
    AssertionError
        For another type, for operators in several lists or in none of MXNet's, and for what is no symbol.
    """
    assert isinstance(sym, Symbol), "First argument to convert_symbol should be Symbol"
    choice = _choice(target_dtype, target_dtype_ops, fp32_ops, conditional_fp32_ops, excluded_sym_names)
    if data_names is None:
        attributes = sym.attr_dict()
        data_names = [n for n in sym.list_inputs() if "__dtype__" not in attributes.get(n, {})]
    parameters = set(sym.list_inputs()) - set(data_names)
    return converted(sym, choice, parameters, cast_optional_params)


def _choice(
    target_dtype: str,
    lower: list[str] | None,
    float32: list[str] | None,
    conditional: _Conditional | None,
    excluded: list[str] | None,
) -> Choice:
    assert target_dtype in ("float16", "bfloat16"), (
        "Only target_dtype float16 and bfloat16 are supported currently"
    )
    target = torch_dtype(target_dtype)
    kind = numpy_dtype(target)
    lower = amp.list_lp16_ops(kind) if lower is None else lower
    float32 = amp.list_fp32_ops(kind) if float32 is None else float32
    usual = amp.list_conditional_fp32_ops(kind)
    conditions = list(usual) if conditional is None else conditional
    for given, name in (
        (lower, "target_dtype_ops"),
        (float32, "fp32_ops"),
        (conditions, "conditional_fp32_ops"),
    ):
        assert isinstance(given, list), f"{name} should be a list"
    names = [entry[0] for entry in conditions]
    twice = (set(lower) & set(float32)) | (set(names) & (set(lower) | set(float32)))
    assert not twice, f"Ops cannot be in two or more lists. Common ops: {sorted(twice)}"
    known = {*amp.list_lp16_ops(kind), *amp.list_fp32_ops(kind), *amp.list_lp16_fp32_ops(kind)}
    illegal = {*lower, *float32, *names} - known - {entry[0] for entry in usual}
    assert not illegal, (
        f"Can only choose ops that are in one of amp's lists; these are in none: {sorted(illegal)}"
    )
    return Choice(
        target,
        _registered(lower),
        _registered(float32),
        _registered(amp.list_widest_type_cast(kind)),
        {name: (key, frozenset(values)) for name, key, values in conditions},
        frozenset(excluded or ()),
    )


def _registered(names: list[str]) -> frozenset[str]:
    """The names as the registry has them."""
    return frozenset(OPERATORS[name].name if name in OPERATORS else name for name in names)


def convert_model(
    sym: Symbol,
    arg_params: dict[str, Any],
    aux_params: dict[str, Any],
    target_dtype: str = "float16",
    target_dtype_ops: list[str] | None = None,
    fp32_ops: list[str] | None = None,
    conditional_fp32_ops: _Conditional | None = None,
    excluded_sym_names: list[str] | None = None,
    cast_optional_params: bool = False,
) -> tuple[Symbol, dict[str, Any], dict[str, Any]]:
    """:func:`convert_symbol`, and the parameters in the types that the graph then has.

    The dicts that are given are changed, as in MXNet.
    """
    assert isinstance(sym, Symbol), "First argument to convert_model should be Symbol"
    assert isinstance(arg_params, dict), (
        "Second argument to convert_model should be a dict of name to ndarray"
    )
    assert isinstance(aux_params, dict), "Third argument to convert_model should be a dict of name to ndarray"
    if not isinstance(excluded_sym_names, (list, type(None))):
        raise ValueError(f"excluded_sym_names must be a list of names, not {type(excluded_sym_names)}")
    data_names = list(set(sym.list_inputs()) - {*arg_params, *aux_params})
    sym = convert_symbol(
        sym,
        target_dtype,
        target_dtype_ops,
        fp32_ops,
        conditional_fp32_ops,
        excluded_sym_names,
        data_names,
        cast_optional_params,
    )
    attributes = sym.attr_dict()
    for params in (arg_params, aux_params):
        for name in params:
            params[name] = _typed(params[name], attributes.get(name, {}))
    return sym, arg_params, aux_params


def _typed(array: Any, attributes: dict[str, str]) -> Any:
    flag = int(attributes.get("__dtype__", -1))
    return array if flag < 0 else array.astype(DTYPE_OF_FLAG[flag])


def convert_hybrid_block(
    block: HybridBlock,
    target_dtype: str = "float16",
    target_dtype_ops: list[str] | None = None,
    fp32_ops: list[str] | None = None,
    conditional_fp32_ops: _Conditional | None = None,
    excluded_sym_names: list[str] | None = None,
    ctx: Context = gpu(0),  # noqa: B008 (MXNet's default; a name until it is used)
    cast_optional_params: bool = False,
) -> SymbolBlock:
    """A hybridized block that has run once, as a block in mixed precision with its parameters on ``ctx``.

    Raises
    ------
    RuntimeError
        If the block isn't hybridized, or hasn't run yet.
    """
    assert isinstance(block, HybridBlock), "block input should be a HybridBlock"
    if not block._cached_graph:
        raise RuntimeError(
            "Please first call block.hybridize() and then run forward with this block at least once before "
            "calling export."
        )
    inputs, sym = block._cached_graph
    params = {name: parameter._reduce() for name, parameter in block.collect_params().items()}
    arguments = {name: params[name] for name in sym.list_arguments() if name in params}
    states = {name: params[name] for name in sym.list_auxiliary_states()}
    options = (target_dtype, target_dtype_ops, fp32_ops, conditional_fp32_ops, excluded_sym_names)
    made, arguments, states = convert_model(sym, arguments, states, *options, cast_optional_params)
    found = SymbolBlock(made, inputs)
    values = {**arguments, **states}
    for name, parameter in found.collect_params().items():
        if name in values and parameter.dtype != values[name].dtype:
            parameter.cast(values[name].dtype)
    prefixed = {f"arg:{n}": a for n, a in arguments.items()} | {f"aux:{n}": a for n, a in states.items()}
    found.collect_params().load_dict(prefixed, ctx=ctx)
    return found


def convert_bucketing_module(
    bucketing_mod: BucketingModule,
    target_dtype: str = "float16",
    target_dtype_ops: list[str] | None = None,
    fp32_ops: list[str] | None = None,
    conditional_fp32_ops: _Conditional | None = None,
    excluded_sym_names: list[str] | None = None,
    cast_optional_params: bool = False,
) -> BucketingModule:
    """A module of buckets, bound and with parameters, as one in mixed precision, to be bound next.

    Raises
    ------
    AssertionError
        If it is no such module, or was not bound or has no parameters.
    """
    assert isinstance(bucketing_mod, BucketingModule), "module should be instance of bucketing module"
    assert bucketing_mod._buckets, "Bucketing Module should not be empty"
    assert bucketing_mod.params_initialized, (
        "bucketing_mod params should be initialized for mixed precision conversion"
    )
    options = (target_dtype, target_dtype_ops, fp32_ops, conditional_fp32_ops, excluded_sym_names)
    arguments, states = bucketing_mod.get_params()
    symbols = {}
    for key, module in bucketing_mod._buckets.items():
        made = convert_model(module.symbol, dict(arguments), dict(states), *options, cast_optional_params)
        symbols[key] = made[0]
        if key == bucketing_mod._default_bucket_key:
            new_arguments, new_states = made[1:]
    return BucketingModule.load_dict(
        symbols,
        sym_gen=bucketing_mod._sym_gen,
        arg_params=new_arguments,
        aux_params=new_states,
        default_bucket_key=bucketing_mod._default_bucket_key,
        **bucketing_mod._arguments,
    )
