"""``mx.visualization``: symbols as tables and as drawings."""

from __future__ import annotations

from regluon.reference import absent
from regluon.visualization.plot import plot_network
from regluon.visualization.summary import print_summary

__all__ = ["plot_network", "print_summary"]

__getattr__ = absent(__name__, "viz")
