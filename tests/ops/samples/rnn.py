"""Samples of ops/rnn.py."""

from ops.samples.spec import S, array, normal, uniform

GATES = {"rnn_relu": 1, "rnn_tanh": 1, "gru": 3, "lstm": 4}
STEPS, BATCH, WIDTH, HIDDEN = 4, 2, 3, 2


def call(mode, layers=1, directions=1, projection=None, dtype="float32", steps=STEPS, extra=(), **attributes):
    """A sample with parameters and states that fit."""
    width, count, cells = projection or HIDDEN, 0, layers * directions
    for layer in range(layers):
        inputs = width * directions if layer else WIDTH
        count += directions * GATES[mode] * HIDDEN * (inputs + width + 2)
        count += directions * projection * HIDDEN if projection else 0
    inputs = [normal((steps, BATCH, WIDTH), dtype), uniform((count,), -0.7, 0.7, dtype)]
    inputs += [normal((cells, BATCH, width), dtype)]
    inputs += [normal((cells, BATCH, HIDDEN), dtype)] if mode == "lstm" else []
    given = {"mode": mode, "state_size": HIDDEN, "num_layers": layers}
    given.update({"bidirectional": True} if directions == 2 else {})
    given.update({"projection_size": projection} if projection else {})
    given.update({k: v for k, v in attributes.items() if k not in OPTIONS})
    return S("RNN", [*inputs, *extra], given, **{k: v for k, v in attributes.items() if k in OPTIONS})


OPTIONS = ("grad", "train", "fails", "second", "abstract", "tol")
SAMPLES = []
for mode in GATES:
    SAMPLES += [
        call(mode),
        call(mode, state_outputs=True),
        call(mode, 2, 2, state_outputs=True),
        # Of three plain layers MXNet's gradient is wrong in float64: finite differences give another.
        call(mode, 3, dtype="float64", state_outputs=True, grad=mode in ("gru", "lstm")),
        call(mode, 2, 2, dtype="float64", train=True),
        call(mode, 1, 2, steps=1, state_outputs=True),
        call(mode, 2, p=0.5),
    ]
SAMPLES.append(call("gru", lstm_state_clip_min=-0.1, lstm_state_clip_max=0.1))
FULL = array([STEPS, STEPS])
GRU = {"mode": "gru", "state_size": 2, "num_layers": 1}
LSTM = {"mode": "lstm", "state_size": 2, "num_layers": 1}
X, H = (4, 2, 3), (1, 2, 2)
SAMPLES += [
    # Without a gradient: MXNet has none with a projection on a CPU.
    call("lstm", projection=1, state_outputs=True, grad=False),
    call("lstm", 2, 2, 3, state_outputs=True, grad=False),
    # MXNet heeds the lengths on a GPU alone: elsewhere it takes all steps.
    call("lstm", 2, 2, extra=[FULL], use_sequence_length=True, state_outputs=True, second=False),
    call("gru", extra=[FULL], use_sequence_length=True, state_outputs=True, second=False),
    S("RNN", [X, (42,), H], GRU),
    S("RNN", [X, (41,), H], GRU, fails=True),
    S("RNN", [X, (42,), (1, 1, 2)], GRU, fails=True),
    S("RNN", [X, (42,), (2, 2)], GRU, fails=True),
    S("RNN", [X, (42,), H, H], GRU, fails=True),
    S("RNN", [X, (42,)], GRU, fails=True),
    S("RNN", [X, (56,), H], LSTM, fails=True),
    S("RNN", [X, (56,), H, (1, 2, 1)], LSTM, fails=True),
    S("RNN", [(4, 3), (42,), H], GRU, fails=True),
    S("RNN", [X, (42,), H], {**GRU, "p": 2}, fails=True),
    S("RNN", [X, (42,), H], {**GRU, "mode": "rnn"}, fails=True),
    S("RNN", [X, (42,), H], {**GRU, "projection_size": 1}, fails=True),
    S("RNN", [X, (42,), H], {"mode": "gru", "num_layers": 1}, fails=True),
    S("RNN", [normal(X, "float64"), (42,), H], GRU, fails=True),
]


