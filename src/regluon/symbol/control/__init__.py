"""Graphs within graphs: ``_foreach``, ``_while_loop`` and ``_cond``.

``operators`` has their records, ``building`` makes their symbols, ``cutting`` takes a body out of the graph
around it, ``checking`` doubts files, ``running`` computes, and ``inference`` finds out shapes and types.
"""
