"""Loaders for the recorder (Python 3.8, MXNet) and the tests: their batches in three rounds, under a seed."""

import numpy as np

SEED, ROUNDS = 5, 3


def columns(mx):
    """Eleven rows of every kind."""
    count = np.arange(11)
    return {
        "matrix": mx.nd.array(count[:, None] * 10.0 + np.arange(3)),
        "labels": mx.nd.array(count / 2),
        "images": mx.nd.array(np.arange(11 * 8).reshape(11, 2, 2, 2), dtype="uint8"),
        "numbers": mx.nd.array(count[:, None], dtype="int64"),
        "double": count[:, None] / 3,
        "float": (count / 4).astype("float32"),
        "int64": count * 2,
        "int32": np.stack([count, -count], 1).astype("int32"),
        "half": count.astype("float16"),
        "bool": count % 3 == 0,
        "list": [int(i) for i in count],
        "strided": np.arange(44.0).reshape(11, 4)[:, ::2],
    }


# name -> the columns, the loader's arguments
LOADERS = {
    "one": (["matrix"], {"batch_size": 4}),
    "labels only": (["labels"], {"batch_size": 4}),
    "both": (["matrix", "labels"], {"batch_size": 4, "shuffle": True}),
    "of one": (["matrix", "labels"], {"batch_size": 1, "shuffle": True}),
    "all at once": (["matrix", "labels"], {"batch_size": 20}),
    "types": (["images", "numbers", "double", "float", "int64", "int32"], {"batch_size": 3, "shuffle": True}),
    "more types": (["half", "bool", "strided"], {"batch_size": 5}),
    "a list": (["list", "matrix"], {"batch_size": 5, "shuffle": True}),
    "discard": (["matrix", "labels"], {"batch_size": 4, "shuffle": True, "last_batch": "discard"}),
    "keep": (["int64"], {"batch_size": 4, "shuffle": True, "last_batch": "keep"}),
    "rollover": (["matrix", "labels"], {"batch_size": 4, "shuffle": True, "last_batch": "rollover"}),
    "nothing left": (["matrix"], {"batch_size": 11, "last_batch": "discard"}),
    "reloaded": (["labels"], {"batch_size": 6, "shuffle": True, "auto_reload": True}),
}


def build(mx, name, **more):
    names, arguments = LOADERS[name]
    data = mx.gluon.data
    return data.DataLoader(data.ArrayDataset(*[columns(mx)[n] for n in names]), **arguments, **more)


def described(batch):
    if isinstance(batch, list):
        return [described(part) for part in batch]
    return [np.dtype(batch.dtype).name, batch.asnumpy().tolist()]


def run(mx, name, **more):
    """The batches of three rounds, the loader's length after each, and what NumPy draws then."""
    np.random.seed(SEED)  # noqa: NPY002
    loader = build(mx, name, **more)
    rounds = [[[described(batch) for batch in loader], len(loader)] for _ in range(ROUNDS)]
    return [rounds, int(np.random.randint(1 << 30))]  # noqa: NPY002
