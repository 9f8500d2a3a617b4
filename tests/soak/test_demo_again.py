"""Running the demo twice is the same as running it once."""

from pathlib import Path

from warehouses import Warehouse

FIGURES = "select kpi_id, month_start_date, kpi_value from marts.mart_kpi_by_month order by all"
BATCHES = "select distinct _batch_id, _loaded_at from raw.shop_orders"


def test_second_run_is_the_same(tmp_path: Path) -> None:
    """Running the demo again loads nothing again and gives the same figures."""
    warehouse = Warehouse(tmp_path)
    demo = ("demo", "--orders", 500, "--folder", tmp_path / "files")
    warehouse.run(*demo)
    figures, batches = warehouse.query(FIGURES), warehouse.query(BATCHES)
    assert len(figures) > 100
    assert "demo data is there already" in warehouse.run(*demo).lower()
    assert warehouse.query(FIGURES) == figures
    assert warehouse.query(BATCHES) == batches
