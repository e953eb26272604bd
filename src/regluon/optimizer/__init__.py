"""``mx.optimizer``: how weights follow their gradients."""

from __future__ import annotations

from regluon.optimizer.adadelta import AdaDelta
from regluon.optimizer.adagrad import AdaGrad
from regluon.optimizer.adam import Adam
from regluon.optimizer.optimizer import Optimizer, create, register
from regluon.optimizer.rmsprop import RMSProp
from regluon.optimizer.sgd import NAG, SGD, ccSGD
from regluon.optimizer.updater import Updater, get_updater

__all__ = [
    "NAG",
    "SGD",
    "AdaDelta",
    "AdaGrad",
    "Adam",
    "Optimizer",
    "RMSProp",
    "Updater",
    "ccSGD",
    "create",
    "get_updater",
    "register",
]
