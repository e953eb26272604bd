"""The operators by the types that they compute in, for each type of lower precision."""

from __future__ import annotations

from regluon.contrib.amp.lists import symbol_bf16, symbol_fp16

__all__ = ["symbol_bf16", "symbol_fp16"]
