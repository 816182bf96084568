"""The sentence encoder: text to a unit vector, by the ONNX export of all-MiniLM-L6-v2 in the package."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tokenizers import Encoding

WIDTH: Final = 384
"""Numbers in an embedding."""
WINDOW: Final = 256
"""Word pieces that the encoder reads, its two marks included; the rest of a longer text is not read."""

_ASSETS: Final = Path(__file__).parent / "assets"
_BATCH: Final = 32


class Embedder:
    """Embeds texts. Loading takes about 0.2 s and touches nothing but two files of the package."""

    def __init__(self) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        onnxruntime.disable_telemetry_events()
        options: Any = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 2  # of more, a sentence is too small; the numbers stay the same
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # idle threads sleep
        # Fused nodes load sooner and run faster than basic optimisations; those beyond add nothing here.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
        options.log_severity_level = 3
        self._session: Any = onnxruntime.InferenceSession(
            str(_ASSETS / "encoder.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer: Any = Tokenizer.from_file(str(_ASSETS / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit embeddings, float32 of shape (len(texts), WIDTH), in the order of the texts."""
        pieces = [self._pieces(text) for text in texts]
        order = sorted(range(len(texts)), key=lambda k: len(pieces[k]))  # like lengths together: less padding
        embeddings = np.empty((len(texts), WIDTH), dtype=np.float32)
        for start in range(0, len(order), _BATCH):
            rows = order[start : start + _BATCH]
            embeddings[rows] = self._run([pieces[k] for k in rows])
        return embeddings

    def truncated(self, text: str) -> bool:
        """Whether a text is longer than the window, so that its end is not read."""
        return len(self._encoding(text).ids) > WINDOW

    def pieces(self, text: str) -> list[str]:
        """Return the word pieces that are read, in writing, without the two marks; `##` is inside a word."""
        return self._encoding(text).tokens[1:-1][: WINDOW - 2]

    def _run(self, pieces: list[list[int]]) -> NDArray[np.float32]:
        longest = max(map(len, pieces))
        ids = np.zeros((len(pieces), longest), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, sentence in enumerate(pieces):
            ids[row, : len(sentence)] = sentence
            mask[row, : len(sentence)] = 1
        return self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0]

    def _pieces(self, text: str) -> list[int]:
        """Word pieces of the window; a cut text still ends with the closing mark."""
        ids: list[int] = self._encoding(text).ids
        return ids if len(ids) <= WINDOW else [*ids[: WINDOW - 1], ids[-1]]

    def _encoding(self, text: str) -> Encoding:
        # Surrogates have no UTF-8 form: pairs are joined, and a lone one becomes a sign that the tokenizer drops.
        return self._tokenizer.encode(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
