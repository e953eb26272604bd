"""``gluon.contrib.data``: texts for language models, and a sampler at intervals."""

from __future__ import annotations

from regluon.gluon.contrib.data import sampler, text
from regluon.gluon.contrib.data.sampler import IntervalSampler
from regluon.reference import absent

__all__ = ["IntervalSampler", "sampler", "text"]

__getattr__ = absent(__name__, "gluon.contrib.data")
