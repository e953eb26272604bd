"""Programs with vocabularies and embeddings. Each takes ``mx`` and a folder."""

import hashlib
import zipfile
from collections import Counter

from programs.answers import error_of, warnings_of, write

VECTORS = "a 0.1 0.2\nb 0.3 0.4\nc 5 6\n"


def of_file(mx, folder, text, name="own.vec", **more):
    path = folder / name
    write(path, text, more.get("encoding", "utf8"))
    return mx.contrib.text.embedding.CustomEmbedding(str(path), **more)


def state(embedding):
    return [
        embedding.idx_to_token,
        embedding.token_to_idx,
        embedding.idx_to_vec,
        embedding.vec_len,
        len(embedding),
        embedding.unknown_token,
        embedding.reserved_tokens,
    ]


def counting(mx, folder):
    count = mx.contrib.text.utils.count_tokens_from_str
    text = " Life is great ! \n life is good . \n"
    before = Counter(life=3)
    return [
        count(text),
        count(text, to_lower=True),
        count("*Life*is*great*!*\n*life*is*good*.*\n", "\\*", "\n", True),
        count(text, counter_to_update=before) is before,
        before,
        count("a|b|c;d", r"\|", ";"),
        count(""),
    ]


def vocabularies(mx, folder):
    make = mx.contrib.text.vocab.Vocabulary
    counter = Counter("aabbbczz")
    kinds = [
        {},
        {"counter": counter},
        {"counter": counter, "most_freq_count": 2},
        {"counter": counter, "most_freq_count": 0},
        {"counter": counter, "most_freq_count": 99},
        {"counter": counter, "min_freq": 2},
        {"counter": counter, "most_freq_count": 2, "unknown_token": "b"},
        {"counter": counter, "most_freq_count": 2, "reserved_tokens": ["<p>", "z"]},
        {"counter": counter, "min_freq": 3, "reserved_tokens": ["<p>", "z"], "unknown_token": "U"},
        {"reserved_tokens": []},
        {"counter": Counter([3, 1, 1]), "unknown_token": 0},
    ]
    found = [make(**kind) for kind in kinds]
    return [[len(v), v.idx_to_token, v.token_to_idx, v.unknown_token, v.reserved_tokens] for v in found]


def looking_up(mx, folder):
    v = mx.contrib.text.vocab.Vocabulary(Counter("aabbbc"), reserved_tokens=["<p>"])
    return [
        v.to_indices("a"),
        v.to_indices(["a", "zz", "<p>"]),
        v.to_indices([]),
        v.to_tokens(2),
        v.to_tokens([0, 1, 4]),
        v.to_tokens(-1),
        error_of(lambda: v.to_tokens(5)),
        error_of(lambda: v.to_tokens([0, 7])),
    ]


def vocabularies_refused(mx, folder):
    make = mx.contrib.text.vocab.Vocabulary
    wrong = [
        {"min_freq": 0},
        {"reserved_tokens": ["<unk>"]},
        {"reserved_tokens": ["a", "a"]},
        {"counter": {"a": 1}},
    ]
    return [error_of(lambda: make(**w)) for w in wrong]  # noqa: B023


def files_of_vectors(mx, folder):
    return [
        state(of_file(mx, folder, VECTORS)),
        state(of_file(mx, folder, VECTORS + "<unk> 7 8\n")),
        state(of_file(mx, folder, VECTORS, init_unknown_vec=mx.nd.ones)),
        state(of_file(mx, folder, VECTORS, unknown_token="b", reserved_tokens=["<p>"])),
        state(of_file(mx, folder, VECTORS.replace(" ", "\t"), elem_delim="\t")),
        state(of_file(mx, folder, "ä 1e-3 2\n", encoding="latin-1")),
        state(of_file(mx, folder, "a 0.1 0.2  \nb 1 2")),
    ]


def files_with_warnings(mx, folder):
    texts = ["2 2\n" + VECTORS, VECTORS + "a 9 9\n", "<unk> 1 2\n" + VECTORS + "<unk> 3 4\n"]
    return [warnings_of(lambda: state(of_file(mx, folder, text)), UserWarning) for text in texts]  # noqa: B023


def files_refused(mx, folder):
    texts = ["a 1 2\nb\n", "a 1 2\nb 1\nc 1 2 3\n", "a 1 2\n\n", "a x 2\n"]
    found = [error_of(lambda: warnings_of(lambda: of_file(mx, folder, text))) for text in texts]  # noqa: B023
    path = str(folder / "nothing")
    return [*found, error_of(lambda: mx.contrib.text.embedding.CustomEmbedding(path))]


