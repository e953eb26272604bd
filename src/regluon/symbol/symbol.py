"""Symbol: one or several outputs of a graph of operators."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from regluon.base import MXNetError, NotImplementedForSymbol
from regluon.lazy import resolve
from regluon.symbol.graph import Entry, Node, copy_graph, postorder
from regluon.symbol.schema import HIDDEN
from regluon.symbol.texts import stored_key

if TYPE_CHECKING:  # the methods that are attached
    from regluon.symbol.symbol_methods import SymbolMethods
else:
    SymbolMethods = object

__all__ = ["Group", "Symbol"]


class Symbol(SymbolMethods):
    """Outputs of a graph of operators: what is to be computed, from variables that get values later.

    Symbols come from ``sym.var``, the functions of ``sym``, ``sym.load`` and arithmetic. The methods that
    are not here are attached by :mod:`regluon.symbol.methods`.
    """

    __slots__ = ("_heads",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, heads: Sequence[Entry]) -> None:
        self._heads = tuple(heads)

    def __repr__(self) -> str:
        name = self.name
        inside = f"group [{', '.join(str(s.name) for s in self)}]" if name is None else name
        return f"<{type(self).__name__} {inside}>"

    def __copy__(self) -> Symbol:
        return self.__deepcopy__(None)

    def __deepcopy__(self, memo: Any) -> Symbol:
        return type(self)(copy_graph(self._heads))

    def __len__(self) -> int:
        return len(self._heads)

    def __iter__(self) -> Iterator[Symbol]:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, index: int | str | slice) -> Symbol:
        """One output, by its number or name; several, by a slice."""
        if isinstance(index, slice):
            start, stop = index.start or 0, len(self) if index.stop is None else index.stop
            return Group([self[i] for i in range(start, stop, index.step or 1)])
        if isinstance(index, str):
            places = [i for i, name in enumerate(self.list_outputs()) if name == index]
            if not places:
                raise ValueError(f'Cannot find output that matches name "{index}"')
            if len(places) > 1:
                raise ValueError(f'There are multiple outputs with name "{index}"')
            index = places[0]
        if not isinstance(index, int):
            raise TypeError("Symbol only support integer index to fetch i-th output")
        if not 0 <= index < len(self):
            raise IndexError(f"output {index} of {len(self)}")
        return type(self)([self._heads[index]])

    def __call__(self, *args: Symbol, **kwargs: Any) -> Symbol:
        """A copy in which the variables named have been replaced: ``net(data=x)``; ``name`` renames it."""
        name = kwargs.pop("name", None)
        if args and kwargs:
            raise TypeError(
                "compose only accept input Symbols either as positional or keyword arguments, not both"
            )
        if not all(isinstance(s, Symbol) for s in (*args, *kwargs.values())):
            raise TypeError("Compose expect `Symbol` as arguments")
        if args:
            raise MXNetError("symbols are composed by the names of variables: net(data=x)")
        found = type(self)(self._replacing({key: _single(s, key) for key, s in kwargs.items()}))
        if name and found._node is not None and found._node.op is not None:
            found._node.name = name
        return found

    def _replacing(self, instead: dict[str, Entry]) -> list[Entry]:
        variables = self.list_inputs()
        for key in instead:
            if key not in variables:
                candidates = "".join(f"\n\t[{i}]{name}" for i, name in enumerate(variables))
                raise MXNetError(
                    f"Symbol.ComposeKeyword argument name {key} not found.\nCandidate arguments:{candidates}"
                )
        return copy_graph(self._heads, lambda node: None if node.op else instead.get(node.name))

    @property
    def _node(self) -> Node | None:
        """The node that all outputs are of, if there is one."""
        node = self._heads[0].node
        return node if all(head.node is node for head in self._heads) else None

    # Names

    @property
    def name(self) -> str | None:
        """Its name; None for a group."""
        return None if self._node is None else self._node.name

    def _variables(self) -> tuple[list[Node], set[int]]:
        """The variables in their order, and which of them are auxiliary states."""
        nodes = postorder(self._heads)
        states = {id(node.inputs[i].node) for node in nodes for i in node.updated}
        return [node for node in nodes if node.op is None], states

    def list_arguments(self) -> list[str]:
        """The names of the variables that get values, without auxiliary states."""
        variables, states = self._variables()
        return [node.name for node in variables if id(node) not in states]

    def list_auxiliary_states(self) -> list[str]:
        """The names of the variables that operators update, such as running means."""
        variables, states = self._variables()
        return [node.name for node in variables if id(node) in states]

    def list_inputs(self) -> list[str]:
        """The names of all variables."""
        return [node.name for node in self._variables()[0]]

    def list_outputs(self) -> list[str]:
        """The names of its outputs."""
        return [_output_name(head) for head in self._heads]

    # Parts

    def get_internals(self) -> Symbol:
        """All outputs of all nodes below it, as a group."""
        return type(self)([Entry(n, i, 0) for n in postorder(self._heads) for i in range(n.shown)])

    def get_children(self) -> Symbol | None:
        """The inputs of its nodes as a group; None for a variable."""
        nodes = {id(head.node): head.node for head in self._heads}
        inputs = [entry for node in nodes.values() for entry in node.inputs]
        return type(self)(inputs) if inputs else None

    # Attributes

    def attr(self, key: str) -> str | None:
        """An attribute's text, or None if it is not set."""
        if key == "_value_index":  # which outputs it is
            return ", ".join(str(head.index) for head in self._heads)
        node = self._node
        if node is None:
            return None
        if key == "name":
            return node.name
        return node.attrs.get(key, node.attrs.get(f"__{key}__") if key in HIDDEN else None)

    def list_attr(self, recursive: bool = False) -> dict[str, str]:
        """Its own attributes."""
        if recursive:
            raise DeprecationWarning(
                "Symbol.list_attr with recursive=True has been deprecated. Please use attr_dict instead."
            )
        return _with_plain_keys(self._heads[0].node.attrs)

    def attr_dict(self) -> dict[str, dict[str, str]]:
        """The attributes of all nodes that have any, by their names."""
        nodes = postorder(self._heads)
        return {node.name: _with_plain_keys(node.attrs) for node in nodes if node.attrs}

    def _set_attr(self, **kwargs: str) -> None:
        """Sets attributes of its node; ``name`` renames it."""
        for key, value in kwargs.items():
            if not isinstance(value, str):
                raise ValueError("Set Attr only accepts string values")
            node = self._node
            if node is None:
                raise MXNetError("attributes can be set of a symbol that is no group")
            if key == "name":
                node.name = value
            else:
                node.attrs[stored_key(key, value)] = value
                node.changed()

    def __bool__(self) -> NoReturn:
        raise NotImplementedForSymbol(self.__bool__, "bool")


