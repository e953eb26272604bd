"""Poolings in one, two and three dimensions, by windows and over all of space."""

from __future__ import annotations

from typing import Any

from regluon.gluon.hybrid_block import HybridBlock
from regluon.gluon.nn.call import OperatorCall
from regluon.gluon.nn.windows import LAYOUTS, check_layout, extents, spread

__all__ = [
    "AvgPool1D",
    "AvgPool2D",
    "AvgPool3D",
    "GlobalAvgPool1D",
    "GlobalAvgPool2D",
    "GlobalAvgPool3D",
    "GlobalMaxPool1D",
    "GlobalMaxPool2D",
    "GlobalMaxPool3D",
    "MaxPool1D",
    "MaxPool2D",
    "MaxPool3D",
    "_Pooling",
]


class _Pooling(HybridBlock):
    """What all poolings are: one operator without parameters."""

    def __init__(
        self,
        pool_size: Any,
        strides: Any,
        padding: Any,
        ceil_mode: bool,
        global_pool: bool,
        pool_type: str,
        layout: str,
        count_include_pad: bool | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        count = len(pool_size)
        attributes = {
            "kernel": pool_size,
            "stride": spread(pool_size if strides is None else strides, count),
            "pad": spread(padding, count),
            "global_pool": global_pool,
            "pool_type": pool_type,
            "layout": layout,
            "pooling_convention": "full" if ceil_mode else "valid",
        }
        if count_include_pad is not None:
            attributes["count_include_pad"] = count_include_pad
        self._pooling = OperatorCall("Pooling", attributes)
        self._kwargs = self._pooling.attributes

    def _alias(self) -> str:
        return "pool"

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """x, pooled"""
        return self._pooling(F, x)

    def __repr__(self) -> str:
        of = self._kwargs
        return (
            f"{type(self).__name__}(size={of['kernel']}, stride={of['stride']}, padding={of['pad']}, "
            f"ceil_mode={of['pooling_convention'] == 'full'}, global_pool={of['global_pool']}, "
            f"pool_type={of['pool_type']}, layout={of['layout']})"
        )


class MaxPool1D(_Pooling):
    """out[p] = max data[p strides + k - padding] over the places k of the window

    Parameters
    ----------
    pool_size
        The window's extent.
    strides
        Its step; ``pool_size`` if None.
    padding
        How many places on both sides of data windows may reach beyond it, where they see nothing.
    layout
        The order of the axes: "NCW" or "NWC".
    ceil_mode
        Whether a last window that is not full counts.

    Inputs
    ------
    x : (batch, channels, width)

    Outputs
    -------
    y : (batch, channels, places), with ⌊(width + 2 padding - pool_size) / strides⌋ + 1; ⌈⌉ with ``ceil_mode``
    """

    def __init__(
        self,
        pool_size: Any = 2,
        strides: Any = None,
        padding: Any = 0,
        layout: str = "NCW",
        ceil_mode: bool = False,
        **kwargs: Any,
    ) -> None:
        check_layout(self, layout, LAYOUTS[1])
        size = extents(self, "pool_size", pool_size, 1)
        super().__init__(size, strides, padding, ceil_mode, False, "max", layout, **kwargs)


class MaxPool2D(_Pooling):
    """:class:`MaxPool1D` over two axes of space, height and width.

    ``pool_size``, ``strides`` and ``padding`` are a number for each axis, or one for all. ``layout`` is
    "NCHW" or "NHWC".
    """

    def __init__(
        self,
        pool_size: Any = (2, 2),
        strides: Any = None,
        padding: Any = 0,
        layout: str = "NCHW",
        ceil_mode: bool = False,
        **kwargs: Any,
    ) -> None:
        check_layout(self, layout, LAYOUTS[2])
        size = extents(self, "pool_size", pool_size, 2)
        super().__init__(size, strides, padding, ceil_mode, False, "max", layout, **kwargs)


class MaxPool3D(_Pooling):
    """:class:`MaxPool1D` over three axes of space, depth, height and width.

    ``pool_size``, ``strides`` and ``padding`` are a number for each axis, or one for all. ``layout`` is
    "NCDHW" or "NDHWC".
    """

    def __init__(
        self,
        pool_size: Any = (2, 2, 2),
        strides: Any = None,
        padding: Any = 0,
        ceil_mode: bool = False,
        layout: str = "NCDHW",
        **kwargs: Any,
    ) -> None:
        check_layout(self, layout, LAYOUTS[3])
        size = extents(self, "pool_size", pool_size, 3)
        super().__init__(size, strides, padding, ceil_mode, False, "max", layout, **kwargs)


class AvgPool1D(_Pooling):
    """out[p] = mean data[p strides + k - padding] over the places k of the window

    Parameters
    ----------
    pool_size
        The window's extent.
    strides
        Its step; ``pool_size`` if None.
    padding
        How many places on both sides of data windows may reach beyond it, where they see zeros.
    layout
        The order of the axes: "NCW" or "NWC".
    ceil_mode
        Whether a last window that is not full counts.
    count_include_pad
        Whether padding counts among the places that the mean is over.

    Inputs
    ------
    x : (batch, channels, width)

    Outputs
    -------
    y : (batch, channels, places), with ⌊(width + 2 padding - pool_size) / strides⌋ + 1; ⌈⌉ with ``ceil_mode``
    """

    def __init__(
        self,
        pool_size: Any = 2,
        strides: Any = None,
        padding: Any = 0,
        layout: str = "NCW",
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        **kwargs: Any,
    ) -> None:
        check_layout(self, layout, LAYOUTS[1])
        size = extents(self, "pool_size", pool_size, 1)
        super().__init__(size, strides, padding, ceil_mode, False, "avg", layout, count_include_pad, **kwargs)


class AvgPool2D(_Pooling):
    """:class:`AvgPool1D` over two axes of space, height and width.

    ``pool_size``, ``strides`` and ``padding`` are a number for each axis, or one for all. ``layout`` is
    "NCHW" or "NHWC".
    """

    def __init__(
        self,
        pool_size: Any = (2, 2),
        strides: Any = None,
        padding: Any = 0,
        ceil_mode: bool = False,
        layout: str = "NCHW",
        count_include_pad: bool = True,
        **kwargs: Any,
    ) -> None:
        check_layout(self, layout, LAYOUTS[2])
        size = extents(self, "pool_size", pool_size, 2)
        super().__init__(size, strides, padding, ceil_mode, False, "avg", layout, count_include_pad, **kwargs)


class AvgPool3D(_Pooling):
    """:class:`AvgPool1D` over three axes of space, depth, height and width.

    ``pool_size``, ``strides`` and ``padding`` are a number for each axis, or one for all. ``layout`` is
    "NCDHW" or "NDHWC".
    """

    def __init__(
        self,
        pool_size: Any = (2, 2, 2),
        strides: Any = None,
        padding: Any = 0,
        ceil_mode: bool = False,
        layout: str = "NCDHW",
        count_include_pad: bool = True,
        **kwargs: Any,
    ) -> None:
        check_layout(self, layout, LAYOUTS[3])
        size = extents(self, "pool_size", pool_size, 3)
        super().__init__(size, strides, padding, ceil_mode, False, "avg", layout, count_include_pad, **kwargs)


class GlobalMaxPool1D(_Pooling):
    """The greatest number of each channel, over an axis of space.

    Parameters
    ----------
    layout
        The order of the axes: "NCW" or "NWC".

    Inputs
    ------
    x : (batch, channels, width)

    Outputs
    -------
    y : (batch, channels, 1)
    """

    def __init__(self, layout: str = "NCW", **kwargs: Any) -> None:
        check_layout(self, layout, LAYOUTS[1])
        super().__init__((1,) * 1, None, 0, True, True, "max", layout, **kwargs)


class GlobalMaxPool2D(_Pooling):
    """The greatest number of each channel, over two axes of space.

    Parameters
    ----------
    layout
        The order of the axes: "NCHW" or "NHWC".

    Inputs
    ------
    x : (batch, channels, height, width)

    Outputs
    -------
    y : (batch, channels, 1, 1)
    """

    def __init__(self, layout: str = "NCHW", **kwargs: Any) -> None:
        check_layout(self, layout, LAYOUTS[2])
        super().__init__((1,) * 2, None, 0, True, True, "max", layout, **kwargs)


class GlobalMaxPool3D(_Pooling):
    """The greatest number of each channel, over three axes of space.

    Parameters
    ----------
    layout
        The order of the axes: "NCDHW" or "NDHWC".

    Inputs
    ------
    x : (batch, channels, depth, height, width)

    Outputs
    -------
    y : (batch, channels, 1, 1, 1)
    """

    def __init__(self, layout: str = "NCDHW", **kwargs: Any) -> None:
        check_layout(self, layout, LAYOUTS[3])
        super().__init__((1,) * 3, None, 0, True, True, "max", layout, **kwargs)


class GlobalAvgPool1D(_Pooling):
    """The mean of each channel, over an axis of space.

    Parameters
    ----------
    layout
        The order of the axes: "NCW" or "NWC".

    Inputs
    ------
    x : (batch, channels, width)

    Outputs
    -------
    y : (batch, channels, 1)
    """

    def __init__(self, layout: str = "NCW", **kwargs: Any) -> None:
        check_layout(self, layout, LAYOUTS[1])
        super().__init__((1,) * 1, None, 0, True, True, "avg", layout, **kwargs)


class GlobalAvgPool2D(_Pooling):
    """The mean of each channel, over two axes of space.

    Parameters
    ----------
    layout
        The order of the axes: "NCHW" or "NHWC".

    Inputs
    ------
    x : (batch, channels, height, width)

    Outputs
    -------
    y : (batch, channels, 1, 1)
    """

    def __init__(self, layout: str = "NCHW", **kwargs: Any) -> None:
        check_layout(self, layout, LAYOUTS[2])
        super().__init__((1,) * 2, None, 0, True, True, "avg", layout, **kwargs)


class GlobalAvgPool3D(_Pooling):
    """The mean of each channel, over three axes of space.

    Parameters
    ----------
    layout
        The order of the axes: "NCDHW" or "NDHWC".

    Inputs
    ------
    x : (batch, channels, depth, height, width)

    Outputs
    -------
    y : (batch, channels, 1, 1, 1)
    """

    def __init__(self, layout: str = "NCDHW", **kwargs: Any) -> None:
        check_layout(self, layout, LAYOUTS[3])
        super().__init__((1,) * 3, None, 0, True, True, "avg", layout, **kwargs)
