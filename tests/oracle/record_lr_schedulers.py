"""Records the learning rates of MXNet 1.9.1's schedulers.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24, from the repository:

    python tests/oracle/record_lr_schedulers.py

writes tests/data/lr_schedulers.json: per scheduler its class, arguments, numbers of updates and rates.
"""

import json
from pathlib import Path

import mxnet as mx

OUT = Path(__file__).resolve().parents[1] / "data" / "lr_schedulers.json"
STEADY = list(range(60))
JUMPS = [0, 1, 30, 31, 200]
LINEAR = {"warmup_steps": 10, "warmup_begin_lr": 0.02}
CONSTANT = {"warmup_steps": 4, "warmup_begin_lr": 0.05, "warmup_mode": "constant"}
SCHEDULERS = [
    ("FactorScheduler", {"step": 7, "factor": 0.5, "base_lr": 0.8}, STEADY),
    ("FactorScheduler", {"step": 3, "factor": 0.1, "stop_factor_lr": 1e-3}, STEADY),
    ("FactorScheduler", {"step": 5, "factor": 0.9, "base_lr": 0.3, "warmup_steps": 10}, STEADY),
    ("FactorScheduler", {"step": 5, "factor": 0.9, "base_lr": 0.3}, JUMPS),
    ("MultiFactorScheduler", {"step": [3, 10, 40], "factor": 0.5, "base_lr": 0.8}, STEADY),
    ("MultiFactorScheduler", {"step": [3, 10, 40], "factor": 0.5, "base_lr": 0.8}, JUMPS),
    ("MultiFactorScheduler", {"step": [15, 30], "factor": 0.1, "base_lr": 0.5, **LINEAR}, STEADY),
    ("PolyScheduler", {"max_update": 50, "base_lr": 0.4}, STEADY),
    ("PolyScheduler", {"max_update": 30, "base_lr": 0.4, "pwr": 1, "final_lr": 0.1}, STEADY),
    ("PolyScheduler", {"max_update": 40, "base_lr": 0.4, "pwr": 3, **LINEAR}, STEADY),
    ("CosineScheduler", {"max_update": 50, "base_lr": 0.4}, STEADY),
    ("CosineScheduler", {"max_update": 30, "base_lr": 0.4, "final_lr": 0.1, **CONSTANT}, STEADY),
    ("CosineScheduler", {"max_update": 40, "base_lr": 0.4, **LINEAR}, JUMPS),
]

recorded = []
for kind, arguments, updates in SCHEDULERS:
    scheduler = getattr(mx.lr_scheduler, kind)(**arguments)
    recorded.append([kind, arguments, updates, [scheduler(n) for n in updates]])
OUT.write_text("[\n" + ",\n".join(map(json.dumps, recorded)) + "\n]\n")
print(len(recorded), "schedulers")
