"""The helper functions behind the books' packages, ``gluonbook`` (2018) and ``d2lzh`` (2019)."""

from __future__ import annotations

from regluon.toolbox.gaps import declared_gaps
from regluon.toolbox.plotting import plt, semilogy, set_figsize, use_svg_display

__all__ = ["declared_gaps", "plt", "semilogy", "set_figsize", "use_svg_display"]
