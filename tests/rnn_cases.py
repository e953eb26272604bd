"""Programs of mx.rnn for tests/oracle/record_cells.py and tests/rnn/.

Stays within Python 3.8 and NumPy: the recorder runs where MXNet 1.9.1 runs. Each program takes the package
``mx`` and returns numbers, texts, and lists of them.
"""

import contextlib
import hashlib
import io
import json
import random
import warnings

import numpy as np

from module_cases import Lines, logger_of, params_of, seeded, summary, told_by

CASES = {}

# Cells by what they are called here: each is made anew by a function of mx.rnn.
CELLS = {
    "rnn": lambda r: r.RNNCell(4),
    "rnn relu": lambda r: r.RNNCell(4, activation="relu", prefix="other_"),
    "lstm": lambda r: r.LSTMCell(4),
    "lstm bias": lambda r: r.LSTMCell(4, prefix="a_", forget_bias=0.5),
    "gru": lambda r: r.GRUCell(4),
    "stack": lambda r: stacked(r, r.LSTMCell(4, prefix="l0_"), r.GRUCell(4, prefix="l1_")),
    "dropout": lambda r: stacked(
        r, r.RNNCell(4, prefix="l0_"), r.DropoutCell(0.4), r.RNNCell(3, prefix="l1_")
    ),
    "both ways": lambda r: r.BidirectionalCell(r.LSTMCell(4, prefix="l_"), r.GRUCell(3, prefix="r_")),
    "both ways above": lambda r: stacked(
        r,
        r.BidirectionalCell(r.GRUCell(4, prefix="l_"), r.GRUCell(4, prefix="r_"), output_prefix="two_"),
        r.LSTMCell(4, prefix="top_"),
    ),
    "zoneout": lambda r: r.ZoneoutCell(r.RNNCell(4), zoneout_outputs=0.3, zoneout_states=0.4),
    "residual": lambda r: r.ResidualCell(r.GRUCell(6)),
    "residual stack": lambda r: stacked(r, r.ResidualCell(r.GRUCell(6)), r.RNNCell(4)),
    "fused lstm": lambda r: r.FusedRNNCell(4, num_layers=2, mode="lstm", prefix="f_"),
    "fused gru": lambda r: r.FusedRNNCell(4, mode="gru", bidirectional=True, get_next_state=True),
    "fused rnn": lambda r: r.FusedRNNCell(4, num_layers=2, mode="rnn_tanh", get_next_state=True),
    "unfused": lambda r: r.FusedRNNCell(4, 2, "lstm", bidirectional=True, dropout=0.2, prefix="u_").unfuse(),
    "unfused relu": lambda r: r.FusedRNNCell(4, 2, "rnn_relu", prefix="u_").unfuse(),
    "unfused gru": lambda r: r.FusedRNNCell(4, 2, "gru", prefix="u_").unfuse(),
}
IMAGES = {
    "conv rnn": lambda r: r.ConvRNNCell((2, 3, 6, 6), 4),
    "conv lstm": lambda r: r.ConvLSTMCell(
        (2, 3, 6, 6), 4, activation="tanh", i2h_kernel=(5, 5), i2h_pad=(2, 2)
    ),
    "conv gru": lambda r: r.ConvGRUCell((2, 3, 6, 6), 4, h2h_kernel=(5, 3), h2h_dilate=(1, 2), prefix="c_"),
}


def case(program):
    CASES[program.__name__] = program
    return program


def stacked(rnn, *cells):
    stack = rnn.SequentialRNNCell()
    for cell in cells:
        stack.add(cell)
    return stack


def graph(symbol):
    """A symbol file without the version of what has written it; long ones by their hash."""
    found = json.loads(symbol.tojson())
    found["attrs"] = None
    text = json.dumps(found, sort_keys=True)
    return [*[n["name"] for n in found["nodes"]][:8], hashlib.sha256(text.encode()).hexdigest()]


def flat(states):
    return [s for state in states for s in (flat(state) if isinstance(state, list) else [state])]


def unrolled(mx, cell, **kwargs):
    outputs, states = cell.unroll(3, **kwargs)
    outputs = list(outputs) if isinstance(outputs, list) else [outputs]
    return mx.sym.Group(outputs + flat(states))


