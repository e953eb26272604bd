"""Programs with gluon.utils, and with what mx.contrib has beside it. Each takes ``mx`` and a folder."""

import os

import numpy as np

from programs.answers import error_of, warnings_of, write


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


PROGRAMS = [
    pieces_of_batches,
    norms,
    files,
    shapes_known,
    hooks,
    the_first_autograd,
    a_loader_as_an_iterator,
]
