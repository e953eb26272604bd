"""``gluon.loss``: losses, one number for each sample of a batch."""

from __future__ import annotations

from regluon.gluon.loss.binary import (
    HingeLoss,
    LogisticLoss,
    SigmoidBCELoss,
    SigmoidBinaryCrossEntropyLoss,
    SquaredHingeLoss,
)
from regluon.gluon.loss.classification import (
    CTCLoss,
    KLDivLoss,
    SoftmaxCELoss,
    SoftmaxCrossEntropyLoss,
)
from regluon.gluon.loss.distance import (
    CosineEmbeddingLoss,
    SDMLLoss,
    TripletLoss,
)
from regluon.gluon.loss.loss import (
    Loss,
    _apply_weighting,
    _reshape_like,
)
from regluon.gluon.loss.regression import (
    HuberLoss,
    L1Loss,
    L2Loss,
    PoissonNLLLoss,
)
from regluon.reference import absent

__all__ = [
    "CTCLoss",
    "CosineEmbeddingLoss",
    "HingeLoss",
    "HuberLoss",
    "KLDivLoss",
    "L1Loss",
    "L2Loss",
    "LogisticLoss",
    "Loss",
    "PoissonNLLLoss",
    "SDMLLoss",
    "SigmoidBCELoss",
    "SigmoidBinaryCrossEntropyLoss",
    "SoftmaxCELoss",
    "SoftmaxCrossEntropyLoss",
    "SquaredHingeLoss",
    "TripletLoss",
    "_apply_weighting",
    "_reshape_like",
]

__getattr__ = absent(__name__, "gluon.loss")
