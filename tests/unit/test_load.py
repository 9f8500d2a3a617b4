"""Loading: every kind of file, every kind of damage, all files of a command or none."""

import gzip
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

import duckdb
import openpyxl
import pytest
from conftest import PROJECT, CommandResult, ToyProject
from public_data import FindData

from customer_trends.errors import UnknownSourceError
from customer_trends.project.source_declarations import match_header, normalise_header, read_source

Run = Callable[..., CommandResult]
HEADER = "order_id,ordered_on,amount,comment\n"
ROWS = "select order_id, ordered_on, amount, comment from raw.toy_orders order by _row_number"
GOOD = [("1", "2024-02-29", "10.50", "fine"), ("2", "2024-03-01", " 7 ", None)]
GOOD_TEXT = HEADER + "1,2024-02-29,10.50,fine\n2,2024-03-01, 7 ,\n"
# Without the moment of packing, which would make every run name its tests differently.
PACKED = gzip.compress(GOOD_TEXT.encode(), mtime=0)


def load(run: Run, *files: object) -> CommandResult:
    """Load files of the toy source and expect success."""
    result = run("load", "toy", *files)
    assert (result.code, result.err) == (0, "")
    return result


def expect_error(toy: ToyProject, run: Run, files: list[Path], *words: str) -> str:
    """Load files, expect one sentence with these words and raw tables as before."""
    load(run, toy.write("before.csv", HEADER + "0,2020-01-01,1,x\n"))
    before = toy.dump()
    result = run("load", "toy", *files)
    assert result.code == 2
    assert result.err.count("\n") == 1
    assert "Traceback" not in result.err
    for word in words:
        assert word in result.err
    assert toy.dump() == before
    return result.err


# Kinds of files


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", GOOD_TEXT.encode()),
        ("a.CSV", GOOD_TEXT.encode()),
        ("bom.csv", b"\xef\xbb\xbf" + GOOD_TEXT.encode()),
        ("crlf.csv", GOOD_TEXT.replace("\n", "\r\n").encode()),
        ("no_end.csv", GOOD_TEXT.rstrip("\n").encode()),
        ("blank_lines.csv", ("\n\n" + GOOD_TEXT + "\n\n").encode()),
        ("semicolons.csv", GOOD_TEXT.replace(",", ";").encode()),
        ("bars.txt", GOOD_TEXT.replace(",", "|").encode()),
        ("tabs.tsv", GOOD_TEXT.replace(",", "\t").encode()),
        ("packed.csv.gz", PACKED),
        ("utf16.csv", GOOD_TEXT.encode("utf-16")),
        ("utf16be.csv", ("\ufeff" + GOOD_TEXT).encode("utf-16-be")),
        ("download[1] {a}*.csv", GOOD_TEXT.encode()),
        ("it's; drop.csv", GOOD_TEXT.encode()),
    ],
)
def test_load_text_kinds(toy: ToyProject, run: Run, name: str, content: bytes) -> None:
    result = load(run, toy.write(name, content))
    assert toy.query(ROWS) == GOOD
    assert f"{name}: 2 rows into raw.toy_orders" in result.out
    assert "customer-trends build" in result.out


@pytest.mark.parametrize("name", ["orders*.csv", "orders?.csv"])
def test_load_name_that_looks_like_a_pattern(toy: ToyProject, run: Run, name: str) -> None:
    """DuckDB would read the neighbour, too."""
    toy.write("orders2.csv", HEADER + "9,d,9,neighbour\n")
    load(run, toy.write(name, GOOD_TEXT))
    assert toy.query(ROWS) == GOOD


def test_load_keeps_text_as_it_came(toy: ToyProject, run: Run) -> None:
    load(run, toy.write("a.csv", HEADER + '007, 1 ,"",😀\n8,,"a ""b"", c","x\n\ny"\n'))
    assert toy.query(ROWS) == [("007", " 1 ", "", "😀"), ("8", None, 'a "b", c', "x\n\ny")]


def test_load_audit_columns(toy: ToyProject, run: Run) -> None:
    load(run, toy.write("a.csv", GOOD_TEXT), toy.write("b.csv", "shop_name,shop_id\nx,1\n"))
    rows = toy.query(
        "select _source_file, _row_number, length(_batch_id), _other_columns from raw.toy_orders"
    )
    assert rows == [("a.csv", 1, 16, None), ("a.csv", 2, 16, None)]
    moments = toy.query(
        "select distinct _loaded_at from (select _loaded_at from raw.toy_orders "
        "union all select _loaded_at from raw.toy_shops)"
    )
    assert len(moments) == 1
    assert isinstance(moments[0][0], datetime)


