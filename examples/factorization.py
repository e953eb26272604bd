"""Matrix factorization foretells how users rate films; the embeddings' gradients are sparse.

python factorization.py --optimizer adam
python factorization.py --data ml-100k/u.data

The data are lines of "user item rating ...", as in MovieLens 100k. Without --data NumPy makes users and films
of a few tastes. Only the rows of a batch's users and films are touched by a step (lazy updates).
"""

import argparse
import sys
import time

import numpy as np
from mxnet.gluon import nn

import mxnet as mx
from mxnet import autograd, gluon


def make_ratings(rng, users=500, items=300, rank=4, count=20000):
    """Users, items and ratings in 1...5, where a few users and items come up much more often than others."""
    taste, kind = rng.normal(0, 0.8, (users, rank)), rng.normal(0, 0.8, (items, rank))
    user = (users * rng.uniform(0, 1, count) ** 2).astype("int32")
    item = (items * rng.uniform(0, 1, count) ** 2).astype("int32")
    rating = 3 + (taste[user] * kind[item]).sum(1) + rng.normal(0, 0.3, count)
    return user, item, rating.clip(1, 5).astype("float32")


def read_ratings(path):
    table = np.loadtxt(path, usecols=(0, 1, 2))
    user, item = (np.unique(column, return_inverse=True)[1].astype("int32") for column in table.T[:2])
    return user, item, table[:, 2].astype("float32")


class Factorization(nn.HybridBlock):
    """rating = user · item + bias of the user + bias of the item + mean"""

    def __init__(self, users, items, rank, mean, **kwargs):
        super().__init__(**kwargs)
        self.mean = mean
        with self.name_scope():
            self.user = nn.Embedding(users, rank, sparse_grad=True)
            self.item = nn.Embedding(items, rank, sparse_grad=True)
            self.user_bias = nn.Embedding(users, 1, sparse_grad=True, weight_initializer="zeros")
            self.item_bias = nn.Embedding(items, 1, sparse_grad=True, weight_initializer="zeros")

    def hybrid_forward(self, F, user, item):
        product = (self.user(user) * self.item(item)).sum(axis=-1)
        biases = self.user_bias(user) + self.item_bias(item)
        return product + F.flatten(biases).reshape((-1,)) + self.mean


def show(step, steps, loss, error, samples, began):
    """One line that tells how far it is, on a terminal."""
    if sys.stderr.isatty():
        bar, rate = "#" * (30 * step // steps), samples / (time.time() - began)
        line = f"\r[{bar:30}] {step}/{steps}  loss {loss:.4f}  RMSE {error:.3f}  {rate:.0f} ratings/s "
        print(line, end="\n" if step == steps else "", file=sys.stderr, flush=True)


def main(words=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", help="a file of ratings")
    parser.add_argument("--optimizer", choices=["sgd", "adam", "adagrad"], default="adam")
    parser.add_argument("--lr", type=float, help="learning rate; 0.02, for sgd 8")
    parser.add_argument("--rank", type=int, default=8)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--steps", type=int, help="stop after so many batches")
    parser.add_argument("--batch-size", type=int, default=256)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(words)

    mx.random.seed(options.seed)
    np.random.seed(options.seed)  # noqa: NPY002 (it is what the DataLoader shuffles by)
    rng = np.random.default_rng(options.seed)
    user, item, rating = read_ratings(options.data) if options.data else make_ratings(rng)
    order = rng.permutation(len(rating))
    train, test = np.split(order, [len(order) * 9 // 10])
    loader = gluon.data.DataLoader(
        gluon.data.ArrayDataset(user[train], item[train], rating[train]),
        options.batch_size,
        shuffle=True,
        last_batch="discard",
    )

    net = Factorization(int(user.max()) + 1, int(item.max()) + 1, options.rank, float(rating[train].mean()))
    net.initialize(mx.init.Normal(0.1))
    net.hybridize()
    loss_of = gluon.loss.L2Loss()
    lr = options.lr or {"sgd": 8}.get(options.optimizer, 0.02)
    trainer = gluon.Trainer(net.collect_params(), options.optimizer, {"learning_rate": lr, "wd": 1e-5})
    metric = mx.metric.RMSE()
    steps, losses, began = options.steps or options.epochs * len(loader), [], time.time()
    while len(losses) < steps:
        metric.reset()
        for users, items, ratings in loader:
            with autograd.record():
                output = net(users, items)
                loss = loss_of(output, ratings)
            loss.backward()
            trainer.step(len(ratings))
            metric.update(ratings, output)
            losses.append(loss.mean().asscalar())
            count = len(losses)
            show(count, steps, losses[-1], metric.get()[1], count * options.batch_size, began)
            if count == steps:
                break
    metric.reset()
    metric.update(mx.nd.array(rating[test]), net(mx.nd.array(user[test]), mx.nd.array(item[test])))
    print(
        f"{options.optimizer}: {steps} steps, loss {losses[-1]:.4f}, RMSE of the rest {metric.get()[1]:.3f}"
    )
    return losses


if __name__ == "__main__":
    main()
