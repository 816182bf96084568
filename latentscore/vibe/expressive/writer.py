"""A causal language model from a folder, made to write text that fits a JSON schema, token by token."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from latentscore.errors import ConfigGenerateError, ModelNotAvailableError
from latentscore.pretrained import load_pretrained
from latentscore.vibe.expressive.prompt import Message, plain_text


class Writer:
    """A model with its tokenizer, loaded once, for one thread at a time.

    Args:
        folder: A model in transformers' format, its weights as safetensors.
        schema: The JSON schema that everything it writes fits.

    Raises:
        ModelNotAvailableError: The folder can't be loaded.
    """

    def __init__(self, folder: Path, schema: dict[str, Any]) -> None:
        import llguidance.hf

        self._tokenizer, self._model, self._device = load_pretrained(
            folder, "AutoModelForCausalLM", full_precision=True
        )
        n_vocab = self._model.get_output_embeddings().weight.shape[0]
        try:
            self._tokens = llguidance.hf.from_tokenizer(self._tokenizer, n_vocab=n_vocab)
        except ValueError as error:
            raise ModelNotAvailableError(
                f"The tokenizer in {str(folder)!r} can't be used: {error}"
            ) from error
        self._matcher = _matcher(self._tokens, schema)

    def write(self, turns: Sequence[Message], on_token: Callable[[str], None]) -> str:
        """Answer a conversation, always taking the likeliest token among those that fit the schema.

        Where only one continuation fits (the names of the fields), it is taken without asking the model, which then
        reads it along with the next question: several times faster than token by token, and the same text.

        Args:
            turns: The conversation.
            on_token: Called with the text so far before every question to the model; what it raises ends the work.
        """
        from transformers import DynamicCache

        matcher = self._matcher.deep_copy()
        written: list[int] = matcher.compute_ff_tokens()
        matcher.consume_tokens(written)
        cache, unread = DynamicCache(config=self._model.config), [*self._prompt(turns), *written]
        while not matcher.is_stopped():
            on_token(self._tokens.decode_str(written))
            token = self._likeliest(unread, cache, matcher)
            matcher.consume_token(token)
            forced = matcher.compute_ff_tokens()
            matcher.consume_tokens(forced)
            unread = [token, *forced]
            written += unread
        if matcher.is_error():
            raise ConfigGenerateError(f"The answer could not be kept to its schema: {matcher.get_error()}")
        return self._tokens.decode_str(written)

    def _prompt(self, turns: Sequence[Message]) -> list[int]:
        if getattr(self._tokenizer, "chat_template", None):
            text = self._tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
            return self._tokenizer(text, add_special_tokens=False).input_ids
        return self._tokenizer(plain_text(turns)).input_ids

    def _likeliest(self, unread: list[int], cache: Any, matcher: Any) -> int:
        """Show the network what it has not read yet, and return the best token that fits.

        The last layer has a row for each token and is most of a small model, so only the rows that fit are computed.
        """
        import torch

        network, head = self._model.base_model, self._model.get_output_embeddings()
        takes = inspect.signature(network.forward).parameters
        option = {"cache" if "cache" in takes else "past_key_values": cache}
        fits = torch.frombuffer(bytearray(matcher.compute_logit_bias()), dtype=torch.uint8)
        rows = fits.nonzero()[:, 0].to(self._device)
        with torch.inference_mode():
            ids = torch.tensor([unread], device=self._device)
            state = network(input_ids=ids, use_cache=True, **option).last_hidden_state[0, -1]
            if len(rows) > len(fits) // 8:  # in free text; then picking rows costs more than it saves
                logits = head(state)[rows]
            else:
                bias = None if head.bias is None else head.bias[rows]
                logits = torch.nn.functional.linear(state, head.weight[rows], bias)
            return int(rows[logits.argmax()])


def _matcher(tokens: Any, schema: dict[str, Any]) -> Any:
    from llguidance import LLMatcher

    grammar = LLMatcher.grammar_from_json_schema(
        json.dumps(schema),
        overrides={"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "},
    )
    matcher = LLMatcher(tokens, grammar)
    if matcher.is_error():
        raise ModelNotAvailableError(f"The model's tokenizer can't write the answer: {matcher.get_error()}")
    return matcher