def test_load_windows_1252_with_and_without_mark(toy: ToyProject, run: Run) -> None:
    text = HEADER.encode() + "1,d,5 €,Müller’s\n".encode("cp1252")
    result = load(run, toy.write("a.csv", text))
    assert "read as cp1252" in result.out
    marked = text.replace(b"order_id", b'"Note",order_id').replace(b"1,d", b"n,2,d")
    load(run, toy.write("b.csv", b"\xef\xbb\xbf" + marked))
    rows = toy.query(
        "select order_id, amount, comment, _other_columns from raw.toy_orders order by 1"
    )
    assert rows == [
        ("1", "5 €", "Müller’s", None),
        ("2", "5 €", "Müller’s", '{"Note":"n"}'),
    ]


def test_load_records_a_given_moment(
    toy: ToyProject, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = toy.write("a.csv", f"{HEADER}1,d,5,\n")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1768435200")
    load(run, path)
    assert toy.query("select cast(_loaded_at as varchar) from raw.toy_orders") == [
        ("2026-01-15 00:00:00",)
    ]
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    refused = run("load", "toy", toy.write("b.csv", f"{HEADER}2,d,5,\n"))
    assert refused.code == 2
    assert (
        "SOURCE_DATE_EPOCH is 'yesterday': give a whole number of seconds since 1970" in refused.err
    )


@pytest.mark.parametrize(("encoding", "word"), [("cp1250", "Łódź"), ("shift_jis", "日本")])
def test_load_named_encoding(toy: ToyProject, run: Run, encoding: str, word: str) -> None:
    path = toy.write("a.csv", f"{HEADER}1,d,5,{word}\n".encode(encoding))
    load(run, path, "--encoding", encoding)
    assert toy.query("select comment from raw.toy_orders") == [(word,)]


def test_load_encoding_only_duckdb_knows(toy: ToyProject, run: Run) -> None:
    path = toy.write("a.csv", f"{HEADER}1,d,5,é\n".encode("cp1252"))
    load(run, path, "--encoding", "java-Cp1252-1.3_P")
    assert toy.query("select order_id, comment from raw.toy_orders") == [("1", "é")]


def test_load_parquet_types_become_text(toy: ToyProject, run: Run) -> None:
    path = toy.root / "a.parquet"
    duckdb.execute(
        "copy (select 12345678901::bigint as order_id, date '2024-02-29' as ordered_on, "
        "1.10::decimal(8, 2) as amount, timestamp '2024-01-01 01:02:03.5' as comment, "
        "timestamptz '2024-01-01 02:00:00+02' as at, [1, 2] as list, {'k': 'v'} as pair, "
        "0.1::double as d, true as b, null::int as n, timestamp '2024-01-01' as t) "
        f"to '{path}' (format parquet)"
    )
    load(run, path)
    assert toy.query(ROWS) == [("12345678901", "2024-02-29", "1.10", "2024-01-01 01:02:03.5")]
    other = json.loads(str(toy.query("select _other_columns from raw.toy_orders")[0][0]))
    assert other == {
        "at": "2024-01-01 00:00:00", "list": "[1,2]", "pair": '{"k":"v"}', "d": "0.1",
        "b": "true", "n": None, "t": "2024-01-01 00:00:00",
    }  # fmt: skip


def save_workbook(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    """Write an Excel file."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    path.parent.mkdir(exist_ok=True)
    book.save(path)
    return path


def test_load_excel_dates_are_iso_text(toy: ToyProject, run: Run) -> None:
    header = ["order_id", "ordered_on", "amount", "comment"]
    rows: list[list[object]] = [
        header,
        ["007", None, 261.95999999999998, True],
        [],
        [8, date(2024, 2, 29), 45351, False],
        [9, datetime(2024, 2, 29, 13, 45, 10, 500000), 0.1, None],
        [10, "on Monday", None, None],
    ]
    load(run, save_workbook(toy.root / "a.xlsx", {"Orders": rows}))
    assert toy.query(ROWS) == [
        ("007", None, "261.96", "true"),
        ("8", "2024-02-29", "45351", "false"),
        ("9", "2024-02-29 13:45:10.5", "0.1", None),
        ("10", "on Monday", None, None),
    ]
    assert toy.query("select max(_row_number) from raw.toy_orders") == [(5,)]


def test_load_excel_times_and_timestamps(toy: ToyProject, run: Run) -> None:
    rows: list[list[object]] = [
        ["order_id", "ordered_on", "amount", "comment"],
        [1, datetime(2024, 1, 1), 12345678901234, time(1, 2, 3)],
    ]
    load(run, save_workbook(toy.root / "a.xlsx", {"Orders": rows}))
    row = toy.query(ROWS)[0]
    assert row[1:] == ("2024-01-01 00:00:00", "12345678901234", "01:02:03")


def test_load_excel_every_sheet_that_fits(toy: ToyProject, run: Run) -> None:
    sheets: dict[str, list[list[object]]] = {
        "Notes": [["made by"], ["me"]],
        "Orders": [["order_id", "ordered_on", "amount"], [1, "x", 2]],
        "Shops": [["shop_id", "shop_name"], [1, "North"]],
    }
    load(run, save_workbook(toy.root / "a.xlsx", sheets))
    assert toy.query("select count(*) from raw.toy_orders") == [(1,)]
    assert toy.query("select shop_id, shop_name from raw.toy_shops") == [("1", "North")]


def test_load_excel_sheet_with_wrong_header_is_no_note(toy: ToyProject, run: Run) -> None:
    sheets: dict[str, list[list[object]]] = {
        "Orders": [["order_id", "ordered_on", "Money"], [1, "x", 2]],
        "Shops": [["shop_id", "shop_name"], [1, "North"]],
    }
    path = save_workbook(toy.root / "inbox" / "a.xlsx", sheets)
    expect_error(toy, run, [path], "sheet Orders", "no column 'amount'", "'Money'")


# Headers


def test_normalise_header() -> None:
    assert normalise_header("\ufeff Purchase Amount (USD) ") == "purchase_amount_usd"
    assert normalise_header("Sub-Category") == "sub_category"


def test_load_columns_in_any_order_and_spelling(toy: ToyProject, run: Run) -> None:
    load(run, toy.write("a.csv", "Purchase amount_USD,Ordered On,ORDER-ID\n9.5,d,1\n"))
    assert toy.query(ROWS) == [("1", "d", "9.5", None)]


def test_load_own_name_goes_before_aliases(toy: ToyProject, run: Run) -> None:
    load(run, toy.write("a.csv", "Sales,order_id,ordered_on,amount\n1,2,3,4\n"))
    assert toy.query("select amount, _other_columns from raw.toy_orders") == [
        ("4", '{"Sales":"1"}')
    ]
    text = "Sales,order_id,ordered_on,Purchase Amount (USD)\n5,6,7,8\n"
    load(run, toy.write("b.csv", text))
    query = "select amount, _other_columns from raw.toy_orders where order_id = '6'"
    assert toy.query(query) == [("8", '{"Sales":"5"}')]


def test_load_unknown_columns_are_kept(toy: ToyProject, run: Run) -> None:
    text = 'order_id,ordered_on,amount,Colour,\n1,d,2,"gr""ün",x\n2,d,3,,y\n'
    result = load(run, toy.write("a.csv", text))
    assert "2 unknown columns kept" in result.out
    rows = toy.query("select _other_columns from raw.toy_orders order by _row_number")
    assert [json.loads(str(row[0])) for row in rows] == [
        {"Colour": 'gr"ün', "column_5": "x"},
        {"Colour": None, "column_5": "y"},
    ]


def test_match_header_reports_missing_and_unknown(toy: ToyProject) -> None:
    table = read_source(toy.root, "toy").tables[0]
    match = match_header(table, ["amount", "order_id", "Revenue"])
    assert match.positions == {"order_id": 1, "amount": 0}
    assert (match.missing, match.unknown) == (("ordered_on",), (2,))


def test_load_column_declared_later(toy: ToyProject, run: Run) -> None:
    load(run, toy.write("a.csv", GOOD_TEXT))
    path = toy.root / "models" / "staging" / "toy" / "_toy__sources.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("- name: comment", "- {name: tax, meta: {is_optional: true}}\n"
                    "          - name: comment"), encoding="utf-8")  # fmt: skip
    load(run, toy.write("b.csv", "order_id,ordered_on,amount,tax\n3,d,1,0.2\n"))
    assert toy.query("select order_id, tax from raw.toy_orders order by 1") == [
        ("1", None), ("2", None), ("3", "0.2")
    ]  # fmt: skip


# Batches


def test_load_twice_is_loaded_once(toy: ToyProject, run: Run) -> None:
    load(run, toy.write("a.csv", GOOD_TEXT))
    before = toy.dump()
    again = load(run, toy.write("copy.csv.gz", PACKED))
    assert "already loaded" in again.out
    assert toy.dump() == before
    load(run, toy.write("a.csv", GOOD_TEXT.replace("fine", "new")))
    assert toy.query("select count(*), count(distinct _batch_id) from raw.toy_orders") == [(4, 2)]


def test_load_second_file_bad_loads_nothing(toy: ToyProject, run: Run) -> None:
    good, bad = toy.write("good.csv", GOOD_TEXT), toy.write("bad.csv", HEADER + "1,2\n")
    expect_error(toy, run, [good, bad], "bad.csv line 2", "2 fields", "has 4")


def test_load_second_file_without_rows_loads_nothing(toy: ToyProject, run: Run) -> None:
    files = [toy.write("good.csv", GOOD_TEXT), toy.write("bare.csv", HEADER)]
    expect_error(toy, run, files, "bare.csv has a header but no rows")


def test_load_first_load_fails_leaves_no_rows(toy: ToyProject, run: Run) -> None:
    assert run("load", "toy", toy.write("bad.csv", HEADER + "1,2\n")).code == 2
    assert not any(toy.dump().values())


# Damage


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"", ["a.csv is empty"]),
        ("a.csv", b"\xef\xbb\xbf\n", ["a.csv is empty"]),
        ("a.csv.gz", b"", ["a.csv.gz is empty"]),
        ("a.csv", HEADER.encode(), ["a header but no rows"]),
        ("a.csv", HEADER.strip().encode(), ["a header but no rows"]),
        ("a.csv", b"order_id,ordered_on,Revenue\n1,2,3\n",
         ["no column 'amount'", "raw table orders needs it", "'Revenue'", "rename the header"]),
        ("a.csv", b"order_id,X\n1,2\n", ["no columns 'ordered_on', 'amount'", "'X'"]),
        ("a.csv", b"p,q\n1,2\n", ["fits no raw table of toy (orders, shops)", "'p', 'q'"]),
        ("a.csv", b"order_id,amount,ordered_on,amount\n1,2,3,4\n",
         ["'amount' twice", "columns 2 and 4"]),
        ("a.csv", b"order_id,Amount,ordered_on,AMOUNT\n1,2,3,4\n",
         ["two columns for 'amount'", "'Amount' and 'AMOUNT'"]),
        ("a.csv", f"{HEADER}1,2,3,4\n1,2,3\n".encode(), ["a.csv line 3 has 3 fields", "has 4"]),
        ("a.csv", f"{HEADER}1,2,3,4\n1,2,3,4,5\n".encode(), ["a.csv line 3 has 5 fields"]),
        ("a.csv", f'{HEADER}1,2,3,"4\n\n4"\n\n1,2\n'.encode(), ["a.csv line 6 has 2 fields"]),
        ("a.csv", f'{HEADER}1,2,"3,4\n1,2,3,4\n'.encode(), ["a.csv line 2 has a quote"]),
        ("a.csv", f"{HEADER}1,2,3,4\r\n1,2,3,4\n".encode(), ["Windows and Unix line ends"]),
        ("a.csv", f"<<<<<<< HEAD\n{HEADER}1,2,3,4\n".encode(), ["merge conflict"]),
        ("a.csv", f"{HEADER}1,2,3,4\n=======\n1,2,3,4\n".encode(),
         ["line 3", "merge conflict marker"]),
        ("a.csv", f"{HEADER}<<<<<<< a\n1,2,3,4\n=======\n>>>>>>> b\n".encode(),
         ["merge conflict markers"]),
        ("a.csv", HEADER.encode() + b"1,2,3,ok\n1,2,3,\x81\xe9\n",
         ["neither UTF-8 nor Windows-1252", "0x81 in line 3", "--encoding"]),
        ("a.csv", HEADER.encode("utf-16-le"), ["zero bytes", "--encoding"]),
        ("a.csv", PACKED, ["holds gzip", "rename"]),
        ("a.csv.gz", GOOD_TEXT.encode(), ["not a sound gzip file"]),
        ("a.csv.gz", PACKED[:-20], ["cut off"]),
        ("a.csv.gz", PACKED[:-8] + bytes(8), ["not a sound gzip"]),
        ("a.parquet", b"", ["a.parquet is not a sound Parquet file"]),
        ("a.parquet", b"PAR1" + bytes(60), ["a.parquet is not a sound Parquet file"]),
        ("a.xlsx", b"", ["a.xlsx is not a sound Excel file"]),
        ("a.xlsx", b"PK\x03\x04 broken", ["a.xlsx is not a sound Excel file"]),
        ("a.xls", b"\xd0\xcf\x11\xe0", ["save it as .xlsx or CSV"]),
        ("a.docx", b"x", ["no known kind", ".parquet"]),
    ],
)  # fmt: skip
def test_load_damage(
    toy: ToyProject, run: Run, name: str, content: bytes, words: list[str]
) -> None:
    expect_error(toy, run, [toy.write(name, content)], name, *words)


def test_load_truncated_gzip_whose_rows_are_complete(toy: ToyProject, run: Run) -> None:
    """DuckDB alone would load the first part of such a file without a word."""
    packed = gzip.compress((HEADER + "1,2,3,4\n" * 200_000).encode())
    expect_error(toy, run, [toy.write("a.csv.gz", packed[: len(packed) // 2])], "cut off")


def test_load_cut_parquet(toy: ToyProject, run: Run) -> None:
    path = toy.write("a.parquet", b"")
    sql = "select i::text as order_id, i as ordered_on, i as amount from range(9999) as t(i)"
    duckdb.execute(f"copy ({sql}) to '{path}' (format parquet)")
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    expect_error(toy, run, [path], "a.parquet is not a sound Parquet file", "again")
    path.write_bytes(content[:4] + bytes(2000) + content[2004:])
    expect_error(toy, run, [path], "a.parquet is not a sound Parquet file")


def test_load_empty_excel(toy: ToyProject, run: Run) -> None:
    path = save_workbook(toy.root / "inbox" / "a.xlsx", {"Sheet": []})
    expect_error(toy, run, [path], "a.xlsx has no sheet with content")
    path = save_workbook(path, {"S": [["order_id", "ordered_on", "amount"]]})
    expect_error(toy, run, [path], "a.xlsx has a header but no rows")


def test_load_missing_file_and_folder(toy: ToyProject, run: Run) -> None:
    expect_error(toy, run, [toy.root / "nowhere.csv"], "nowhere.csv does not exist")
    expect_error(toy, run, [toy.root], "is a folder")


def test_load_unreadable_as_named_encoding(toy: ToyProject, run: Run) -> None:
    path = toy.write("a.csv", HEADER.encode() + b"1,2,3,\xff\n")
    for name, words in (("utf-8", "not utf-8 (byte 0xff in line 2)"), ("klingon", "klingon")):
        result = run("load", "toy", path, "--encoding", name)
        assert (result.code, result.err.count("\n")) == (2, 1)
        assert words in result.err


def test_load_unknown_source(toy: ToyProject, run: Run) -> None:
    result = run("load", "nobody", toy.write("a.csv", GOOD_TEXT))
    assert result.code == 2
    assert "no source 'nobody'" in result.err
    assert "toy" in result.err
    with pytest.raises(UnknownSourceError):
        read_source(toy.root, "../toy")


def test_load_locked_warehouse(toy: ToyProject, run: Run) -> None:
    path = toy.write("a.csv", GOOD_TEXT)
    load(run, path)
    hold = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(toy.warehouse)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        result = run("load", "toy", path)
        holder.communicate("\n")
    assert (result.code, result.err.count("\n")) == (2, 1)
    assert str(toy.warehouse) in result.err
    assert "close that program" in result.err


def test_load_warehouse_that_is_no_warehouse(toy: ToyProject, run: Run) -> None:
    toy.warehouse.parent.mkdir()
    toy.warehouse.write_text("not a database " * 500, encoding="utf-8")
    result = run("load", "toy", toy.write("a.csv", GOOD_TEXT))
    assert (result.code, result.err.count("\n")) == (2, 1)
    assert "is not a DuckDB file" in result.err


# Real files


def test_load_real_variant_as_superstore(
    toy: ToyProject, run: Run, public_data: FindData, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real file of another shop; the warehouse is the toy's, the project the real one."""
    monkeypatch.setenv("CUSTOMER_TRENDS_PROJECT", str(PROJECT))
    path = public_data("shopping_trends") / "variant_suru_customer_shopping_behavior.csv.gz"
    result = run("load", "superstore", path)
    assert (result.code, result.err.count("\n")) == (2, 1)
    assert path.name in result.err
    assert not any(toy.dump().values())
