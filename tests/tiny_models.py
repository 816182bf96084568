"""Models of a few thousand random weights, in the real formats of the real libraries, made in a second."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from latentscore.config.fields import FIELDS

SPECIAL = ["<pad>", "<eos>", "<bos>", "<unk>"]
CHAT = (
    "{{ bos_token }}{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}<eos>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def tiny_tokenizer(texts: list[str], size: int = 600) -> Any:
    """Return a byte-level BPE tokenizer trained on a few texts."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=SPECIAL, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        eos_token="<eos>",
        bos_token="<bos>",
        unk_token="<unk>",
    )


def save_language_model(folder: Path, seed: int = 0, chat: bool = True) -> Path:
    """Save a Gemma 3 of two layers, which writes nonsense."""
    import torch
    from transformers import AutoModelForCausalLM, Gemma3TextConfig

    words = json.dumps({name: [str(label) for label in field.labels] for name, field in FIELDS.items()})
    tokenizer = tiny_tokenizer([words])
    if chat:
        tokenizer.chat_template = CHAT
    config = Gemma3TextConfig(
        vocab_size=len(tokenizer) + 8,  # padded, as real ones are
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=8,
        sliding_window=64,
        max_position_embeddings=8192,
        pad_token_id=0,
        eos_token_id=1,
        bos_token_id=2,
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = AutoModelForCausalLM.from_config(config)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def save_musicgen(folder: Path, seed: int = 0, channels: int = 1) -> Path:
    """Save a MusicGen with a tiny T5, decoder and EnCodec, at 50 code frames and 32000 samples a second."""
    import torch
    from transformers import (
        EncodecConfig,
        MusicgenConfig,
        MusicgenDecoderConfig,
        MusicgenForConditionalGeneration,
        T5Config,
    )

    tokenizer = tiny_tokenizer(["rain on a tin roof, neon city, deep space"], size=300)
    text = T5Config(
        vocab_size=len(tokenizer), d_model=16, d_kv=8, d_ff=16, num_layers=1, num_heads=2, pad_token_id=0
    )
    audio = EncodecConfig(
        sampling_rate=32_000,
        audio_channels=1,
        hidden_size=16,
        codebook_dim=16,
        codebook_size=64,
        num_filters=2,
        num_residual_layers=1,
        num_lstm_layers=1,
        upsampling_ratios=[8, 5, 4, 4],
        normalize=False,
        target_bandwidths=[1.2],
        use_causal_conv=False,
    )
    decoder = MusicgenDecoderConfig(
        vocab_size=64,
        hidden_size=16,
        ffn_dim=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_codebooks=4 * channels,
        audio_channels=channels,
        pad_token_id=64,
        bos_token_id=64,
    )
    config = MusicgenConfig(text_encoder=text, audio_encoder=audio, decoder=decoder)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = MusicgenForConditionalGeneration(config)
        for layer in model.audio_encoder.quantizer.layers:  # empty until trained
            layer.codebook.embed.normal_()
    model.generation_config.decoder_start_token_id = 64
    model.generation_config.pad_token_id = 64
    model.generation_config.bos_token_id = 64
    model.generation_config.do_sample = True
    model.generation_config.guidance_scale = 3.0
    model.generation_config.max_length = 1500
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
