"""Embeddings: vocabularies whose tokens have vectors."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, TypeVar

import numpy as np

from regluon import ndarray as nd
from regluon import registry
from regluon.base import data_dir
from regluon.contrib.text.pretrained import fetch, known
from regluon.contrib.text.reading import read_vectors
from regluon.contrib.text.vocab import UNKNOWN_INDEX, Vocabulary
from regluon.gluon.utils import _get_repo_url
from regluon.ndarray import NDArray

__all__ = [
    "CompositeEmbedding",
    "CustomEmbedding",
    "FastText",
    "GloVe",
    "create",
    "get_pretrained_file_names",
    "register",
]

T = TypeVar("T", bound="type[_TokenEmbedding]")

ROOT = "~/.mxnet/embeddings"
"""Stands for the folder ``embeddings`` in :func:`mx.base.data_dir`, which the environment decides."""


class _TokenEmbedding(Vocabulary):
    """Tokens with vectors; a subclass loads them from a file.

    The vector of the unknown token is that in the file, or what ``init_unknown_vec`` makes.
    """

    pretrained_file_name_sha1: ClassVar[dict[str, str]] = {}
    pretrained_archive_name_sha1: ClassVar[dict[str, str]] = {}

    _vec_len: int
    _idx_to_vec: NDArray

    @classmethod
    def _get_download_file_name(cls, pretrained_file_name: str) -> str:
        """The name of the file, or archive, that the server has."""
        return pretrained_file_name

    @classmethod
    def _get_pretrained_file_url(cls, pretrained_file_name: str) -> str:
        name = cls._get_download_file_name(pretrained_file_name)
        return f"{_get_repo_url()}gluon/embeddings/{cls.__name__.lower()}/{name}"

    @classmethod
    def _get_pretrained_file(cls, embedding_root: str, pretrained_file_name: str) -> str:
        root = os.path.join(data_dir(), "embeddings") if embedding_root == ROOT else embedding_root
        folder = os.path.join(os.path.expanduser(root), cls.__name__.lower())
        url = cls._get_pretrained_file_url(pretrained_file_name)
        sha1 = cls.pretrained_file_name_sha1[pretrained_file_name]
        archive_sha1 = cls.pretrained_archive_name_sha1.get(os.path.basename(url), sha1)
        return fetch(url, folder, pretrained_file_name, sha1, archive_sha1)

    @classmethod
    def _check_pretrained_file_names(cls, pretrained_file_name: str) -> None:
        if pretrained_file_name not in cls.pretrained_file_name_sha1:
            name, valid = cls.__name__.lower(), ", ".join(cls.pretrained_file_name_sha1)
            raise KeyError(
                f"Cannot find pretrained file {pretrained_file_name} for token embedding {name}. Valid "
                f"pretrained files for embedding {name}: {valid}"
            )

    def _load_pretrained(
        self, name: str, root: str, init_unknown_vec: Callable[..., Any], vocabulary: Vocabulary | None
    ) -> None:
        path = self._get_pretrained_file(root, name)
        self._load_embedding(path, " ", init_unknown_vec)
        self._build_embedding_for_vocabulary(vocabulary)

    def _load_embedding(
        self,
        pretrained_file_path: str,
        elem_delim: str,
        init_unknown_vec: Callable[..., Any],
        encoding: str = "utf8",
    ) -> None:
        found = read_vectors(pretrained_file_path, elem_delim, encoding, self.unknown_token)
        first = len(self)
        self._idx_to_token += found.tokens
        self._token_to_idx.update((t, first + i) for i, t in enumerate(found.tokens))
        self._vec_len = found.values.shape[1]
        room = np.zeros((1, self._vec_len), np.float32)
        self._idx_to_vec = nd.array(np.concatenate([room, found.values]))
        made = init_unknown_vec(shape=self._vec_len) if found.unknown is None else nd.array(found.unknown)
        self._idx_to_vec[UNKNOWN_INDEX] = made

    def _index_tokens_from_vocabulary(self, vocabulary: Vocabulary) -> None:
        self._token_to_idx = dict(vocabulary.token_to_idx)
        self._idx_to_token = list(vocabulary.idx_to_token)
        self._unknown_token = vocabulary.unknown_token
        reserved = vocabulary.reserved_tokens
        self._reserved_tokens = None if reserved is None else list(reserved)

    def _set_idx_to_vec_by_embeddings(
        self, token_embeddings: Sequence[_TokenEmbedding], vocab_len: int, vocab_idx_to_token: list[Any]
    ) -> None:
        """Puts the vectors of several embeddings side by side."""
        parts = []
        for embedding in token_embeddings:
            rows = [embedding.idx_to_vec[:1]]
            if vocab_len > 1:
                rows.append(embedding.get_vecs_by_tokens(vocab_idx_to_token[1:]))
            parts.append(nd.concat(*rows, dim=0))
        self._vec_len = sum(embedding.vec_len for embedding in token_embeddings)
        self._idx_to_vec = nd.concat(*parts, dim=1)

    def _build_embedding_for_vocabulary(self, vocabulary: Vocabulary | None) -> None:
        """Keeps the vectors of a vocabulary's tokens alone, in its order."""
        if vocabulary is None:
            return
        _check_vocabulary(vocabulary)
        self._set_idx_to_vec_by_embeddings([self], len(vocabulary), vocabulary.idx_to_token)
        self._index_tokens_from_vocabulary(vocabulary)

    @property
    def vec_len(self) -> int:
        """How many numbers a vector has."""
        return self._vec_len

    @property
    def idx_to_vec(self) -> NDArray:
        """The vectors, a row each, in the order of the tokens' numbers."""
        return self._idx_to_vec

    def get_vecs_by_tokens(self, tokens: str | list[str], lower_case_backup: bool = False) -> NDArray:
        """The vector of a token, or the rows of those of a list of tokens.

        Parameters
        ----------
        lower_case_backup
            Whether a token that is not known is looked up in lower case before it counts as unknown.
        """
        names = tokens if isinstance(tokens, list) else [tokens]
        if lower_case_backup:
            names = [t if t in self.token_to_idx else t.lower() for t in names]
        indices = nd.array([self.token_to_idx.get(t, UNKNOWN_INDEX) for t in names])
        rows, length = self.idx_to_vec.shape
        vectors: NDArray = nd.Embedding(indices, self.idx_to_vec, rows, length)
        return vectors if isinstance(tokens, list) else vectors[0]

    def update_token_vectors(self, tokens: str | list[str], new_vectors: NDArray) -> None:
        """Gives tokens other vectors.

        Parameters
        ----------
        new_vectors
            A row for each token; for one token a vector will do.

        Raises
        ------
        ValueError
            If a token is not known.
        """
        names = tokens if isinstance(tokens, list) else [tokens]
        if not isinstance(new_vectors, NDArray):
            raise AssertionError("`new_vectors` must be an NDArray")
        if len(names) == 1 and new_vectors.ndim == 1:
            new_vectors = new_vectors.expand_dims(0)
        if new_vectors.shape != (len(names), self.vec_len):
            raise AssertionError(
                f"`new_vectors` has shape {new_vectors.shape}; {len(names)} tokens need "
                f"{(len(names), self.vec_len)}"
            )
        for name in names:
            if name not in self.token_to_idx:
                raise ValueError(
                    f"Token {name} is unknown. To update the embedding vector for an unknown token, please "
                    f"specify it explicitly as the `unknown_token` {self.unknown_token} in `tokens`. This is "
                    "to avoid unintended updates."
                )
        self._idx_to_vec[nd.array([self.token_to_idx[name] for name in names])] = new_vectors


