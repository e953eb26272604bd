"""``regluon inspect`` and ``regluon convert``: what is in files, and arrays from one format to another."""
