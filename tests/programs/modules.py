"""Programs with MXNet's small modules. Each takes ``mx`` and a folder."""

import importlib
import os
import warnings

import numpy as np

from programs.answers import error_of, warnings_of


def attributes_of_scopes(mx, folder):
    scope = mx.AttrScope
    found = [scope(a="1").get({"b": "2"}), scope(a="1").get({"a": "2"}), scope(a="1").get(None)]
    found += [scope().get(None), scope().get({"c": "3"}), error_of(lambda: scope(a=1))]
    with scope(a="1", b="1") as outer, mx.attribute.AttrScope(b="2") as inner:
        found.append(warnings_of(lambda: scope.current is inner))
        found += [inner.get({}), outer.get({})]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [*found, scope.current.get({})]


def automatic_names(mx, folder):
    name, found = mx.name, []
    plain_names, prefixed = name.NameManager(), name.Prefix("net_")
    for names in (plain_names, prefixed):
        with names as inside:
            found.append(
                [names.get(*given) for given in ((None, "a"), ("given", "a"), ("", "b"), (None, "a"))]
            )
            found.append(inside is names)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found.append(name.NameManager.current is names)
            net = mx.gluon.nn.Dense(1)
            found.append([net.prefix, sorted(net.collect_params())])
    return found


def bulks(mx, folder):
    engine = mx.engine
    found = [engine.set_bulk_size(7), engine.set_bulk_size(8)]
    with engine.bulk(3):
        found.append(engine.set_bulk_size(4))
    found.append(engine.set_bulk_size(15))
    try:
        with engine.bulk(2):
            1 / 0  # noqa: B018
    except ZeroDivisionError:
        found.append(engine.set_bulk_size(15))
    return found


def errors(mx, folder):
    base = mx.base

    class First(RuntimeError):  # noqa: N818
        pass

    class Second(RuntimeError):  # noqa: N818
        pass

    registered = [
        base.register_error(First) is First,
        mx.error.register("Other", Second) is Second,
        base.register_error("Third")(Second) is Second,
        [
            base.error_types[name] is kind
            for name, kind in (("First", First), ("Other", Second), ("Third", Second))
        ],
    ]
    known = [n for n in ("InternalError", "ValueError", "TypeError", "IndexError") if n in base.error_types]
    return [
        registered,
        known,
        [
            issubclass(kind, base.MXNetError)
            for kind in (mx.error.InternalError, base.NotImplementedForSymbol)
        ],
        mx.error.MXNetError is mx.MXNetError,
        str(mx.error.InternalError("x")).startswith("x\nMXNet hint: You hit an internal error."),
        str(mx.error.InternalError("MXNet hint: x")),
        str(base.NotImplementedForSymbol(len, "bar", 3, "x")),
        str(base.NotSupportedForSparseNDArray(len, "", 3)),
        str(base.NotSupportedForSparseNDArray(len, None)),
    ]


def names_of_base(mx, folder):
    base = mx.base
    before = os.environ.pop("MXNET_HOME", None)

    class A:
        @base.classproperty
        def name(cls):  # noqa: N805
            return cls.__name__

    try:
        places = [base.data_dir() == os.path.join(os.path.expanduser("~"), ".mxnet")]
        os.environ["MXNET_HOME"] = "there"
        places.append(base.data_dir())
    finally:
        os.environ.pop("MXNET_HOME")
        if before is not None:
            os.environ["MXNET_HOME"] = before
    numbers = [1, 1.5, np.float32(2), np.int64(3), np.int32(3), "a", True]
    return [
        places,
        [isinstance(n, base.integer_types) for n in numbers],
        [isinstance(n, base.numeric_types) for n in numbers],
        [isinstance(n, base.string_types) for n in numbers],
        base.mx_real_t.__name__,
        A.name,
        base.py_str(b"ab"),
        base._as_list((1, 2)),
        base._as_list(3),
    ]


