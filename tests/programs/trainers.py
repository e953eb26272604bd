"""Programs that train. Each takes ``mx`` and a folder."""

import numpy as np


def _step(mx, table, dense, trainer, contexts):
    """A step on the rows 1 and 3, on each context."""
    for ctx in contexts:
        rows = mx.nd.array([1, 3], ctx=ctx)
        picks = mx.nd.sparse.csr_matrix(np.eye(6)[[1, 3]].astype("f"), ctx=ctx)
        weight = table.data(ctx) if dense else table.row_sparse_data(rows)
        with mx.autograd.record():
            found = (
                mx.nd.Embedding(rows, weight, 6, 2, sparse_grad=True) if dense else mx.nd.dot(picks, weight)
            )
            loss = (found**2).sum()
        loss.backward()
    trainer.step(1)


def stores_of_sparse_parameters(mx, folder):
    found = []
    for stype in ("default", "row_sparse"):
        for count in (1, 2):
            for kind in ("local", "device", None, "made"):
                for on_store in (None, True, False):
                    contexts = [mx.cpu(i) for i in range(count)]
                    store = mx.kv.create("local") if kind == "made" else kind
                    table = mx.gluon.Parameter(
                        "w", shape=(6, 2), stype=stype, grad_stype="row_sparse", init=mx.init.One()
                    )
                    table.initialize(ctx=contexts)
                    given = {"learning_rate": 0.1, "momentum": 0.5}
                    trainer = mx.gluon.Trainer([table], "sgd", given, store, update_on_kvstore=on_store)
                    try:
                        _step(mx, table, stype == "default", trainer, contexts)
                        _step(mx, table, stype == "default", trainer, contexts)
                    except (TypeError, ValueError) as error:
                        found.append(type(error).__name__)
                        continue
                    every = mx.nd.arange(6)
                    weight = table.data() if stype == "default" else table.row_sparse_data(every)
                    found.append(weight.asnumpy()[:, 0].tolist())
    return found


PROGRAMS = [stores_of_sparse_parameters]
