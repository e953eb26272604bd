"""Odd calls of pooling."""

from __future__ import annotations

from typing import Any

from onnx_samples.calls import each
from ops.samples.spec import S

FULL = {"pooling_convention": "full"}
PLANE = (1, 2, 5, 6)


def pooled() -> list[S]:
    """Pooling of all kinds, with windows that fit and that do not."""
    places: list[dict[str, Any]] = [
        {"kernel": (3, 3), "stride": (2, 2)},
        {"kernel": (3, 3), "stride": (2, 2), "pad": (1, 1)},
        {"kernel": (3, 3), "stride": (2, 2), **FULL},
        {"kernel": (2, 2)},
        {"kernel": (2, 3), "stride": (2, 1), "pad": (1, 1)},
        {"kernel": (3, 3), "stride": (2, 2), "pad": (1, 1), **FULL},
        {"kernel": (2, 2), "stride": (2, 3), **FULL},
        {"kernel": (2, 2), "stride": (3, 4), "pad": (1, 1), **FULL},
        {"kernel": (3, 3), "stride": (2, 2), "pad": (2, 2), **FULL},
        {"kernel": (3, 3), "stride": (2, 2), "pad": (2, 2)},
        {"kernel": (2, 2), "pad": (2, 2)},
        {"global_pool": True},
        {"global_pool": True, "kernel": (2, 2), "pad": (1, 1), "pooling_convention": "full"},
    ]
    kinds: list[dict[str, Any]] = [
        {"pool_type": "max"},
        {"pool_type": "avg"},
        {"pool_type": "avg", "count_include_pad": False},
        {"pool_type": "sum"},
        {"pool_type": "lp", "p_value": 1},
        {"pool_type": "lp", "p_value": 2},
        {"pool_type": "lp", "p_value": 3},
    ]
    found = [S("Pooling", [x], {**p, **k}) for x in (PLANE, (2, 1, 7, 8)) for p in places for k in kinds]
    along = {"kernel": (3,), "stride": (2,), "pooling_convention": "same"}
    found += [S("Pooling", [x], {**along, **k}) for x in ((1, 2, 6), (1, 2, 5)) for k in kinds]
    found += [
        S("Pooling", [(1, 2, 5)], {**k, "kernel": (1,), "stride": (2,), "pooling_convention": "same"})
        for k in kinds
    ]
    found += [
        S("Pooling", [(1, 2, 3, 4, 5)], {**k, "kernel": (2, 1, 3), "stride": (1, 2, 2), "pad": (1, 0, 1)})
        for k in kinds
    ]
    found += [
        S("Pooling", [(1, 4, 5, 2)], {**k, "kernel": (2, 3), "pad": (1, 1), "layout": "NHWC"}) for k in kinds
    ]
    return found


SAMPLES = [
    *pooled(),
    *each(
        "Pooling_v1",
        [PLANE],
        {"global_pool": True, "kernel": (2, 2)},
        {"kernel": (2, 2), "pool_type": "avg", "pad": (1, 1)},
        {"kernel": (2, 2), "stride": (2, 2), **FULL},
    ),
]
