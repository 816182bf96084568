"""The glossary: other languages are read as English, instructions too; English is left as it is."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_work.build_glossary import parse
from latentscore.vibe.directives import read
from latentscore.vibe.emoji import in_words
from latentscore.vibe.explanation import explain
from latentscore.vibe.glossary import in_english, load_glossary
from latentscore.vibe.library import load_library
from latentscore.vibe.retrieval import fast_model

FOREIGN_THEMES = ("vibes in", "other languages", "japanese", "hindi", "portuguese", "french", "german")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("lluvia en la ventana", ["rain", "window"]),
        ("une nuit d'été au bord de la mer", ["summer", "sea"]),
        ("ein Sommerabend am See", ["summer", "evening"]),
        ("tristezza e silenzio", ["sad", "silence"]),
        ("floresta à noite", ["forest", "night"]),
        ("старый дом в лесу", ["house", "forest"]),
        ("雨の夜、静かな街", ["rain", "night", "calm", "city"]),
        ("下雪的早晨", ["snow", "morning"]),
        ("비 오는 밤", ["rain", "night"]),
        ("रात की बारिश", ["night", "rain"]),
        ("القطار في الضباب", ["train", "fog"]),
        ("deniz ve yıldızlar", ["sea", "star"]),
        ("zwarte kat op het dak", ["black", "cat", "roof"]),
        ("לילה בעיר", ["night", "city"]),
    ],
)
def test_what_is_read(text: str, words: list[str]) -> None:
    glossed = in_english(text)
    assert all(word in glossed for word in words), glossed


def test_english_is_left_alone() -> None:
    """Every entry of the library outside the themes of other languages, but for loan words; emoji aside."""
    entries = [one for one in load_library() if not one.theme.lower().startswith(FOREIGN_THEMES)]
    plain = [entry.vibe for entry in entries if in_words(entry.vibe) == entry.vibe]
    changed = [vibe for vibe in plain if in_english(vibe) != vibe]
    assert len(entries) > 10_000
    assert len(changed) <= 5, changed


@pytest.mark.parametrize(
    "text",
    [
        "die hard on a rooftop",
        "pain and hope",
        "a chat by the fire",
        "film noir, no drums, in D minor",
        "Fast   Cars\n  and neon, 120 bpm!",
        "gato",
        "la",
        "",
        "12 / 8",
    ],
)
def test_short_or_shared_words_are_no_reason(text: str) -> None:
    assert in_english(text) in (text, "cat")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("lluvia suave, sin batería", ("rhythm", "none")),
        ("pluie, sans percussions", ("rhythm", "none")),
        ("ruhiger Regen ohne Schlagzeug", ("rhythm", "none")),
        ("ночной дождь без барабанов", ("rhythm", "none")),
        ("雨の夜、ドラムなし", ("rhythm", "none")),
        ("下雨的夜晚，没有鼓", ("rhythm", "none")),
        ("mare calmo, molto lento", ("tempo", "very_slow")),
        ("noche en la playa, 74 bpm", ("tempo", 74.0)),
        ("noche tranquila en la menor", ("root", "a")),
        ("Abend am See in d-moll", ("mode", "minor")),
    ],
)
def test_instructions_in_other_languages(text: str, wanted: tuple[str, object]) -> None:
    found = fast_model().resolve(text)
    assert (wanted[0], getattr(found.config, wanted[0])) == wanted
    assert found.sources[wanted[0]].startswith("instruction")


@pytest.mark.parametrize(
    "text",
    [
        "Regen, kein Schlagzeug, 92 bpm, in d-moll",
        "pluie, sans batterie, 80 bpm, en ré mineur",
        "lluvia, sin batería, 80 bpm, en re menor",
        "pioggia, senza percussioni, 80 bpm, in re minore",
        "chuva, sem bateria, 90 bpm, em ré menor",
        "regen, geen drums, 80 bpm, in d mineur",
        "regn, utan trummor, 80 bpm, d-moll",
        "deszcz, bez perkusji, 80 bpm, d-moll",
        "дождь, без ударных, 80 bpm, ре минор",
        "雨、ドラムなし、ニ短調、80 bpm",
        "雨，没有鼓，D小调，80 bpm",
        "비, 드럼 없이, 라단조, 80 bpm",
        "बारिश, बिना ड्रम, 80 bpm",
        "مطر، بدون طبول، 80 bpm",
    ],
)
def test_figures_do_not_hide_the_language(text: str) -> None:
    found = fast_model().resolve(text)
    asked = " ".join(found.instructions)
    assert found.config.rhythm == "none", found.read_as
    assert found.sources["rhythm"].startswith("instruction")
    assert isinstance(found.config.tempo, float)
    assert "rain" in found.read_as
    if "moll" in text or "mino" in asked or "meno" in asked or "mineur" in asked:
        assert found.config.mode == "minor"


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("nicht zu schnell, viel Hall, 60 bpm", "not too fast, lots of reverb, 60 bpm"),
        ("sehr dunkel, 60 bpm", "very dark, 60 bpm"),
        ("muy lento, sin batería, 60 bpm", "very slow, no drums, 60 bpm"),
        ("pas de batterie", "no drums"),
        ("nessuna batteria", "no drums"),
        ("não muito rápido, 70 bpm", "not too fast, 70 bpm"),
        ("geen drums", "no drums"),
        ("ピアノなし", "no piano"),
        ("チェロなし", "without cello"),
        ("바이올린 없이", "without violin"),
        ("सितार के बिना", "no sitar"),
        ("keman olmadan", "without violin"),
        ("بطيء جدا، بدون طبول", "very slow, no drums"),
        ("mucha reverb, 60 bpm", "lots of reverb, 60 bpm"),
    ],
)
def test_negation_and_degree(text: str, english: str) -> None:
    assert in_english(text) == english


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("la menor", "A minor"),
        ("do♯ minore", "C sharp minor"),
        ("piano, si bémol majeur", "piano, B flat major"),
        ("re menor", "D minor"),
        ("до-диез минор", "C sharp minor"),
        ("嬰ヘ短調", "F sharp minor"),
        ("変ホ長調", "E flat major"),
        ("降E大调", "E flat major"),
        ("B小调", "B minor"),
        ("bb小调", "B flat minor"),
        ("올림다단조", "C sharp minor"),
        ("डी माइनर", "D minor"),
        ("ري مينور", "D minor"),
        ("92 Schläge pro Minute", "92 bpm"),
        ("92 pulsaciones por minuto", "92 bpm"),
        ("92 ударов в минуту", "92 bpm"),
        ("每分钟92拍", "92 bpm"),
        ("テンポ92", "92 bpm"),
    ],
)
def test_figures_of_other_languages(text: str, english: str) -> None:
    assert in_english(text) == english
    assert read(text).instructions


@pytest.mark.parametrize(
    "text",
    [
        "el niño synth weather computer, 1983",
        "ibiza chillout, sunset, café del mar",
        "la menor duda, major damage",
        "do re mi fa sol, minor injuries",
        "90 minutes of techno, 128 bpm, in A minor",
        "una mattina, do maior lago, in D minor, rooftop yard",
    ],
)
def test_no_figure_where_there_is_none(text: str) -> None:
    assert in_english(text) == text


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("yeehaw 🤠🐎", "yeehaw cowboy horse"),
        ("🔥🔥🔥", "fire"),
        ("❤️", "love"),
        ("lluvia 🌵", "rain cactus"),
        ("rain ☔, no drums", "rain rain, no drums"),
        ("👩‍💻👍🏽", "woman computer thumbs up"),
        ("♪ = 92", "♪ = 92"),
    ],
)
def test_emoji_are_read_as_words(text: str, english: str) -> None:
    assert in_english(text) == english


def test_emoji_that_only_a_later_unicode_names_stay() -> None:
    assert in_english("ok \U0001fae8") == "ok \U0001fae8"
    assert in_english("🪩") == "dance floor disco"


def test_the_reading_is_shown() -> None:
    told = explain("lluvia en la ventana")
    assert told.read_as == "rain in window"
    assert "read as" in str(told)
    english = explain("rain on the window")
    assert english.read_as == ""
    assert "read as" not in str(english)


def test_a_language_finds_what_english_finds() -> None:
    """Configs of a text and of its translation agree far more often than those of unlike texts (about one in three)."""
    pairs = [
        ("battle of knights", "batalla de caballeros"),
        ("snow in the forest", "neige dans la forêt"),
        ("dancing all night", "die ganze Nacht tanzen"),
        ("a sad song", "грустная песня"),
        ("sea and stars", "海と星"),
        ("city at night", "城市的夜晚"),
    ]
    alike = [
        fast_model().resolve(first).config.differences(fast_model().resolve(second).config)
        for first, second in pairs
    ]
    assert sum(map(len, alike)) / len(pairs) < 34 * 0.4


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=60))
def test_any_text(text: str) -> None:
    glossed = in_english(text)
    assert in_english(text) == glossed
    assert read(text).english == glossed


def test_very_long_words() -> None:
    assert in_english("a" * 20_000) == "a" * 20_000
    assert set(in_english("雨" * 5_000).split()) == {"rain"}


def test_a_mistake_in_the_file_is_named() -> None:
    with pytest.raises(ValueError, match=r"line 2 of the glossary: 'lluvia' .*twice"):
        parse("rain : lluvia\nshower : lluvia\n")


def test_the_glosses_are_english() -> None:
    glossary = load_glossary()
    glosses = {*glossary.words.values(), *glossary.stems.values()}
    assert len(glossary.words) + len(glossary.stems) > 10_000
    assert all(re.fullmatch(r"[a-z' -]*", gloss) for gloss in glosses)
    assert not glossary.english & glossary.words.keys()
