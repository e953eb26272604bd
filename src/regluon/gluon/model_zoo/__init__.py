"""``gluon.model_zoo``: well-known nets, by their authors' sizes, and files of their trained parameters."""

from __future__ import annotations

from regluon.gluon.model_zoo import model_store, vision
from regluon.reference import absent

__all__ = ["model_store", "vision"]

__getattr__ = absent(__name__, "gluon.model_zoo")
