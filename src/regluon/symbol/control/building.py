"""Loops and branches as symbols: ``sym.contrib.foreach``, ``while_loop`` and ``cond``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from regluon import attribute, name
from regluon.ops.registry import OPERATORS
from regluon.symbol.control.cutting import MARK, cut, variables_of
from regluon.symbol.control.forms import flatten, regroup
from regluon.symbol.control.operators import CONTROL
from regluon.symbol.functions import connect, function_of
from regluon.symbol.graph import Entry, Node, copy_graph
from regluon.symbol.symbol import Group, Symbol
from regluon.symbol.texts import texts_of
from regluon.symbol.variables import var

__all__ = ["cond", "foreach", "while_loop"]

_given_name = name


def foreach(
    body: Callable[[Any, Any], Any], data: Any, init_states: Any, name: str = "foreach"
) -> tuple[Any, Any]:
    """The loop ``output, states = body(data[i], states)`` over the first axis of ``data``

    Parameters
    ----------
    body
        A function of the elements at i, in the form of ``data``, and the states; it returns symbols or nested
        lists of them, and the new states.
    data, init_states
        Symbols or nested lists of them.
    name
        What the nodes of the body are marked with.

    Returns
    -------
    The outputs of all steps, stacked along a new first axis, and the last states.

    Raises
    ------
    AssertionError
        For what is no symbol, states of another form than before, data or states that the body does not use,
        and variables of one name.
    """
    data, data_form = flatten(data, "foreach input")
    states, state_form = flatten(init_states, "foreach states")
    called = _unique(name)
    with attribute.AttrScope(**{MARK: called}):
        inner_data, inner_states = _inner(data), _inner(states)
        outputs, after = body(regroup(inner_data, data_form), regroup(inner_states, state_form))
        outputs, form = flatten(outputs, "foreach output")
        after, after_form = flatten(after, "foreach loop_vars")
        if after_form != state_form:
            raise AssertionError("The input and output loop_vars have different format")
        graph = _graph_of_step(outputs, after, called)
    found = _foreach_node(graph, called, data, states, len(outputs))
    return regroup(found[: len(outputs)], form), regroup(found[len(outputs) :], state_form)


def _foreach_node(
    graph: tuple[Entry, ...], called: str, data: list[Symbol], states: list[Symbol], count: int
) -> list[Symbol]:
    """The outputs of a loop over ``data``: ``count`` ones that are stacked, then the states."""
    outside = cut(graph, called)
    variables = variables_of(graph)
    names = [node.name for node in variables]
    given = [_inner_name(symbol) for symbol in (*data, *states)]
    for symbols, what in ((data, "data"), (states, "state")):
        if any(_inner_name(symbol) not in names for symbol in symbols):
            raise AssertionError(f"the {what} arrays have to be used in the loop body")
    rest = [node for node in variables if node.name not in given]
    return _made(
        "_foreach",
        [graph],
        [*[_head(s) for s in (*data, *states)], *[outside.get(n.name) or _copied(n) for n in rest]],
        num_outputs=len(graph),
        num_out_data=count,
        in_state_locs=[names.index(n) for n in given[len(data) :]],
        in_data_locs=[names.index(n) for n in given[: len(data)]],
        remain_locs=[names.index(node.name) for node in rest],
    )


def _graph_of_step(outputs: list[Symbol], states: list[Symbol], called: str) -> tuple[Entry, ...]:
    """The body; an output that is an input, or from outside, or an output already, is copied."""
    inputs, seen = Group([*outputs, *states]).list_inputs(), {o.name for o in outputs}
    heads = [_apart(o, inputs, called) for o in outputs]
    heads += [_identity(s) if s.name in seen else _apart(s, inputs, called) for s in states]
    return tuple(map(_head, heads))


def while_loop(
    cond: Callable[..., Any],
    func: Callable[..., Any],
    loop_vars: Any,
    max_iterations: Any = None,
    name: str = "while_loop",
) -> tuple[Any, Any]:
    """The loop ``while cond(*loop_vars): output, loop_vars = func(*loop_vars)``

    Parameters
    ----------
    cond
        Its result is a symbol of one element.
    func
        Returns symbols, nested lists of them or None, and as many loop variables as it has got.
    loop_vars
        A symbol or a list of them.
    max_iterations
        The loop ends after so many steps. It must be given.
    name
        What the nodes of the bodies are marked with.

    Returns
    -------
    The outputs of all steps, stacked along a new first axis of extent ``max_iterations``, zeros where there
    was no step, and the last loop variables.

    Raises
    ------
    ValueError
        If ``max_iterations`` or the loop variables are missing, if their number changes, or if ``func`` does
        not use one.
    """
    variables, var_form = flatten(loop_vars, "while loop_vars")
    limit = _limit(max_iterations)
    if not variables:
        raise ValueError("loop_vars should contain at least one element")
    test, _, test_name = _body(
        variables, var_form, lambda given: ([], [_tested(cond(*given))], 0), f"{name}_cond"
    )
    step, (count, form), step_name = _body(
        variables, var_form, lambda given: _stepped(func, given), f"{name}_func"
    )
    found = _while_node([(test, test_name), (step, step_name)], variables, limit, count)
    return regroup(found[:count], form), regroup(found[count:], var_form)


def _limit(max_iterations: Any) -> int:
    if max_iterations is None:
        raise ValueError("max_iterations should be specified")
    try:
        return int(max_iterations)
    except (TypeError, ValueError):
        raise ValueError("Cannot convert max_iteration to python int") from None


def _while_node(
    bodies: list[tuple[tuple[Entry, ...], str]], variables: list[Symbol], limit: int, count: int
) -> list[Symbol]:
    """The outputs of a loop: ``count`` ones that are stacked, then the variables."""
    places = {_inner_name(v): i for i, v in enumerate(variables)}
    inputs: list[Entry] = []
    at: dict[int, int] = {}
    locs = [_joined(graph, called, variables, places, inputs, at) for graph, called in bodies]
    test, step = [graph for graph, _ in bodies]
    names = [node.name for node in variables_of(step)]
    for i, variable in enumerate(variables, 1):
        if _inner_name(variable) not in names:
            raise ValueError(f"The {i}-th loop_var doesn't involve into the computation")
    return _made(
        "_while_loop",
        [test, step],
        inputs,
        max_iterations=limit,
        cond_input_locs=locs[0],
        func_input_locs=locs[1],
        func_var_locs=[names.index(_inner_name(v)) for v in variables],
        num_out_data=count,
        num_outputs=len(step),
    )


def _tested(result: Any) -> Symbol:
    if not isinstance(result, Symbol):
        raise ValueError("Return of cond must be a Symbol")
    return result


def _stepped(func: Callable[..., Any], given: Any) -> tuple[list[Symbol], list[Symbol], Any]:
    outputs, after = func(*given)
    outputs, form = flatten([] if outputs is None else outputs, "while output")
    after, _ = flatten([] if after is None else after, "while loop_vars")
    if len(after) != len(given):
        raise ValueError("The number of loop_vars should be consistent during the loop")
    return outputs, after, form


def _body(
    variables: list[Symbol], form: Any, build: Callable[[Any], Any], hint: str
) -> tuple[tuple[Entry, ...], tuple[int, Any], str]:
    """A graph, how many outputs it has before the loop variables and their form, and its name."""
    called = _unique(hint)
    with attribute.AttrScope(**{MARK: called}):
        outputs, after, out_form = build(regroup(_inner(variables), form))
        inputs = Group([*outputs, *after]).list_inputs()
        graph = tuple([_head(_apart(o, inputs, called)) for o in (*outputs, *after)])
    return graph, (len(outputs), out_form), called


def _joined(
    graph: tuple[Entry, ...],
    called: str,
    variables: list[Symbol],
    places: dict[str, int],
    inputs: list[Entry],
    at: dict[int, int],
) -> list[int]:
    """Adds to ``inputs`` what a graph needs, each loop variable once, and says where that is."""
    outside = cut(graph, called)
    found = []
    for node in variables_of(graph):
        place = places.get(node.name)
        if place is None or place not in at:
            if place is not None:
                at[place] = len(inputs)
            inputs.append(
                _head(variables[place]) if place is not None else outside.get(node.name) or _copied(node)
            )
            found.append(len(inputs) - 1)
        else:
            found.append(at[place])
    return found


def cond(pred: Any, then_func: Callable[[], Any], else_func: Callable[[], Any], name: str = "cond") -> Any:
    """``then_func() if pred else else_func()``

    Parameters
    ----------
    pred
        A symbol of one element.
    then_func, else_func
        Return symbols or nested lists of them, alike in number, shapes and types.
    name
        What the nodes of the bodies are marked with.

    Raises
    ------
    ValueError
        If the two have different numbers of outputs.
    """
    builds = ((lambda: pred, "_pred"), (then_func, "_then"), (else_func, "_else"))
    bodies = [_branch(build, name + suffix) for build, suffix in builds]
    graphs = [graph for graph, _, _ in bodies]
    if len(graphs[0]) != 1:
        raise ValueError("pred should always be a single output")
    if len(graphs[1]) != len(graphs[2]):
        raise ValueError("Number of outputs differs between then-branch and else-branch")
    inputs: list[Entry] = []
    locs = []
    for graph, _, called in bodies:
        outside, known = cut(graph, called), {entry.node.name: i for i, entry in enumerate(inputs)}
        places = []
        for node in variables_of(graph):
            if node.name not in known:
                inputs.append(outside.get(node.name) or _copied(node))
            places.append(known.get(node.name, len(inputs) - 1))
        locs.append(places)
    found = _made(
        "_cond",
        graphs,
        inputs,
        cond_input_locs=locs[0],
        then_input_locs=locs[1],
        else_input_locs=locs[2],
        num_outputs=len(graphs[1]),
    )
    return regroup(found, bodies[1][1])


def _branch(build: Callable[[], Any], hint: str) -> tuple[tuple[Entry, ...], Any, str]:
    """A graph without loop variables, its form, and its name."""

    def built(given: Any) -> tuple[list[Symbol], list[Symbol], Any]:
        outputs, form = flatten(build(), "cond outputs")
        return outputs, [], form

    graph, (_, form), called = _body([], [], built, hint)
    return graph, form, called


def _made(
    op: str, graphs: Sequence[tuple[Entry, ...]], inputs: list[Entry], **attributes: Any
) -> list[Symbol]:
    """The outputs of a new node."""
    attributes["num_args"] = len(graphs) + len(inputs)
    texts = texts_of({**attributes, **attribute.current().get(None)})
    node = Node(CONTROL[op], _given_name.current().get(None, op), texts)
    node.subgraphs = tuple(graphs)
    connect(node, {str(i): entry for i, entry in enumerate(inputs)})
    return list(Symbol([Entry(node, i, 0) for i in range(attributes["num_outputs"])]))


def _unique(hint: str) -> str:
    """A name for a body that no other has."""
    outer = attribute.current().get(None).get(MARK)
    called = f"{outer}${hint}" if outer else hint
    counts = attribute.AttrScope._subgraph_names
    counts[called] += 1
    return f"{called}{counts[called] - 1}"


def _inner_name(symbol: Symbol) -> str:
    """The name that stands in the body for something outside."""
    return f"{symbol.name}-{_head(symbol).index}"


def _inner(symbols: list[Symbol]) -> list[Symbol]:
    return [var(_inner_name(symbol)) for symbol in symbols]


def _head(symbol: Symbol) -> Entry:
    return symbol._heads[0]


def _copied(variable: Node) -> Entry:
    """A variable made in a body, once more outside of it."""
    return copy_graph([Entry(variable, 0, variable.version)])[0]


def _identity(symbol: Symbol) -> Symbol:
    return function_of(OPERATORS["identity"], "identity")(symbol)


def _apart(symbol: Symbol, inputs: list[str], called: str) -> Symbol:
    """The symbol, or a copy if it is an input of the body or from outside."""
    inside = symbol.list_attr().get(MARK, "") == called
    return symbol if inside and symbol.name not in inputs else _identity(symbol)
