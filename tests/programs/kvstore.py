"""Programs with key-value stores. Each takes ``mx`` and a folder."""

from programs.answers import error_of

KINDS = ("local", "device")


def pairs(mx, scale=1):
    """An array on each of two contexts."""
    return [mx.nd.array([n * scale, 10 * n * scale], ctx=mx.cpu(n - 1)) for n in (1, 2)]


def pulled(mx, store, key, shape=(2,), **more):
    out = mx.nd.zeros(shape)
    store.pull(key, out=out, **more)
    return out


def what_a_store_says(mx, folder):
    found = []
    for kind in (
        "local",
        "device",
        "LOCAL",
        "local_update_cpu",
        "local_allreduce_cpu",
        "local_allreduce_device",
    ):
        store = mx.kv.create(kind)
        found.append([store.type, store.rank, store.num_workers, store.is_capable("Optimizer")])
    store = mx.kvstore.create()
    return [
        found,
        store.type,
        isinstance(store, mx.kv.KVStoreBase),
        error_of(lambda: store.is_capable("foo")),
        error_of(lambda: mx.kv.create(3)),
    ]


def init_and_pull(mx, folder):
    store, value = mx.kv.create("local"), mx.nd.array([1, 2])
    store.init("a", value)
    value[:] = 7
    store.init(["b", "c"], [mx.nd.ones(2) * 2, mx.nd.ones((1, 3))])
    two = [mx.nd.zeros(2), mx.nd.zeros(2, ctx=mx.cpu(1))]
    store.pull("b", out=two)
    half = mx.nd.zeros(2, dtype="float16")
    store.pull(["a"], out=[half])
    return [pulled(mx, store, "a"), two, [t.context for t in two], pulled(mx, store, "c", (1, 3)), half]


def push(mx, folder):
    found = []
    for kind in KINDS:
        store = mx.kv.create(kind)
        store.init(3, mx.nd.ones(2))
        store.push(3, mx.nd.ones(2) * 4)
        found.append(pulled(mx, store, 3))
        store.push(3, pairs(mx))
        store.push(3, pairs(mx, 2), priority=-1)
        found.append(pulled(mx, store, 3))
        store.init([5, 7], [mx.nd.ones(2)] * 2)
        store.push([7, 5, 7], [mx.nd.ones(2), mx.nd.ones(2) * 2, mx.nd.ones(2) * 3])
        store.push([5], [pairs(mx)])
        found += [pulled(mx, store, 5), pulled(mx, store, 7)]
    return found


def other_shapes_and_types(mx, folder):
    store = mx.kv.create()
    store.init("a", mx.nd.ones(2))
    store.push("a", mx.nd.ones(3))
    found = [pulled(mx, store, "a", (3,))]
    store.push("a", mx.nd.array([1, 2], dtype="float16"))
    found.append(pulled(mx, store, "a"))
    store.init("i", mx.nd.array([1, 2], dtype="int32"))
    store.push("i", [mx.nd.array([1, 2], dtype="int32")] * 3)
    return [*found, pulled(mx, store, "i")]


def pushpull(mx, folder):
    found = []
    for kind in KINDS:
        store, values, out = mx.kv.create(kind), pairs(mx), mx.nd.zeros(2)
        store.init("a", mx.nd.ones(2))
        store.pushpull("a", values)
        store.pushpull("a", pairs(mx, 3), out=out)
        found += [values, out, pulled(mx, store, "a")]
        store.init(["b", "c"], [mx.nd.ones(2)] * 2)
        outs = [mx.nd.zeros(2), mx.nd.zeros(2)]
        store.pushpull(["b", "c"], [pairs(mx), mx.nd.ones(2)], out=outs)
        found.append(outs)
    return found


def broadcast(mx, folder):
    store, outs = mx.kv.create("device"), pairs(mx)
    store.broadcast("a", mx.nd.ones(2) * 3, out=outs)
    return [outs, error_of(lambda: store.broadcast("a", mx.nd.ones(2), out=outs))]


def an_updater(mx, folder):
    found = []
    for keys in ([0, 1], ["x", "y"]):
        store, seen = mx.kv.create("device"), []

        def update(key, pushed, stored):
            seen.append([key, pushed.asnumpy().tolist(), stored.asnumpy().tolist()])  # noqa: B023
            stored[:] = stored.asnumpy() + 2 * pushed.asnumpy()

        store.init(keys, [mx.nd.ones(2), mx.nd.ones(2) * 3])
        store._set_updater(update)
        store.push(keys, [mx.nd.ones(2), mx.nd.ones(2) * 5])
        mx.nd.waitall()
        found += [seen, pulled(mx, store, keys[0]), pulled(mx, store, keys[1])]
    return found


def an_optimizer(mx, folder):
    found = []
    for kind in KINDS:
        store = mx.kv.create(kind)
        store.init([3, 4], [mx.nd.ones(2), mx.nd.ones(2) * 2])
        store.set_optimizer(mx.optimizer.SGD(learning_rate=0.5, momentum=0.5))
        for _ in range(3):
            store.push([3, 4], [pairs(mx), mx.nd.ones(2)])
        found += [pulled(mx, store, 3), pulled(mx, store, 4), store._updater.states[4]]
    return found


