"""Tempos and keys as other languages write them ("92 Schläge pro Minute", "ре минор", "ニ短調"), in English.

What `figures` reads itself ("d-moll", "en la menor") stays as written.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

_SYLLABLES: Final = dict(zip(("do", "re", "mi", "fa", "sol", "la", "si"), "CDEFGAB", strict=True))
_CYRILLIC: Final = dict(zip(("до", "ре", "ми", "фа", "соль", "ля", "си"), "CDEFGAB", strict=True))
_ARABIC: Final = dict(zip(("دو", "ري", "مي", "فا", "صول", "لا", "سي"), "CDEFGAB", strict=True))
_KANA: Final = dict(zip("ハニホヘトイロ", "CDEFGAB", strict=True))
_HANGUL: Final = dict(zip("다라마바사가나", "CDEFGAB", strict=True))
_HINDI: Final = dict(zip(("सी", "डी", "ई", "एफ", "जी", "ए", "बी"), "CDEFGAB", strict=True))
_LETTERS: Final = {**_SYLLABLES, **_CYRILLIC, **_ARABIC, **_KANA, **_HANGUL, **_HINDI}
_SHARP: Final = ("#", "diese", "sostenido", "sustenido", "diesis", "диез", "嬰", "升", "올림")
_MINOR: Final = (
    *("menor", "mineur", "minore", "minor", "минор"),
    *("短調", "短调", "小調", "小调", "マイナー", "단조", "माइनर", "مينور"),
)

_SIGN = r"(?: ?(#)|(b)| (diese|bemol|sostenido|sustenido|diesis|bemolle))?"
_MODE = r" (mayor|menor|majeur|mineur|maggiore|minore|maior)\b"
_END = r"(?= *(?:[,.;!?)\n]|$))"
_LATIN_KEYS: Final = (
    rf"(?<!\ben )(?<!\bem )(?<!\bin )\b(re|fa|sol){_SIGN}{_MODE}",
    rf"(?:(?<![^,.;!?(\n])|(?<=[,.;!?(] )|(?<=\btonalidad de )|(?<=\btonalite de )|(?<=\btonalidade de ))"
    rf"(do|mi|la|si){_SIGN}{_MODE}{_END}",  # "la menor duda" and "do maior lago" are no keys
)
_BEATS = (
    r"schlage (?:pro|in der) minute|battements (?:par|a la) minute|battiti al minuto|bat(?:ida|imento)s por minuto|"
    r"(?:pulsaciones|pulsos|golpes|tiempos|beats) por minuto|beats (?:pro|par) minute|"
    r"slagen per minuut|slag per minut|uderzen na minute|vurus dakikada"
)
_SIGNS_OF_LATIN: Final = (
    "mayor",
    "menor",
    "majeur",
    "mineur",
    "maggiore",
    "minore",
    "maior",
    "minut",
    "dakikada",
)
_LATIN_TEMPO = rf"\b(\d{{2,3}}) (?:{_BEATS})\b"

_OTHER_KEYS: Final = (
    r"\b(до|ре|ми|фа|соль|ля|си)()(?:[- ](диез|бемоль))?[- ](минор|мажор)[еа]?\b",
    r"(嬰|変|变)?([ハニホヘトイロ])()(短調|長調|短调|长调)",
    r"(?<![가-힣])(올림|내림)?([다라마바사가나])() ?(단조|장조)",
    r"(?<![a-z])(升|降|嬰|変)?([a-g])(#|b)? ?(小调|大调|小調|大調|短調|長調|マイナー|メジャー|단조|장조)",
    r"(सी|डी|ई|एफ|जी|ए|बी)() (माइनर|मेजर)",
    r"\b(دو|ري|مي|فا|صول|لا|سي)() (مينور|ماجور)\b",
)
_OTHER_TEMPOS: Final = (
    r"(?<![a-z\d])(\d{2,3}) ?(?:ударов в минуту|уд\.? ?/ ?мин|拍/分|拍毎分|拍每分钟|박자? ?/ ?분)",
    r"(?:毎分|每分钟|每分鐘|분당) ?(\d{2,3}) ?[拍박]?",
    r"(?:темп|テンポ|速度|节奏|節奏|템포|टेम्पो|الايقاع)(?:は|は約|:| )? ?(\d{2,3})(?![\d%])",
)

_Read = Callable[[re.Match[str]], str]


def in_english_figures(text: str) -> str:
    """Return a folded text with the tempos and keys of other languages in English; as it is if there are none."""
    is_plain = text.isascii()
    low = text.lower()
    if is_plain and not any(sign in low for sign in _SIGNS_OF_LATIN):
        return text  # nearly all of English
    for pattern, read in _LATIN if is_plain else _ALL:
        text = pattern.sub(read, text)
    return text


def _key(match: re.Match[str]) -> str:
    *parts, mode = filter(None, match.groups())
    at = next(at for at, part in enumerate(parts) if _letter(part))
    signs = [part.lower() for part in (*parts[:at], *parts[at + 1 :])]
    shift = " sharp" if signs and signs[0] in _SHARP else " flat" if signs else ""
    return f" {_letter(parts[at])}{shift} {'minor' if mode.lower() in _MINOR else 'major'} "


def _letter(part: str) -> str | None:
    if len(part) == 1 and part.isascii() and part != "#":
        return part.upper()
    return _LETTERS.get(part.lower())


def _tempo(match: re.Match[str]) -> str:
    return f" {match[1]} bpm "


def _compiled(patterns: tuple[str, ...], read: _Read) -> list[tuple[re.Pattern[str], _Read]]:
    return [(re.compile(pattern, re.IGNORECASE), read) for pattern in patterns]


_LATIN: Final = [*_compiled((_LATIN_TEMPO,), _tempo), *_compiled(_LATIN_KEYS, _key)]
_ALL: Final = [*_LATIN, *_compiled(_OTHER_TEMPOS, _tempo), *_compiled(_OTHER_KEYS, _key)]
