"""``regluon im2rec``: images in folders, lists of them, files of records, as of MXNet's tools/im2rec.py."""

from __future__ import annotations

from regluon.im2rec.lists import Line, make_lists, read_list
from regluon.im2rec.packing import Options, Packed, pack_list

__all__ = ["Line", "Options", "Packed", "make_lists", "pack_list", "read_list"]
