"""What the errors and remarks about clusters mean."""

from __future__ import annotations

from separatrix.explain.explanation import explained as _e

__all__ = ["CLUSTERS"]

_FOLDERS = {
    "K100": _e(
        "a cluster that is not there",
        "A cluster is a folder with a file cluster.yaml in it, or the name of one that is shipped: "
        "rotterdam, houston, kalundborg, synthetic-park.",
        "separatrix cluster diagnose roterdam",
        "check the name; write ./name for a folder of your own.",
    ),
    "K101": _e(
        "a cluster.yaml that makes no sense",
        "cluster.yaml says what the cluster is. Only `name` is needed; a value that is no year, no currency "
        "or no scale is refused with its line, because everything else would be computed from it.",
        "money_unit: ten thousand      # of what?\nmoney_unit: 10k CNY           # right",
        "correct the line; `separatrix cluster new FOLDER` writes a commented template.",
    ),
    "K102": _e(
        "a cluster without enterprises",
        "The table `enterprises` with a column `id` is the only table that a cluster must have: all the "
        "others refer to it.",
        "enterprises.csv\nid,name\nE01,River Cement",
        "write the table, or mend what the message says of it.",
    ),
    "K103": _e(
        "a table that is there twice, or named and not there",
        "A table may be a .csv, .tsv, .xlsx or .ods file of its name, or a sheet of cluster.xlsx; two of "
        "them would be two truths.",
        "energy.csv and energy.xlsx in one folder",
        "keep one of them, or name it under `tables` in cluster.yaml.",
    ),
    "K104": _e(
        "templates that cannot be written",
        "`separatrix cluster new` never overwrites a file, and knows the tables of a cluster only.",
        "separatrix cluster new my-park --table energie",
        "name a new folder, or a table that the message lists.",
    ),
    "K105": _e(
        "a file that is no table of a cluster",
        "Tables are found by the names of their files or sheets, such as energy.csv. Another file in the "
        "folder is not read; a misspelt name is one of these, so look at the hint.",
        "enegry.csv",
        "rename it, or name it under `tables` in cluster.yaml; leave it if it is something else.",
    ),
    "K106": _e(
        "a multi-regional input-output table that cannot be cut",
        "`--io` names a folder that pymrio saved, `--region` and `--stressor` what to take of it. The money "
        "of the table must be convertible into that of the cluster, and emissions must be a mass.",
        "separatrix cluster new my-park --io exiobase --region CN --stressor 'CO2 - combustion - air'",
        "name a region and rows that the message lists; give the rate as `exchange_rates` in cluster.yaml.",
    ),
}

