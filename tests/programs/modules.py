"""Programs with MXNet's small modules. Each takes ``mx`` and a folder."""

import importlib
import json
import os
import warnings

import numpy as np

from programs.answers import error_of, warnings_of, write


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


def pieces_of_batches(mx, folder):
    utils, nd = mx.gluon.utils, mx.nd
    x, contexts = nd.arange(14).reshape((7, 2)), [mx.cpu(0), mx.cpu(1), mx.cpu(2)]
    pieces = utils.split_and_load(x, contexts, even_split=False)
    return [
        utils.split_data(x[:6], 3),
        utils.split_data(x, 3, even_split=False),
        utils.split_data(x, 2, batch_axis=1),
        pieces,
        [p.context for p in pieces],
        utils.split_and_load([[1, 2], [3, 4]], contexts[:2]),
        utils.split_and_load(np.ones((2, 2)), contexts[:1]),
        error_of(lambda: utils.split_data(x, 2)),
    ]


def norms(mx, folder):
    utils, nd = mx.gluon.utils, mx.nd
    arrays = [nd.array([[3, 4]]), nd.array([12])]
    found = [float(utils.clip_global_norm(arrays, 26)), [a.copy() for a in arrays]]
    found += [float(utils.clip_global_norm(arrays, 6.5)), [a.copy() for a in arrays]]
    found += [utils.clip_global_norm(arrays, 1, check_isfinite=False), arrays]
    bad = [nd.array([float("nan")])]
    return [
        *found,
        warnings_of(lambda: utils.clip_global_norm(bad, 1) is None),
        error_of(lambda: utils.clip_global_norm([], 1)),
    ]


def files(mx, folder):
    utils = mx.gluon.utils
    one, two = folder / "one", folder / "two"
    write(one, "abc")
    write(two, "old")
    utils.replace_file(str(one), str(two))
    sha1 = "a9993e364706816aba3e25717850c26c9cd0d89d"
    there = utils.download("https://nowhere.invalid/two", path=str(folder), sha1_hash=sha1)
    return [
        one.exists(),
        two.read_text(),
        utils.check_sha1(str(two), sha1),
        utils.check_sha1(str(two), "0" * 40),
        os.path.basename(there),
        error_of(lambda: utils.replace_file(str(one), str(two))),
        error_of(lambda: utils.download("https://nowhere.invalid/", retries=1)),
        error_of(lambda: utils.download("https://nowhere.invalid/x", str(folder), retries=-1)),
        [utils._brief_print_list(range(n)) for n in (0, 1, 7, 8, 20)],
        [utils._brief_print_list("abcdef", limit=n) for n in (2, 3, 4, 5)],
        [utils._indent(text, 2) for text in ("", "a", "a\nb\n\nc")],
        utils._get_repo_url(),
        utils._get_repo_file_url("a", "b"),
    ]


def shapes_known(mx, folder):
    known = mx.gluon.utils.shape_is_known
    return [known(s) for s in (None, (), (1, 2), (0, 2), (2, 0), [3])]


def hooks(mx, folder):
    net, seen = mx.gluon.nn.Dense(1), []
    handle = net.register_forward_hook(lambda block, inputs, output: seen.append("hook"))
    other = mx.gluon.utils.HookHandle()
    net.initialize()
    net(mx.nd.ones((1, 2)))
    with handle:
        net(mx.nd.ones((1, 2)))
    net(mx.nd.ones((1, 2)))
    hooks = net._forward_hooks
    other.attach(hooks, len)
    found = [seen, len(hooks), error_of(lambda: other.attach(hooks, len))]
    other.detach()
    other.detach()
    return [*found, len(hooks)]


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


def the_first_autograd(mx, folder):
    autograd, nd = mx.contrib.autograd, mx.nd

    def told():
        return [mx.autograd.is_recording(), mx.autograd.is_training()]

    found = [autograd.set_is_training(True), told(), autograd.set_is_training(False), told()]
    with autograd.train_section():
        found.append(told())
        with autograd.test_section():
            found.append(told())
        with autograd.TrainingStateScope(True):
            found.append(told())
        found.append(told())
    found.append(told())
    x, y, dx, dy = nd.array([1, 2]), nd.array([3, 4]), nd.zeros(2), nd.ones(2)
    autograd.mark_variables([x, y], [dx, dy], ["write", "add"])
    with autograd.train_section():
        z, w = x * y, x + y
    autograd.backward([z], retain_graph=True)
    found += [dx.copy(), dy.copy()]
    autograd.backward([z, w], [nd.array([1, 10]), None])
    found += [dx.copy(), dy.copy()]
    with autograd.train_section():
        z = x * x
    autograd.compute_gradient([z])
    found.append(dx.copy())

    def loss(a, b):
        """Its words."""
        return a * b * b

    found += [autograd.grad(loss)(x, y), autograd.grad_and_loss(loss, 1)(x, y)]
    found += [autograd.grad(loss, [1, 0])(x, y), autograd.grad(loss, 0)(x, y), autograd.grad(loss).__doc__]
    return [
        *found,
        error_of(lambda: autograd.backward(z)),
        error_of(lambda: autograd.backward([z], [z, z])),
        error_of(lambda: autograd.grad(loss)(x, 3)),
    ]