def states_of_an_optimizer(mx, folder):
    path = str(folder / "states")
    store = mx.kv.create()
    store.init(5, mx.nd.ones(2))
    store.set_optimizer(mx.optimizer.SGD(learning_rate=0.5, momentum=0.5))
    store.push(5, mx.nd.ones(2))
    store.save_optimizer_states(path, dump_optimizer=True)
    other = mx.kv.create()
    other.init(5, mx.nd.ones(2))
    other.set_optimizer(mx.optimizer.SGD())
    other.load_optimizer_states(path)
    other.push(5, mx.nd.ones(2))
    store.save_optimizer_states(path)
    plain_store = mx.kv.create()
    return [
        pulled(mx, other, 5),
        other._updater.states[5],
        other._updater.optimizer.momentum,
        error_of(lambda: plain_store.save_optimizer_states(path)),
        error_of(lambda: plain_store.load_optimizer_states(path)),
    ]


def two_bits(mx, folder):
    store, found = mx.kv.create("device"), []
    store.set_gradient_compression({"type": "2bit", "threshold": 0.5})
    store.init("a", mx.nd.zeros(6))
    numbers = [0.3, 0.7, -0.9, 2, -0.5, 0.5]
    for _ in range(4):
        store.push("a", [mx.nd.array(numbers), mx.nd.array(numbers, ctx=mx.cpu(1)) * 0.7])
        found.append(pulled(mx, store, "a", (6,)))
    one = mx.kv.create("device")
    one.set_gradient_compression({"type": "2bit", "other": 3})
    one.init("a", mx.nd.zeros(6))
    for _ in range(3):
        values = [mx.nd.array(numbers)]
        one.pushpull("a", values)
        found.append(values)
    return found


def two_bits_refused(mx, folder):
    store, local = mx.kv.create("device"), mx.kv.create("local")
    wrong = [
        {"type": "3bit"},
        {"type": "2bit", "threshold": -1},
        {"type": "2bit", "threshold": 0},
        {"threshold": 1},
    ]
    found = [error_of(lambda: store.set_gradient_compression(w)) for w in wrong]  # noqa: B023
    try:
        local.set_gradient_compression({"type": "2bit"})
    except Exception:
        found.append("refused")
    return found


def stored_by_rows(mx, folder):
    store, nd = mx.kv.create(), mx.nd
    store.init("a", nd.array([[1, 2], [3, 4], [5, 6]]).tostype("row_sparse"))
    one, two = nd.sparse.zeros("row_sparse", (3, 2)), nd.sparse.zeros("row_sparse", (3, 2))
    store.row_sparse_pull("a", out=one, row_ids=nd.array([2, 0, 2]))
    found = [one.copy(), one.indices]
    store.row_sparse_pull("a", out=[one, two], row_ids=[nd.array([2]), nd.array([0, 1])])
    found += [one.copy(), two.copy()]
    store.row_sparse_pull("a", out=[one, two], row_ids=nd.array([1]))
    found += [one.copy(), two.copy()]
    store.pull("a", out=one)
    found += [one.copy(), pulled(mx, store, "a", (3, 2))]
    store.pull("a", out=one, ignore_sparse=False)
    found.append(one.copy())
    rows = nd.sparse.row_sparse_array(([[1, 1]], [1]), shape=(3, 2))
    store.push("a", [rows, rows])
    store.row_sparse_pull("a", out=one, row_ids=nd.array([0, 1]))
    return [*found, one, pulled(mx, store, "a", (3, 2), ignore_sparse=False)]


def rows_and_an_optimizer(mx, folder):
    store, nd = mx.kv.create(), mx.nd
    rows = nd.sparse.row_sparse_array(([[1, 1]], [1]), shape=(3, 2))
    store.init(0, nd.ones((3, 2)).tostype("row_sparse"))
    store.set_optimizer(mx.optimizer.SGD(learning_rate=1.0))
    store.push(0, [rows, rows])
    return pulled(mx, store, 0, (3, 2), ignore_sparse=False)


def rows_refused(mx, folder):
    store, nd = mx.kv.create(), mx.nd
    store.init(["a", "b"], [nd.ones((3, 2)).tostype("row_sparse"), nd.ones((3, 2))])
    rows, ids = nd.sparse.zeros("row_sparse", (3, 2)), nd.array([0])
    return [
        error_of(lambda: store.row_sparse_pull("a", out=rows)),
        error_of(lambda: store.row_sparse_pull("a", row_ids=ids)),
        error_of(lambda: store.row_sparse_pull("a", out=nd.ones((3, 2)), row_ids=ids)),
        error_of(lambda: store.row_sparse_pull("b", out=rows, row_ids=ids)),
        error_of(lambda: store.row_sparse_pull("a", out=rows, row_ids=3)),
        error_of(lambda: store.row_sparse_pull("a", out=[rows] * 3, row_ids=[ids] * 2)),
    ]


