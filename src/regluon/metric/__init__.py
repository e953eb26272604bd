"""``mx.metric``: how good predictions are, batch after batch."""

from __future__ import annotations

from regluon.metric.accuracy import Accuracy, TopKAccuracy
from regluon.metric.binary import F1, MCC
from regluon.metric.composite import CompositeEvalMetric, create
from regluon.metric.correlation import PCC, PearsonCorrelation
from regluon.metric.custom import Caffe, CustomMetric, Loss, Torch, np
from regluon.metric.likelihood import CrossEntropy, NegativeLogLikelihood, Perplexity
from regluon.metric.metric import EvalMetric, alias, check_label_shapes, register
from regluon.metric.regression import MAE, MSE, RMSE

__all__ = [
    "F1",
    "MAE",
    "MCC",
    "MSE",
    "PCC",
    "RMSE",
    "Accuracy",
    "Caffe",
    "CompositeEvalMetric",
    "CrossEntropy",
    "CustomMetric",
    "EvalMetric",
    "Loss",
    "NegativeLogLikelihood",
    "PearsonCorrelation",
    "Perplexity",
    "TopKAccuracy",
    "Torch",
    "alias",
    "check_label_shapes",
    "create",
    "np",
    "register",
]
