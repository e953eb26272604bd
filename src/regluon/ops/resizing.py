"""Images and feature maps made larger or smaller."""

from __future__ import annotations
