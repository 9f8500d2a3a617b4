"""The dashboard without a browser: pages, filters, drill-through, states; on DuckDB and servers."""

import os
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from conftest import SOAK_VARIABLE
from dashboards import (
    PAGES,
    PUBLISHED,
    Shown,
    find_rows,
    list_panels,
    open_app,
    publish_lane,
    read_charts,
    set_environment,
    turn_to,
)
from lanes import Lanes
from streamlit.testing.v1 import AppTest

from customer_trends.charts.definition import read_title
from customer_trends.charts.operations import draw_returns
from customer_trends.dashboard.cards import SHOWN, write_figure
from customer_trends.dashboard.published_data import PublishedFile

# Charts of a page when models have not run: those of models say so in words.
CHARTS = {"overview": 5, "customers": 7, "trends": 4, "geography": 2, "operations": 7, "quality": 1}
DOUBLED = "update marts.mart_kpi set kpi_value = kpi_value * 2"
# What MySQL might do otherwise: types of columns, sums, parameters.
ON_MYSQL = ("test_headline_figures_equal_their_mart", "test_quality_shows_the_build")
DRILLED = {
    "categories": ("overview", {"category": "Clothing"}, "category = 'Clothing'"),
    "regions": ("overview", {"region": "West"}, "region = 'West'"),
    "order_status": ("operations", {"order_status": "cancelled"}, "order_status = 'cancelled'"),
}


