"""Inception v3."""

from __future__ import annotations

from typing import Any

from regluon.gluon import nn
from regluon.gluon.contrib.nn import HybridConcurrent
from regluon.gluon.hybrid_block import HybridBlock
from regluon.gluon.model_zoo.model_store import ROOT
from regluon.gluon.model_zoo.vision.classifier import CPU, Classifier, Contexts, trained

__all__ = ["Inception3", "inception_v3"]


class Inception3(Classifier):
    """Branches of several windows side by side, module after module; for images of 299×299.

    Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", 2015.

    Parameters
    ----------
    classes
        How many outputs there are.
    """

    def __init__(self, classes: int = 1000, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        with self.name_scope():
            self.features = nn.HybridSequential(prefix="")
            self.features.add(
                _convolution(32, 3, strides=2),
                _convolution(32, 3),
                _convolution(64, 3, padding=1),
                nn.MaxPool2D(pool_size=3, strides=2),
                _convolution(80, 1),
                _convolution(192, 3),
                nn.MaxPool2D(pool_size=3, strides=2),
                *[_module_a(n, f"A{i}_") for i, n in enumerate([32, 64, 64], 1)],
                _module_b("B_"),
                *[_module_c(n, f"C{i}_") for i, n in enumerate([128, 160, 160, 192], 1)],
                _module_d("D_"),
                *[_module_e(f"E{i}_") for i in (1, 2)],
                nn.AvgPool2D(pool_size=8),
                nn.Dropout(0.5),
            )
            self.output = nn.Dense(classes)


def _convolution(channels: int, window: Any, **kwargs: Any) -> nn.HybridSequential:
    """A convolution, normalized and rectified."""
    blocks = nn.HybridSequential(prefix="")
    blocks.add(nn.Conv2D(channels, window, use_bias=False, **kwargs))
    blocks.add(nn.BatchNorm(epsilon=0.001), nn.Activation("relu"))
    return blocks


def _same(channels: int, window: Any = 1) -> nn.HybridSequential:
    """A :func:`_convolution` that keeps height and width."""
    height, width = window if isinstance(window, tuple) else (window, window)
    return _convolution(channels, window, padding=(height // 2, width // 2))


def _halving(channels: int) -> nn.HybridSequential:
    return _convolution(channels, 3, strides=2)


def _average() -> nn.AvgPool2D:
    return nn.AvgPool2D(pool_size=3, strides=1, padding=1)


def _branch(*blocks: HybridBlock) -> nn.HybridSequential:
    branch = nn.HybridSequential(prefix="")
    branch.add(*blocks)
    return branch


def _join(*branches: HybridBlock) -> HybridConcurrent:
    joined = HybridConcurrent(axis=1, prefix="")
    joined.add(*branches)
    return joined


def _module_a(pooled: int, prefix: str) -> HybridConcurrent:
    """Branches of windows 1, 5, 3 twice, and averages of 3."""
    module = HybridConcurrent(axis=1, prefix=prefix)
    with module.name_scope():
        module.add(
            _branch(_same(64)),
            _branch(_same(48), _same(64, 5)),
            _branch(_same(64), _same(96, 3), _same(96, 3)),
            _branch(_average(), _same(pooled)),
        )
    return module


def _module_b(prefix: str) -> HybridConcurrent:
    """Half the height and width, by windows of 3."""
    module = HybridConcurrent(axis=1, prefix=prefix)
    with module.name_scope():
        module.add(
            _branch(_halving(384)),
            _branch(_same(64), _same(96, 3), _halving(96)),
            _branch(nn.MaxPool2D(pool_size=3, strides=2)),
        )
    return module


def _module_c(between: int, prefix: str) -> HybridConcurrent:
    """Branches of windows 1, 7 as rows and columns, that twice, and averages of 3."""
    module = HybridConcurrent(axis=1, prefix=prefix)
    row, column = (1, 7), (7, 1)
    with module.name_scope():
        module.add(
            _branch(_same(192)),
            _branch(_same(between), _same(between, row), _same(192, column)),
            _branch(
                _same(between),
                _same(between, column),
                _same(between, row),
                _same(between, column),
                _same(192, row),
            ),
            _branch(_average(), _same(192)),
        )
    return module


def _module_d(prefix: str) -> HybridConcurrent:
    """Half the height and width again, after windows of 7 in one branch."""
    module = HybridConcurrent(axis=1, prefix=prefix)
    with module.name_scope():
        module.add(
            _branch(_same(192), _halving(320)),
            _branch(_same(192), _same(192, (1, 7)), _same(192, (7, 1)), _halving(192)),
            _branch(nn.MaxPool2D(pool_size=3, strides=2)),
        )
    return module


def _module_e(prefix: str) -> HybridConcurrent:
    """Branches that end in a row and a column of 3 side by side."""
    module = HybridConcurrent(axis=1, prefix=prefix)
    with module.name_scope():
        module.add(
            _branch(_same(320)),
            _branch(_branch(_same(384)), _row_and_column()),
            _branch(_branch(_same(448), _same(384, 3)), _row_and_column()),
            _branch(_average(), _same(192)),
        )
    return module


def _row_and_column() -> HybridConcurrent:
    return _join(_branch(_same(384, (1, 3))), _branch(_same(384, (3, 1))))


def make_aux(classes: int) -> nn.HybridSequential:
    """The second output that the paper trains along, from the last module C on; no model has it."""
    return _branch(
        nn.AvgPool2D(pool_size=5, strides=3),
        _convolution(128, 1),
        _convolution(768, 5),
        nn.Flatten(),
        nn.Dense(classes),
    )


def inception_v3(
    pretrained: bool = False, ctx: Contexts = CPU, root: str = ROOT, **kwargs: Any
) -> Inception3:
    """Inception v3.

    Parameters
    ----------
    pretrained
        Whether to read trained parameters.
    ctx
        Where to put them.
    root
        The folder they are in.
    """
    return trained(Inception3(**kwargs), "inceptionv3", pretrained, ctx, root)
