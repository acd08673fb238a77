#!/usr/bin/python3
"""The script a company would otherwise have: a week's work with pandas, openpyxl and psycopg2, for comparison with Navette.

import_files.py --database URL --kind employees|payroll|increments [--full] [--today YYYY-MM-DD] FILE...

One transaction a file. Rows that are not good are told with their number and skipped. The last line printed is JSON.
"""

import argparse
import datetime
import json
import os
import resource
import sys

import pandas as pd
import psycopg2
from psycopg2.extras import execute_values

EMPLOYEE_COLUMNS = """national_register_number personnel_number status last_name first_name other_name gender birth_date
    language email extra1 extra2 extra3 card_delivery card_delivery_point card_street card_house_number card_box
    card_postal_code card_city card_country card_address_extra pin_delivery pin_delivery_point pin_street pin_house_number
    pin_box pin_postal_code pin_city pin_country pin_address_extra cost_center meal_product meal_face_value second_product
    third_product""".split()
REQUIRED = ["national_register_number", "last_name", "first_name", "gender", "birth_date", "language"]
INACTIVE = {"inactive", "inactif", "inactief", "inaktiv"}
PAYROLL_HEADERS = {
    "enterprise_number": ["enterprisenumber", "bce", "kbo", "employeur", "werkgever"],
    "national_register_number": ["nationalregisternumber", "niss", "insz", "nrn"],
    "period": ["period", "periode", "période"],
    "product": ["product", "produit"],
    "quantity": ["quantity", "vouchers", "nombre", "aantal"],
    "face_value": ["facevalue", "valeur", "waarde"],
    "employment_end": ["employmentend", "sortie", "uit dienst"],
}

TABLES = f"""
create table if not exists employee (
  enterprise_number text not null,
  {", ".join(f"{c} text" for c in EMPLOYEE_COLUMNS if c not in ("birth_date", "meal_face_value"))},
  birth_date date, meal_face_value numeric(8,2), employment_end date, active boolean not null, updated_at timestamptz not null,
  primary key (enterprise_number, national_register_number));
create table if not exists meal_count (
  enterprise_number text not null, national_register_number text not null, product text not null, period text not null,
  face_value numeric(8,2) not null, quantity integer not null, updated_at timestamptz not null,
  primary key (enterprise_number, national_register_number, product, period, face_value),
  foreign key (enterprise_number, national_register_number) references employee);
"""


def read_text(path):
    """Most files are UTF-8 by now; the others come from Windows."""
    raw = open(path, "rb").read()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252")


def read_csv(path):
    from io import StringIO

    text = read_text(path)
    first = text.split("\n", 1)[0]
    separator = max(";,\t|", key=first.count)
    return pd.read_csv(StringIO(text), sep=separator, dtype=str, keep_default_na=False)


def read_sheet(path):
    """The portal's workbook has a guide before the data, so take the first sheet that is wide enough."""
    book = pd.ExcelFile(path, engine="openpyxl")
    for name in book.sheet_names:
        frame = book.parse(name, dtype=str, keep_default_na=False)
        if frame.shape[1] >= 30:
            return frame
    raise ValueError("no sheet has the columns of the portal")


def register_number(column):
    """Eleven digits; Excel loses leading zeros of numbers."""
    return column.str.replace(r"[ .\-]", "", regex=True).str.zfill(11)


def is_register_number(column):
    good = column.str.fullmatch(r"\d{11}")
    nine = pd.to_numeric(column.str[:9], errors="coerce").fillna(0).astype("int64")
    check = pd.to_numeric(column.str[9:], errors="coerce").fillna(-1).astype("int64")
    return good & ((97 - nine % 97 == check) | (97 - (nine + 2_000_000_000) % 97 == check))


def amount(column):
    """8,00 and 8.00 and 1.234,50"""
    comma = column.str.contains(",", regex=False)
    belgian = column.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
    return pd.to_numeric(column.mask(comma, belgian), errors="coerce")


def day(column):
    return pd.to_datetime(column.where(column != ""), dayfirst=True, errors="coerce")


def skip(frame, good, reason, skipped):
    for index in frame.index[~good]:
        skipped.append((int(index) + 2, reason))
    return frame[good]


def or_null(frame):
    """psycopg2 writes None as null, but not NaN or NaT."""
    return frame.astype(object).where(frame.notna(), None)


