"""Following docs/add_a_source.md to the letter gives a source that works beside the others."""

import os
import re
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest
from warehouses import PROJECT, Warehouse, count_tests

HEADER = (
    "Customer ID,Age,Gender,Annual Income,Spending Score,Purchase Amount,Purchase Date,Region\n"
)
PROFILES = HEADER + (
    "1,25,Female,50000,70,10.50,2024-01-05,North\n"
    "1,25,Female,50000,70,10.50,2024-01-05,North\n"  # two purchases of one day are two orders
    "2,40,Male,80000,30,99.999,3/31/2024,South\n"
    ",40,Male,80000,30,5.00,2024-01-01,South\n"
    "3,x,Male,80000,30,5.00,2024-01-01,South\n"
    "4,33,Male,,,$5.00,2024-01-01,South\n"
    "5,33,Male,,,5.00,2024-02-30,South\n"
    "6,33,Male,,,-5.00,2024-02-01,South\n"
)
CORNER_SHOP = HEADER + "1,60,Male,20000,10,7.00,2024-02-01,East\n7,50,Other,,,1.00,2024-02-02,\n"


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Warehouse, str]:
    """Build customer profiles and the new source in one warehouse, in a copy of the project."""
    folder = tmp_path_factory.mktemp("source")
    project = folder / "project"
    for name in ("models", "macros", "seeds", "tests", "analyses", "snapshots"):
        if (PROJECT / name).is_dir():
            shutil.copytree(PROJECT / name, project / name)
    for name in ("dbt_project.yml", "profiles.example.yml"):
        shutil.copy(PROJECT / name, project / name)
    follow_page(project, (PROJECT / "docs" / "add_a_source.md").read_text(encoding="utf-8"))
    (folder / "profiles.csv").write_text(PROFILES, encoding="utf-8")
    (folder / "corner.csv").write_text(CORNER_SHOP, encoding="utf-8")
    os.environ["CUSTOMER_TRENDS_PROJECT"] = str(project)
    try:
        warehouse = Warehouse(folder)
        warehouse.run("load", "customer_profiles", folder / "profiles.csv")
        warehouse.run("load", "corner_shop", folder / "corner.csv")
        build = ("build", "--sources", "customer_profiles,corner_shop")
        return warehouse, warehouse.run(*build)
    finally:
        del os.environ["CUSTOMER_TRENDS_PROJECT"]


def follow_page(project: Path, page: str) -> None:
    """Do what the page says: run its first commands, add its line."""
    blocks = re.findall(r"(?:^    .*\n)+", page, flags=re.MULTILINE)
    commands = next(block for block in blocks if "cp -r" in block)
    subprocess.run(["bash", "-ec", commands], cwd=project, check=True)
    line = next(block for block in blocks if block.strip().startswith("corner_shop: {")).strip()
    settings = project / "dbt_project.yml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(
        text.replace("  source_catalog:\n", f"  source_catalog:\n    {line}\n"), encoding="utf-8"
    )


def test_every_test_runs_over_both(both: tuple[Warehouse, str]) -> None:
    """The build is green but for the warning that rows are in quarantine."""
    _, printed = both
    counts = count_tests(printed)
    assert set(counts) == {"passed", "warned"}
    assert counts["warned"] == 1


def test_rows_of_two_sources_do_not_collide(both: tuple[Warehouse, str]) -> None:
    """Customer 1 of one system is not customer 1 of the other."""
    warehouse, _ = both
    rows = warehouse.query("""
        select source_system, customer_id, count(*), sum(net_sales_by_order_date)
        from core.fct_orders join core.dim_customers using (customer_key, source_system)
        group by 1, 2 order by 1, 2
    """)
    assert rows == [
        ("corner_shop", "1", 1, Decimal("7")),
        ("corner_shop", "7", 1, Decimal("1")),
        ("customer_profiles", "1", 2, Decimal("21")),
        ("customer_profiles", "2", 1, Decimal("99.999")),
        # The only line of this order is in quarantine: the order stays, with nothing in it.
        ("customer_profiles", "6", 1, Decimal("0")),
    ]
    slices = warehouse.query("""
        select source_system, sum(net_sales) from marts.mart_sales_monthly_by_source_system
        group by 1 order by 1
    """)
    assert slices == [("corner_shop", Decimal("8")), ("customer_profiles", Decimal("120.999"))]


def test_bad_rows_are_in_quarantine_with_their_column(both: tuple[Warehouse, str]) -> None:
    """Each bad row has its reason, its line of the file and its values, unmodified."""
    warehouse, _ = both
    rows = warehouse.query("""
        select source_row_number, reason_code, rejected_column, raw_record->>'purchase_amount'
        from core.ops_quarantine order by 1
    """)
    assert rows == [
        (4, "missing_key", "customer_id", "5.00"),
        (5, "invalid_number", "age", "5.00"),
        (6, "invalid_number", "purchase_amount", "$5.00"),
        (7, "invalid_date", "purchase_date", "5.00"),
        (8, "price_negative", "unit_price", "-5.00"),
    ]


def test_profile_of_a_customer(both: tuple[Warehouse, str]) -> None:
    """Age, income and score arrive in dim_customers, unknown ones as unknown."""
    warehouse, _ = both
    rows = warehouse.query("""
        select source_system, customer_id, age, annual_income, spending_score, region, income_band
        from core.dim_customers where customer_id in ('2', '7') order by 1
    """)
    assert rows == [
        ("corner_shop", "7", 50, None, None, "Unknown", "Unknown"),
        (
            "customer_profiles",
            "2",
            40,
            Decimal("80000"),
            Decimal("30"),
            "South",
            "60,000 to 89,999",
        ),
    ]
