"""The shims as data: which name of which module is put back, and what it stands for."""

from __future__ import annotations

__all__ = ["LOADED", "RETURNED", "STAND_INS"]

_ABSTRACT = """
    AsyncGenerator AsyncIterable AsyncIterator Awaitable Callable Collection Container Coroutine Generator
    Hashable ItemsView Iterable Iterator KeysView Mapping MappingView MutableMapping MutableSequence
    MutableSet Reversible Sequence Set Sized ValuesView
""".split()

# Module -> name in it -> "module:attribute" that it stands for. A name that the module still has is kept.
RETURNED: dict[str, dict[str, str]] = {
    "numpy": {
        "bool": "builtins:bool",
        "float": "builtins:float",
        "int": "builtins:int",
        "complex": "builtins:complex",
        "object": "builtins:object",
        "str": "builtins:str",
        "long": "builtins:int",
        "unicode": "builtins:str",
        "bool8": "numpy:bool_",
        "float_": "numpy:float64",
        "complex_": "numpy:complex128",
        "cfloat": "numpy:complex128",
        "unicode_": "numpy:str_",
        "string_": "numpy:bytes_",
        "Inf": "math:inf",
        "Infinity": "math:inf",
        "infty": "math:inf",
        "PINF": "math:inf",
        "NINF": "regluon.shims.numpy_functions:NINF",
        "NaN": "math:nan",
        "NAN": "math:nan",
        "product": "numpy:prod",
        "cumproduct": "numpy:cumprod",
        "sometrue": "numpy:any",
        "alltrue": "numpy:all",
        "in1d": "regluon.shims.numpy_functions:in1d",
        "row_stack": "numpy:vstack",
        "trapz": "numpy:trapezoid",
        "msort": "regluon.shims.numpy_functions:msort",
        "asfarray": "regluon.shims.numpy_functions:asfarray",
        "asscalar": "regluon.shims.numpy_functions:asscalar",
        "round_": "numpy:round",
        "mat": "numpy:asmatrix",
        "AxisError": "numpy.exceptions:AxisError",
        "ComplexWarning": "numpy.exceptions:ComplexWarning",
        "VisibleDeprecationWarning": "numpy.exceptions:VisibleDeprecationWarning",
    },
    "collections": {name: f"collections.abc:{name}" for name in _ABSTRACT},
    "inspect": {"getargspec": "regluon.shims.functions:getargspec"},
    "time": {"clock": "time:process_time"},
    "fractions": {"gcd": "math:gcd"},
    "IPython.display": {
        "set_matplotlib_formats": "regluon.shims.functions:set_matplotlib_formats",
        "set_matplotlib_close": "regluon.shims.functions:set_matplotlib_close",
    },
    "PIL.Image": {
        "ANTIALIAS": "PIL.Image:LANCZOS",
        "LINEAR": "PIL.Image:BILINEAR",
        "CUBIC": "PIL.Image:BICUBIC",
    },
}

# Module -> what serves it where neither Python nor setuptools does.
STAND_INS: dict[str, str] = {"distutils": "regluon.shims.distutils"}

# Modules that MXNet's own import loads, and that programs use without importing them.
LOADED: tuple[str, ...] = ("multiprocessing.pool",)