def import_employees(cursor, path, full, skipped):
    enterprise_number = os.path.basename(path)[:10]
    frame = read_csv(path) if path.endswith(".csv") else read_sheet(path)
    frame = frame.iloc[:, : len(EMPLOYEE_COLUMNS)].fillna("")
    frame.columns = EMPLOYEE_COLUMNS
    frame = frame.apply(lambda column: column.str.strip())
    frame = frame[(frame != "").any(axis=1)]
    if frame.empty:
        raise ValueError("the file has no rows")
    frame["national_register_number"] = register_number(frame["national_register_number"])
    frame = skip(frame, is_register_number(frame["national_register_number"]), "register number", skipped)
    frame = skip(frame, (frame[REQUIRED] != "").all(axis=1), "required column", skipped)
    frame["birth_date"] = day(frame["birth_date"])
    frame = skip(frame, frame["birth_date"].notna(), "birth date", skipped)
    value = amount(frame["meal_face_value"])
    frame = skip(frame, value.notna() | (frame["meal_face_value"] == ""), "face value", skipped)
    frame["meal_face_value"] = value
    frame = frame.drop_duplicates("national_register_number", keep="last")
    frame["birth_date"] = frame["birth_date"].dt.date
    frame["active"] = ~frame["status"].str.lower().isin(INACTIVE)
    frame["enterprise_number"] = enterprise_number
    columns = list(frame.columns)
    sets = ", ".join(f"{c} = excluded.{c}" for c in columns if c not in ("enterprise_number", "national_register_number"))
    execute_values(
        cursor,
        f"""insert into employee ({", ".join(columns)}, updated_at) values %s
            on conflict (enterprise_number, national_register_number) do update set {sets}, updated_at = now()""",
        or_null(frame).itertuples(index=False, name=None),
        template=f"({', '.join(['%s'] * len(columns))}, now())",
        page_size=1000,
    )
    deactivated = 0
    if full:
        cursor.execute(
            """update employee set active = false, updated_at = now()
                where enterprise_number = %s and active and not national_register_number = any(%s)""",
            (enterprise_number, list(frame["national_register_number"])),
        )
        deactivated = cursor.rowcount
    return len(frame), deactivated


def write_counts(cursor, frame, skipped, set_quantity):
    keys = ["enterprise_number", "national_register_number"]
    employers = list(frame["enterprise_number"].unique())
    cursor.execute("select enterprise_number, national_register_number from employee where enterprise_number = any(%s)", (employers,))
    known = pd.MultiIndex.from_tuples(cursor.fetchall(), names=keys)
    frame = skip(frame, pd.MultiIndex.from_frame(frame[keys]).isin(known), "unknown employee", skipped)
    columns = keys + ["product", "period", "face_value", "quantity"]
    execute_values(
        cursor,
        f"""insert into meal_count ({", ".join(columns)}, updated_at) values %s
            on conflict (enterprise_number, national_register_number, product, period, face_value)
            do update set quantity = {set_quantity}, updated_at = now()""",
        frame[columns].astype(object).itertuples(index=False, name=None),
        template=f"({', '.join(['%s'] * len(columns))}, now())",
        page_size=1000,
    )
    return frame


