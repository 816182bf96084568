"""Emoji into words: to the encoder they are all one unknown sign.

Mostly their Unicode name says it; where it tells of looks and not of what is meant, `_MEANT` does. Signs that came after
Unicode 13 are named here or not at all, so that a text reads alike with every Python.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

_MEANT: Final = {
    sign: words
    for words, signs in {
        "crying": "😭😿",
        "sad": "😢😞😔☹🙁🥲🥹😥",
        "laughing": "😂🤣😆😄😹",
        "happy": "😊😀😃😁☺😺",
        "smile": "🙂",
        "love": "🥰❤💕💖💗💓💘💝💙💚💛🧡🤎🤍🫶😘💞",
        "in love": "😍😻",
        "dark heart": "🖤",
        "heartbreak": "💔",
        "pleading": "🥺",
        "cool": "😎",
        "sleepy": "😴🥱",
        "sleep": "💤🛌",
        "calm": "😌",
        "angry": "😡😠💢",
        "furious": "🤬",
        "afraid": "😱😨😰",
        "devil": "😈👿",
        "dead": "💀☠",
        "ghost": "👻",
        "clown": "🤡",
        "cowboy": "🤠",
        "party": "🥳🎉🎊",
        "melting": "🫠",
        "dizzy": "😵💫",
        "confused": "😕🤔🙃😬",
        "mind blown": "🤯",
        "sick": "🤒🤢🤧",
        "prayer": "🙏",
        "strength": "💪",
        "dancing": "💃🕺",
        "yoga": "🧘",
        "running": "🏃",
        "sparkle": "✨🌟",
        "electric": "⚡",
        "sea waves": "🌊",
        "rain": "🌧☔💧",
        "thunderstorm": "⛈🌩",
        "snow": "❄🌨",
        "sun": "☀🌞",
        "moon": "🌙🌕🌝🌛",
        "night stars": "🌌🌃🌠",
        "sunset": "🌇🌅🌆",
        "pumpkin halloween": "🎃",
        "coffee": "☕",
        "tea": "🍵",
        "music": "🎵🎶🎼",
        "headphones": "🎧",
        "piano": "🎹",
        "drums": "🥁",
        "dance floor disco": "🪩",
        "bubbles": "🫧",
        "tea pot": "🫖",
        "lotus": "🪷",
        "feather": "🪶",
        "gaming": "🎮🕹",
        "explosion": "💥",
    }.items()
    for sign in signs
}
_EMOJI: Final = re.compile(
    "(?:["
    "\u2600-\u2668\u2670-\u27bf\u2b50"
    "\U0001f300-\U0001f5ff\U0001f600-\U0001f64f\U0001f680-\U0001f6db\U0001f900-\U0001faff"
    "][\ufe0f\u200d\u2640\u2642\U0001f3fb-\U0001f3ff]*)+"
)
_FIRST_LATER: Final = 0x1FA70
"""From here on signs are not old enough to be named by every Python."""
_LOOKS: Final = re.compile(
    r"\b(?:a|and|of|with|the|black|white|heavy|squared|medium|small|large|suit|sign|symbol|faces?|smiling|open|closed|"
    r"mouth|eyes|person|personal|selector)\b"
)
"""Words of a name that say nothing of what is meant."""


def in_words(text: str) -> str:
    """Return a text with its emoji in words, each once where it is repeated; a text without any as it is."""
    return _EMOJI.sub(_said, text) if not text.isascii() else text


def _said(match: re.Match[str]) -> str:
    words = dict.fromkeys(filter(None, map(_name, match[0])))
    return f" {' '.join(words)} " if words else match[0]


@cache
def _name(sign: str) -> str:
    if sign in _MEANT or ord(sign) >= _FIRST_LATER or not _EMOJI.fullmatch(sign):
        return _MEANT.get(sign, "")
    if "\U0001f3fb" <= sign <= "\U0001f3ff" or sign in "\u2640\u2642":
        return ""
    name = unicodedata.name(sign, "").lower().replace("-", " ")
    return " ".join(_LOOKS.sub(" ", name).split())
