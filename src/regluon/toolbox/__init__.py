"""What is behind the books' packages, ``gluonbook`` (2018) and ``d2lzh`` (2019), a file per theme.

Files whose names end in ``_2018`` have what the edition of 2018 does otherwise.
"""

from __future__ import annotations

from regluon.toolbox import (
    classification,
    classification_2018,
    contexts,
    convolution,
    detection,
    fashion_mnist,
    files,
    images,
    linear,
    optimization,
    optimization_2018,
    plotting,
    recurrent,
    recurrent_2018,
    segmentation,
    segmentation_2018,
    sequences,
    text,
    timing,
)

__all__ = [
    "classification",
    "classification_2018",
    "contexts",
    "convolution",
    "detection",
    "fashion_mnist",
    "files",
    "images",
    "linear",
    "optimization",
    "optimization_2018",
    "plotting",
    "recurrent",
    "recurrent_2018",
    "segmentation",
    "segmentation_2018",
    "sequences",
    "text",
    "timing",
]
