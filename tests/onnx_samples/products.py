"""Odd calls of products of matrices, and of recurrent layers."""

from __future__ import annotations

from ops.samples.spec import S, array, normal, uniform


def dots() -> list[S]:
    """Matrices, vectors and more axes, each side as it is and transposed: vectors beside something else."""
    found = []
    pairs = (
        ((2, 3), (3, 4)),
        ((2, 3, 4), (4, 5)),
        ((2, 3), (3, 4, 5)),
        ((2, 3, 4), (4, 3, 2)),
        ((3,), (3, 4)),
        ((2, 3), (3,)),
        ((3,), (3, 2, 2)),
        ((2, 3, 4), (4,)),
    )
    for left, right in pairs:
        turned, back = left[-1:] + left[:-1], right[1:] + right[:1]
        found += [S("dot", [left, right]), S("dot", [turned, right], {"transpose_a": True})]
        found += [S("dot", [left, back], {"transpose_b": True})]
        found += [S("dot", [turned, back], {"transpose_a": True, "transpose_b": True})]
    return found


SAMPLES = [
    *dots(),
    S("dot", [(3,), (3,)]),
    *[
        S("batch_dot", [a, b], g)
        for a, b, g in (
            ((2, 3, 4), (2, 4, 5), {}),
            ((2, 4, 3), (2, 4, 5), {"transpose_a": True}),
            ((2, 4, 3), (2, 5, 4), {"transpose_a": True, "transpose_b": True}),
            ((2, 2, 3, 4), (2, 2, 5, 4), {"transpose_b": True}),
        )
    ],
    *[
        S("_linalg_gemm2", [a, b], g)
        for a, b, g in (
            ((3, 4), (4, 5), {"alpha": 0.5}),
            ((2, 4, 3), (2, 5, 4), {"transpose_a": True, "transpose_b": True, "alpha": -2}),
            ((3, 2, 4), (4, 2, 5), {"axis": 0}),
            ((3, 2, 4), (5, 2, 4), {"axis": -3, "transpose_b": True}),
            ((2, 3, 4), (2, 4, 5), {"axis": 1}),
        )
    ],
    S("_contrib_div_sqrt_dim", [normal((2, 3), "float16")]),
    S("_contrib_div_sqrt_dim", [(2, 3, 5)]),
    *[S("_contrib_interleaved_matmul_selfatt_qk", [(4, 2, 18)], {"heads": h}) for h in (1, 2, 3)],
    *[
        S("_contrib_interleaved_matmul_selfatt_valatt", [(4, 2, 18), (2 * h, 4, 4)], {"heads": h})
        for h in (1, 2, 3)
    ],
]
LENGTHS = {
    "num_layers": 2,
    "state_size": 2,
    "bidirectional": True,
    "state_outputs": True,
    "use_sequence_length": True,
}
SAMPLES += [
    S(
        "RNN",
        [(4, 2, 3), uniform((240,), -0.7, 0.7), (4, 2, 2), (4, 2, 2), array(n)],
        {**LENGTHS, "mode": "lstm"},
    )
    for n in ([4, 1], [2, 3])
]
SAMPLES += [
    S("RNN", [(4, 2, 3), uniform((180,), -0.7, 0.7), (4, 2, 2), array([1, 3])], {**LENGTHS, "mode": "gru"})
]
SAMPLES += [
    S("RNN", [(4, 2, 3), uniform((60,), -0.7, 0.7), (4, 2, 2), array([1, 3])], {**LENGTHS, "mode": m})
    for m in ("rnn_tanh", "rnn_relu")
]
SAMPLES += [
    S(
        "RNN",
        [(4, 2, 3), uniform((56,), -0.7, 0.7), (1, 2, 2), (1, 2, 2)],
        {
            "mode": "lstm",
            "num_layers": 1,
            "state_size": 2,
            "lstm_state_clip_min": -1,
            "lstm_state_clip_max": 1,
        },
    )
]
