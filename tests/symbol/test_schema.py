"""What symbols know of each operator, for the attributes of every sample, against MXNet."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from regluon.ops.registry import OPERATORS
from regluon.symbol import schema

DATA = Path(__file__).parents[1] / "data" / "symbols.json.gz"
SAMPLES = json.loads(gzip.decompress(DATA.read_bytes()))["operators"]
BY_OPERATOR: dict[str, list[Any]] = {}
for _sample in SAMPLES:
    BY_OPERATOR.setdefault(_sample[0], []).append(_sample[1:])


@pytest.mark.parametrize("name", BY_OPERATOR)
def test_what_an_operator_has(name: str) -> None:
    op = OPERATORS[name]
    for texts, called, arguments, auxiliary, outputs, initial, total in BY_OPERATOR[name]:
        attributes = schema.read(op, texts)
        names = [f"N_{n}" for n in schema.input_names(op, attributes, int(texts.get("num_args", 0)))]
        states = schema.auxiliary(op, len(names))
        assert op.name == called
        assert [n for i, n in enumerate(names) if i not in states] == arguments, texts
        assert [n for i, n in enumerate(names) if i in states] == auxiliary, texts
        assert [f"N_{n}" for n in schema.output_names(op, attributes)] == outputs, texts
        assert schema.total(op, attributes) == total, texts
        starts = {n: schema.initial(op, n.removeprefix("N_"), attributes) for n in names}
        assert {n: start for n, start in starts.items() if start} == initial, texts
