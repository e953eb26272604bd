"""Records the public names of MXNet 1.9.1 with their parameters and defaults, and the list of its operators.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24, from the repository:

    python tests/oracle/record_api.py

writes src/regluon/reference/mxnet.txt, a public name a line (src/regluon/reference/names.py tells how to read
it), and tests/data/operators.txt, an operator a line with what MXNet's C registry says of its arguments.

A namespace's public names are: its modules, and the classes and functions that are defined in it or below
it. What a module happens to import from elsewhere is none, unless its `__all__` presents it or PRESENTED
lists it.
"""

import ctypes
import importlib
import inspect
import pkgutil
import sys
import types
import warnings
from pathlib import Path

import mxnet as mx
from mxnet import base

ROOT = Path(__file__).resolve().parents[2]
HOME = str(Path.home())

# Names of modules as programs write them.
SHORT = {
    "mxnet.initializer": "init",
    "mxnet.kvstore": "kv",
    "mxnet.module": "mod",
    "mxnet.ndarray": "nd",
    "mxnet.numpy": "np",
    "mxnet.numpy_extension": "npx",
    "mxnet.symbol": "sym",
    "mxnet.visualization": "viz",
}

# Modules that are no interface: code that writes code, C handles, documentation for others, build helpers.
INTERNAL = set(
    """
    api numpy_dispatch_protocol numpy_op_fallback numpy_op_signature ndarray_doc
    symbol_doc space tvmop register setup libmxnet libinfo cython
    """.split()
)
INTERNAL_PATHS = (
    "mxnet.ndarray.numpy",
    "mxnet.ndarray.numpy_extension",
    "mxnet.symbol.numpy",
    "mxnet.symbol.numpy_extension",
    "mxnet.contrib.onnx.",
    "mxnet.contrib.svrg_optimization.svrg_optimizer",
    "mxnet.onnx.mx2onnx.",
    "mxnet.notebook.",
    "mxnet.numpy.fallback",
    "mxnet.kvstore_server",
)

# What programs reach through a module that only imports it.
PRESENTED = {
    "mxnet": "rnd img mon th kv viz mod init nd sym np npx",
    "mxnet.initializer": "alias create",
    "mxnet.log": "CRITICAL ERROR WARNING INFO DEBUG NOTSET",
    "mxnet.metric": "alias register",
    "mxnet.gluon.nn": "Block HybridBlock SymbolBlock",
    "mxnet.gluon.rnn": "RecurrentCell HybridRecurrentCell",
    "mxnet.numpy_extension": (
        "Context cpu cpu_pinned gpu num_gpus gpu_memory_info current_context is_np_shape is_np_array set_np "
        "reset_np get_cuda_compute_capability waitall"
    ),
    "mxnet.contrib": "nd sym quant",
    "mxnet.image": "det",
    "mxnet.random": (
        "uniform normal randn poisson exponential gamma multinomial negative_binomial "
        "generalized_negative_binomial shuffle randint"
    ),
}

INDEXING = (
    "get_indexing_dispatch_code get_oshape_of_gather_nd_op indexing_key_expand_implicit_axes"
    " check_boolean_array_dimension"
)

# What looks public, and is only there for the module's own sake.
LEFT_OUT = {
    "mxnet": "ndarray_doc symbol_doc",
    "mxnet.base": (
        "c_array c_array_buf c_handle_array c_str c_str_array ctypes2buffer ctypes2docstring py_str "
        "ctypes2numpy_shared "
        "add_fileobject_to_docstring build_param_doc check_call data_dir_default get_last_ffi_error "
        "mx_int mx_uint mx_int64 mx_float NDArrayHandle FunctionHandle OpHandle CachedOpHandle SymbolHandle "
        "ExecutorHandle DataIterCreatorHandle DataIterHandle KVStoreHandle RecordIOHandle RtcHandle "
        "CudaModuleHandle CudaKernelHandle ProfileHandle DLPackHandle MXCallbackList with_metaclass "
        "basestring long error_types c2pyerror mx_float_p add_fileline_to_docstring"
    ),
    "mxnet.operator": "MXCallbackList",
    "mxnet.ndarray": INDEXING,
    "mxnet.ndarray.ndarray": "DLContext DLDataType DLManagedTensor DLTensor " + INDEXING,
}

# Constants that programs use and that no `__all__` presents.
VALUES = {
    "mxnet": "__version__",
    "mxnet.base": "numeric_types string_types integer_types mx_real_t",
    "mxnet.recordio": "IRHeader",
    "mxnet.model": "BatchEndParam",
}

