"""Layers that apply a function to every element."""

from __future__ import annotations

from typing import Any

from regluon import initializer
from regluon.gluon.hybrid_block import HybridBlock
from regluon.gluon.nn.call import OperatorCall

__all__ = ["ELU", "GELU", "SELU", "Activation", "LeakyReLU", "PReLU", "Swish"]


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


class LeakyReLU(HybridBlock):
    """y = x where x > 0, α x elsewhere

    Parameters
    ----------
    alpha
        The slope α, not negative.
    """

    def __init__(self, alpha: float, **kwargs: Any) -> None:
        if not alpha >= 0:
            raise AssertionError(f"LeakyReLU: the slope alpha must be no less than 0, not {alpha}")
        super().__init__(**kwargs)
        self._alpha = alpha
        self._call = OperatorCall("LeakyReLU", {"act_type": "leaky", "slope": alpha})

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """y = max(x, 0) + α min(x, 0)"""
        return self._call(F, x)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._alpha})"


class PReLU(HybridBlock):
    """y = x where x > 0, α x elsewhere, with an α that is learned.

    He, Zhang, Ren and Sun, "Delving Deep into Rectifiers", 2015.

    Parameters
    ----------
    alpha_initializer
        What α begins with; 0.25 if None.
    in_channels
        1 for one α, or as many as x has channels, on axis 1.
    """

    def __init__(
        self,
        alpha_initializer: Any = None,
        in_channels: int = 1,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if alpha_initializer is None:
            alpha_initializer = initializer.Constant(0.25)
        with self.name_scope():
            self.alpha = self.params.get("alpha", shape=(in_channels,), init=alpha_initializer)
        self._call = OperatorCall("LeakyReLU", {"act_type": "prelu"})

    def hybrid_forward(self, F: Any, x: Any, alpha: Any) -> Any:
        """y = max(x, 0) + α min(x, 0)"""
        return self._call(F, x, alpha)


class ELU(HybridBlock):
    """y = x where x > 0, α (eˣ - 1) elsewhere

    Clevert, Unterthiner and Hochreiter, "Fast and Accurate Deep Network Learning by Exponential Linear
    Units", 2016.

    Parameters
    ----------
    alpha
        The α.
    """

    def __init__(self, alpha: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._alpha = alpha
        self._call = OperatorCall("LeakyReLU", {"act_type": "elu", "slope": alpha}, name=None)

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """y = x or α (eˣ - 1)"""
        return self._call(F, x)


class SELU(HybridBlock):
    """y = λ x where x > 0, λ α (eˣ - 1) elsewhere, with λ and α that keep mean 0 and variance 1.

    Klambauer, Unterthiner, Mayr and Hochreiter, "Self-Normalizing Neural Networks", 2017.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._call = OperatorCall("LeakyReLU", {"act_type": "selu"})

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """y = λ x or λ α (eˣ - 1)"""
        return self._call(F, x)


class GELU(HybridBlock):
    """y = x Φ(x), with the normal distribution function Φ

    Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._call = OperatorCall("LeakyReLU", {"act_type": "gelu"})

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """y = x Φ(x)"""
        return self._call(F, x)


class Swish(HybridBlock):
    """y = x σ(β x)

    Ramachandran, Zoph and Le, "Searching for Activation Functions", 2017.

    Parameters
    ----------
    beta
        The β.
    """

    def __init__(self, beta: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._beta = beta
        self._call = OperatorCall("sigmoid", {})

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """y = x σ(β x)"""
        return x * self._call(F, self._beta * x)