_TABLES = {
    "K110": _e(
        "a file that is no table",
        "Tables are CSV (UTF-8, UTF-8 with a byte order mark, UTF-16 or GB18030; comma, semicolon or tab), "
        "XLSX or ODS. The table is left out and the rest is computed.",
        "a PDF that was renamed to energy.csv",
        "export the table anew as CSV.",
    ),
    "K111": _e(
        "how a file was understood",
        "Encoding, separator and decimal sign were found from the content and are stated, so that a wrong "
        "guess can be seen.",
        "energy.csv: read as GB18030, columns separated by semicolon, decimal comma",
        "nothing, if it is right; else save the file as UTF-8 with commas and decimal points.",
    ),
    "K112": _e(
        "a number that can be read in two ways",
        "1,234 is one thousand or one and a quarter, by the country. Other numbers of the file decide, such "
        "as 12,5; else the separator of columns does, with this warning. Where neither tells, such numbers "
        "are not read.",
        "amount\n1,234",
        "write numbers without thousands separators.",
    ),
    "K113": _e(
        "merged cells",
        "Only the first of merged cells holds a value. In the heading that leaves columns without a name, so "
        "the table is left out; below it the other cells count as empty.",
        "a title across A1:F1 above the headings",
        "unmerge the cells and give each column its heading in one row.",
    ),
    "K114": _e(
        "a cell with an error of the spreadsheet",
        "The formula in the cell failed (#DIV/0!, #REF!), so there is no value.",
        "=B2/C2 where C2 is empty",
        "mend the formula, or enter the value.",
    ),
    "K115": _e(
        "cells with formulas",
        "What the spreadsheet last computed was read; formulas are not computed again. A formula that no "
        "spreadsheet ever computed has no value.",
        "=SUM(B2:B13)",
        "open and save the workbook if its values may be old.",
    ),
    "K116": _e(
        "a table without a heading",
        "The first row that is not empty and does not start with # holds the headings.",
        "an empty file",
        "`separatrix cluster new FOLDER` writes templates with headings.",
    ),
    "K117": _e(
        "a row with more cells than the heading",
        "Mostly a text holds the separator without quotes, so that all that follows is one column too far. "
        "The row is left out.",
        "E01,River Cement, Inc.,C30        # the comma in the name",
        'put the text in quotes: E01,"River Cement, Inc.",C30',
    ),
    "K118": _e(
        "a column without a heading",
        "The column was not read, because nothing says what it is.",
        "id,name,,sector",
        "give it a heading.",
    ),
    "K119": _e(
        "a row that starts with #",
        "Such rows are comments. One without a blank behind the # may be a name.",
        "id,name\n#1,First Mill",
        "write the name without #; put a blank behind the # of a comment.",
    ),
    "K120": _e(
        "a column that the table cannot do without",
        "Without it no row says anything, so the table is left out and the rest is computed.",
        "energy.csv without `unit`",
        "add the column; Chinese headings such as 单位 are understood, too.",
    ),
    "K121": _e(
        "a column that is not known",
        "It was not read. A misspelt heading is one of these, so look at the hint.",
        "id,nmae",
        "correct the heading, or leave the column if it is your own.",
    ),
    "K122": _e(
        "two columns of one name",
        "The first was read.",
        "staff,从业人数",
        "keep one of them.",
    ),
    "K130": _e(
        "a cell that cannot be taken",
        "It holds no number, a number outside its bounds, no known choice or no enterprise of the cluster. "
        "The cell counts as not known; where the row needs it, the row is left out. Nothing is filled in.",
        "amount\n-5          # energy is never negative\nlots        # no number",
        "correct the cell.",
    ),
    "K131": _e(
        "a unit that is not known",
        "Amounts are converted to base units by a table of spellings, so an unknown one cannot be taken.",
        "12000 tonn",
        "write t, kg, MWh, GJ, tce, 1e4 Nm3, m3 …",
    ),
    "K132": _e(
        "a row in another currency",
        "Amounts of two currencies do not add up.",
        "currency\nUSD          # in a cluster of 10k CNY",
        "give the rate in cluster.yaml: exchange_rates: {USD: 7.12}",
    ),
    "K133": _e(
        "an empty cell without which a row says nothing",
        "An amount without a unit, a bill without a year: the row is left out.",
        "E01,2024,diesel,120,",
        "fill in the cell.",
    ),
    "K134": _e(
        "a row that is there twice",
        "An exact copy is left out. Two different bills of one year and carrier are added up and named; two "
        "different accounts of one year cannot both be right, so the second is left out.",
        "E01,2024,diesel,120,t\nE01,2024,diesel,120,t",
        "keep one of them.",
    ),
    "K135": _e(
        "value added that is zero or negative",
        "Carbon per value added has no meaning there. The row is kept, and the enterprise has no part in "
        "what is told per value added by enterprise and in what drove the change.",
        "enterprise,year,value_added\nE01,2024,0",
        "check the cell; leave it if the enterprise made a loss.",
    ),
    "K136": _e(
        "a part above its whole",
        "Exports, value added and sales of new products are parts of output, R&D staff is part of the staff. "
        "Both were taken as they are.",
        "output,exports\n5200,52000",
        "check both cells; mostly one of them is in another unit.",
    ),
    "K137": _e(
        "years without data",
        "The total of a year is that of the enterprises known in it. Nothing is filled in, so it is too low "
        "where one of them is missing.",
        "E01 has energy of 2021 and 2023",
        "add the rows; compare totals only of years in which the same enterprises are known.",
    ),
    "K138": _e(
        "a link of an enterprise to itself",
        "Links are between enterprises.",
        "from,to\nE01,E01",
        "correct one of the two.",
    ),
    "K139": _e(
        "goods or a country that cannot be told",
        "Whether exports fall under the EU's carbon border adjustment is told from the CN or HS code of the "
        "goods and the two letters of the country. What is neither counts as outside it.",
        "product,destination\n72O8,Germany",
        "write digits, as 7208, and two letters, as DE.",
    ),
}