def what_is_refused(mx, folder):
    store, nd = mx.kv.create(), mx.nd
    store.init("a", nd.ones(2))
    return [
        error_of(lambda: store.init("a", nd.ones(2))),
        error_of(lambda: store.init(3, nd.ones(2))),
        error_of(lambda: store.init(2.5, nd.ones(2))),
        error_of(lambda: store.init(["b", "c"], [nd.ones(2)])),
        error_of(lambda: store.init(["b", 3], [nd.ones(2)] * 2)),
        error_of(lambda: store.init("b", [1, 2])),
        error_of(lambda: store.init("b", 3)),
        error_of(lambda: store.push("b", nd.ones(2))),
        error_of(lambda: store.push("a", 3)),
        error_of(lambda: store.pull("b", out=nd.ones(2))),
        error_of(lambda: store.pull("a")),
        error_of(lambda: mx.kv.create().pull(3, out=nd.ones(2))),
        error_of(lambda: store.pushpull("b", nd.ones(2))),
    ]


def stores_of_ones_own(mx, folder):
    @mx.kv.KVStoreBase.register
    class Own(mx.kv.KVStoreBase):
        pass

    own, none = mx.kv.create("own"), mx.nd.ones(2)
    calls = [
        lambda: own.broadcast(0, none, none),
        lambda: own.pushpull(0, none),
        lambda: own.set_optimizer(None),
        lambda: own.is_capable("optimizer"),
        lambda: own.save_optimizer_states(""),
        lambda: own.load_optimizer_states(""),
        lambda: own.type,
        lambda: own.rank,
        lambda: own.num_workers,
    ]
    return [isinstance(own, Own), [error_of(call) for call in calls], error_of(lambda: own.register(3))]


def the_store_for_tests(mx, folder):
    store, values, outs = mx.kv.create("teststore"), pairs(mx), pairs(mx)
    store.pushpull(0, values)
    store.pushpull(0, pairs(mx, 2), out=outs)
    found = [values, [o.copy() for o in outs]]
    store.broadcast(0, mx.nd.ones(2), outs[0])
    one = mx.nd.ones(2)
    store.pushpull(0, one, out=outs[0])
    kind = mx.kv.base.TestStore
    return [
        *found,
        outs,
        [store.type, store.rank, store.num_workers, kind.is_capable("optimizer")],
        error_of(lambda: store.is_capable("foo")),
        error_of(lambda: store.set_optimizer(None)),
        error_of(lambda: store.save_optimizer_states("")),
        error_of(lambda: store.load_optimizer_states("")),
    ]


def trained(mx, steps=3, contexts=2, **more):
    """The weights that a Trainer leaves on each context, and itself."""
    weight = mx.gluon.Parameter("w_weight", shape=(2,))
    weight.initialize(mx.init.One(), ctx=[mx.cpu(n) for n in range(contexts)])
    arguments = {"learning_rate": 0.25, "momentum": 0.5}
    trainer = mx.gluon.Trainer([weight], "sgd", arguments, **more)
    for step in range(steps):
        losses = []
        with mx.autograd.record():
            for n, data in enumerate(weight.list_data()):
                losses.append((data * data * (n + 1 + step)).sum())
        mx.autograd.backward(losses)
        trainer.step(4)
    return [weight.list_data(), weight.list_grad()], trainer


def a_trainer(mx, folder):
    found = []
    for kind in KINDS:
        for update in (None, True, False):
            found.append(trained(mx, kvstore=kind, update_on_kvstore=update)[0])
            found.append(trained(mx, kvstore=mx.kv.create(kind), update_on_kvstore=update)[0])
            found.append(trained(mx, contexts=1, kvstore=mx.kv.create(kind), update_on_kvstore=update)[0])
    found.append(trained(mx, kvstore="teststore", update_on_kvstore=False)[0])
    return found


def a_trainer_with_two_bits(mx, folder):
    found, bits = [], {"type": "2bit", "threshold": 0.5}
    for update in (True, False):
        found.append(trained(mx, kvstore="device", compression_params=bits, update_on_kvstore=update)[0])
        store = mx.kv.create("device")
        found.append(trained(mx, kvstore=store, compression_params=bits, update_on_kvstore=update)[0])
    return found


def what_a_trainer_leaves_in_a_store(mx, folder):
    path, found = str(folder / "states"), []
    for contexts in (1, 2):
        store = mx.kv.create("device")
        trainer = trained(mx, contexts=contexts, kvstore=store)[1]
        found.append(pulled(mx, store, 0))
        store.save_optimizer_states(path)
        trainer.load_states(path)
        found.append(store._updater.states[0])
        trainer.save_states(path)
        found.append(error_of(trainer.allreduce_grads))
    return found


PROGRAMS = [
    what_a_store_says,
    init_and_pull,
    push,
    other_shapes_and_types,
    pushpull,
    broadcast,
    an_updater,
    an_optimizer,
    states_of_an_optimizer,
    two_bits,
    two_bits_refused,
    stored_by_rows,
    rows_and_an_optimizer,
    rows_refused,
    what_is_refused,
    stores_of_ones_own,
    the_store_for_tests,
    a_trainer,
    a_trainer_with_two_bits,
    what_a_trainer_leaves_in_a_store,
]
