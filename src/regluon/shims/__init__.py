"""What has left Python, NumPy, IPython and Pillow since MXNet's last release, put back by ``import mxnet``.

Nothing here acts on import: only `activate` does, and only the alias package ``mxnet`` calls it. Every name
is in the table of docs/shims.md; ``REGLUON_SHIMS=0`` in the environment switches all of them off.
"""

from __future__ import annotations

from regluon.shims.activation import activate, enabled
from regluon.shims.table import LOADED, RETURNED, STAND_INS

__all__ = ["LOADED", "RETURNED", "STAND_INS", "activate", "enabled"]