def separate(mode, layers=1, directions=1, projection=None, dtype="float32", extra=(), **attributes):
    """A sample of the operator that has the weights one by one."""
    width, rows, cells = projection or HIDDEN, GATES[mode] * HIDDEN, layers * directions
    inputs = [normal((STEPS, BATCH, WIDTH), dtype), normal((cells, BATCH, width), dtype)]
    inputs += [normal((cells, BATCH, HIDDEN), dtype)] if mode == "lstm" else []
    inputs += extra
    for layer in range(layers):
        shapes = [(rows, width * directions if layer else WIDTH), (rows, width), (rows,), (rows,)]
        shapes += [(projection, HIDDEN)] if projection else []
        inputs += [uniform(shape, -0.7, 0.7, dtype) for shape in shapes * directions]
    given = {"mode": mode, "state_size": HIDDEN, "num_layers": layers}
    given.update({"bidirectional": True} if directions == 2 else {})
    given.update({"projection_size": projection} if projection else {})
    given.update({k: v for k, v in attributes.items() if k not in OPTIONS})
    return S("_regluon_rnn", inputs, given, **{k: v for k, v in attributes.items() if k in OPTIONS})


def step(op, gates, states=1, dtype="float32", **attributes):
    """A sample of a cell's step."""
    shapes = [(3, 4), *[(3, 2)] * states, (2 * gates, 4), (2 * gates, 2), (2 * gates,), (2 * gates,)]
    return S(op, [normal(s, dtype) for s in shapes], attributes)


CELL = [(8, 3), (8, 2), (8,), (8,)]
STEP, STATE = (2, 3), (2, 2)
for dtype in ("float32", "float64"):
    SAMPLES += [
        step("_regluon_rnn_cell", 1, dtype=dtype, act_type="tanh"),
        step("_regluon_rnn_cell", 1, dtype=dtype, act_type="relu"),
        step("_regluon_lstm_cell", 4, 2, dtype),
        step("_regluon_gru_cell", 3, dtype=dtype),
    ]
SAMPLES += [
    S("_regluon_lstm_cell", [STEP, STATE, STATE, *CELL]),
    S("_regluon_lstm_cell", [(1, 3), (1, 2), (1, 2), *CELL]),
    S("_regluon_lstm_cell", [STEP, STATE, (1, 2), *CELL], fails=True),
    S("_regluon_lstm_cell", [STEP, (1, 2), (1, 2), *CELL], fails=True),
    S("_regluon_lstm_cell", [STEP, STATE, STATE, (8, 2), *CELL[1:]], fails=True),
    S("_regluon_gru_cell", [STEP, STATE, (6, 3), (6, 2), (6,), (5,)], fails=True),
    S("_regluon_rnn_cell", [STEP, STATE, (2, 3), (2, 2), (2,), (2,)], {"act_type": "elu"}, fails=True),
]
SAMPLES += [
    *[separate(mode) for mode in GATES],
    separate("lstm", 2, 2, dtype="float64", train=True),
    separate("gru", 2, p=0.5),
    separate("lstm", 2, 2, 3, grad=False),
    separate("gru", extra=[FULL], use_sequence_length=True, second=False),
    S("_regluon_rnn", [X, H, H, *CELL], LSTM),
    S("_regluon_rnn", [X, H, *CELL], LSTM, fails=True),
    S("_regluon_rnn", [X, H, H, *CELL[:3]], LSTM, fails=True),
    S("_regluon_rnn", [X, H, H, (8, 2), *CELL[1:]], LSTM, fails=True),
    S("_regluon_rnn", [X, H, (1, 2, 1), *CELL], LSTM, fails=True),
    S("_regluon_rnn", [X], LSTM, fails=True),
]
