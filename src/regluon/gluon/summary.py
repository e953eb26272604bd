"""The table that ``Block.summary`` prints."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

from regluon.gluon.hooks import HookHandle
from regluon.ndarray import NDArray

__all__ = ["summarize"]

_LINE = "{:>20}  {:>42} {:>15}"
_RULE = "-" * 80


class _Row(NamedTuple):
    layer: str
    shape: str
    size: int
    trainable: int
    shared: int


def summarize(block: Any, inputs: tuple[Any, ...]) -> str:
    """Runs the block once and describes each layer on the way; containers are left out."""
    rows = [_Row("Input", _shapes(inputs), 0, 0, 0)]
    seen: set[Any] = set()

    def note(layer: Any, _: Any, out: Any) -> None:
        params = list(layer.params.values())
        sizes = {p: p.data(p.list_ctx()[0]).size for p in params}
        trainable = sum(sizes[p] for p in params if p.grad_req != "null")
        shared = sum(sizes[p] for p in params if p in seen)
        seen.update(params)
        name = f"{type(layer).__name__}-{len(rows)}"
        rows.append(_Row(name, _shapes(out), sum(sizes.values()), trainable, shared))

    handles: list[HookHandle] = []

    def watch(layer: Any) -> None:
        if getattr(layer, "_active", False):
            raise AssertionError(f'"{layer.name}" must not be hybridized to print summary.')
        if not layer._is_container:
            # A function for each, so that a layer that stands at two places has two rows for each call.
            handles.append(layer.register_forward_hook(partial(note)))

    try:
        block.apply(watch)
        block(*inputs)
    finally:
        for handle in handles:
            handle.detach()
    return _table(rows)


def _table(rows: list[_Row]) -> str:
    total, trainable = sum(r.size for r in rows), sum(r.trainable for r in rows)
    shared = sum(r.shared for r in rows)
    return "\n".join(
        [
            _RULE,
            _LINE.format("Layer (type)", "Output Shape", "Param #"),
            "=" * 80,
            *[_LINE.format(r.layer, r.shape, r.size) for r in rows],
            "=" * 80,
            "Parameters in forward computation graph, duplicate included",
            f"   Total params: {total}",
            f"   Trainable params: {trainable}",
            f"   Non-trainable params: {total - trainable}",
            f"Shared params in forward computation graph: {shared}",
            f"Unique parameters in model: {total - shared}",
            _RULE,
        ]
    )


def _shapes(value: Any) -> str:
    shapes = _shape_of(value)
    return str(shapes)[1:-1] if isinstance(shapes, list) else str(shapes)


def _shape_of(value: Any) -> Any:
    if isinstance(value, NDArray):
        return value.shape
    return [_shape_of(part) for part in value] if isinstance(value, (list, tuple)) else value
