"""``mx.contrib.text``: words as numbers, and numbers as vectors."""

from __future__ import annotations

from regluon.contrib.text import embedding, utils, vocab
from regluon.reference import absent

__all__ = ["embedding", "utils", "vocab"]

__getattr__ = absent(__name__, "contrib.text")