def Group(symbols: Sequence[Symbol], create_fn: Any = Symbol) -> Symbol:
    """One symbol with all the outputs of several."""
    if not symbols or any(not isinstance(s, Symbol) for s in symbols):
        raise TypeError("Expected a list of symbols as input")
    return create_fn([head for s in symbols for head in s._heads])  # type: ignore[no-any-return]


def _single(symbol: Symbol, name: str) -> Entry:
    """The only output of a symbol, to be the input ``name``."""
    if len(symbol._heads) != 1:
        raise MXNetError(
            f"Keyword Argument {name} is a tuple, single value is required: {symbol!r} has "
            f"{len(symbol._heads)} outputs"
        )
    return symbol._heads[0]


def _output_name(head: Entry) -> str:
    names = head.node.output_names
    return names[head.index] if head.index < len(names) else f"{head.node.name}_output{head.index}"


def _with_plain_keys(attrs: dict[str, str]) -> dict[str, str]:
    """The attributes, and those like ``__lr_mult__`` as ``lr_mult`` too."""
    plain = {key: attrs[f"__{key}__"] for key in HIDDEN if f"__{key}__" in attrs}
    return {**attrs, **plain}


# What MXNet has in this module, and what is made of this one here.
_ELSEWHERE = frozenset(
    """
    Variable arange eye full histogram hypot linspace load load_json maximum minimum ones pow power split_v2
    var zeros
    """.split()
)


def __getattr__(name: str) -> Any:
    if name in _ELSEWHERE:
        return resolve(f"regluon.symbol:{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
