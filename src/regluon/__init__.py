"""regluon: the Gluon system of Apache MXNet, executed by PyTorch's kernels.

What stands below is loaded when it is first used: the command line starts without torch, and programs that
take only one part do not wait for the rest.
"""

from __future__ import annotations

from gc import disable as _disable_gc
from gc import enable as _enable_gc
from gc import isenabled as _gc_enabled
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from regluon import (
        attribute,
        autograd,
        base,
        callback,
        context,
        contrib,
        engine,
        error,
        executor,
        executor_manager,
        gluon,
        image,
        initializer,
        interop,
        io,
        kvstore,
        libinfo,
        log,
        lr_scheduler,
        metric,
        misc,
        model,
        module,
        monitor,
        name,
        ndarray,
        onnx,
        operator,
        optimizer,
        profiler,
        recordio,
        registry,
        rnn,
        runtime,
        symbol,
        test_utils,
        util,
        visualization,
    )
    from regluon import image as img
    from regluon import initializer as init
    from regluon import kvstore as kv
    from regluon import module as mod
    from regluon import monitor as mon
    from regluon import ndarray as nd
    from regluon import symbol as sym
    from regluon import visualization as viz
    from regluon.attribute import AttrScope
    from regluon.base import MXNetError
    from regluon.context import (
        Context,
        cpu,
        cpu_pinned,
        cpu_shared,
        current_context,
        gpu,
        gpu_memory_info,
        num_gpus,
    )
    from regluon.ndarray import random
    from regluon.ndarray import random as rnd
    from regluon.util import is_np_array, is_np_shape, np_shape, set_np_shape, use_np_shape

__version__ = "0.1.0"

__all__ = [
    "AttrScope",
    "Context",
    "MXNetError",
    "attribute",
    "autograd",
    "base",
    "callback",
    "context",
    "contrib",
    "cpu",
    "cpu_pinned",
    "cpu_shared",
    "current_context",
    "engine",
    "error",
    "executor",
    "executor_manager",
    "gluon",
    "gpu",
    "gpu_memory_info",
    "image",
    "img",
    "init",
    "initializer",
    "interop",
    "io",
    "is_np_array",
    "is_np_shape",
    "kv",
    "kvstore",
    "libinfo",
    "log",
    "lr_scheduler",
    "metric",
    "misc",
    "mod",
    "model",
    "module",
    "mon",
    "monitor",
    "name",
    "nd",
    "ndarray",
    "np_shape",
    "num_gpus",
    "onnx",
    "operator",
    "optimizer",
    "profiler",
    "random",
    "recordio",
    "registry",
    "rnd",
    "rnn",
    "runtime",
    "set_np_shape",
    "sym",
    "symbol",
    "test_utils",
    "use_np_shape",
    "util",
    "visualization",
    "viz",
]

# Names that are not modules of this package of the same name: where they are.
_ELSEWHERE = {
    "AttrScope": "attribute:AttrScope",
    "MXNetError": "base:MXNetError",
    "img": "image",
    "init": "initializer",
    "mod": "module",
    "mon": "monitor",
    "kv": "kvstore",
    "nd": "ndarray",
    "rnd": "random",
    "sym": "symbol",
    "viz": "visualization",
    **{name: f"util:{name}" for name in "is_np_array is_np_shape np_shape set_np_shape use_np_shape".split()},
    **{
        name: f"context:{name}"
        for name in "Context cpu cpu_pinned cpu_shared current_context gpu gpu_memory_info num_gpus".split()
    },
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'regluon' has no attribute {name!r}", name=name)
    module, _, attribute = _ELSEWHERE.get(name, name).partition(":")
    found = _loaded(f"regluon.{module}")
    value = getattr(found, attribute) if attribute else found
    globals()[name] = value
    return value


def _loaded(module: str) -> ModuleType:
    # All that importing makes stays. A collection in the middle of it would go through everything that torch
    # has made as well, which takes as long as the import itself.
    collecting = _gc_enabled()
    _disable_gc()
    try:
        return import_module(module)
    finally:
        if collecting:
            _enable_gc()


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