def _check_vocabulary(vocabulary: object) -> None:
    if not isinstance(vocabulary, Vocabulary):
        raise AssertionError(
            "The argument `vocabulary` must be an instance of mxnet.contrib.text.vocab.Vocabulary, not "
            f"{vocabulary!r}"
        )


_NICKNAME = "token embedding"
_register = registry.get_register_func(_TokenEmbedding, _NICKNAME)
_create = registry.get_create_func(_TokenEmbedding, _NICKNAME)


def register(embedding_cls: T) -> T:
    """Makes a class of embeddings known to :func:`create` by its name; a decorator."""
    return _register(embedding_cls)  # type: ignore[no-any-return]


def create(embedding_name: str, **kwargs: Any) -> Any:
    """An embedding by the name of its class, such as ``"glove"``, with the class's arguments."""
    return _create(embedding_name, **kwargs)


def get_pretrained_file_names(embedding_name: str | None = None) -> Any:
    """The files that there are of an embedding, or of each, by its name."""
    kinds = registry.get_registry(_TokenEmbedding)
    if embedding_name is None:
        return {name: list(kind.pretrained_file_name_sha1) for name, kind in kinds.items()}  # type: ignore[attr-defined]
    if embedding_name not in kinds:
        raise KeyError(
            f"Cannot find `embedding_name` {embedding_name}. Use `get_pretrained_file_names("
            "embedding_name=None).keys()` to get all the valid embedding names."
        )
    return list(kinds[embedding_name].pretrained_file_name_sha1)  # type: ignore[attr-defined]


