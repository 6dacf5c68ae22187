"""What `cluster.yaml` says: name and place, money, which factors and which standard, the sources."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from separatrix.game.documents import Reading
from separatrix.io.cells import BETWEEN
from separatrix.io.yaml import read_yaml

__all__ = [
    "CRITERIA",
    "DESCRIPTION",
    "FACTOR_SETS",
    "Description",
    "currency_code",
    "money_of",
    "read_description",
]

DESCRIPTION = "cluster.yaml"
"""The file that makes a folder a cluster."""

_KEYS = (
    "format",
    "name",
    "place",
    "country",
    "grid_area",
    "currency",
    "money_unit",
    "price_year",
    "deflators",
    "exchange_rates",
    "factor_set",
    "gwp",
    "park_standard",
    "base_year",
    "complete",
    "target_year",
    "survey_scale",
    "region_area",
    "region_covers_country",
    "sources",
    "licence",
    "notes",
    "synthetic",
    "tables",
    "code_scheme",
    "eu_carbon_price",
    "carbon_price",
    "discount_rate",
    "support",
    "calibration",
    "weights",
    "region_sector",
    "region_country",
)

_SCALES = {
    "": 1.0,
    "k": 1e3,
    "1e3": 1e3,
    "thousand": 1e3,
    "tsd": 1e3,
    "tausend": 1e3,
    "千": 1e3,
    "10k": 1e4,
    "1e4": 1e4,
    "万": 1e4,
    "million": 1e6,
    "1e6": 1e6,
    "m": 1e6,
    "mn": 1e6,
    "mill": 1e6,
    "mio": 1e6,
    "百万": 1e6,
    "千万": 1e7,
    "100 million": 1e8,
    "1e8": 1e8,
    "亿": 1e8,
    "billion": 1e9,
    "bn": 1e9,
    "mrd": 1e9,
    "1e9": 1e9,
}
_CURRENCIES = {
    **dict.fromkeys(("元", "人民币", "RMB", "¥"), "CNY"),
    **dict.fromkeys(("€", "EURO", "EUROS"), "EUR"),
    "$": "USD",
}


FACTOR_SETS = {
    "ipcc-2006": "IPCC (2006). Guidelines for National Greenhouse Gas Inventories, vol. 2, "
    "tables 1.2, 1.3 and 1.4",
    "cn-guideline": "enterprise accounting defaults used with the guidelines of NDRC and MEE, China; quoted "
    "from a secondary source and not verified against the guidelines",
}
"""The factor sets for fuels that are shipped, and what they are."""


CRITERIA = ("R&D intensity", "R&D staff", "patents per 1000 staff", "new products", "joint projects")
"""R&D spending per value added, R&D staff per staff, patents per 1000 staff, sales of new products per
output, joint projects per enterprise."""


@dataclass(frozen=True)
class Description:
    """What is said of a cluster as a whole.

    Attributes
    ----------
    name, place, country, grid_area : str
        Its name and location; `grid_area` is the key of its electricity in the factor registry.
    currency : str
        The code of its money, as CNY.
    money_unit : str
        How amounts of money are written in the tables, as `10k CNY`; `money_factor` is what one is in
        CNY.
    price_year : int or None
        The year whose prices deflated amounts are in.
    deflators : mapping of int to float
        The price level of each year; current amounts are divided by it and multiplied by that of
        price_year.
    exchange_rates : mapping of str to float
        Units of the cluster's currency for one of another.
    factor_set : str
        Which emission factors: `cn-guideline`, usual where the country is China, or `ipcc-2006`.
    gwp : str
        Which report's GWP100: SAR, TAR, AR4, AR5 or AR6.
    park_standard : str
        The scorecard for the gap; '' for none.
    complete : tuple of int, or None
        The years whose tables `energy` and `emissions` are complete, so that anything not in them is
        zero; None where all years do.
    survey_scale : pair of float
        The lowest and the highest answer of the survey.
    region_area : str
        The area of `region` that the cluster is.
    region_sector : str
        The sector of `region` that the cluster belongs to, for its value added where `accounts` has
        none.
    region_country : str
        The area of `region` that is the country; by default one called country or by its code.
    region_covers_country : bool
        Whether the areas of `region` are the whole country, as Ellison-Glaeser needs.
    sources : tuple of str
        Where the data come from, for the attribution in every output.
    synthetic : bool
        Whether the cluster is made up.
    eu_carbon_price : float or None
        Currency per t CO2e, for the border adjustment.
    carbon_price : float or None
        Currency per t CO2e that enterprises pay at home; None where none is given.
    discount_rate : float or None
        The interest that spreads an investment over its life, as a share a year; None where none is
        given.
    support : float or None
        The share of the yearly cost of a measure that the public bears; None where none is given.
    calibration : mapping of str to Any
        Numbers of the calibrated game in place of those of the tables; read where it is calibrated.
    weights : mapping of str to float
        Weights of the indicators of technology, in place of equal ones.
    tables : mapping of str to str
        File (and sheet, after #) of tables that do not have their own name; several have `BETWEEN`
        them.
    """

    name: str
    place: str = ""
    country: str = ""
    grid_area: str = ""
    currency: str = "CNY"
    money_unit: str = "CNY"
    money_factor: float = 1.0
    price_year: int | None = None
    deflators: Mapping[int, float] = field(default_factory=dict)
    exchange_rates: Mapping[str, float] = field(default_factory=dict)
    factor_set: str = "ipcc-2006"
    gwp: str = "AR5"
    park_standard: str = ""
    base_year: int | None = None
    target_year: int | None = None
    complete: tuple[int, ...] | None = ()
    survey_scale: tuple[float, float] = (1.0, 5.0)
    region_area: str = ""
    region_sector: str = ""
    region_country: str = ""
    region_covers_country: bool = False
    code_scheme: str = ""
    sources: tuple[str, ...] = ()
    licence: str = ""
    notes: str = ""
    synthetic: bool = False
    eu_carbon_price: float | None = None
    carbon_price: float | None = None
    discount_rate: float | None = None
    support: float | None = None
    calibration: Mapping[str, Any] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    tables: Mapping[str, str] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


def read_description(path: FilePath) -> Description:
    """Return what a `cluster.yaml` says.

    Raises
    ------
    InputError
        G100 to G110 for a file that is not valid YAML or has keys of a wrong kind; K101 for invalid
        values.
    NameProblem
        G107 for an unknown key.
    """
    data, source = read_yaml(path)
    reading = Reading(source)
    if data is None:
        raise reading.fault("K101", "the file is empty; at least `name` was expected", ())
    given = reading.mapping(data, (), "a cluster")
    reading.only(given, (), _KEYS, "a cluster")
    if given.get("name") is None:
        raise reading.fault("K101", "the cluster has no `name`", (), hint="write for example: name: Our park")
    if given.get("format") is not None and reading.number(given["format"], ("format",), "`format`") != 1:
        raise reading.fault(
            "K101",
            f"`format` is {given['format']}; this version reads format 1",
            ("format",),
            hint="a newer version of separatrix may read it",
        )
    currency, money_unit, factor = _money(reading, given)
    return Description(
        name=reading.name(given["name"], ("name",), "`name`"),
        place=_text(reading, given, "place"),
        country=_text(reading, given, "country"),
        grid_area=_text(reading, given, "grid_area"),
        currency=currency,
        money_unit=money_unit,
        money_factor=factor,
        price_year=_year(reading, given, "price_year"),
        deflators=_deflators(reading, given),
        exchange_rates=_rates(reading, given),
        factor_set=_factor_set(reading, given),
        gwp=_gwp(reading, given),
        park_standard=_standard(reading, given),
        base_year=_year(reading, given, "base_year"),
        target_year=_year(reading, given, "target_year"),
        complete=_complete(reading, given),
        survey_scale=_scale(reading, given),
        region_area=_text(reading, given, "region_area"),
        region_sector=_text(reading, given, "region_sector"),
        region_country=_text(reading, given, "region_country"),
        region_covers_country=_truth(reading, given, "region_covers_country"),
        code_scheme=_text(reading, given, "code_scheme"),
        sources=_sources(reading, given),
        licence=_text(reading, given, "licence"),
        notes=_text(reading, given, "notes"),
        synthetic=_truth(reading, given, "synthetic"),
        eu_carbon_price=_positive(reading, given, "eu_carbon_price"),
        carbon_price=_positive(reading, given, "carbon_price"),
        discount_rate=_part(reading, given, "discount_rate"),
        support=_part(reading, given, "support"),
        calibration=_calibration(reading, given),
        weights=_weights(reading, given),
        tables=_tables(reading, given),
        raw=given,
    )


def _text(reading: Reading, given: Mapping[str, Any], key: str) -> str:
    return "" if given.get(key) is None else reading.text(given[key], (key,), f"`{key}`").strip()


def _truth(reading: Reading, given: Mapping[str, Any], key: str) -> bool:
    value = given.get(key)
    if value is None or isinstance(value, bool):
        return bool(value)
    if isinstance(value, str) and value.lower() in ("yes", "no"):
        return value.lower() == "yes"
    raise reading.fault("K101", f"`{key}` must be true or false", (key,))


def _year(reading: Reading, given: Mapping[str, Any], key: str) -> int | None:
    if given.get(key) is None:
        return None
    year = reading.number(given[key], (key,), f"`{key}`")
    if year.denominator != 1 or not 1900 <= year <= 2200:
        raise reading.fault("K101", f"`{key}` must be a year, found {float(year):g}", (key,))
    return int(year)


def _money(reading: Reading, given: Mapping[str, Any]) -> tuple[str, str, float]:
    currency = currency_code(_text(reading, given, "currency"))
    unit = _text(reading, given, "money_unit")
    if not unit:
        return currency or "CNY", currency or "CNY", 1.0
    read = money_of(unit)
    if read is None:
        raise reading.fault(
            "K101",
            f"`money_unit` is `{unit}`; a scale and a currency were expected",
            ("money_unit",),
            hint="write for example 10k CNY, million EUR or thousand USD",
        )
    found, scale = read
    if currency and found != currency:
        raise reading.fault("K101", f"`money_unit` is in {found}, `currency` is {currency}", ("money_unit",))
    return found, unit, scale


def money_of(text: str) -> tuple[str, float] | None:
    """Return the currency of a unit of money and its size in that currency, or None for other units.

    Examples
    --------
    >>> money_of("10k CNY"), money_of("亿元"), money_of("kEUR"), money_of("tonnes")
    (('CNY', 10000.0), ('CNY', 100000000.0), ('EUR', 1000.0), None)
    >>> [money_of(unit) for unit in ("1k EUR", "1,000 EUR", "TEUR", "Tsd. Euro")] == [("EUR", 1e3)] * 4
    True
    >>> money_of("Mio. €"), money_of("10 million CNY"), money_of("2023 EUR"), money_of("tons")
    (('EUR', 1000000.0), ('CNY', 10000000.0), None, None)
    """
    match = re.fullmatch(r"\s*(.*?)\s*(元|euros?|[A-Za-z]{3}|¥|€|\$)\s*", text, re.IGNORECASE)
    if match is None:
        return None
    currency, called = currency_code(match[2]), match[1].lower().removesuffix(".")
    if called == "t" and currency in ("EUR", "CHF"):  # TEUR is a thousand; `tons` are no money
        return currency, 1e3
    count = re.match(r"(10{0,2}(?:[,' ]?000)*)(?![\d.,e])\s*", called)  # `2023 EUR` is money of 2023
    scale = _SCALES.get(called)
    if scale is None and count is not None and (rest := _SCALES.get(called[count.end() :])) is not None:
        scale = float(re.sub(r"\D", "", count[1])) * rest
    return None if not scale else (currency, scale)


def currency_code(text: str) -> str:
    """Return the three letters of a currency: 人民币 and RMB are CNY.

    Examples
    --------
    >>> currency_code("rmb"), currency_code("€"), currency_code(" usd ")
    ('CNY', 'EUR', 'USD')
    """
    return _CURRENCIES.get(text.strip().upper(), text.strip().upper())


def _deflators(reading: Reading, given: Mapping[str, Any]) -> dict[int, float]:
    found: dict[int, float] = {}
    for key, value in reading.mapping(given.get("deflators") or {}, ("deflators",), "`deflators`").items():
        level = float(reading.number(value, ("deflators", key), f"the price level of {key}"))
        if not (key.isascii() and key.isdigit() and len(key) == 4) or level <= 0:
            raise reading.fault(
                "K101",
                "`deflators` gives a positive price level for each year, as {2020: 100, 2021: 102.1}",
                ("deflators", key),
                key=True,
            )
        found[int(key)] = level
    base = _year(reading, given, "price_year")
    if found and base is not None and base not in found:
        raise reading.fault(
            "K101",
            f"`deflators` has no price level of {base}, the `price_year`",
            ("deflators",),
            hint=f"add {base}: …, or take another price_year",
        )
    return found


def _rates(reading: Reading, given: Mapping[str, Any]) -> dict[str, float]:
    path = "exchange_rates"
    found: dict[str, float] = {}
    for key, value in reading.mapping(given.get(path) or {}, (path,), f"`{path}`").items():
        rate = float(reading.number(value, (path, key), f"the rate of {key}"))
        if rate <= 0:
            raise reading.fault("K101", f"the rate of {key} must be positive", (path, key))
        found[currency_code(key)] = rate
    return found


def _positive(reading: Reading, given: Mapping[str, Any], key: str) -> float | None:
    if given.get(key) is None:
        return None
    value = float(reading.number(given[key], (key,), f"`{key}`"))
    if value < 0:
        raise reading.fault("K101", f"`{key}` is negative", (key,))
    return value


def _part(reading: Reading, given: Mapping[str, Any], key: str) -> float | None:
    value = _positive(reading, given, key)
    if value is not None and value > 1:
        raise reading.fault(
            "K101", f"`{key}` is {value:g}; a share between 0 and 1 was expected", (key,), hint="8 % is 0.08"
        )
    return value


def _calibration(reading: Reading, given: Mapping[str, Any]) -> Mapping[str, Any]:
    value = reading.mapping(given.get("calibration") or {}, ("calibration",), "`calibration`")
    for key, item in value.items():
        reading.plain(item, ("calibration", key))
    return value


def _weights(reading: Reading, given: Mapping[str, Any]) -> dict[str, float]:

    found: dict[str, float] = {}
    value = reading.mapping(given.get("weights") or {}, ("weights",), "`weights`")
    reading.only(value, ("weights",), list(CRITERIA), "`weights`")
    for key, item in value.items():
        found[key] = float(reading.number(item, ("weights", key), f"the weight of {key}"))
        if found[key] < 0:
            raise reading.fault("K101", f"the weight of {key} is negative", ("weights", key))
    if found and not sum(found.values()) > 0:
        raise reading.fault("K101", "the weights are all zero", ("weights",))
    return found


def _factor_set(reading: Reading, given: Mapping[str, Any]) -> str:

    country = _text(reading, given, "country").casefold()
    usual = "cn-guideline" if country in ("cn", "chn", "china", "中国", "中华人民共和国") else "ipcc-2006"
    text = _text(reading, given, "factor_set") or usual
    if text not in FACTOR_SETS:
        raise reading.unknown(
            "K201", f"unknown factor set `{text}`", ("factor_set",), name=text, known=list(FACTOR_SETS)
        )
    return text


def _standard(reading: Reading, given: Mapping[str, Any]) -> str:
    text = _text(reading, given, "park_standard")
    path = FilePath(text)
    if text.endswith((".yaml", ".yml")) and (path.is_absolute() or ".." in path.parts):
        raise reading.fault(
            "K101",
            "the file of `park_standard` lies outside the cluster's folder",
            ("park_standard",),
            hint="copy it into the folder",
        )
    return text


def _gwp(reading: Reading, given: Mapping[str, Any]) -> str:
    text = _text(reading, given, "gwp").upper() or "AR5"
    if text not in ("SAR", "TAR", "AR4", "AR5", "AR6"):
        raise reading.fault("K101", f"`gwp` is {text}; SAR, TAR, AR4, AR5 or AR6 was expected", ("gwp",))
    return text


def _complete(reading: Reading, given: Mapping[str, Any]) -> tuple[int, ...] | None:
    value = given.get("complete")
    if value is None:
        return ()
    if value == "all":
        return None
    items = reading.items(value if isinstance(value, list) else [value], ("complete",), "`complete`")
    if not all(str(item).isdecimal() and 1900 <= int(str(item)) <= 2200 for item in items):
        raise reading.fault(
            "K101",
            "`complete` names the years in which the tables energy and emissions lack nothing, or all",
            ("complete",),
            hint="write for example complete: [2022, 2023]",
        )
    return tuple(int(str(item)) for item in items)


def _scale(reading: Reading, given: Mapping[str, Any]) -> tuple[float, float]:
    if given.get("survey_scale") is None:
        return (1.0, 5.0)
    items = reading.items(given["survey_scale"], ("survey_scale",), "`survey_scale`")
    ends = [float(reading.number(v, ("survey_scale", i), "an end")) for i, v in enumerate(items)]
    if len(ends) != 2 or not ends[0] < ends[1]:
        raise reading.fault(
            "K101", "`survey_scale` names the lowest and the highest answer, as [1, 5]", ("survey_scale",)
        )
    return (ends[0], ends[1])


def _sources(reading: Reading, given: Mapping[str, Any]) -> tuple[str, ...]:
    value = given.get("sources")
    if value is None:
        return ()
    if isinstance(value, str):
        return (value.strip(),)
    items = reading.items(value, ("sources",), "`sources`")
    return tuple(reading.text(item, ("sources", i), "a source").strip() for i, item in enumerate(items))


def _tables(reading: Reading, given: Mapping[str, Any]) -> dict[str, str]:
    from separatrix_cluster.tables.layout import layouts

    value = reading.mapping(given.get("tables") or {}, ("tables",), "`tables`")
    reading.only(value, ("tables",), list(layouts()), "`tables`")
    found: dict[str, str] = {}
    for key, item in value.items():
        parts = item if isinstance(item, list) else [item]
        texts = [reading.text(part, ("tables", key), f"the file of {key}").strip() for part in parts]
        names = [FilePath(text.partition("#")[0]) for text in texts]
        if any(name.is_absolute() or ".." in name.parts for name in names):
            raise reading.fault(
                "K101",
                f"the file of `{key}` lies outside the cluster's folder",
                ("tables", key),
                hint="copy it into the folder",
            )
        found[key] = BETWEEN.join(texts)
    return found