_ACCOUNTS = {
    "K201": _e(
        "an unknown factor set",
        "Emission factors of fuels come in sets, each from one publication.",
        "factor_set: ipcc",
        "write ipcc-2006 or cn-guideline; factors of your own go into the table `factors`.",
    ),
    "K210": _e(
        "a grid factor of another year",
        "For that area and year no factor is shipped; the nearest year was used.",
        "electricity of 2025 in East China, factors up to 2023",
        "enter the factor of the year in the table `factors`.",
    ),
    "K211": _e(
        "a factor that cannot be taken",
        "A factor is a mass of CO2 for a unit of the carrier, and lies within its own interval.",
        "1.98 t per t",
        "write tCO2/t, tCO2/GJ, tCO2/1e4 Nm3 or kgCO2/kWh.",
    ),
    "K212": _e(
        "a gas without a warming potential",
        "Amounts of a gas are weighted by its global warming potential over 100 years.",
        "gas\nCO3",
        "write CO2, CH4, N2O, SF6 …, or give the amount in CO2e.",
    ),
    "K213": _e(
        "emissions that are no mass",
        "Emissions are told in t, kt or kg.",
        "400,GJ",
        "convert them, or enter the energy in the table `energy`.",
    ),
    "K214": _e(
        "a carrier that is not known",
        "Fuels have names in the factor sets, in English and Chinese; others need a factor of their own.",
        "carrier\ndisel",
        "correct the name, or give a factor for it in the table `factors`.",
    ),
    "K215": _e(
        "an amount that does not fit its factor",
        "The factor is for a mass and the amount is a volume, or there is no factor. Densities are not "
        "guessed.",
        "natural_gas,120,t            # the Chinese factor is for 1e4 Nm3",
        "give the amount in the factor's unit or in GJ, or a factor of your own.",
    ),
    "K216": _e(
        "electricity without a grid factor",
        "cluster.yaml names no area whose grid is known.",
        "grid_area: Ruritania",
        "name a grid (for China: North, East …), or give a factor in the table `factors`.",
    ),
    "K217": _e(
        "a contract without its factor",
        "Electricity bought by contract, certificate or direct line has a factor of its own, 0 for green "
        "power. Without it the electricity counts as that of the grid.",
        "market,market_factor\ndirect,",
        "enter kgCO2 per kWh in the column market_factor.",
    ),
    "K218": _e(
        "a supplier within the cluster that cannot be",
        "What one enterprise of the cluster supplies to another is counted where it was made, and so not a "
        "second time where it is used. If the supplier has no data of that year, or burned and generated "
        "less energy than it supplied, nothing or not enough is counted there, so the row counts as bought "
        "from outside. What is sold and taken by nobody in the cluster, or taken in larger amounts than "
        "were sold, is told. Nobody supplies himself: such a row is left out.",
        "enterprise,supplier\nE02,E05          # and nothing of E05 that year",
        "add the fuels of the supplier, or leave the column empty for what comes from outside.",
    ),
    "K219": _e(
        "a factor of your own that nothing needs",
        "A factor is used where carrier, year, area and unit are those of a row of the table `energy`. "
        "Otherwise the shipped one was used.",
        "raw_coal,2.6,tCO2/GJ           # and all coal is entered in t",
        "give the factor in the unit of the rows, for instance tCO2/t.",
    ),
    "K221": _e(
        "a use that does not fit the carrier",
        "Fuels are used, sold or feedstock; electricity and heat are used, sold or generated. The row is "
        "left out.",
        "diesel,generated",
        "correct the column `use`.",
    ),
    "K220": _e(
        "a file that is no product carbon footprint",
        "Footprints are JSON objects of PACT's data model (ProductFootprint).",
        "{}",
        "ask the supplier for the whole record; the message names the field.",
    ),
    "K230": _e(
        "a park standard that is not there or makes no sense",
        "A standard is a YAML file of indicators: id, text, unit, op, value, measure.",
        "park_standard: zero-carbon",
        "name one that the message lists, or a .yaml file in the cluster's folder.",
    ),
    "K231": _e(
        "nothing known of carbon",
        "Neither the table `energy` nor `emissions` tells of any year.",
        "separatrix cluster account kalundborg --out bars.svg",
        "add one of the two tables.",
    ),
    "K240": _e(
        "a year of which nothing is known",
        "The accounts hold no line of that year.",
        "separatrix cluster account rotterdam --year 1990",
        "choose one of the years that the message lists.",
    ),
    "K242": _e(
        "a figure that cannot be drawn",
        "The data do not suffice for the figure that --figure asks for, or the format is no picture.",
        "separatrix cluster diagnose rotterdam --figure drivers",
        "add what the message names, or leave --figure or --format out.",
    ),
}

_METHODS = {
    "K301": _e(
        "factors that LMDI cannot split",
        "The method takes logarithms, so every factor is a number from 0 up; zeros get their analytical "
        "limits, negative numbers have none.",
        "value added of -3 in one year",
        "leave that category out, or use another identity.",
    ),
    "K302": _e(
        "an input-output table that cannot be used",
        "Coefficients are inputs per unit of output: square, from 0 up, and together below one.",
        "amounts of money in place of coefficients",
        "divide each column by the output of its sector.",
    ),
    "K303": _e(
        "units that no frontier can be drawn through",
        "Efficiency compares units by the same inputs and outputs, all known and from 0 up.",
        "a unit without output in a slacks-based model",
        "leave the unit out, or drop the good that it lacks.",
    ),
    "K304": _e(
        "shares that are not defined",
        "Concentration and specialisation are shares of a total that is above zero.",
        "a sector without anyone employed in the country",
        "check the totals of the table `region`.",
    ),
    "K305": _e(
        "weights that are not defined",
        "Entropy weighs criteria by how far the alternatives differ: one alternative, or equal ones, give "
        "nothing to compare.",
        "a cluster of one enterprise",
        "use equal weights, or weights of your own in cluster.yaml.",
    ),
}

CLUSTERS = {**_FOLDERS, **_TABLES, **_ACCOUNTS, **_METHODS}