def vectors_of_tokens(mx, folder):
    e = of_file(mx, folder, VECTORS)
    found = [e.get_vecs_by_tokens("b"), e.get_vecs_by_tokens(["c", "zz"]), e.get_vecs_by_tokens(["A", "b"])]
    found.append(e.get_vecs_by_tokens(["A", "b", "ZZ"], lower_case_backup=True))
    e.update_token_vectors(["a", "<unk>"], mx.nd.array([[1, 2], [3, 4]]))
    e.update_token_vectors("b", mx.nd.array([8, 9]))
    e.update_token_vectors(["c"], mx.nd.array([[5, 5]]))
    one, two = mx.nd.ones(2), mx.nd.ones((2, 2))
    return [
        *found,
        e.idx_to_vec,
        error_of(lambda: e.update_token_vectors("zz", one)),
        error_of(lambda: e.update_token_vectors("a", two)),
        error_of(lambda: e.update_token_vectors(["a", "b"], one)),
        error_of(lambda: e.update_token_vectors("a", [1, 2])),
    ]


def embeddings_of_a_vocabulary(mx, folder):
    text = mx.contrib.text
    v = text.vocab.Vocabulary(Counter("aaazzb"), reserved_tokens=["<p>"], unknown_token="U")
    e = of_file(mx, folder, VECTORS + "<unk> 7 8\n", vocabulary=v)
    other = of_file(mx, folder, "a 1 1 1\nz 2 2 2\n", "other.vec")
    both = text.embedding.CompositeEmbedding(v, [of_file(mx, folder, VECTORS), other])
    alone = text.embedding.CompositeEmbedding(v, other)
    return [
        state(e),
        state(both),
        state(alone),
        error_of(lambda: of_file(mx, folder, VECTORS, vocabulary=["a"])),
        error_of(lambda: text.embedding.CompositeEmbedding(["a"], other)),
        error_of(lambda: text.embedding.CompositeEmbedding(v, [v])),
    ]


def names(mx, folder):
    embedding = mx.contrib.text.embedding
    kinds = embedding.get_pretrained_file_names()
    return [
        sorted(kinds)[:2],
        embedding.get_pretrained_file_names("glove"),
        len(kinds["fasttext"]),
        embedding.get_pretrained_file_names("fasttext")[::40],
        error_of(lambda: embedding.get_pretrained_file_names("foo")),
        error_of(lambda: embedding.create("foo")),
        error_of(lambda: embedding.create("glove", pretrained_file_name="foo")),
        error_of(lambda: embedding.FastText(pretrained_file_name="foo")),
    ]


def trained_files_that_are_there(mx, folder):
    """Small files under the names of trained ones: as they are, and in an archive."""
    embedding = mx.contrib.text.embedding
    data = VECTORS.encode()
    found = []
    for kind, name in ((embedding.GloVe, "glove.6B.50d.txt"), (embedding.FastText, "wiki.simple.vec")):
        place = folder / kind.__name__.lower()
        place.mkdir()
        archive = place / kind._get_download_file_name(name)
        with zipfile.ZipFile(str(archive), "w") as zipped:
            zipped.writestr(name, data)
        sums = kind.pretrained_file_name_sha1, kind.pretrained_archive_name_sha1
        before = sums[0][name], sums[1][archive.name]
        sums[0][name] = hashlib.sha1(data).hexdigest()
        sums[1][archive.name] = hashlib.sha1(archive.read_bytes()).hexdigest()
        try:
            found.append(state(kind(name, embedding_root=str(folder))))
            archive.unlink()
            again = embedding.create(kind.__name__, pretrained_file_name=name, embedding_root=str(folder))
            found.append(again.idx_to_token)
        finally:
            sums[0][name], sums[1][archive.name] = before
    return found


def embeddings_of_ones_own(mx, folder):
    embedding = mx.contrib.text.embedding

    @embedding.register
    class Own(embedding._TokenEmbedding):
        def __init__(self, **more):
            super().__init__(**more)
            path = folder / "own.vec"
            write(path, VECTORS)
            self._load_embedding(str(path), " ", mx.nd.zeros)

    return state(embedding.create("own", unknown_token="U"))


PROGRAMS = [
    counting,
    vocabularies,
    looking_up,
    vocabularies_refused,
    files_of_vectors,
    files_with_warnings,
    files_refused,
    vectors_of_tokens,
    embeddings_of_a_vocabulary,
    names,
    trained_files_that_are_there,
    embeddings_of_ones_own,
]
