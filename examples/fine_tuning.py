"""A ResNet-18 that knows ten textures is fine-tuned to tell apart two others.

python fine_tuning.py --params resnet18_v1-thumbnail.params

The file holds the parameters of ``resnet18_v1(thumbnail=True)``, as save_parameters() writes them. Without
--params such a net is first trained a little on textures that NumPy draws, and saved.
"""

import argparse
import os
import sys
import tempfile
import time

import numpy as np
from mxnet.gluon.model_zoo import vision

import mxnet as mx
from mxnet import autograd, gluon

SIZE = 16


def draw_textures(count, classes, rng, shade=0.0):
    """Waves whose direction and length tell the class, in any color, with noise; with their classes."""
    labels = rng.integers(0, classes, count).astype("int32")
    y, x = np.mgrid[0:SIZE, 0:SIZE]
    images = rng.normal(0, 0.3, (count, 3, SIZE, SIZE))
    for number, image in enumerate(images):
        angle, length = np.pi * (labels[number] + shade) / classes, 3 + labels[number] % 3
        wave = np.sin(2 * np.pi * (np.cos(angle) * x + np.sin(angle) * y) / length + rng.uniform(0, 6.3))
        image += wave * rng.uniform(0.3, 1, (3, 1, 1))
    return gluon.data.ArrayDataset(images.astype("float32"), labels)


def show(step, steps, loss, accuracy, samples, began):
    """One line that tells how far it is, on a terminal."""
    if sys.stderr.isatty():
        bar, rate = "#" * (30 * step // steps), samples / (time.time() - began)
        line = f"\r[{bar:30}] {step}/{steps}  loss {loss:.4f}  accuracy {accuracy:.3f}  {rate:.0f} images/s "
        print(line, end="\n" if step == steps else "", file=sys.stderr, flush=True)


def train(net, data, trainer, batch_size, steps):
    """The loss of every step."""
    loss_of, metric = gluon.loss.SoftmaxCrossEntropyLoss(), mx.metric.Accuracy()
    loader = gluon.data.DataLoader(data, batch_size, shuffle=True, last_batch="discard")
    losses, began = [], time.time()
    while len(losses) < steps:
        metric.reset()
        for images, labels in loader:
            with autograd.record():
                output = net(images)
                loss = loss_of(output, labels)
            loss.backward()
            trainer.step(batch_size)
            metric.update(labels, output)
            losses.append(loss.mean().asscalar())
            count = len(losses)
            show(count, steps, losses[-1], metric.get()[1], count * batch_size, began)
            if count == steps:
                break
    return losses


def pretrain(path, data, batch_size, steps):
    """Writes the parameters of a net that has learned ``data`` for some steps."""
    net = vision.resnet18_v1(classes=10, thumbnail=True)
    net.initialize(mx.init.Xavier())
    net.hybridize()
    net(mx.nd.zeros((1, 3, SIZE, SIZE)))  # completes the shapes
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.01, "momentum": 0.9})
    train(net, data, trainer, batch_size, steps)
    net.save_parameters(path)


def main(words=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--params", help="a file of trained parameters")
    parser.add_argument(
        "--pretrain", type=int, default=40, help="steps to train the net, if there is no file"
    )
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--steps", type=int, help="stop after so many batches")
    parser.add_argument("--batch-size", type=int, default=8)
    parser.add_argument("--lr", type=float, default=0.00002)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(words)

    mx.random.seed(options.seed)
    np.random.seed(options.seed)  # noqa: NPY002 (it is what the DataLoader shuffles by)
    rng = np.random.default_rng(options.seed)
    source, data, test = (
        draw_textures(640, 10, rng),
        draw_textures(320, 2, rng, 0.5),
        draw_textures(64, 2, rng, 0.5),
    )

    trained = vision.resnet18_v1(classes=10, thumbnail=True)
    if options.params:
        trained.load_parameters(options.params)
    else:
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "resnet18_v1-thumbnail.params")
            pretrain(path, source, options.batch_size, options.pretrain)
            trained.load_parameters(path)

    net = vision.resnet18_v1(classes=2, thumbnail=True)
    net.features = trained.features
    net.output.initialize(mx.init.Xavier())
    net.output.collect_params().setattr("lr_mult", 100)  # what is new learns faster
    net.hybridize()
    settings = {"learning_rate": options.lr, "momentum": 0.9, "wd": 1e-4}
    trainer = gluon.Trainer(net.collect_params(), "sgd", settings)
    steps = options.steps or options.epochs * (len(data) // options.batch_size)
    losses = train(net, data, trainer, options.batch_size, steps)
    metric = mx.metric.Accuracy()
    for images, labels in gluon.data.DataLoader(test, 32):
        metric.update(labels, net(images))
    print(f"{steps} steps, loss {losses[-1]:.4f}, test accuracy {metric.get()[1]:.3f}")
    return losses


if __name__ == "__main__":
    main()