def a_loader_as_an_iterator(mx, folder):
    data = mx.gluon.data
    numbers = np.arange(14, dtype="float32").reshape((7, 2))
    loader = data.DataLoader(data.ArrayDataset(numbers, np.arange(7)), 3, last_batch="keep")
    found = []
    for dtype in ("float32", "float16"):
        source = mx.contrib.io.DataLoaderIter(loader, "x", "y", dtype)
        described = source.provide_data + source.provide_label
        found.append([[d.name, d.shape, str(d.dtype), d.layout] for d in described])
        for _ in range(2):
            for batch in source:
                kept = 3 - batch.pad
                found.append([batch.pad, batch.index, batch.data[0].shape, batch.label[0].shape])
                found.append([batch.data[0][:kept], batch.label[0][:kept]])
            source.reset()
    return [*found, source.batch_size, isinstance(source, mx.io.DataIter)]


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


def counts_of(table):
    """The counts of a table by section and name."""
    found, section = {}, ""
    for line, after in zip(table, table[1:]):  # noqa: B905, RUF007
        if after.startswith("====="):
            section = line
        words = line.split()
        if len(words) > 2 and words[1].isdigit():
            found[section, words[0]] = int(words[1])
    return found


def marks(mx, folder):
    """What programs note by themselves, as it is in tables and traces."""
    profiler, path = mx.profiler, str(folder / "trace.json")
    profiler.set_config(profile_all=True, aggregate_stats=True, filename=path)
    domain = profiler.Domain("dom")
    task, frame = domain.new_task("task"), domain.new_frame("frame")
    event, marker = profiler.Event("event"), domain.new_marker("marker")
    task.start()
    task.stop()
    profiler.set_state("run")
    counter = domain.new_counter("counter", 3)
    for timed in (task, frame, event):
        timed.start()
        timed.stop()
    task.start()
    task.stop()
    counter.increment(2)
    counter.decrement()
    counter += 4
    counter -= 1
    counter.set_value(11)
    for scope in ("process", "global", "thread"):
        marker.mark(scope)
    profiler.pause()
    frame.start()
    frame.stop()
    profiler.resume()
    (mx.nd.ones(2) + 1).wait_to_read()
    mx.nd.waitall()
    profiler.set_state("stop")
    event.start()
    event.stop()
    table = profiler.dumps().splitlines()
    counts = counts_of(table)
    old_name = warnings_of(profiler.dump_profile)
    trace = json.loads((folder / "trace.json").read_text())
    own = ("task", "frame", "event", "marker", "counter")
    kinds = {e["name"]: e["cat"] for e in trace["traceEvents"] if e.get("cat", "")[:3] in ("dom", "eve")}
    values = [e["args"]["counter"] for e in trace["traceEvents"] if e["name"] == "counter"]
    beginnings = [e["name"] for e in trace["traceEvents"] if e["ph"] in "XBb(in" and e["name"] in own]
    return [
        [str(named) for named in (domain, task, frame, event, counter)],
        {name: kinds[name] for name in ("task", "frame", "event", "marker")},
        values,
        sorted(beginnings),
        [counts[kind] for kind in (("dom", "task"), ("dom,frame", "frame"), ("event", "event"))],
        any(kind == "operator" for kind, _ in counts),
        table[:3],
        next(line for line in table if line.startswith("Name") and "Time" in line),
        trace["displayTimeUnit"],
        old_name,
        error_of(profiler.dump),
    ]


def the_profiler_refuses(mx, folder):
    profiler = mx.profiler
    marker = profiler.Domain("a").new_marker("b")
    return [
        error_of(lambda: profiler.set_config(foo=1)),
        error_of(lambda: profiler.set_config(profile_all="maybe")),
        error_of(lambda: profiler.set_state("foo")),
        error_of(lambda: profiler.set_state("run", "foo")),
        error_of(lambda: profiler.pause("foo")),
        error_of(lambda: profiler.resume("foo")),
        error_of(lambda: profiler.dump(profile_process="foo")),
        error_of(lambda: profiler.dumps(format="foo")),
        error_of(lambda: profiler.dumps(sort_by="foo")),
        error_of(lambda: profiler.dumps(ascending=3)),
        error_of(lambda: profiler.dumps(reset=3)),
        error_of(lambda: marker.mark("foo")),
        profiler.Task(profiler.Domain("a"), "b").stop(),
    ]


def the_profilers_old_names(mx, folder):
    profiler, path = mx.profiler, str(folder / "trace.json")
    found = [
        warnings_of(lambda: profiler.profiler_set_config("all", path)),
        warnings_of(lambda: profiler.profiler_set_state("run")),
        warnings_of(profiler.profiler_set_state),
    ]
    return found


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
    pieces_of_batches,
    norms,
    files,
    shapes_known,
    hooks,
    the_default_context,
    the_first_autograd,
    a_loader_as_an_iterator,
    registries,
    seeds,
    the_profilers_old_names,
    marks,
    the_profiler_refuses,
]
