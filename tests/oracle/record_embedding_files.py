"""Writes which files of pretrained embeddings there are, with their SHA-1, as MXNet 1.9.1 knows them.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24, from the repository:

    python tests/oracle/record_embedding_files.py

writes src/regluon/contrib/text/files.txt: a kind, a file of vectors, its SHA-1, its archive, and the SHA-1 of
that, a line.
"""

from pathlib import Path

from mxnet.contrib.text import embedding

KINDS = embedding.GloVe, embedding.FastText
lines = []
for kind in KINDS:
    for name, sha1 in kind.pretrained_file_name_sha1.items():
        archive = kind._get_download_file_name(name)
        sums = sha1, kind.pretrained_archive_name_sha1[archive]
        lines.append("{} {} {} {} {}\n".format(kind.__name__.lower(), name, sums[0], archive, sums[1]))
path = Path(__file__).resolve().parents[2] / "src" / "regluon" / "contrib" / "text" / "files.txt"
path.write_text("".join(lines))
print(path.name, len(lines), "files")
