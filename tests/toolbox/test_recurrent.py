"""Language models come to MXNet's perplexities and write the same texts."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

import d2lzh
import gluonbook
import mxnet as mx
from toolbox import recorded, setups

SIZE = len(setups.CHARACTERS)
VOCABULARY = (setups.CHARACTERS, setups.NUMBERS)
PERPLEXITY = r"epoch (\d+), perplexity (\d+\.\d{6})"


def assert_printed(output: str, name: str, pattern: str, bullet: str) -> None:
    """Four epochs, with texts after the second and the fourth."""
    perplexities, texts = recorded.RECORDED[name]
    blocks = output.removesuffix("\n").split("\n")
    at_second, at_fourth = blocks[: len(blocks) // 2], blocks[len(blocks) // 2 :]
    for block, epoch in ((at_second, 2), (at_fourth, 4)):
        line = block[-1 - len(texts)]
        ((perplexity,),) = recorded.numbers(pattern, [line.replace(f"epoch {epoch}", "epoch 1", 1)])
        assert perplexity == pytest.approx(perplexities[epoch - 1], rel=1e-3)
    assert at_fourth[-len(texts) :] == [bullet + text for text in texts]


@pytest.mark.parametrize("at_random", [False, True])
def test_from_scratch(at_random: bool, capsys: pytest.CaptureFixture[str]) -> None:
    setups.seed(mx, 6)
    d2lzh.train_and_predict_rnn(
        *(partial(setups.recurrent, mx), partial(setups.recurrent_params, mx)),
        *(partial(setups.recurrent_state, mx), setups.HIDDENS, SIZE, mx.cpu(), setups.CORPUS, *VOCABULARY),
        *(at_random, 4, setups.STEPS, setups.RATE, setups.THETA, setups.BATCH, 2, 12, setups.PREFIXES),
    )
    pattern = PERPLEXITY + r", time \d+\.\d{2} sec"
    assert_printed(capsys.readouterr().out, f"rnn/{at_random}", pattern, " - ")


@pytest.mark.parametrize("at_random", [False, True])
@pytest.mark.parametrize("kind", ["plain", "memory"])
def test_from_scratch_in_2018(kind: str, at_random: bool, capsys: pytest.CaptureFixture[str]) -> None:
    setups.seed(mx, 7)
    net = setups.recurrent_2018 if kind == "plain" else setups.memory_2018
    gluonbook.train_and_predict_rnn(
        *(partial(net, mx), at_random, 4, setups.STEPS, setups.HIDDENS, setups.RATE_2018, setups.THETA_2018),
        *(setups.BATCH, SIZE, 2, 12, setups.PREFIXES, partial(setups.recurrent_params, mx)),
        *(gluonbook.to_onehot, mx.cpu(), setups.CORPUS, *VOCABULARY, kind == "memory"),
    )
    assert_printed(capsys.readouterr().out, f"rnn_2018/{kind}/{at_random}", PERPLEXITY, " -  ")


@pytest.mark.parametrize("kind", ["RNN", "LSTM"])
def test_of_gluon(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    setups.seed(mx, 8)
    model = d2lzh.RNNModel(getattr(mx.gluon.rnn, kind)(setups.HIDDENS), SIZE)
    d2lzh.train_and_predict_rnn_gluon(
        *(model, setups.HIDDENS, SIZE, mx.cpu(), setups.CORPUS, *VOCABULARY),
        *(4, setups.STEPS, setups.RATE, setups.THETA, setups.BATCH, 2, 12, setups.PREFIXES),
    )
    pattern = PERPLEXITY + r", time \d+\.\d{2} sec"
    assert_printed(capsys.readouterr().out, f"rnn_gluon/{kind}", pattern, " - ")


def test_the_model() -> None:
    model = d2lzh.RNNModel(mx.gluon.rnn.GRU(5), SIZE, prefix="model_")
    model.initialize()
    state = model.begin_state(batch_size=3)
    output, state = model(mx.nd.zeros((3, 7)), state)
    assert output.shape == (21, SIZE)
    assert [s.shape for s in state] == [(1, 3, 5)]


def cycle(inputs: list[Any], *rest: Any) -> Any:
    """A net that finds the next character in order the most likely, and keeps its state."""
    state = rest[0]
    return [mx.nd.concat(x[:, -1:], x[:, :-1], dim=1) for x in inputs], state


def test_prediction_begins_with_the_prefix() -> None:
    letters = list("abcdefgh")
    of = (letters, {c: i for i, c in enumerate(letters)})
    state = partial(setups.recurrent_state, mx)
    assert d2lzh.predict_rnn("ca", 5, cycle, [], state, 2, 8, mx.cpu(), *of) == "cabcdef"
    text = gluonbook.predict_rnn(cycle, "CA", 5, [], 2, 8, mx.cpu(), *of, gluonbook.to_onehot)
    assert text == "cabcdef"

    class Model:
        begin_state = staticmethod(lambda batch_size, ctx: [])

        def __call__(self, X: Any, state: Any) -> Any:
            return cycle([mx.nd.one_hot(X[0], 8)], state)[0][0], state

    assert d2lzh.predict_rnn_gluon("ca", 5, Model(), 8, mx.cpu(), *of) == "cabcdef"


def test_a_state_may_be_an_array(capsys: pytest.CaptureFixture[str]) -> None:
    setups.seed(mx, 6)

    def net(inputs: Any, state: Any, params: Any) -> Any:
        outputs, (H,) = setups.recurrent(mx, inputs, (state,), params)
        return outputs, H

    d2lzh.train_and_predict_rnn(
        *(net, partial(setups.recurrent_params, mx), lambda *args: setups.recurrent_state(mx, *args)[0]),
        *(setups.HIDDENS, SIZE, mx.cpu(), setups.CORPUS, *VOCABULARY),
        *(False, 4, setups.STEPS, setups.RATE, setups.THETA, setups.BATCH, 2, 12, setups.PREFIXES),
    )
    pattern = PERPLEXITY + r", time \d+\.\d{2} sec"
    assert_printed(capsys.readouterr().out, "rnn/False", pattern, " - ")