_GLOVE, _FAST_TEXT = known("glove"), known("fasttext")


@register
class GloVe(_TokenEmbedding):
    """Global vectors of words, https://nlp.stanford.edu/projects/glove/.

    Parameters
    ----------
    pretrained_file_name
        One of ``get_pretrained_file_names("glove")``.
    embedding_root
        The folder in which there is, or comes to be, the folder ``glove`` with the file.
    init_unknown_vec
        Makes the unknown token's vector, from ``shape``, if the file has none.
    vocabulary
        The tokens to keep, or None for all.
    """

    pretrained_archive_name_sha1 = _GLOVE.archive_sums
    pretrained_file_name_sha1 = _GLOVE.sums

    @classmethod
    def _get_download_file_name(cls, pretrained_file_name: str) -> str:
        return _GLOVE.archives.get(pretrained_file_name, pretrained_file_name)

    def __init__(
        self,
        pretrained_file_name: str = "glove.840B.300d.txt",
        embedding_root: str = ROOT,
        init_unknown_vec: Callable[..., Any] = nd.zeros,
        vocabulary: Vocabulary | None = None,
        **kwargs: Any,
    ) -> None:
        self._check_pretrained_file_names(pretrained_file_name)
        super().__init__(**kwargs)
        self._load_pretrained(pretrained_file_name, embedding_root, init_unknown_vec, vocabulary)


@register
class FastText(_TokenEmbedding):
    """Vectors of words with their parts, https://fasttext.cc.

    Parameters
    ----------
    pretrained_file_name
        One of ``get_pretrained_file_names("fasttext")``.
    embedding_root
        The folder in which there is, or comes to be, the folder ``fasttext`` with the file.
    init_unknown_vec
        Makes the unknown token's vector, from ``shape``, if the file has none.
    vocabulary
        The tokens to keep, or None for all.
    """

    pretrained_archive_name_sha1 = _FAST_TEXT.archive_sums
    pretrained_file_name_sha1 = _FAST_TEXT.sums

    @classmethod
    def _get_download_file_name(cls, pretrained_file_name: str) -> str:
        return _FAST_TEXT.archives.get(pretrained_file_name, pretrained_file_name)

    def __init__(
        self,
        pretrained_file_name: str = "wiki.simple.vec",
        embedding_root: str = ROOT,
        init_unknown_vec: Callable[..., Any] = nd.zeros,
        vocabulary: Vocabulary | None = None,
        **kwargs: Any,
    ) -> None:
        self._check_pretrained_file_names(pretrained_file_name)
        super().__init__(**kwargs)
        self._load_pretrained(pretrained_file_name, embedding_root, init_unknown_vec, vocabulary)


class CustomEmbedding(_TokenEmbedding):
    """Vectors from a file of one's own: a token and its numbers a line.

    Parameters
    ----------
    pretrained_file_path
        The file.
    elem_delim
        What stands between token and numbers.
    encoding
        The file's encoding.
    init_unknown_vec
        Makes the unknown token's vector, from ``shape``, if the file has none.
    vocabulary
        The tokens to keep, or None for all.
    """

    def __init__(
        self,
        pretrained_file_path: str,
        elem_delim: str = " ",
        encoding: str = "utf8",
        init_unknown_vec: Callable[..., Any] = nd.zeros,
        vocabulary: Vocabulary | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._load_embedding(pretrained_file_path, elem_delim, init_unknown_vec, encoding)
        self._build_embedding_for_vocabulary(vocabulary)


class CompositeEmbedding(_TokenEmbedding):
    """The vectors of several embeddings side by side, for the tokens of a vocabulary."""

    def __init__(
        self, vocabulary: Vocabulary, token_embeddings: _TokenEmbedding | list[_TokenEmbedding]
    ) -> None:
        _check_vocabulary(vocabulary)
        embeddings = token_embeddings if isinstance(token_embeddings, list) else [token_embeddings]
        for embedding in embeddings:
            if not isinstance(embedding, _TokenEmbedding):
                raise AssertionError(f"`token_embeddings` must be embeddings, not {embedding!r}")
        self._index_tokens_from_vocabulary(vocabulary)
        self._set_idx_to_vec_by_embeddings(embeddings, len(self), self.idx_to_token)
