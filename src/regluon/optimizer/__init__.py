"""``mx.optimizer``: how weights follow their gradients."""

from __future__ import annotations

from regluon.optimizer import contrib
from regluon.optimizer.adadelta import AdaDelta
from regluon.optimizer.adagrad import AdaGrad
from regluon.optimizer.adam import Adam, Adamax, Nadam
from regluon.optimizer.dcasgd import DCASGD
from regluon.optimizer.ftrl import FTML, Ftrl
from regluon.optimizer.lamb import LAMB
from regluon.optimizer.lars import LARS
from regluon.optimizer.lbsgd import LBSGD
from regluon.optimizer.optimizer import Optimizer, create, register
from regluon.optimizer.rmsprop import RMSProp
from regluon.optimizer.sgd import NAG, SGD, ccSGD
from regluon.optimizer.sgld import SGLD
from regluon.optimizer.signum import Signum
from regluon.optimizer.testing import Test
from regluon.optimizer.updater import Updater, get_updater
from regluon.reference import absent

__all__ = [
    "DCASGD",
    "FTML",
    "LAMB",
    "LARS",
    "LBSGD",
    "NAG",
    "SGD",
    "SGLD",
    "AdaDelta",
    "AdaGrad",
    "Adam",
    "Adamax",
    "Ftrl",
    "Nadam",
    "Optimizer",
    "RMSProp",
    "Signum",
    "Test",
    "Updater",
    "ccSGD",
    "contrib",
    "create",
    "get_updater",
    "register",
]

__getattr__ = absent(__name__, "optimizer")