OPERATORS_OF = ("mxnet.ndarray", "mxnet.symbol", "mxnet.contrib.ndarray", "mxnet.contrib.symbol")
GENERATED = ("ndarray", "symbol")  # the module that generated functions claim
SPECIAL = set(
    """
    __class_getitem__ __del__ __dict__ __doc__ __getstate__ __hash__ __module__ __new__ __nonzero__
    __setstate__ __slots__ __weakref__
    """.split()
)


def canonical(module):
    """The module's name as programs write it: mxnet.ndarray.random -> nd.random."""
    for real, short in SHORT.items():
        if module == real or module.startswith(real + "."):
            return short + module[len(real) :]
    return module[len("mxnet.") :] if module != "mxnet" else ""


def is_internal(module):
    parts = module.split(".")[1:]
    if any(part in INTERNAL or part.startswith(("_", "gen_")) for part in parts):
        return True
    return module.startswith(INTERNAL_PATHS) and module != "mxnet.numpy"


def load_all():
    """Imports every module that can be imported here."""
    for found in pkgutil.walk_packages(mx.__path__, "mxnet.", onerror=lambda name: None):
        if not is_internal(found.name):
            try:
                importlib.import_module(found.name)
            except (ImportError, AttributeError, OSError) as error:
                print("left out: {}: {}".format(found.name, error))


def modules():
    """The public modules, those with the shortest names first: a name's home is the first that has it."""
    names = [n for n in sys.modules if n == "mxnet" or n.startswith("mxnet.")]
    names = [n for n in names if not is_internal(n) and isinstance(sys.modules[n], types.ModuleType)]
    return sorted(names, key=lambda n: (3 if n == "mxnet.random" else len(canonical(n).split(".")), n))


def is_public(module, name, value):
    """The rule; see the module's docstring."""
    real = module.__name__
    if name in PRESENTED.get(real, "").split() or name in VALUES.get(real, "").split():
        return True
    if name.startswith("_") or name in LEFT_OUT.get(real, "").split():
        return False
    if isinstance(value, types.ModuleType):
        return value.__name__.startswith(real + ".") and not is_internal(value.__name__)
    if real == "mxnet.numpy":  # it imitates NumPy, much of which it passes on
        return True
    presented = name in getattr(module, "__all__", ())
    home = getattr(value, "__module__", None)
    if not isinstance(home, str) or not callable(value):
        return presented
    if home in GENERATED:
        return presented or real.startswith(OPERATORS_OF)
    inside = real == "mxnet" or home == real or home.startswith(real + ".")
    return presented or (home.startswith("mxnet") and inside)


def shown(value):
    """A default as text: literals as they are, other things by their names."""
    if isinstance(value, (tuple, list)):
        inner = ", ".join(shown(v) for v in value)
        return "[" + inner + "]" if isinstance(value, list) else "(" + inner + "," * (len(value) == 1) + ")"
    if value is None or isinstance(value, (bool, int, float, str)):
        return repr(value).replace(HOME, "~")
    if isinstance(value, dict) and not value:
        return "{}"
    if isinstance(value, mx.Context):
        return "cpu()" if value == mx.cpu() else str(value)
    if value is mx.base._Null:
        return "_Null"
    return getattr(value, "__name__", None) or type(value).__name__ + "()"


def signature(value):
    """Its parameters with defaults, or "" where Python can't tell."""
    try:
        parameters = inspect.signature(value).parameters.values()
    except (ValueError, TypeError):
        return ""
    texts, starred = [], False
    for p in parameters:
        text = {p.VAR_POSITIONAL: "*", p.VAR_KEYWORD: "**"}.get(p.kind, "") + p.name
        if p.kind is p.KEYWORD_ONLY and not starred:
            texts.append("*")
        starred = starred or p.kind in (p.VAR_POSITIONAL, p.KEYWORD_ONLY)
        texts.append(text if p.default is p.empty else text + "=" + shown(p.default))
    return "(" + ", ".join(texts) + ")"


