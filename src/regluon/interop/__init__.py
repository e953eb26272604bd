"""regluon and PyTorch in one program: blocks as modules, modules as blocks, arrays as tensors."""

from __future__ import annotations

from regluon.interop.block import ModuleBlock, as_block
from regluon.interop.models import export_onnx
from regluon.interop.module import BlockModule, as_module
from regluon.interop.program import export_program
from regluon.interop.tensors import as_array, as_tensor

__all__ = [
    "BlockModule",
    "ModuleBlock",
    "as_array",
    "as_block",
    "as_module",
    "as_tensor",
    "export_onnx",
    "export_program",
]
