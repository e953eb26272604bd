"""Loops and branches out of files that are damaged."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

import mxnet as mx

DATA = Path(__file__).parents[1] / "data" / "symbol_control.json.gz"
RECORDED = json.loads(gzip.decompress(DATA.read_bytes()))["symbols"]


def graph(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A recorded file, and its last node, which is the loop."""
    found = json.loads(RECORDED[name]["json"])
    node = next(n for n in found["nodes"] if "subgraphs" in n)
    return found, node


def refused(found: dict[str, Any], text: str) -> None:
    with pytest.raises(mx.MXNetError, match=text):
        mx.sym.load_json(json.dumps(found))


@pytest.mark.parametrize(
    ("name", "attribute", "value", "text"),
    [
        ("accumulated", "in_data_locs", "[1]", r"_foreach0: in_data_locs, .* are .*, but there are 2 inputs"),
        ("accumulated", "in_data_locs", "[0, 1]", "but there are 2 inputs"),
        ("accumulated", "in_data_locs", "q", "in_data_locs='q' can't be read"),
        ("accumulated", "num_outputs", "3", "of 3 outputs 1 are no states, but there are 1"),
        ("accumulated", "num_out_data", "2", "of 2 outputs 2 are no states"),
        ("accumulated", "num_out_data", "-1", "of 2 outputs -1 are no states"),
        ("counting", "func_var_locs", "[1, 1]", r"func_var_locs=\(1, 1\) are no inputs"),
        ("counting", "func_var_locs", "[1, 7]", "are no inputs of the body"),
        ("counting", "func_input_locs", "[0, 1]", r"a graph of 3 variables is to get the inputs \[0, 1\]"),
        ("counting", "cond_input_locs", "[9]", "of 1 variables is to get the inputs"),
        ("counting", "max_iterations", "None", "max_iterations"),
        ("branch", "then_input_locs", "[-1, 0]", "is to get the inputs"),
        ("branch", "num_outputs", "1", r"its graphs have \[1, 2, 2\] outputs, and it has 1"),
    ],
)
def test_attributes_that_do_not_fit(name: str, attribute: str, value: str, text: str) -> None:
    found, node = graph(name)
    node["attrs"][attribute] = value
    refused(found, text)


def test_graphs_that_are_not_there() -> None:
    found, node = graph("branch")
    node["subgraphs"].pop()
    refused(found, "_cond _cond0 needs 3 graphs, not 2")
    node["subgraphs"] = {}
    refused(found, r"subgraphs of node .* must be a list")
    node["subgraphs"] = [3]
    refused(found, "must be a JSON object")


def test_graphs_where_none_belong() -> None:
    found, node = graph("accumulated")
    node["op"] = "exp"
    node["attrs"] = {}
    refused(found, "exp _foreach0 can't have graphs")
    node["op"] = "null"
    refused(found, "variable _foreach0 can't have graphs|has inputs")


def test_nothing_to_loop_over() -> None:
    found, node = graph("only outputs")
    node["attrs"]["remain_locs"], node["attrs"]["in_data_locs"] = "[0]", "[]"
    refused(found, "nothing to loop over")


def test_variables_of_one_name() -> None:
    found, node = graph("accumulated")
    for inner in node["subgraphs"][0]["nodes"]:
        if inner["op"] == "null":
            inner["name"] = "same"
    refused(found, "don't have unique names: .'same', 'same'")


def test_graphs_too_deep() -> None:
    found, node = graph("only outputs")
    inner = node["subgraphs"]
    for _ in range(40):
        found, node = graph("only outputs")
        node["subgraphs"][0]["nodes"][-1] = {**node, "inputs": [[0, 0, 0]], "subgraphs": inner}
        inner = node["subgraphs"]
    refused(found, "graphs are in graphs, 33 deep")