class Recording:
    """Lines by name; an object that is met again is an alias of the first name."""

    def __init__(self):
        self.lines = {}
        self.homes = {}  # the first name of each object
        self.kept = []  # so that no address is given twice

    def add(self, name, value):
        key = id(value)
        foreign = inspect.isclass(value) and not value.__module__.startswith("mxnet")
        countable = isinstance(value, types.ModuleType) or (callable(value) and not foreign)
        if countable and key in self.homes:
            self.lines[name] = "alias " + self.homes[key]
            return
        if countable:
            self.homes[key] = name
            self.kept.append(value)
        if isinstance(value, types.ModuleType):
            self.lines[name] = "module"
        elif inspect.isclass(value) and not foreign:
            self.add_class(name, value)
        elif callable(value) and not foreign:
            # A generated function has the same parameters in every namespace: said once, for nd.
            kind = kind_of(value)
            again = kind == "operator" and not name.startswith("nd.")
            self.lines[name] = kind if again else (kind + " " + signature(value)).strip()
        else:
            self.lines[name] = "value " + type(value).__name__

    def add_class(self, name, value):
        """A class, and its members; those of base classes that are private are its own."""
        shown_bases = ", ".join(self.public_bases(value))
        self.lines[name] = "class " + signature(value) + (" < " + shown_bases if shown_bases else "")
        members = {}
        for base_class in reversed(value.__mro__):
            private = base_class.__module__.startswith("mxnet") and id(base_class) not in self.homes
            if base_class is value or private:
                members.update(vars(base_class))
        for member, attribute in members.items():
            if is_member(name, member, attribute):
                self.lines[name + "." + member] = member_line(attribute)

    def public_bases(self, value):
        """The base classes, with those of private ones in their place."""
        found = []
        for base_class in value.__bases__:
            if id(base_class) in self.homes:
                found.append(self.homes[id(base_class)])
            elif base_class.__module__.startswith("mxnet"):
                found.extend(self.public_bases(base_class))
            elif base_class is not object:
                found.append(base_class.__name__)
        return found


def is_member(class_name, name, attribute):
    if name.startswith("__"):
        return class_name == "nd.NDArray" and callable(attribute) and name not in SPECIAL
    return not name.startswith("_") and (
        callable(attribute) or isinstance(attribute, (property, staticmethod, classmethod))
    )


def member_line(attribute):
    if isinstance(attribute, property):
        return "property"
    if isinstance(attribute, (staticmethod, classmethod)):
        return type(attribute).__name__ + " " + signature(attribute.__func__)
    return ("method " + signature(attribute)).strip()


def kind_of(function):
    """Whether a function was generated from an operator; those have `name` and `out` or take anything."""
    code = getattr(function, "__code__", None)
    return "operator" if code is not None and code.co_filename == "<string>" else "function"


def record_names():
    recording = Recording()
    order = [sys.modules[name] for name in modules()]
    for module in order:
        recording.homes[id(module)] = canonical(module.__name__)
        recording.kept.append(module)
    for module in order:
        prefix = canonical(module.__name__)
        if prefix:
            recording.lines[prefix] = "module"
        # Base classes come before the classes made of them.
        items = [(n, v) for n, v in vars(module).items() if is_public(module, n, v)]
        items.sort(key=lambda item: (len(item[1].__mro__) if inspect.isclass(item[1]) else 0, item[0]))
        for name, value in items:
            full = prefix + "." + name if prefix else name
            if isinstance(value, types.ModuleType) and canonical(value.__name__) == full:
                continue
            recording.add(full, value)
    return recording.lines


def argument_texts(name):
    """What the C registry says of an operator's arguments, and the one that counts its inputs."""
    handle, text, count = base.OpHandle(), ctypes.c_char_p, ctypes.c_uint()
    base.check_call(base._LIB.NNGetOpHandle(base.c_str(name), ctypes.byref(handle)))
    real, description, key, returns = text(), text(), text(), text()
    names, kinds, words = (ctypes.POINTER(text)() for _ in range(3))
    base.check_call(
        base._LIB.MXSymbolGetAtomicSymbolInfo(
            handle, *[ctypes.byref(x) for x in (real, description, count, names, kinds, words, key, returns)]
        )
    )
    found = [base.py_str(names[i]) + ": " + base.py_str(kinds[i]) for i in range(count.value)]
    return found + ["counted by " + base.py_str(key.value)] * bool(key.value)


def operators():
    size, names = ctypes.c_uint(), ctypes.POINTER(ctypes.c_char_p)()
    base.check_call(base._LIB.MXListAllOpNames(ctypes.byref(size), ctypes.byref(names)))
    return sorted(base.py_str(names[i]) for i in range(size.value))


def operator_line(name):
    """Operators of gradients and of the NumPy interface by name alone: programs do not write them."""
    if name.startswith(("_backward", "_npi_", "_np_", "_npx_", "_sg_", "_contrib_tvm")):
        return name
    return "; ".join([name, *argument_texts(name)])


def main():
    warnings.simplefilter("ignore")
    load_all()
    lines = record_names()
    path = ROOT / "src" / "regluon" / "reference" / "mxnet.txt"
    path.write_text("".join("{} {}\n".format(n, t) for n, t in sorted(lines.items())))
    print("{}: {} names, {:,} bytes".format(path.name, len(lines), path.stat().st_size))
    listed = [operator_line(name) for name in operators()]
    path = ROOT / "tests" / "data" / "operators.txt"
    path.write_text("\n".join(listed) + "\n")
    print("{}: {} operators, {:,} bytes".format(path.name, len(listed), path.stat().st_size))


if __name__ == "__main__":
    main()
