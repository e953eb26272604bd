"""Nets and data of small trainings, for the recorder (Python 3.8, MXNet) and the tests."""

import random

import numpy as np

TEXT = "time and space, said the traveller; space and time. " * 12
CHARACTERS = sorted(set(TEXT))
NUMBERS = {c: i for i, c in enumerate(CHARACTERS)}
CORPUS = [NUMBERS[c] for c in TEXT]
HIDDENS, STEPS, BATCH = 16, 6, 4
PREFIXES = ["time", "s"]
RATE, THETA = 100, 0.01
RATE_2018, THETA_2018 = 0.2, 5

CLASSES = 4


def seed(mx, number):
    """All streams that the loops draw from."""
    mx.random.seed(number)
    np.random.seed(number)  # noqa: NPY002 (what DataLoader draws from)
    random.seed(number)


def pictures(mx, number, examples, size, flat=False):
    """Images, a band of whose rows is brighter according to their class."""
    draw = np.random.RandomState(number)
    labels = draw.randint(0, CLASSES, examples)
    data = draw.uniform(0, 0.5, (examples, 1, size, size))
    for image, label in zip(data, labels):  # noqa: B905 (Python 3.8)
        image[0, label * size // CLASSES : (label + 1) * size // CLASSES] += 0.5
    if flat:
        data = data.reshape((examples, -1))
    return mx.nd.array(data), mx.nd.array(labels.astype("int32"), dtype="int32")


def batches(mx, number, examples, size, batch, shuffle, flat=False):
    data = mx.gluon.data.ArrayDataset(*pictures(mx, number, examples, size, flat))
    return mx.gluon.data.DataLoader(data, batch, shuffle=shuffle)


def both(mx, size, flat=False):
    """Batches for training and for testing; the last ones are smaller."""
    return batches(mx, 1, 70, size, 16, True, flat), batches(mx, 2, 30, size, 16, False, flat)


def perceptron(mx):
    """Parameters and the net of a multilayer perceptron from scratch, over 8 by 8 pixels."""
    shapes = [((64, 12), 0.1), ((12,), 0), ((12, CLASSES), 0.1), ((CLASSES,), 0)]
    params = [mx.nd.random.normal(scale=s, shape=h) if s else mx.nd.zeros(h) for h, s in shapes]
    for param in params:
        param.attach_grad()

    def net(X):
        w1, b1, w2, b2 = params
        return mx.nd.dot(mx.nd.relu(mx.nd.dot(X.reshape((-1, 64)), w1) + b1), w2) + b2

    return params, net


def dense(mx, ctx=None):
    net = mx.gluon.nn.Sequential()
    net.add(mx.gluon.nn.Dense(12, activation="relu"), mx.gluon.nn.Dense(CLASSES))
    net.initialize(mx.init.Normal(sigma=0.1), ctx=ctx)
    return net


def convolutional(mx):
    nn = mx.gluon.nn
    net = nn.Sequential()
    net.add(nn.Conv2D(4, 3, activation="relu"), nn.MaxPool2D(2, 2), nn.BatchNorm(), nn.Dense(CLASSES))
    net.initialize(mx.init.Xavier(), force_reinit=True)
    return net


def regression(mx):
    draw = np.random.RandomState(3)
    features = draw.normal(size=(200, 5))
    labels = features @ np.array([2, -3.4, 1, 0, 0.5]) + 4.2 + draw.normal(scale=0.01, size=200)
    return mx.nd.array(features), mx.nd.array(labels)


def momentum(params, states, hyperparams):
    for p, v in zip(params, states):  # noqa: B905
        v[:] = hyperparams["momentum"] * v + hyperparams["lr"] * p.grad
        p[:] -= v


def velocities(mx):
    return [mx.nd.zeros((5, 1)), mx.nd.zeros(1)]


def recurrent_params(mx):
    size = len(CHARACTERS)
    shapes = [(size, HIDDENS), (HIDDENS, HIDDENS), (HIDDENS,), (HIDDENS, size), (size,)]
    params = [mx.nd.random.normal(scale=0.1, shape=s) if len(s) > 1 else mx.nd.zeros(s) for s in shapes]
    for param in params:
        param.attach_grad()
    return params


def recurrent_state(mx, batch_size, num_hiddens, ctx):
    return (mx.nd.zeros(shape=(batch_size, num_hiddens), ctx=ctx),)


def recurrent(mx, inputs, state, params):
    """The net from scratch of 2019."""
    w_xh, w_hh, b_h, w_hq, b_q = params
    (H,) = state
    outputs = []
    for X in inputs:
        H = mx.nd.tanh(mx.nd.dot(X, w_xh) + mx.nd.dot(H, w_hh) + b_h)
        outputs.append(mx.nd.dot(H, w_hq) + b_q)
    return outputs, (H,)


def recurrent_2018(mx, inputs, H, *params):
    outputs, (H,) = recurrent(mx, inputs, (H,), params)
    return outputs, H


def memory_2018(mx, inputs, H, C, *params):
    """A net with two states, such as an LSTM has, of the same parameters."""
    w_xh, w_hh, b_h, w_hq, b_q = params
    outputs = []
    for X in inputs:
        gate = mx.nd.sigmoid(mx.nd.dot(X, w_xh) + mx.nd.dot(H, w_hh) + b_h)
        C = gate * C + (1 - gate) * mx.nd.dot(X, w_xh)
        H = gate * mx.nd.tanh(C)
        outputs.append(mx.nd.dot(H, w_hq) + b_q)
    return outputs, H, C