@pytest.fixture(scope="module")
def published(lanes: Lanes, tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """Publish the DuckDB lane."""
    lane = lanes.get("duckdb")
    lanes.builds["duckdb"].result()
    environment = publish_lane(lane, tmp_path_factory.mktemp("dashboard"))
    return Shown("duckdb", environment, Path(environment[PUBLISHED]))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Test all on DuckDB and MariaDB, on MySQL a part; with the long tests MySQL has all, too."""
    if "shown" in metafunc.fixturenames:
        has_all = SOAK_VARIABLE in os.environ or metafunc.function.__name__ in ON_MYSQL
        targets = ["duckdb", "mariadb", *(["mysql"] if has_all else [])]
        metafunc.parametrize("shown", targets, indirect=True, scope="module")


@pytest.fixture(scope="module")
def shown(
    request: pytest.FixtureRequest,
    lanes: Lanes,
    published: Shown,
    tmp_path_factory: pytest.TempPathFactory,
) -> Shown:
    """Give what each kind of dashboard reads, with the published file to compare."""
    if request.param == "duckdb":
        return published
    lane = lanes.get(request.param)
    lanes.builds[request.param].result()
    environment = publish_lane(lane, tmp_path_factory.mktemp(request.param))
    return Shown(request.param, environment, published.file)


@pytest.fixture
def reading(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shown]:
    """Have dashboards read this."""
    set_environment(monkeypatch, shown.environment)
    yield shown


@pytest.fixture
def reading_file(published: Shown, monkeypatch: pytest.MonkeyPatch) -> Shown:
    """Have dashboards read the published file: for what is the same whatever is read."""
    set_environment(monkeypatch, published.environment)
    return published


def require_complete(app: AppTest, page: str) -> None:
    """Make sure that a page has no error and every chart what a chart must have."""
    assert not app.exception, f"{page}: {app.exception[0].message}"
    assert not app.error, f"{page}: {app.error[0].value}"
    charts = read_charts(app)
    for specification, finding, _ in charts:
        assert finding and "None" not in finding and "nan" not in finding, finding
        layers = specification.get("layer", [specification])
        assert any("tooltip" in layer.get("encoding", {}) for layer in layers), finding
    assert len(app.get("download_button")) >= len(charts)


def test_every_page(reading: Shown) -> None:
    """Each page shows its charts, each with finding, tooltip and download; none has an error."""
    app = open_app()
    for page in PAGES:
        if page != "overview":
            turn_to(app, page)
        require_complete(app, page)
        assert app.title[0].value.lower() == page
        assert len(read_charts(app)) >= CHARTS[page], page
        assert any("In words" in text.value for text in app.markdown), page


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (84_950_123.4, "currency", "84.95 M"),
        (243.864, "currency", "243.86"),
        (378_061, "count", "378,061"),
        (0.8524, "ratio", "85.2\u202f%"),
        (2.5, "number", "2.50"),
        (None, "count", "–"),
    ],
)
def test_figures_of_cards_are_short(value: float | None, unit: str, text: str) -> None:
    assert write_figure(value, unit) == text


def test_a_single_slice_is_not_called_the_highest() -> None:
    """Where a filter leaves one bar, the finding names it alone."""
    row = {"member": "East", "return_rate_value": 0.08, "mature_sales": 100.0}
    finding, _ = read_title(draw_returns(pd.DataFrame([row | {"mature_returns": 8.0}])))
    assert finding == "East: 8.0\u202f% of its value comes back"


def test_headline_figures_equal_their_mart(reading: Shown) -> None:
    """Cards of all time, of a year and of a region."""
    app = open_app()
    for period, mart in (
        ("all", "mart_kpi"),
        ("2023", "mart_kpi_by_year where year(year_start_date) = 2023"),
    ):
        app.selectbox(key="filter_period").set_value(period).run()
        rows = reading.query(f"select kpi_id, kpi_value, unit from marts.{mart}")
        wanted = {name: write_figure(value, unit) for name, value, unit in rows}
        assert [card.value for card in app.metric] == [wanted[name] for name in SHOWN]
    app.selectbox(key="filter_region").set_value("West").run()
    ((net, orders),) = reading.query(
        "select net_sales_by_order_date, orders from cube.mart_sales_cube where region = "
        "'West' and "
        "category = 'ALL' and segment = 'ALL' and period_type = 'year' "
        "and year(period_start_date) = 2023"
    )
    shown = {card.label: card.value for card in app.metric}
    assert shown["Net sales by order date"] == write_figure(float(net), "currency")
    assert shown["Orders"] == write_figure(orders, "count")


@pytest.mark.parametrize(
    "filters",
    [{}, {"period": "2023", "region": "East"}, {"segment": "Consumer", "category": "Clothing"}],
    ids=lambda filters: "+".join(filters) or "none",
)
def test_figures_of_charts_equal_their_marts(reading: Shown, filters: dict[str, str]) -> None:
    """Filters in the address hold on all pages; figures are added up again from the order lines."""
    app = open_app(filters)
    assert all(
        app.selectbox(key=f"filter_{name}").value == value for name, value in filters.items()
    )
    cuts = [f"{name} = '{value}'" for name, value in filters.items() if name != "period"]
    cuts += ["is_dated and year(order_date) = 2023"] if "period" in filters else []
    lines = " and ".join(["is_counted", *cuts])

    def add_up(column: str, condition: str = lines) -> dict[str, float]:
        sql = (
            f"select {column}, round(sum(net_sales_by_order_date), 2) from marts.mart_order_lines "
            f"where {condition} group by 1"
        )
        return {name: float(value) for name, value in reading.query(sql)}

    categories = find_rows(app, "category", "average_order_value", "share")
    assert dict(
        zip(categories["category"], categories["net_sales_by_order_date"].round(2), strict=True)
    ) == (pytest.approx(add_up("category"), abs=0.011))
    regions = find_rows(app, "region", "category_1")
    expected = {name: value for name, value in add_up("region").items() if value > 0}
    assert dict(
        zip(regions["region"], regions["net_sales_by_order_date"].round(2), strict=True)
    ) == (pytest.approx(expected, abs=0.011))
    turn_to(app, "customers")
    people = (
        "customer_key in (select customer_key from marts.mart_order_lines "
        f"where {lines})" if filters else "1 = 1"
    )  # fmt: skip
    sql = f"select loyalty_segment, count(*) from marts.mart_customer_360 where {people} group by 1"
    loyalty = find_rows(app, "loyalty_segment", "customers")
    found = {
        n: c for n, c in zip(loyalty["loyalty_segment"], loyalty["customers"], strict=True) if c
    }
    assert found == dict(reading.query(sql))
    turn_to(app, "operations")
    placed = " and ".join(cuts) or "1 = 1"
    status = find_rows(app, "order_status", "orders", "counted")
    sql = (
        "select order_status, count(distinct order_key) from marts.mart_order_lines "
        f"where {placed} group by 1"
    )
    assert dict(zip(status["order_status"], status["orders"], strict=True)) == dict(
        reading.query(sql)
    )


def test_months_of_two_cuts_come_from_the_cube(reading: Shown) -> None:
    """No mart has two cuts by month with changes: the cube's months are compared."""
    app = open_app({"region": "West", "category": "Clothing"})
    months = find_rows(app, "month_start_date", "net_sales").set_index("month_start_date")
    rows = reading.query(
        "select period_start_date, net_sales_by_order_date from cube.mart_sales_cube where "
        "region = 'West' "
        "and category = 'Clothing' and segment = 'ALL' and period_type = 'month' "
        "and not is_undated order by 1"
    )
    assert len(rows) > 12
    for start, net in rows:
        assert months["net_sales"].loc[str(start)] == pytest.approx(float(net), abs=0.005)


@pytest.mark.parametrize("name", DRILLED)
def test_drill_through_adds_up_to_the_bar(reading: Shown, name: str) -> None:
    """A click shows the orders behind a bar; their number and their sum are those of the bar."""
    page, mark, where = DRILLED[name]
    app = open_app()
    if page != "overview":
        turn_to(app, page)
    app.session_state[f"chart_{name}"] = {"selection": {"pick": [mark]}}
    app.run()
    assert not app.exception
    assert app.subheader[0].value.lower().startswith("drill-through: ")
    measure = "ordered_amount" if name == "order_status" else "net_sales_by_order_date"
    counted = "1 = 1" if name == "order_status" else "is_counted"
    ((orders, total),) = reading.query(
        f"select count(distinct order_key), sum({measure}) from marts.mart_order_lines "
        f"where {where} and {counted}"
    )
    words = next(text.value for text in app.markdown if "mart_order_lines" in text.value)
    assert f"**{orders:,} order" in words
    assert f"**{total:,.2f}**" in words
    ((field, value),) = mark.items()
    bars = find_rows(app, field, "orders").set_index(field)
    column = measure if measure in bars else "net_sales_by_order_date"
    assert bars[column].loc[value] == pytest.approx(float(total), abs=0.005)
    rows = next(table.value for table in app.dataframe if "order_id" in table.value)
    assert len(rows) == min(orders, 500)


@pytest.mark.parametrize(
    ("name", "member"),
    [("region", "East"), ("category", "Clothing"), ("segment", "Consumer"), ("period", "2023")],
)
def test_a_chart_that_a_filter_does_not_cut_says_so(
    reading_file: Shown, name: str, member: str
) -> None:
    """Where a chart names what is chosen, its rows are others than those of everything."""
    everything, cut = open_app(), open_app({name: member})
    compared = 0
    for page in PAGES:
        if page != "overview":
            turn_to(everything, page)
            turn_to(cut, page)
        of_all = {rows for _, rows in list_panels(everything).values()}
        panels = list_panels(cut)
        uncut = [said for said, rows in panels.values() if rows in of_all]
        assert not [said for said in uncut if member in said], page
        compared += len(panels) - len(uncut)
    assert compared >= 10


def test_drill_through_keeps_the_filters(reading_file: Shown) -> None:
    """Behind a bar of a region and a year are the orders of that region and year."""
    app = open_app({"region": "East", "period": "2023"})
    app.selectbox(key="choose_categories").set_value("Clothing").run()
    assert not app.exception
    ((orders, total),) = reading_file.query(
        "select count(distinct order_key), sum(net_sales_by_order_date) from "
        "marts.mart_order_lines where "
        "is_counted and category = 'Clothing' and region = 'East' and is_dated "
        "and year(order_date) = 2023"
    )
    words = next(text.value for text in app.markdown if "mart_order_lines`." in text.value)
    assert f"**{orders:,} order" in words
    assert f"**{total:,.2f}**" in words


def test_drill_through_without_a_mouse(reading_file: Shown) -> None:
    """The same rows by a list, for the keyboard; customers behind a group."""
    app = turn_to(open_app(), "customers")
    app.selectbox(key="choose_loyalty").set_value("Loyal").run()
    assert not app.exception
    assert app.subheader[0].value == "Drill-through: Loyal"
    ((count, total),) = reading_file.query(
        "select count(*), sum(net_sales_by_order_date) from marts.mart_customer_360 "
        "where loyalty_segment = 'Loyal'"
    )
    words = next(text.value for text in app.markdown if "mart_customer_360`." in text.value)
    assert f"**{count:,} customer" in words
    assert f"**{total:,.2f}**" in words


def test_a_cell_of_two_scores(reading_file: Shown) -> None:
    """The grid of recency and frequency leads to the customers of a cell."""
    rows = reading_file.query(
        "select recency_score, frequency_score, count(*) from marts.mart_customer_rfm where "
        "recency_score is not null group by 1, 2 order by 3 desc"
    )
    recency, frequency, count = rows[0]
    app = turn_to(open_app(), "customers")
    mark = {"recency_score": recency, "frequency_score": frequency}
    app.session_state["chart_rfm_grid"] = {"selection": {"pick": [mark]}}
    app.run()
    assert not app.exception
    assert any(f"**{count:,} customer" in text.value for text in app.markdown)


def test_an_address_with_what_is_not_there(reading_file: Shown) -> None:
    """What the data do not have is left out with a hint; the rest of the address holds."""
    app = open_app({"region": "Atlantis", "category": "Clothing", "period": "20x4"})
    assert not app.exception
    assert "region of the address" in app.warning[0].value
    assert "period of the address" in app.warning[0].value
    assert app.selectbox(key="filter_region").value == "all"
    assert app.selectbox(key="filter_category").value == "Clothing"
    assert dict(app.query_params) == {"category": "Clothing"}
    app.run()
    assert not app.warning


def test_filters_are_cleared(reading_file: Shown) -> None:
    """One button clears all filters and the address."""
    app = open_app({"region": "West", "period": "2023"})
    app.button[0].click().run()
    assert [app.selectbox(key=f"filter_{name}").value for name in ("period", "region")] == [
        "all"
    ] * 2
    assert not dict(app.query_params)


def test_quality_shows_the_build(reading: Shown) -> None:
    """Tests, sources and rows are those of the build."""
    app = turn_to(open_app(), "quality")
    ((raw,),) = reading.query("select sum(row_count) from publication.sources")
    assert any(f"{int(raw):,} raw rows" in text.value for text in app.markdown)
    cards = {card.label: card.value for card in app.metric}
    assert cards["Tests passed"].split(" of ")[1] != "0"
    assert any("All marts agree on sales" in text.value for text in app.markdown)
    left_out = find_rows(app, "reason_code", "row_count")
    rows = reading.query(
        "select reason_code, sum(row_count) from marts.mart_row_outcomes "
        "where row_outcome <> 'accepted' group by 1"
    )
    assert dict(zip(left_out["reason_code"], left_out["row_count"], strict=True)) == dict(rows)


@pytest.fixture
def copy(published: Shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have dashboards read a copy of the published file, which a test may spoil."""
    path = tmp_path / "copy.duckdb"
    shutil.copyfile(published.file, path)
    set_environment(monkeypatch, published.environment | {PUBLISHED: str(path)})
    return path


def republish(published: Path, *statements: str) -> None:
    """Put a changed copy of a file in its place by one rename, as a publication does."""
    fresh = published.with_suffix(".new")
    shutil.copyfile(published, fresh)
    with duckdb.connect(str(fresh)) as connection:
        for statement in statements:
            connection.execute(statement)
    os.replace(fresh, published)


def test_no_published_file(copy: Path) -> None:
    """A page says what is missing and the command; it goes away once there is a file."""
    kept = copy.rename(copy.with_suffix(".kept"))
    app = open_app()
    assert not app.exception
    assert "There is no published file" in app.error[0].value
    assert app.code[0].value == "customer-trends demo && customer-trends publish"
    kept.rename(copy)
    app.run()
    assert not app.error
    assert app.metric


def test_a_file_that_is_none(copy: Path) -> None:
    copy.write_text("no database", encoding="utf-8")
    app = open_app()
    assert not app.exception
    assert "cannot be read" in app.error[0].value
    assert app.code[0].value == "customer-trends publish"


def test_an_old_file_lacks_a_mart(copy: Path) -> None:
    """Only what needs the mart says so; without the cube no filter can be made."""
    republish(copy, "drop table marts.mart_return_reasons")
    app = turn_to(open_app(), "operations")
    assert not app.exception
    assert any("mart_return_reasons" in text.value for text in app.info)
    assert any("customer-trends build" in code.value for code in app.code)
    assert len(read_charts(app)) >= CHARTS["operations"] - 1
    republish(copy, "drop table cube.mart_sales_cube")
    app = open_app()
    assert "mart_sales_cube" in app.error[0].value
    assert app.code[0].value == "customer-trends build && customer-trends publish"


def test_a_page_that_cannot_be_shown_says_so(copy: Path) -> None:
    """Without the mart that all of a page stands on, the page says that it is missing."""
    republish(copy, "drop table marts.mart_sales_by_state")
    app = turn_to(open_app(), "geography")
    assert not app.exception
    assert "mart_sales_by_state" in app.error[0].value
    assert app.code[0].value == "customer-trends build && customer-trends publish"


def test_models_that_have_not_run(copy: Path) -> None:
    """Charts of models name the command that makes them."""
    marts = ("mart_customer_segments", "mart_sales_forecast", "mart_model_runs")
    republish(copy, *(f"drop table if exists marts.{mart}" for mart in marts))
    app = open_app()
    for page in ("customers", "trends", "quality"):
        turn_to(app, page)
        assert not app.exception
        assert any(code.value.startswith("customer-trends score") for code in app.code), page


def test_the_trial_of_lifetime_values(copy: Path) -> None:
    """It says whether the formula did better, no more than that is known, and what it needs."""

    def write(sql: str) -> str:
        republish(copy, sql)
        app = turn_to(open_app(), "quality")
        assert not app.exception
        said = [text.value for text in app.markdown if "were expected to bring" in text.value]
        return said[0] if said else " ".join(text.value for text in app.info)

    mart = "marts.mart_lifetime_value_backtest"
    change = f"update {mart} set"
    # A shop that is younger than what the trial needs.
    nothing = write(f"delete from {mart}; delete from {mart}_by_decile")
    assert "twenty-four months of sales" in nothing
    write(
        f"insert into {mart} by name select 'ok' as backtest_status, "
        "30 as predicted_value_12_months, 20 as actual_value_12_months"
    )
    assert "the formula errs less than" in write(f"{change} error_to_naive_ratio = 0.9")
    assert "the formula errs no less than" in write(f"{change} error_to_naive_ratio = 1.1")
    unknown = write(f"{change} error_to_naive_ratio = null")
    assert "to bring 30 in a year and brought 20" in unknown
    assert "errs" not in unknown


def test_a_server_that_does_not_answer(published: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {
        "CUSTOMER_TRENDS_TARGET": "mariadb",
        "CUSTOMER_TRENDS_MARIADB_HOST": "127.0.0.1",
        "CUSTOMER_TRENDS_MARIADB_PORT": "9",
    }
    set_environment(monkeypatch, settings)
    app = open_app()
    assert not app.exception
    assert "127.0.0.1:9 does not answer" in app.error[0].value
    assert app.code[0].value == "customer-trends doctor --target mariadb"


def test_a_target_without_a_dashboard(published: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    set_environment(monkeypatch, {"CUSTOMER_TRENDS_TARGET": "oracle"})
    app = open_app()
    assert not app.exception
    assert "no target 'oracle'" in app.error[0].value


def test_new_figures_are_read_when_something_is_published(copy: Path) -> None:
    """What is remembered belongs to one publication."""
    app = open_app()
    before = [card.value for card in app.metric]
    app.run()
    assert [card.value for card in app.metric] == before
    republish(copy, DOUBLED)
    app.run()
    assert [card.value for card in app.metric] != before


def test_a_file_is_let_go_when_nobody_looks(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is held while people look at it, and may be written to when they have gone."""
    source, query = PublishedFile(copy), "select 1 as one from marts.mart_kpi where unit <> ?"
    assert len(source.run(query, ("x",))) > 0
    with pytest.raises(duckdb.Error, match="file handle"):
        duckdb.connect(str(copy))
    monkeypatch.setattr("customer_trends.engines.shared_file.IDLE_SECONDS", 0.1)
    with source.reading():
        assert len(source.run(query, ("x",))) == len(source.run(query, ("y",))) > 0
    for _ in range(100):
        try:
            connection = duckdb.connect(str(copy))
            break
        except duckdb.Error:
            time.sleep(0.1)
    else:
        pytest.fail("the file is still held")
    connection.execute("create table marts.written_by_another as select 1 as one")
    connection.close()


def test_a_look_reads_one_publication(copy: Path) -> None:
    """What is published while a page is drawn is shown by the next look, all of it."""
    source, query = PublishedFile(copy), "select sum(kpi_value) as total from marts.mart_kpi"
    with source.reading():
        before = source.run(query, ())["total"].iloc[0]
        republish(copy, DOUBLED)
        assert source.run(query, ())["total"].iloc[0] == before
        with ThreadPoolExecutor(1) as others:
            theirs = others.submit(source.run, query, ()).result()["total"].iloc[0]
        assert float(theirs) == 2 * float(before)
        assert source.run(query, ())["total"].iloc[0] == before
    with source.reading():
        assert float(source.run(query, ())["total"].iloc[0]) == 2 * float(before)