def computed(mx, symbol, **shapes):
    """Outputs and gradients with parameters that are all different."""
    executor = symbol.simple_bind(mx.cpu(), **shapes)
    for i, (name, array) in enumerate(sorted(executor.arg_dict.items())):
        values = np.sin(np.arange(array.size) * 0.7 + i).reshape(array.shape)
        array[:] = values if name.startswith(("x", "data")) else values * 0.5
    mx.random.seed(4)
    outputs = executor.forward(is_train=True)
    executor.backward([mx.nd.ones(o.shape) for o in outputs])
    found = {name: a for name, a in executor.grad_dict.items() if a is not None}
    return [summary({str(i): o for i, o in enumerate(outputs)}), summary(found)]


@case
def graphs(mx):
    """The graphs of all cells, of a list of inputs, of one, and with outputs that are joined."""
    found = {}
    steps = [mx.sym.Variable(f"x{i}") for i in range(3)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, make in list(CELLS.items()) + list(IMAGES.items()):
            made = []
            for kwargs in (
                {"inputs": steps},
                {"inputs": mx.sym.Variable("data"), "layout": "NTC"},
                {"inputs": mx.sym.Variable("data"), "layout": "TNC", "merge_outputs": True},
                {"inputs": steps, "merge_outputs": False},
            ):
                if name in IMAGES and "layout" in kwargs:
                    continue
                with mx.name.NameManager():
                    made.append(graph(unrolled(mx, make(mx.rnn), **kwargs)))
            cell = make(mx.rnn)
            shapes = [[list(i["shape"]), i["__layout__"]] for i in cell.state_info]
            found[name] = [made, shapes, [list(s) for s in cell.state_shape]]
    return found


@case
def values(mx):
    """What the cells compute, and their gradients."""
    found = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, make in CELLS.items():
            symbol = unrolled(
                mx, make(mx.rnn), inputs=mx.sym.Variable("data"), layout="NTC", merge_outputs=True
            )
            found[name] = computed(mx, symbol, data=(2, 3, 6))
        for name, make in IMAGES.items():
            steps = [mx.sym.Variable(f"x{i}") for i in range(3)]
            symbol = unrolled(mx, make(mx.rnn), inputs=steps)
            found[name] = computed(mx, symbol, **{f"x{i}": (2, 3, 6, 6) for i in range(3)})
    return found


@case
def stepped(mx):
    """Cells called step by step, with states of other kinds."""
    found = {}
    for name in ("rnn", "lstm", "gru", "stack", "zoneout", "residual"):
        cell = CELLS[name](mx.rnn)
        states = (
            cell.begin_state(mx.sym.Variable)
            if name in ("zoneout", "residual")
            else cell.begin_state(func=mx.sym.Variable)
        )
        outputs = []
        with mx.name.NameManager():
            for i in range(2):
                out, states = cell(mx.sym.Variable(f"x{i}"), states)
                outputs.append(out)
            found[name] = graph(mx.sym.Group(outputs + states))
    return found


@case
def weights(mx):
    """Weights gate by gate, and back."""
    found = {}
    for name in ("rnn", "lstm", "gru", "stack", "both ways", "zoneout", "fused lstm", "fused gru", "unfused"):
        cell = CELLS[name](mx.rnn)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            symbol = unrolled(mx, cell, inputs=mx.sym.Variable("data"), layout="TNC")
        shapes, _, _ = symbol.infer_shape(data=(3, 2, 6))
        packed = {}
        for i, (key, shape) in enumerate(zip(symbol.list_arguments(), shapes)):  # noqa: B905 (Python 3.8)
            if key != "data" and "begin_state" not in key:
                packed[key] = mx.nd.arange(int(np.prod(shape))).reshape(shape) + i
        unpacked = cell.unpack_weights(packed)
        again = cell.pack_weights(unpacked)
        same = all((again[k] == packed[k]).asnumpy().all() for k in packed) and len(again) == len(packed)
        found[name] = [summary(unpacked), bool(same)]
    return found


@case
def sharing(mx):
    """Parameters of one container."""
    params = mx.rnn.RNNParams("p_")
    first, second = (
        mx.rnn.LSTMCell(3, prefix="a_", params=params),
        mx.rnn.LSTMCell(3, prefix="b_", params=params),
    )
    outputs, _ = first.unroll(2, [mx.sym.Variable("x0"), mx.sym.Variable("x1")])
    more, _ = second.unroll(2, outputs)
    return sorted(mx.sym.Group(more).list_arguments()) + sorted(params._params)


@case
def initialized(mx):
    """What a module gives to the parameters of cells."""
    found = {}
    for name in ("lstm bias", "fused lstm", "gru"):
        seeded(mx)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            outputs, _ = CELLS[name](mx.rnn).unroll(3, mx.sym.Variable("data"), merge_outputs=True)
        mod = mx.mod.Module(outputs, label_names=None)
        mod.bind([("data", (2, 3, 5))], for_training=False)
        mod.init_params(mx.init.Xavier())
        found[name] = params_of(mx, mod)
    return found


@case
def encoded(mx):
    sentences = [["a", "b", "a"], ["c", "b"], []]
    encode = mx.rnn.encode_sentences
    found = [
        list(encode(sentences)),
        list(encode(sentences, start_label=1, invalid_label=2, invalid_key="<>")),
    ]
    found.append(list(encode(sentences, vocab={"a": 5, "b": 6, "c": 7})))
    found.append(list(encode(sentences, vocab={"a": 5, "u": 0}, unknown_token="u", start_label=3)))
    return found


def corpus(count=160, words=12):
    rng = random.Random(2)
    return [
        [1 + (start + i) % (words - 1) for i in range(rng.choice([3, 4, 5, 6, 9]))] for start in range(count)
    ]


@case
def sentences(mx):
    found = {}
    for name, kwargs in {
        "given": {"buckets": [4, 6, 8], "invalid_label": 0},
        "made": {},
        "time first": {"buckets": [5, 10], "layout": "TN", "data_name": "x", "label_name": "y"},
    }.items():
        seeded(mx)
        told = io.StringIO()
        with contextlib.redirect_stdout(told):
            data = mx.rnn.BucketSentenceIter(corpus(), 8, **kwargs)
        shapes = [[d.name, list(d.shape), d.layout] for d in data.provide_data + data.provide_label]
        batches = []
        for _ in range(2):
            for batch in data:
                first = [batch.data[0].asnumpy()[0].tolist(), batch.label[0].asnumpy()[0].tolist()]
                batches.append([batch.bucket_key, list(batch.data[0].shape), batch.pad, first])
            data.reset()
        kinds = [data.default_bucket_key, data.buckets, data.batch_size, data.major_axis]
        found[name] = [told.getvalue(), shapes, kinds, len(batches), batches[:6], batches[-1]]
    return found


def language_model(mx, cell_of, batch_size=8):
    """A net of the length of a sentence, as a function of it."""

    def sym_gen(length):
        stack = cell_of(mx.rnn)
        embedded = mx.sym.Embedding(mx.sym.Variable("data"), input_dim=12, output_dim=6, name="embed")
        stack.reset()
        outputs, _ = stack.unroll(length, inputs=embedded, merge_outputs=True)
        pred = mx.sym.FullyConnected(mx.sym.Reshape(outputs, shape=(-1, 8)), num_hidden=12, name="pred")
        label = mx.sym.Reshape(mx.sym.Variable("softmax_label"), shape=(-1,))
        loss = mx.sym.SoftmaxOutput(pred, label=label, name="softmax", use_ignore=True, ignore_label=0)
        return loss, ("data",), ("softmax_label",)

    return sym_gen


def bucketed(mx, cell_of, context=None, **kwargs):
    seeded(mx)
    lines = Lines()
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        train = mx.rnn.BucketSentenceIter(corpus(), 8, [4, 6, 9], invalid_label=0)
        mod = mx.mod.BucketingModule(
            language_model(mx, cell_of),
            default_bucket_key=train.default_bucket_key,
            context=context or mx.cpu(),
            logger=logger_of(lines),
        )
        mod.fit(
            train,
            eval_data=train,
            eval_metric=mx.metric.Perplexity(0),
            initializer=mx.init.Xavier(factor_type="in", magnitude=2.34),
            num_epoch=2,
            **kwargs,
        )
    names = [mod.data_names, mod.output_names, mod.symbol.name, sorted(mod._buckets)]
    return {"log": lines.lines, "params": params_of(mx, mod), "names": names}


@case
def bucketing_lstm(mx):
    cells = lambda r: stacked(r, r.LSTMCell(8, prefix="l0_"), r.LSTMCell(8, prefix="l1_"))  # noqa: E731
    return bucketed(mx, cells, optimizer_params={"learning_rate": 0.5, "momentum": 0.5, "wd": 1e-5})


@case
def bucketing_gru(mx):
    return bucketed(
        mx, lambda r: r.GRUCell(8), optimizer="adam", optimizer_params={"learning_rate": 0.02}, kvstore=None
    )


@case
def bucketing_fused(mx):
    return bucketed(mx, lambda r: r.FusedRNNCell(8, 1, "lstm"), optimizer_params={"learning_rate": 0.5})


@case
def bucketing_contexts(mx):
    contexts = [mx.cpu(0), mx.cpu(1)]
    return bucketed(mx, lambda r: r.LSTMCell(8), contexts, optimizer_params={"learning_rate": 0.5})


@case
def others(mx):
    """What is left: one name after the other."""
    r, x = mx.rnn, mx.sym.Variable("x")
    found = []
    params = r.RNNParams("p_")
    found.append([params.get("w", shape=(2, 3)).name, params.get("w") is params.get("w")])
    base = r.ResidualCell(r.RNNCell(3, prefix="q_"))
    found.append([sorted(base.params._params), [list(s) for s in base.state_shape]])
    zone = r.ZoneoutCell(r.GRUCell(2), 0.1, 0.1)
    zone(x, zone.begin_state())
    zone.reset()
    found.append(
        [zone.prev_output is None, r.DropoutCell(0.1).state_info, sorted(r.GRUCell(2).params._params)]
    )
    with mx.name.NameManager():
        both = r.BidirectionalCell(r.RNNCell(2, prefix="l_"), r.RNNCell(2, prefix="r_"))
        found.append([s.name for s in both.begin_state()])
        out, _ = r.DropoutCell(0.3).unroll(2, x, merge_outputs=True)
        found.append(graph(out))
        listed, _ = r.DropoutCell(0.3).unroll(2, [x, x + 1])
        found.append([o.name for o in listed])
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        with contextlib.suppress(TypeError):  # MXNet's hands on what no cell takes
            r.rnn_unroll(r.RNNCell(3), 2, [x, x])
        found.append([str(w.message) for w in told])
    conv = r.ConvLSTMCell((2, 8, 8, 3), 5, conv_layout="NHWC", i2h_stride=(2, 2))
    found.append([[list(i["shape"]), i["__layout__"]] for i in conv.state_info])
    with contextlib.redirect_stdout(io.StringIO()):
        data = r.BucketSentenceIter(corpus(), 8, [9], invalid_label=0)
    found.append([data.next().bucket_key, str(data.next())])
    return found


@case
def messages(mx):
    """The kinds of errors, and what warnings say."""
    r = mx.rnn
    x = mx.sym.Variable("x")

    def modified():
        cell = r.RNNCell(3)
        r.ResidualCell(cell)
        cell.begin_state()

    def shared():
        stack = r.SequentialRNNCell(params=r.RNNParams("p_"))
        stack.add(r.RNNCell(3, params=r.RNNParams("q_")))

    def stack_step():
        stack = stacked(r, CELLS["both ways"](r))
        stack(x, stack.begin_state())

    programs = {
        "modified": modified,
        "shared": shared,
        "stack step": stack_step,
        "both ways step": lambda: CELLS["both ways"](r)(x, []),
        "fused step": lambda: r.FusedRNNCell(3)(x, []),
        "fused layout": lambda: r.FusedRNNCell(3).unroll(2, x, layout="NCT"),
        "fused slow": lambda: r.FusedRNNCell(3).unroll(2, x),
        "zoneout fused": lambda: r.ZoneoutCell(r.FusedRNNCell(3)),
        "zoneout both ways": lambda: r.ZoneoutCell(CELLS["both ways"](r)),
        "dropout": lambda: r.DropoutCell("a"),
        "no inputs": lambda: r.RNNCell(3).unroll(2, None),
        "group": lambda: r.RNNCell(3).unroll(2, mx.sym.Group([x, x + 1])),
        "too few": lambda: r.RNNCell(3).unroll(2, [x]),
        "base": lambda: r.BaseRNNCell().state_info,
        "base step": lambda: r.BaseRNNCell()(x, []),
        "even kernel": lambda: r.ConvRNNCell((1, 1, 4, 4), 2, h2h_kernel=(2, 2)),
        "unknown word": lambda: r.encode_sentences([["a"]], vocab={}),
        "layout": lambda: r.BucketSentenceIter([[1, 2]] * 4, 2, [2], layout="TC"),
        "unpack": lambda: r.FusedRNNCell(3).unpack_weights({"lstm_parameters": mx.nd.ones(100)}),
        "unpack missing": lambda: r.RNNCell(3).unpack_weights({}),
    }
    with contextlib.redirect_stdout(io.StringIO()):
        return {name: told_by(program)[:2] for name, program in programs.items()}
