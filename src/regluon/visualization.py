"""``mx.visualization``: its functions draw symbols, and come with these."""

from __future__ import annotations

from regluon.reference import absent

__all__: list[str] = []

__getattr__ = absent(__name__, "viz")
