"""The parts of ``distutils`` that programs for MXNet use, for a Python that has none and no setuptools."""

from __future__ import annotations

from regluon.shims.distutils import spawn, util, version

__all__ = ["spawn", "util", "version"]