def import_payroll(cursor, path, skipped, today):
    frame = read_csv(path)
    lower = {str(name).strip().lower(): name for name in frame.columns}
    found = {field: lower[name] for field, names in PAYROLL_HEADERS.items() for name in names if name in lower}
    missing = [field for field in ("enterprise_number", "national_register_number", "period", "quantity") if field not in found]
    if missing:
        raise ValueError(f"columns are missing: {missing}")
    frame = frame[[found[field] for field in found]].fillna("")
    frame.columns = list(found)
    frame = frame.apply(lambda column: column.str.strip())
    for field, default in (("product", "meal"), ("face_value", ""), ("employment_end", "")):
        if field not in frame:
            frame[field] = default
    frame["national_register_number"] = register_number(frame["national_register_number"])
    frame["enterprise_number"] = frame["enterprise_number"].str.replace(r"\D", "", regex=True).str.zfill(10)
    frame = skip(frame, is_register_number(frame["national_register_number"]), "register number", skipped)
    frame["period"] = frame["period"].str.replace("-", "", regex=False).str.replace(r"^(\d{4})(\d\d)$", r"\1-\2", regex=True)
    frame = skip(frame, frame["period"].str.fullmatch(r"\d{4}-(0[1-9]|1[0-2])"), "period", skipped)
    frame["quantity"] = pd.to_numeric(frame["quantity"], errors="coerce")
    frame = skip(frame, frame["quantity"].notna() & (frame["quantity"] % 1 == 0), "quantity", skipped)
    frame["quantity"] = frame["quantity"].astype(int)
    frame["face_value"] = amount(frame["face_value"])
    frame = skip(frame, frame["face_value"].notna(), "face value", skipped)
    frame["end"] = day(frame["employment_end"])
    frame = skip(frame, frame["end"].notna() | (frame["employment_end"] == ""), "employment end", skipped)
    frame = frame.drop_duplicates(["enterprise_number", "national_register_number", "product", "period", "face_value"], keep="last")
    frame = write_counts(cursor, frame, skipped, "excluded.quantity")
    gone = frame[frame["end"] < pd.Timestamp(today)]
    if not gone.empty:
        execute_values(
            cursor,
            """update employee e set active = false, employment_end = v.day::date, updated_at = now() from (values %s) v (e, n, day)
                where e.enterprise_number = v.e and e.national_register_number = v.n and e.active""",
            [(g.enterprise_number, g.national_register_number, g.end.date()) for g in gone.itertuples()],
        )
    return len(frame), len(gone)


def import_increments(cursor, path, skipped):
    """Record types 003 (period), 006 (person), 009 (increment), 999 (number of lines)."""
    rows = []
    lines = read_text(path).splitlines()
    if not lines or not lines[-1].startswith("999") or int(lines[-1][3:10]) != len(lines) - 1:
        raise ValueError("the trailer does not count the lines")
    period = enterprise_number = national_register_number = None
    for line in lines:
        if line.startswith("003"):
            period = f"{line[3:7]}-{line[7:9]}"
        elif line.startswith("006"):
            enterprise_number, national_register_number = line[3:13], line[13:24]
        elif line.startswith("009"):
            quantity = int(line[11] + line[12:17])
            rows.append((enterprise_number, national_register_number, line[3:11].strip(), period, int(line[17:22]) / 100, quantity))
    columns = ["enterprise_number", "national_register_number", "product", "period", "face_value", "quantity"]
    frame = pd.DataFrame(rows, columns=columns).groupby(columns[:-1], as_index=False).sum()
    frame = skip(frame, is_register_number(frame["national_register_number"]), "register number", skipped)
    return len(write_counts(cursor, frame, skipped, "meal_count.quantity + excluded.quantity")), 0


def peak_megabytes():
    """Linux's own mark: what getrusage gives begins with the size of the process that started this one."""
    try:
        with open("/proc/self/status") as status:
            return round(next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024)
    except (OSError, StopIteration):
        return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", required=True)
    parser.add_argument("--kind", required=True, choices=["employees", "payroll", "increments"])
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--today", type=datetime.date.fromisoformat, default=datetime.date.today())
    parser.add_argument("files", nargs="*")
    given = parser.parse_args()
    connection = psycopg2.connect(given.database)
    with connection, connection.cursor() as cursor:
        cursor.execute(TABLES)
    told = []
    for path in given.files:
        skipped = []
        try:
            with connection, connection.cursor() as cursor:
                if given.kind == "employees":
                    loaded, deactivated = import_employees(cursor, path, given.full, skipped)
                elif given.kind == "payroll":
                    loaded, deactivated = import_payroll(cursor, path, skipped, given.today)
                else:
                    loaded, deactivated = import_increments(cursor, path, skipped)
            told.append({"stopped": None, "loaded": loaded, "skipped": len(skipped), "deactivated": deactivated})
        except Exception as error:  # one bad file does not stop the others
            told.append({"stopped": type(error).__name__, "loaded": 0, "skipped": len(skipped), "deactivated": 0})
        for row, reason in skipped:
            print(f"row {row} skipped: {reason}", file=sys.stderr)
    versions = {"pandas": pd.__version__, "psycopg2": psycopg2.__version__.split(" ")[0]}
    print(json.dumps({"files": told, "peak": peak_megabytes(), "versions": versions}))
    return 1 if any(one["stopped"] or one["skipped"] for one in told) else 0


if __name__ == "__main__":
    sys.exit(main())