def shapes_of_numpy(mx, folder):
    util, found = mx.util, []
    found += [util.is_np_shape(), util.set_np_shape(True), mx.is_np_shape(), mx.set_np_shape(False)]
    with util.np_shape():
        found.append(util.is_np_shape())
        with mx.np_shape(False):
            found.append(util.is_np_shape())
        found.append(util.is_np_shape())

    @util.use_np_shape
    def inside(a, b=2):
        """Says so."""
        return [a, b, util.is_np_shape()]

    @mx.use_np_shape
    class Inside:
        def call(self):
            return util.is_np_shape()

    return [
        *found,
        inside(1, b=3),
        inside.__name__,
        inside.__doc__,
        Inside().call(),
        mx.is_np_shape(),
        mx.is_np_array(),
    ]


def the_environment(mx, folder):
    util = mx.util
    found = [util.getenv("REGLUON_NOT_THERE"), util.setenv("REGLUON_NOT_THERE", "1")]
    found += [util.getenv("REGLUON_NOT_THERE"), util.setenv("REGLUON_NOT_THERE", None)]

    @util.set_module("mxnet.somewhere")
    def function():
        pass

    return [*found, util.getenv("REGLUON_NOT_THERE"), function.__module__]


def old_schedulers(mx, folder):
    misc = importlib.import_module("mxnet.misc")
    scheduler = misc.FactorScheduler(step=3, factor=0.5)
    return [
        [scheduler(n) for n in range(9)],
        misc.LearningRateScheduler().base_lr,
        error_of(lambda: misc.FactorScheduler(0)),
        error_of(lambda: misc.FactorScheduler(1, 1.0)),
        error_of(lambda: misc.LearningRateScheduler()(1)),
    ]


def features(mx, folder):
    runtime = mx.runtime
    found = runtime.Features()
    return [
        list(found),
        [f.name for f in runtime.feature_list()] == list(found),
        found is runtime.Features(),
        [found[name].name for name in ("CUDA", "LAPACK")],
        found.is_enabled("lapack"),
        found.is_enabled("TVM_OP"),
        error_of(lambda: found.is_enabled("foo")),
        [repr(found["LAPACK"]), repr(found["TVM_OP"])],
        repr(found).startswith("["),
    ]


def the_default_context(mx, folder):
    kind = mx.Context
    found = [warnings_of(lambda: str(kind.default_ctx)), str(mx.current_context())]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        kind.default_ctx = mx.cpu(1)
        found += [mx.nd.ones(1).context, mx.current_context()]
        with mx.cpu(2):
            found.append(kind.default_ctx)
        found.append(kind.default_ctx)
        kind.default_ctx = mx.cpu()
    return found


def registries(mx, folder):
    registry = mx.registry

    class Kind:
        def __init__(self, size=1):
            self.size = size

    register, alias = registry.get_register_func(Kind, "kind"), registry.get_alias_func(Kind, "kind")
    create = registry.get_create_func(Kind, "kind")

    @register
    @alias("second", "Third")
    class First(Kind):
        pass

    own = First(9)
    return [
        sorted(registry.get_registry(Kind)),
        [create("FIRST").size, create("third", 2).size, create(kind="first", size=3).size],
        [create('["first", {"size": 4}]').size, create('{"kind": "second", "size": 5}').size],
        create(own) is own,
        [error_of(lambda: create("no")), error_of(lambda: create(own, 1)), error_of(lambda: register(int))],
    ]


def seeds(mx, folder):
    random, found = mx.random, []
    for seed in (3, 3, np.int32(3)):
        random.seed(seed)
        found.append(random.uniform(shape=2))
    random.seed(4, ctx=mx.cpu(0))
    return [*found, mx.rnd.normal(shape=2), mx.rnd is random, error_of(lambda: random.seed(2.5))]


PROGRAMS = [
    attributes_of_scopes,
    automatic_names,
    bulks,
    errors,
    names_of_base,
    shapes_of_numpy,
    the_environment,
    old_schedulers,
    features,
    the_default_context,
    registries,
    seeds,
]
