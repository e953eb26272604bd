"""Transforms of colours by random factors."""

from __future__ import annotations

from typing import Any, ClassVar

from regluon.gluon.hybrid_block import HybridBlock

__all__ = [
    "RandomBrightness",
    "RandomColorJitter",
    "RandomContrast",
    "RandomHue",
    "RandomLighting",
    "RandomSaturation",
]


class _Factor(HybridBlock):
    """A property of the colours times a random factor from max(0, 1 - strength) to 1 + strength."""

    _operator: ClassVar[str]

    def __init__(self, strength: float) -> None:
        super().__init__()
        self._args = (max(0, 1 - strength), 1 + strength)

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """The image in other colours."""
        return getattr(F.image, self._operator)(x, *self._args)


class RandomBrightness(_Factor):
    """The image times a random factor from max(0, 1 - brightness) to 1 + brightness.

    Parameters
    ----------
    brightness : float

    Inputs
    ------
    x : (height, width, channels)
    """

    _operator = "random_brightness"

    def __init__(self, brightness: float) -> None:
        super().__init__(brightness)


class RandomContrast(_Factor):
    """Contrasts times a random factor from max(0, 1 - contrast) to 1 + contrast.

    Parameters
    ----------
    contrast : float

    Inputs
    ------
    x : (height, width, channels)
    """

    _operator = "random_contrast"

    def __init__(self, contrast: float) -> None:
        super().__init__(contrast)


class RandomSaturation(_Factor):
    """The saturation times a random factor from max(0, 1 - saturation) to 1 + saturation.

    Parameters
    ----------
    saturation : float

    Inputs
    ------
    x : (height, width, 3)
    """

    _operator = "random_saturation"

    def __init__(self, saturation: float) -> None:
        super().__init__(saturation)


class RandomHue(_Factor):
    """Hues turned by a random factor from max(0, 1 - hue) to 1 + hue.

    Parameters
    ----------
    hue : float

    Inputs
    ------
    x : (height, width, 3)
    """

    _operator = "random_hue"

    def __init__(self, hue: float) -> None:
        super().__init__(hue)


class RandomColorJitter(HybridBlock):
    """RandomBrightness, RandomContrast, RandomSaturation and RandomHue in random order.

    Parameters
    ----------
    brightness, contrast, saturation, hue : float
        The strength of each; 0 for none.

    Inputs
    ------
    x : (height, width, 3)
    """

    def __init__(
        self, brightness: float = 0, contrast: float = 0, saturation: float = 0, hue: float = 0
    ) -> None:
        super().__init__()
        self._args = (brightness, contrast, saturation, hue)

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """The image in other colours."""
        return F.image.random_color_jitter(x, *self._args)


class RandomLighting(HybridBlock):
    """Light of another colour: noise along the principal components of ImageNet's colours, as AlexNet had it.

    Parameters
    ----------
    alpha : float
        The standard deviation of its strength.

    Inputs
    ------
    x : (height, width, 3)
    """

    def __init__(self, alpha: float) -> None:
        super().__init__()
        self._alpha = alpha

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """The image in another light."""
        return F.image.random_lighting(x, self._alpha)
