"""Names of languages: what containers write (ISO 639-2) as what playlists and people read (BCP 47, English)."""

from functools import cache
from typing import Final

from app.media.captions import language_of

_UNKNOWN: Final = frozenset({"und", "mis", "mul"})
"""Undetermined, uncoded, several: nothing that a player could choose by."""
_TABLE: Final = """
    aa aar Afar
    ab abk Abkhazian
    ae ave Avestan
    af afr Afrikaans
    ak aka Akan
    am amh Amharic
    an arg Aragonese
    ar ara Arabic
    as asm Assamese
    av ava Avaric
    ay aym Aymara
    az aze Azerbaijani
    ba bak Bashkir
    be bel Belarusian
    bg bul Bulgarian
    bh bih Bhojpuri
    bi bis Bislama
    bm bam Bambara
    bn ben Bangla
    bo bod/tib Tibetan
    br bre Breton
    bs bos Bosnian
    ca cat Catalan
    ce che Chechen
    ch cha Chamorro
    co cos Corsican
    cr cre Cree
    cs ces/cze Czech
    cu chu Church Slavic
    cv chv Chuvash
    cy cym/wel Welsh
    da dan Danish
    de deu/ger German
    dv div Divehi
    dz dzo Dzongkha
    ee ewe Ewe
    el ell/gre Greek
    en eng English
    eo epo Esperanto
    es spa Spanish
    et est Estonian
    eu eus/baq Basque
    fa fas/per Persian
    ff ful Fula
    fi fin Finnish
    fj fij Fijian
    fo fao Faroese
    fr fra/fre French
    fy fry Western Frisian
    ga gle Irish
    gd gla Scottish Gaelic
    gl glg Galician
    gn grn Guarani
    gu guj Gujarati
    gv glv Manx
    ha hau Hausa
    he heb Hebrew
    hi hin Hindi
    ho hmo Hiri Motu
    hr hrv Croatian
    ht hat Haitian Creole
    hu hun Hungarian
    hy hye/arm Armenian
    hz her Herero
    ia ina Interlingua
    id ind Indonesian
    ie ile Interlingue
    ig ibo Igbo
    ii iii Sichuan Yi
    ik ipk Inupiaq
    io ido Ido
    is isl/ice Icelandic
    it ita Italian
    iu iku Inuktitut
    ja jpn Japanese
    jv jav Javanese
    ka kat/geo Georgian
    kg kon Kongo
    ki kik Kikuyu
    kj kua Kuanyama
    kk kaz Kazakh
    kl kal Kalaallisut
    km khm Khmer
    kn kan Kannada
    ko kor Korean
    kr kau Kanuri
    ks kas Kashmiri
    ku kur Kurdish
    kv kom Komi
    kw cor Cornish
    ky kir Kyrgyz
    la lat Latin
    lb ltz Luxembourgish
    lg lug Ganda
    li lim Limburgish
    ln lin Lingala
    lo lao Lao
    lt lit Lithuanian
    lu lub Luba-Katanga
    lv lav Latvian
    mg mlg Malagasy
    mh mah Marshallese
    mi mri/mao Māori
    mk mkd/mac Macedonian
    ml mal Malayalam
    mn mon Mongolian
    mr mar Marathi
    ms msa/may Malay
    mt mlt Maltese
    my mya/bur Burmese
    na nau Nauru
    nb nob Norwegian Bokmål
    nd nde North Ndebele
    ne nep Nepali
    ng ndo Ndonga
    nl nld/dut Dutch
    nn nno Norwegian Nynorsk
    no nor Norwegian
    nr nbl South Ndebele
    nv nav Navajo
    ny nya Nyanja
    oc oci Occitan
    oj oji Ojibwa
    om orm Oromo
    or ori Odia
    os oss Ossetic
    pa pan Punjabi
    pi pli Pali
    pl pol Polish
    ps pus Pashto
    pt por Portuguese
    qu que Quechua
    rm roh Romansh
    rn run Rundi
    ro ron/rum Romanian
    ru rus Russian
    rw kin Kinyarwanda
    sa san Sanskrit
    sc srd Sardinian
    sd snd Sindhi
    se sme Northern Sami
    sg sag Sango
    si sin Sinhala
    sk slk/slo Slovak
    sl slv Slovenian
    sm smo Samoan
    sn sna Shona
    so som Somali
    sq sqi/alb Albanian
    sr srp Serbian
    ss ssw Swati
    st sot Southern Sotho
    su sun Sundanese
    sv swe Swedish
    sw swa Swahili
    ta tam Tamil
    te tel Telugu
    tg tgk Tajik
    th tha Thai
    ti tir Tigrinya
    tk tuk Turkmen
    tl tgl Filipino
    tn tsn Tswana
    to ton Tongan
    tr tur Turkish
    ts tso Tsonga
    tt tat Tatar
    tw twi Akan
    ty tah Tahitian
    ug uig Uyghur
    uk ukr Ukrainian
    ur urd Urdu
    uz uzb Uzbek
    ve ven Venda
    vi vie Vietnamese
    vo vol Volapük
    wa wln Walloon
    wo wol Wolof
    xh xho Xhosa
    yi yid Yiddish
    yo yor Yoruba
    za zha Zhuang
    zh zho/chi Chinese
    zu zul Zulu
"""
"""ISO 639-1, ISO 639-2 (terminological, and bibliographic where it differs), the English name."""


def tag_of(written: str | None) -> str | None:
    """The BCP 47 tag of a container's language, by its shortest code (RFC 5646 §2.2.1); None for an unknown one."""
    language, *rest = (written or "").replace("_", "-").lower().split("-")
    if language in _UNKNOWN:
        return None
    short = _by_long_code().get(language, language)
    return language_of("-".join([short, *rest]))


def name_of(tag: str) -> str:
    """A language for people: `German`, `Portuguese (BR)`; its tag where we know no name."""
    language, *rest = tag.split("-")
    name = _names().get(language)
    if name is None:
        return tag
    return f"{name} ({'-'.join(rest)})" if rest else name


@cache
def _by_long_code() -> dict[str, str]:
    return {code: short for short, codes, _name in _rows() for code in codes.split("/")}


@cache
def _names() -> dict[str, str]:
    return {short: name for short, _codes, name in _rows()}


def _rows() -> list[tuple[str, str, str]]:
    found = []
    for line in _TABLE.strip().splitlines():
        short, codes, name = line.strip().split(" ", 2)
        found.append((short, codes, name))
    return found
