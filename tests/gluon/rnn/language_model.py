"""A word-level language model with truncated backpropagation, for the recorder and the tests: its losses."""

import numpy as np

WORDS, WIDTH, STEPS, BATCH, ROUNDS = 40, 16, 8, 4, 30


def corpus():
    """Random words in columns, one for each sample of a batch, each likely after the one before."""
    rng = np.random.RandomState(1)
    words = np.zeros((ROUNDS * STEPS + 1, BATCH), dtype="float32")
    for t in range(1, len(words)):
        words[t] = np.where(rng.uniform(size=BATCH) < 0.7, (words[t - 1] * 3 + 1) % WORDS, rng.randint(WORDS))
    return words


def model(mx, kind):
    """Embedding, two recurrent layers ("LSTM", "GRU" or "cells") between dropouts, and a decoder."""
    gluon = mx.gluon

    class Model(gluon.Block):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            with self.name_scope():
                self.drop = gluon.nn.Dropout(0.2)
                self.encoder = gluon.nn.Embedding(WORDS, WIDTH, weight_initializer=mx.init.Uniform(0.1))
                if kind == "cells":
                    self.rnn = gluon.rnn.HybridSequentialRNNCell()
                    with self.rnn.name_scope():
                        self.rnn.add(gluon.rnn.LSTMCell(WIDTH))
                        self.rnn.add(gluon.rnn.ZoneoutCell(gluon.rnn.LSTMCell(WIDTH), 0.1, 0.1))
                else:
                    self.rnn = getattr(gluon.rnn, kind)(WIDTH, 2, input_size=WIDTH)
                self.decoder = gluon.nn.Dense(WORDS, in_units=WIDTH)

        def forward(self, words, states):
            embedded = self.drop(self.encoder(words))
            if kind == "cells":
                output, states = self.rnn.unroll(STEPS, embedded, states, "TNC", merge_outputs=True)
            else:
                output, states = self.rnn(embedded, states)
            return self.decoder(self.drop(output).reshape((-1, WIDTH))), states

    return Model()


def train(mx, kind):
    """The loss of every step, with weights and dropout of one seed."""
    mx.random.seed(11)
    net = model(mx, kind)
    net.initialize(mx.init.Xavier())
    trainer = mx.gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 2.0, "momentum": 0, "wd": 0})
    loss, words = mx.gluon.loss.SoftmaxCrossEntropyLoss(), corpus()
    states = net.rnn.begin_state(batch_size=BATCH, func=mx.nd.zeros)
    losses = []
    for start in range(0, ROUNDS * STEPS, STEPS):
        data = mx.nd.array(words[start : start + STEPS])
        target = mx.nd.array(words[start + 1 : start + STEPS + 1])
        states = [s.detach() for s in states]
        with mx.autograd.record():
            output, states = net(data, states)
            total = loss(output, target.reshape((-1,)))
        total.backward()
        gradients = [p.grad() for p in net.collect_params().values()]
        mx.gluon.utils.clip_global_norm(gradients, 0.25 * STEPS * BATCH)
        trainer.step(STEPS * BATCH)
        losses.append(float(total.mean().asscalar()))
    return losses
