"""Rows that are each well formed and together make no sense: doubted, named, and taken as they are.

Rows of years in which, by the table of enterprises, the enterprise was not there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from separatrix.io.cells import Remark
from separatrix.languages.number_text import rounded
from separatrix.sentences import Sentence, say
from separatrix_cluster.tables.bill_checks import SuspectRows
from separatrix_cluster.tables.cells import short
from separatrix_cluster.tables.description import Description
from separatrix_cluster.tables.mergers import merger_remarks
from separatrix_cluster.tables.table import ClusterTable, empty_table

__all__ = [
    "COLUMNS_CALLED",
    "closed_before_opened",
    "doubts",
    "exchange_rates",
    "prices",
    "rows_outside",
    "staff_known",
    "usual_rate",
]


def closed_before_opened(enterprises: ClusterTable) -> Iterator[Remark]:
    """Yield a warning at each enterprise that closed before it opened."""
    opened, closed = enterprises.numbers("opened"), enterprises.numbers("closed")
    for i in np.flatnonzero(closed < opened).tolist():
        what = say(
            "{name} opened in {opened} and closed in {closed}, before that",
            name=short(enterprises.texts("id")[i]),
            opened=int(opened[i]),
            closed=int(closed[i]),
        )
        hint = say("check both years")
        yield Remark("K160", "warning", enterprises.file, int(enterprises.rows[i]), "closed", what, hint)


def rows_outside(tables: Mapping[str, ClusterTable]) -> list[SuspectRows]:
    """Return the rows of energy, emissions and accounts before an enterprise opened or after it closed."""
    enterprises = tables["enterprises"]
    opened, closed = enterprises.numbers("opened"), enterprises.numbers("closed")
    if np.isnan(opened).all() and np.isnan(closed).all():
        return []
    place = {str(name): i for i, name in enumerate(enterprises.texts("id"))}
    found: list[SuspectRows] = []
    for name in ("energy", "emissions", "accounts"):
        found.extend(_outside(tables[name] if name in tables else empty_table(name), opened, closed, place))
    return found


def _outside(
    table: ClusterTable, opened: np.ndarray, closed: np.ndarray, place: Mapping[str, int]
) -> Iterator[SuspectRows]:
    who = np.array([place[str(e)] for e in table.texts("enterprise")], dtype=np.int64)
    years = table.numbers("year")
    value = (
        table.numbers("amount")
        if table.name != "accounts"
        else np.fmax(np.fmax(table.numbers("output"), table.numbers("value_added")), table.numbers("staff"))
    )
    early, late = years < opened[who], years > closed[who]
    outside = (early | late) & (value > 0)
    for e in np.unique(who[outside]).tolist():
        mine = np.flatnonzero(outside & (who == e))
        row = int(table.rows[mine[0]])
        names = ", ".join(str(y) for y in sorted({int(y) for y in years[mine]}))
        enterprise = short(table.texts("enterprise")[mine[0]])
        what = (
            say(
                "rows of {enterprise} are of {years}, and it opened in {opened}",
                enterprise=enterprise,
                years=names,
                opened=int(opened[e]),
            )
            if early[mine[0]]
            else say(
                "rows of {enterprise} are of {years}, and it closed in {closed}",
                enterprise=enterprise,
                years=names,
                closed=int(closed[e]),
            )
        )
        hint = say(
            "check the years of the rows, and opened and closed in the table enterprises; they were counted"
        )
        remark = Remark("K160", "warning", table.file, row, "year", what, hint)
        for year in sorted({int(y) for y in years[mine]}):
            rows = tuple(int(r) for r in mine if years[r] == year)
            yield SuspectRows(remark, table.name, year, rows, -1.0, 0.0)


_YEARS = 10_000
"""More than any year."""

_PARTS = (
    ("value_added", "output"),
    ("exports", "output"),
    ("new_product_sales", "output"),
    ("rd_staff", "staff"),
)
"""Pairs of columns of `accounts` in which the first is a part of the second."""


COLUMNS_CALLED: Mapping[str, Sentence] = {
    "value_added": say("value added"),
    "output": say("output"),
    "exports": say("exports"),
    "new_product_sales": say("sales of new products"),
    "rd_staff": say("staff in R&D"),
    "staff": say("staff"),
}
"""What people call columns of `accounts` in a sentence."""


def doubts(tables: Mapping[str, ClusterTable]) -> list[Remark]:
    """Return what is doubtful in tables that were read.

    Value added that is zero or negative, parts above their whole, sectors that need more than they make,
    links of an enterprise to itself, invalid codes of goods and countries, and years without data between
    years with them: the totals of such a year lack the enterprise.
    """

    def table(name: str) -> ClusterTable:
        return tables[name] if name in tables else empty_table(name)

    return [
        *closed_before_opened(table("enterprises")),
        *merger_remarks(table("enterprises")),
        *_accounts(table("accounts")),
        *_chain(table("io"), table("io_sectors")),
        *_links(table("links")),
        *_trade(table("trade")),
        *_gaps(table("energy"), table("emissions")),
    ]


def _accounts(table: ClusterTable) -> Iterator[Remark]:
    made = table.numbers("value_added")
    for i in np.flatnonzero(made <= 0).tolist():
        yield Remark(
            "K135",
            "warning",
            table.file,
            int(table.rows[i]),
            "value_added",
            say(
                "value added is zero or negative, so this enterprise has no ratios to value added",
                year=int(np.nan_to_num(table.numbers("year")[i])),
            ),
        )
    yield from _all_of_output(table)
    for i in np.flatnonzero(_nobody_at_work(table)).tolist():
        yield Remark(
            "K161",
            "warning",
            table.file,
            int(table.rows[i]),
            "staff",
            say("0 people made output or value added; the number counts as not known"),
            say("enter the people employed, or leave the cell empty"),
        )
    for part, whole in _PARTS:
        # Both were read from decimals: a part that equals its whole is no fault.
        above = table.numbers(part) > table.numbers(whole) * (1 + 1e-9)
        for i in np.flatnonzero(above).tolist():
            yield Remark(
                "K136",
                "warning",
                table.file,
                int(table.rows[i]),
                part,
                say(
                    "{part} is larger than {whole}, which includes it",
                    part=COLUMNS_CALLED[part],
                    whole=COLUMNS_CALLED[whole],
                    columns=(part, whole),
                    # A row may hold several years side by side.
                    year=int(np.nan_to_num(table.numbers("year")[i])),
                ),
                say("check both, and their units"),
            )


def _all_of_output(table: ClusterTable) -> Iterator[Remark]:
    """Yield a remark on each enterprise whose value added is its output: goods need some input."""
    value, output, who = table.numbers("value_added"), table.numbers("output"), table.texts("enterprise")
    with np.errstate(invalid="ignore"):
        same = (output > 0) & (np.abs(value - output) <= 1e-9 * output)
    for name in dict.fromkeys(who[same].tolist()):
        rows = np.flatnonzero(same & (who == name))
        yield Remark(
            "K164",
            "warning",
            table.file,
            int(table.rows[rows[0]]),
            "value_added",
            say(
                "value added of {enterprise} is its output in {n} years, as if it had bought nothing",
                enterprise=short(name),
                n=len(rows),
            ),
            say("enter output less what was bought, or leave the cells empty"),
        )


def staff_known(table: ClusterTable) -> ClusterTable:
    """Return the table `accounts` with staff of 0 set to unknown where output or value added is positive."""
    nobody = _nobody_at_work(table)
    if not nobody.any():
        return table
    staff = np.where(nobody, np.nan, table.numbers("staff"))
    return replace(table, columns={**table.columns, "staff": staff})


def _nobody_at_work(table: ClusterTable) -> npt.NDArray[np.bool_]:
    worked = (table.numbers("output") > 0) | (table.numbers("value_added") > 0)
    return np.asarray((table.numbers("staff") == 0) & worked)


_USUAL_RATES = {
    **{
        "USD": 1.0,
        "EUR": 1.15,
        "GBP": 1.4,
        "CHF": 1.1,
        "CNY": 0.145,
        "HKD": 0.128,
        "TWD": 0.032,
        "SGD": 0.74,
    },
    **{"JPY": 0.0085, "KRW": 0.00085, "AUD": 0.75, "CAD": 0.77, "DKK": 0.155, "SEK": 0.11, "NOK": 0.12},
}
"""USD for one of a currency, about as it was in the years since 2000."""
_FAR_RATE = 2.5
"""No rate between two of these was so many times that."""


def usual_rate(description: Description, code: str) -> float | None:
    """Return about how much of the cluster's currency one of another is; None where that is not known.

    Examples
    --------
    >>> usual_rate(Description("Our park", currency="CNY"), "EUR")
    7.93
    """
    rates = [_USUAL_RATES.get(name) for name in (code, description.currency)]
    return None if None in rates else float(f"{rates[0] / rates[1]:.3g}")  # type: ignore[operator]


def exchange_rates(description: Description) -> Iterator[Remark]:
    """Yield remarks on exchange rates far from what they were in any year, such as their inverse."""
    for code, rate in description.exchange_rates.items():
        usual = usual_rate(description, code)
        if usual is None or usual / _FAR_RATE <= rate <= usual * _FAR_RATE:
            continue
        what = say(
            "one {code} is {rate} {currency} here, and was about {usual} in all years since 2000",
            code=code,
            rate=rounded(rate, 3),
            currency=description.currency,
            usual=rounded(usual, 2),
        )
        hint = say("enter how many {currency} one {code} is", currency=description.currency, code=code)
        yield Remark("K172", "warning", "cluster.yaml", None, "exchange_rates", what, hint)


_JUMP = 1.5
"""Prices that change by more within a year are of another base, or a slip, but in hyperinflation."""


def prices(description: Description) -> Iterator[Remark]:
    """Yield remarks on deflators that jump from one year to the next."""
    levels = sorted(description.deflators.items())
    for (before, old), (after, new) in pairwise(levels):
        most = _JUMP ** (after - before)
        if not 1 / most <= new / old <= most:
            yield Remark(
                "K162",
                "warning",
                "cluster.yaml",
                None,
                "deflators",
                say(
                    "prices of {after} are {times} times those of {before}: all ratios to value "
                    "added change with them",
                    before=before,
                    after=after,
                    times=rounded(new / old, 3),
                ),
                say("check that all deflators have one and the same base year"),
            )


def _chain(flows: ClusterTable, sectors: ClusterTable) -> Iterator[Remark]:
    """Yield remarks on sectors that export more than they make, or need more for it than it is worth."""
    output = sectors.numbers("output")
    needed: dict[str, float] = {}
    for name, coefficient in zip(flows.texts("to"), flows.numbers("coefficient"), strict=True):
        needed[str(name)] = needed.get(str(name), 0.0) + float(coefficient)
    for i, name in enumerate(sectors.texts("sector")):
        for part in ("exports", "value_added"):
            if sectors.numbers(part)[i] > output[i] * (1 + 1e-9):
                yield Remark(
                    "K136",
                    "warning",
                    sectors.file,
                    int(sectors.rows[i]),
                    part,
                    say(
                        "{part} is larger than {whole}, which includes it",
                        part=COLUMNS_CALLED[part],
                        whole=COLUMNS_CALLED["output"],
                        columns=(part, "output"),
                    ),
                    say("check both, and their units"),
                )
        value = sectors.numbers("value_added")[i]
        spent = needed.get(str(name), 0.0) + (value / output[i] if output[i] > 0 else np.nan)
        if 0 < value <= output[i] and spent > 1.02:  # coefficients are rounded
            yield Remark(
                "K136",
                "warning",
                sectors.file,
                int(sectors.rows[i]),
                "value_added",
                say(
                    "inputs and value added of {sector} are {share} of its output, and can be no more than "
                    "all of it",
                    sector=short(name),
                    share=f"{spent:.0%}",
                ),
                say("coefficients are domestic inputs per unit of output of the buying sector"),
            )


def _links(table: ClusterTable) -> Iterator[Remark]:
    for i in np.flatnonzero(table.texts("from") == table.texts("to")).tolist():
        yield Remark(
            "K138",
            "warning",
            table.file,
            int(table.rows[i]),
            "to",
            say("an enterprise is linked to itself, which counts for nothing"),
        )


_GOODS = re.compile(r"(?:\d[\s.]*){4,10}")
_COUNTRY = re.compile(r"[A-Z]{2}", re.IGNORECASE)


def _trade(table: ClusterTable) -> Iterator[Remark]:
    """Yield remarks on what falls under no border adjustment only because it cannot be read."""
    for i, value in enumerate(table.texts("product")):
        if not _GOODS.fullmatch(_plain(value)):
            yield Remark(
                "K139",
                "warning",
                table.file,
                int(table.rows[i]),
                "product",
                say(
                    "`{value}` is not a CN or HS code and counts as outside the EU's border adjustment",
                    value=short(str(value)),
                ),
                say("write 4 to 10 digits, as 2523 or 2523 29 00"),
            )
    for i, value in enumerate(table.texts("destination")):
        if not _COUNTRY.fullmatch(_plain(value)):
            yield Remark(
                "K139",
                "warning",
                table.file,
                int(table.rows[i]),
                "destination",
                say(
                    "`{value}` is not a two-letter country code and counts as outside the EU",
                    value=short(str(value)),
                ),
                say("write DE, US …, or EU"),
            )


def _plain(value: object) -> str:
    return unicodedata.normalize("NFKC", str(value)).strip()


def _gaps(*tables: ClusterTable) -> Iterator[Remark]:
    file = next((t.file for t in tables if len(t)), "")
    places: dict[str, int] = {}
    keys = [np.zeros(0, dtype=np.int64)]
    for table in tables:
        told = ~np.isnan(table.numbers("year"))
        different, codes = table.codes("enterprise")
        found, rows = np.unique(codes[told], return_index=True)
        for name in different[found[np.argsort(rows)]].tolist():  # as the table has them
            places.setdefault(name, len(places))
        place = np.array([places.get(name, -1) for name in different.tolist()], dtype=np.int64)
        keys.append(place[codes[told]] * _YEARS + table.numbers("year")[told].astype(np.int64))
    ordered: npt.NDArray[np.int64] = np.sort(np.concatenate(keys))
    ordered = ordered[np.r_[True, np.diff(ordered) != 0][: len(ordered)]]
    who, when = ordered // _YEARS, ordered % _YEARS
    everywhere = np.flatnonzero(np.bincount(when)).tolist()
    for before, after in pairwise(everywhere):
        where = next((t.file for t in tables if (t.numbers("year") == after).any()), file)
        if after - before == 2:
            yield Remark(
                "K137", "warning", where, None, "year", say("nothing is known of {year}", year=before + 1)
            )
        elif after - before > 2:
            yield Remark(
                "K137",
                "warning",
                where,
                None,
                "year",
                say("nothing is known of {first} to {last}", first=before + 1, last=after - 1),
                say("check the year {year}, if it is far from the others", year=after),
            )
    first = np.searchsorted(who, np.arange(len(places)))
    last = np.searchsorted(who, np.arange(len(places)), side="right") - 1
    order = np.searchsorted(everywhere, when)
    some = order[last] - order[first] > last - first if len(who) else np.zeros(0, dtype=bool)
    names = list(places)
    for k in np.flatnonzero(some).tolist():
        name, years = names[k], set(when[first[k] : last[k] + 1].tolist())
        lacking = [y for y in everywhere if min(years) < y < max(years) and y not in years]
        if lacking:
            yield Remark(
                "K137",
                "warning",
                file,
                None,
                "year",
                say(
                    "{name} has data before and after and none of {years}: the totals lack it",
                    name=name,
                    years=", ".join(map(str, lacking)),
                ),
            )
