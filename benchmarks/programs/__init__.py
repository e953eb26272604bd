"""The programs that are timed. Those for Gluon run on MXNet 1.9.1 as they are, in Python 3.8."""
