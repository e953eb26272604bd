"""An LSTM learns which word comes next, by truncated backpropagation through time.

python language_model.py
python language_model.py --data ptb.train.txt --units 200 --epochs 5

Without --data NumPy makes a text: sentences out of a small grammar.
"""

import argparse
import math
import sys
import time

import numpy as np
from mxnet.contrib import text
from mxnet.gluon import nn, rnn

import mxnet as mx
from mxnet import autograd, gluon

GRAMMAR = {
    "sentence": ["who does", "who does , and who does", "when who does , who does"],
    "who": ["the one", "a one", "the kind one", "some many", "no one", "all many"],
    "kind": ["old", "quiet", "red", "very kind", "small and kind"],
    "one": ["fox", "river", "teacher", "child", "storm", "one of many"],
    "many": ["birds", "stones", "kind many", "letters"],
    "does": ["sleeps", "sees who", "carries who", "follows who", "waits for who", "sings how"],
    "how": ["slowly", "often", "at night", "with who"],
}


def make_text(rng, count=20000):
    """About ``count`` words, where the first choice of a rule is the likeliest."""
    words = []

    def say(word, depth):
        choices = GRAMMAR.get(word)
        if choices is None:
            words.append(word)
            return
        weights = 1 / np.arange(1, len(choices) + 1)
        chosen = rng.choice(len(choices), p=weights / weights.sum()) if depth < 6 else 0
        for part in choices[chosen].split():
            say(part, depth + 1)

    while len(words) < count:
        say("sentence", 0)
        words.append("<eos>")
    return words


class Model(gluon.Block):
    """Words (time, batch) and a state → scores (time · batch, vocabulary) and the next state."""

    def __init__(self, vocabulary, units, layers, dropout, **kwargs):
        super().__init__(**kwargs)
        with self.name_scope():
            self.drop = nn.Dropout(dropout)
            self.embedding = nn.Embedding(vocabulary, units, weight_initializer=mx.init.Uniform(0.1))
            self.lstm = rnn.LSTM(units, layers, dropout=dropout, input_size=units)
            self.decoder = nn.Dense(vocabulary, in_units=units)
        self.units = units

    def forward(self, words, state):
        output, state = self.lstm(self.drop(self.embedding(words)), state)
        return self.decoder(self.drop(output).reshape((-1, self.units))), state


def show(step, steps, loss, perplexity, samples, began):
    """One line that tells how far it is, on a terminal."""
    if sys.stderr.isatty():
        bar, rate = "#" * (30 * step // steps), samples / (time.time() - began)
        line = (
            f"\r[{bar:30}] {step}/{steps}  loss {loss:.4f}  perplexity {perplexity:.1f}  {rate:.0f} words/s "
        )
        print(line, end="\n" if step == steps else "", file=sys.stderr, flush=True)


def main(words=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", help="a text, one sentence per line")
    parser.add_argument("--units", type=int, default=64)
    parser.add_argument("--layers", type=int, default=2)
    parser.add_argument("--dropout", type=float, default=0.2)
    parser.add_argument("--bptt", type=int, default=20, help="how many words back gradients go")
    parser.add_argument("--clip", type=float, default=0.2)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--steps", type=int, help="stop after so many batches")
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--lr", type=float, default=5)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(words)

    mx.random.seed(options.seed)
    if options.data:
        with open(options.data, encoding="utf-8") as file:
            tokens = file.read().replace("\n", " <eos> ").split()
    else:
        tokens = make_text(np.random.default_rng(options.seed))
    counter = text.utils.count_tokens_from_str(" ".join(tokens))
    vocabulary = text.vocab.Vocabulary(counter)
    numbers = mx.nd.array(vocabulary.to_indices(tokens))
    length = len(numbers) // options.batch_size
    data = numbers[: length * options.batch_size].reshape((options.batch_size, length)).T

    model = Model(len(vocabulary), options.units, options.layers, options.dropout)
    model.initialize(mx.init.Xavier())
    parameters = model.collect_params()
    trainer = gluon.Trainer(parameters, "sgd", {"learning_rate": options.lr})
    loss_of = gluon.loss.SoftmaxCrossEntropyLoss()
    starts = range(0, length - options.bptt, options.bptt)
    steps, losses, began = options.steps or options.epochs * len(starts), [], time.time()
    while len(losses) < steps:
        state = model.lstm.begin_state(batch_size=options.batch_size)
        for start in starts:
            inputs = data[start : start + options.bptt]
            targets = data[start + 1 : start + 1 + options.bptt]
            state = [array.detach() for array in state]  # gradients go no further back
            with autograd.record():
                output, state = model(inputs, state)
                loss = loss_of(output, targets.reshape((-1,)))
            loss.backward()
            gradients = [parameter.grad() for parameter in parameters.values()]
            gluon.utils.clip_global_norm(gradients, options.clip * loss.size)
            trainer.step(loss.size)
            losses.append(loss.mean().asscalar())
            count = len(losses)
            show(count, steps, losses[-1], math.exp(losses[-1]), count * inputs.size, began)
            if count == steps:
                break
    perplexity = math.exp(losses[-1])
    print(f"{len(vocabulary)} words: {steps} steps, loss {losses[-1]:.4f}, perplexity {perplexity:.2f}")
    return losses


if __name__ == "__main__":
    main()
