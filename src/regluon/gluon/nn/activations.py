"""Layers that apply a function to every element."""

from __future__ import annotations

from typing import Any

from regluon.gluon.block import HybridBlock
from regluon.gluon.nn.call import OperatorCall

__all__ = ["Activation"]


_FUSED = frozenset(("relu", "sigmoid", "tanh"))


class Activation(HybridBlock):
    """y = f(x), element by element.

    Parameters
    ----------
    activation
        ``"relu"``, ``"sigmoid"``, ``"tanh"``, ``"softrelu"`` or ``"softsign"``.
    """

    def __init__(self, activation: str, **kwargs: Any) -> None:
        self._act_type = activation
        super().__init__(**kwargs)
        self._fusible = activation in _FUSED and type(self) is Activation
        self._call = OperatorCall("Activation", {"act_type": activation})

    def _alias(self) -> str:
        return self._act_type

    @property
    def fuses(self) -> bool:
        """Whether a layer may compute it in one operator with its own: nobody watches it by hooks."""
        return self._fusible and not self._forward_hooks and not self._forward_pre_hooks

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """y = f(x)"""
        return self._call(F, x)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._act_type})"
