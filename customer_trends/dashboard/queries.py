"""What charts read when filters are set."""

from customer_trends.dashboard.data import Query
from customer_trends.dashboard.filters import Filters

MEASURES = (
    "net_sales_by_order_date, sales_after_discount, returns_by_order_date, units_sold, orders, "
    "customers, average_order_value"
)
LINES = "marts.mart_order_lines"
# Columns that identify a place of each level.
LEVELS = {
    "country": "country",
    "state": "country, region, state",
    "city": "country, region, state, city",
}


def cube(filters: Filters, *broken_down: str) -> Query:
    """Ask the cube for the period, broken down by some dimensions."""
    period, cuts = filters.where_period(), filters.where_cube(*broken_down)
    columns, order = ", ".join([*broken_down, MEASURES]), ", ".join(broken_down) or "1"
    return Query(
        f"select {columns} from cube.mart_sales_cube where {period.sql} and {cuts.sql} "
        f"order by {order}",
        period.parameters + cuts.parameters,
    )


def months(filters: Filters, *, is_complete: bool = False) -> Query:
    """Ask for sales by month: of everything, of one slice, or of a cell of the cube."""
    complete = " and is_complete" if is_complete else ""
    if len(filters.cuts) < 2:
        mart, condition, values = _name_slice("mart_sales_monthly", filters)
        return Query(
            "select month_start_date, net_sales, orders, month_over_month_growth, growth_status, "
            f"is_complete, year_over_year_growth, yearly_growth_status from marts.{mart} "
            f"where {condition} and not is_undated{complete} order by 1",
            values,
        )
    cuts = filters.where_cube()
    return Query(
        "select months.month_start_date, coalesce(cells.net_sales_by_order_date, 0) as net_sales, "
        "coalesce(cells.orders, 0) as orders, months.is_complete "
        "from marts.mart_sales_monthly as months "
        "left join (select period_start_date, net_sales_by_order_date, orders "
        f"from cube.mart_sales_cube where period_type = 'month' and {cuts.sql}) as cells "
        "on months.month_start_date = cells.period_start_date "
        f"where not months.is_undated{complete} order by 1",
        cuts.parameters,
    )


def _name_slice(mart: str, filters: Filters) -> tuple[str, str, tuple[str, ...]]:
    """Name the mart of the one slice that is cut, and write the condition for its member.

    Parameters
    ----------
    mart
        Mart of all sales; that of a slice has the same name and the slice after it.
    filters
        At most one cut counts.
    """
    for name, member in filters.cuts.items():
        return f"{mart}_by_{name}", f"{name} = ?", (member,)
    return mart, "1 = 1", ()


def top_customers(filters: Filters, count: int = 5) -> Query:
    """Ask for the customers with the highest net sales."""
    if not filters.cuts and filters.period_type != "month":
        is_year = filters.period_type == "year"
        return Query(
            "select customer_rank, customer_key, region, age_group, segment, orders, "
            "net_sales_by_order_date, share_of_total from marts.mart_top_customers"
            + ("_by_year where year_start_date = ? and " if is_year else " where ")
            + f"customer_rank <= {count} order by 1",
            (filters.start,) if is_year else (),
        )
    lines = filters.where_lines()
    return Query(
        "select row_number() over (order by sold.net_sales_by_order_date desc, sold.customer_key) "
        "as customer_rank, sold.customer_key, people.region, people.age_group, people.segment, "
        "sold.orders, sold.net_sales_by_order_date, "
        "case when shop.total > 0 then sold.net_sales_by_order_date / shop.total end as "
        "share_of_total "
        "from (select customer_key, count(distinct order_key) as orders, "
        f"sum(net_sales_by_order_date) as net_sales_by_order_date from {LINES} where "
        f"{lines.sql} and customer_key > 0 "
        "group by 1 order by 3 desc, 1 limit 5) as sold "
        "inner join marts.mart_customer_360 as people on sold.customer_key = people.customer_key "
        f"cross join (select sum(net_sales_by_order_date) as total from {LINES} where "
        f"{lines.sql}) as shop "
        "order by 1",
        lines.parameters * 2,
    )


def customers_by(filters: Filters, column: str, measures: str) -> Query:
    """Ask how many customers behind the sales chosen have each value of a column."""
    people = filters.where_customers()
    return Query(
        f"select {column}, count(*) as customers, {measures} from marts.mart_customer_360 "
        f"where {people.sql} group by 1 order by 1",
        people.parameters,
    )


def rfm_grid(filters: Filters) -> Query:
    """Ask for the grid of recency and frequency."""
    people = filters.where_customers()
    return Query(
        "select recency_score, frequency_score, count(*) as customers, sum(monetary) as monetary "
        "from marts.mart_customer_rfm "
        f"where recency_score is not null and {people.sql} group by 1, 2 order by 1, 2",
        people.parameters,
    )


def clusters(filters: Filters, sample: int = 1500) -> Query:
    """Ask for income against spending, with the key of each customer shown."""
    people = filters.where_customers()
    return Query(
        "select kind, customer_key, cluster_name, spending_tier, income, spending, customers "
        "from (select 'customer' as kind, customer_key, cluster_name, spending_tier, "
        "income_input as income, spending_input as spending, null as customers "
        f"from marts.mart_customer_segments where is_scored and {people.sql} "
        f"order by customer_key limit {sample}) as sample "
        "union all select 'centroid', null, cluster_name, spending_tier, income_centroid, "
        "spending_centroid, customers from marts.mart_segment_centroids",
        people.parameters,
    )


def survival(filters: Filters) -> Query:
    """Ask how likely customers are still customers."""
    people = filters.where_customers()
    return Query(
        "select floor(probability_alive * 10) / 10 as bin_start, count(*) as customers, "
        "sum(expected_value_12_months) as expected_value_12_months from marts.mart_customer_value "
        f"where probability_alive is not null and {people.sql} group by 1 order by 1",
        people.parameters,
    )


def demographics(filters: Filters) -> Query:
    """Ask for customers by age group and gender; groups of fewer than five are not shown."""
    if filters.is_open:
        return Query(
            "select age_group, gender, customers, net_sales_per_customer "
            "from marts.mart_demographics_by_age_group_and_gender "
            "where not is_suppressed order by 1, 2"
        )
    people = filters.where_customers()
    return Query(
        "select age_group, gender, count(*) as customers, "
        "sum(net_sales_by_order_date) / count(*) as net_sales_per_customer from "
        "marts.mart_customer_360 "
        f"where {people.sql} group by 1, 2 having count(*) >= 5 order by 1, 2",
        people.parameters,
    )


def forecast(filters: Filters) -> Query:
    """Ask for actual and expected sales of the series chosen; series know no segment."""
    names = [name for name in ("region", "category") if filters.cuts.get(name)]
    mart = "mart_sales_forecast" + ("_by_" + "_and_".join(names) if names else "")
    chosen = "".join(f"{name} = ? and " for name in names)
    return Query(
        "select month_start_date, model, is_forecast, actual_sales, forecast, lower_80, upper_80, "
        f"lower_95, upper_95 from marts.{mart} where {chosen}(is_champion or not is_forecast) "
        "order by 1",
        tuple(filters.cuts[name] for name in names),
    )


def product_trends(filters: Filters, lines: int = 5) -> Query:
    """Ask for the months of the products that sell most."""
    sold = filters.where_lines()
    if not filters.cuts:
        return Query(
            "select month_start_date, product_name, sum(net_sales_by_order_date) as "
            "net_sales_by_order_date, "
            "sum(units_sold) as units_sold from marts.mart_product_sales_monthly "
            "where product_key in (select product_key from marts.mart_product_performance "
            f"where sales_rank <= {lines}) group by 1, 2 order by 1, 2"
        )
    cuts = Filters(filters.period, **filters.cuts).where_lines()
    return Query(
        "select month_start_date, product_name, sum(net_sales_by_order_date) as "
        "net_sales_by_order_date, "
        f"sum(units_sold) as units_sold from (select {month_of('order_date')} as month_start_date, "
        f"product_name, product_key, net_sales_by_order_date, units_sold from {LINES} where "
        "is_dated and "
        f"{cuts.sql}) as sold inner join (select product_key as best_key from {LINES} "
        f"where {sold.sql} group by 1 order by sum(net_sales_by_order_date) desc, 1 limit "
        f"{lines}) as best "
        "on sold.product_key = best.best_key group by 1, 2 order by 1, 2",
        cuts.parameters + sold.parameters,
    )


def month_of(column: str) -> str:
    """Write the first day of the month of a date, as DuckDB and MySQL read it."""
    return f"cast(concat(year({column}), '-', month({column}), '-01') as date)"


def seasonality(filters: Filters) -> Query:
    """Ask for the seasons of everything or of one slice; two slices at once have none."""
    mart, condition, values = _name_slice("mart_seasonality", filters)
    return Query(
        f"select month_of_year, seasonality_index, complete_years from marts.{mart} "
        f"where {condition} order by 1",
        values,
    )


def places(filters: Filters, level: str) -> Query:
    """Ask for sales by place."""
    names = LEVELS[level]
    if filters.is_open:
        return Query(
            f"select {names}, net_sales_by_order_date, share_of_total, orders, customers, "
            "average_order_value, top_category_1, top_category_1_share, latitude, longitude "
            f"from marts.mart_sales_by_{level} order by {names}"
        )
    lines = filters.where_lines()
    joined = " and ".join(f"sold.{name} = place.{name}" for name in names.split(", "))
    shown = ", ".join(f"place.{name}" for name in names.split(", "))
    return Query(
        f"select {shown}, sold.net_sales_by_order_date, "
        "sold.sales / nullif(sum(sold.sales) over (), 0) as share_of_total, sold.orders, "
        "sold.customers, sold.sales / sold.orders as average_order_value, "
        "place.top_category_1, place.top_category_1_share, place.latitude, place.longitude "
        f"from (select {names}, sum(net_sales_by_order_date) as net_sales_by_order_date, "
        "sum(sales_after_discount) as sales, count(distinct order_key) as orders, "
        "count(distinct case when customer_key > 0 then customer_key end) as customers "
        f"from {LINES} where {lines.sql} group by {names}) as sold "
        f"inner join marts.mart_sales_by_{level} as place on {joined} order by {shown}",
        lines.parameters,
    )


def order_status(filters: Filters) -> Query:
    """Ask for orders by status; years and all time are sums of their months."""
    if not filters.cuts:
        period = filters.where_months()
        return Query(
            "select order_status, sum(orders) as orders, sum(orders) / nullif(sum(sum(orders)) "
            "over (), 0) as share_of_orders, sum(ordered_amount) as ordered_amount, is_recognised "
            f"from marts.mart_order_status_by_month where {period.sql} "
            "group by order_status, is_recognised order by 1",
            period.parameters,
        )
    lines = filters.where_lines(is_counted=False)
    return Query(
        "select sold.order_status, sold.orders, sold.orders / sum(sold.orders) over () "
        "as share_of_orders, sold.ordered_amount, known.is_recognised from (select order_status, "
        f"count(distinct order_key) as orders, sum(ordered_amount) as ordered_amount from {LINES} "
        f"where {lines.sql} group by 1) as sold inner join (select distinct order_status, "
        "is_recognised from marts.mart_order_status_by_month) as known "
        "on sold.order_status = known.order_status order by 1",
        lines.parameters,
    )


def funnel(filters: Filters) -> Query:
    """Ask where orders get lost, in the period; years and all time are sums of their months."""
    period = filters.where_months()
    return Query(
        "select sum(placed_orders) as placed, sum(confirmed_orders) as confirmed, "
        "sum(shipped_orders) as shipped, sum(delivered_orders) as delivered, "
        f"sum(kept_orders) as kept from marts.mart_order_funnel where {period.sql}",
        period.parameters,
    )
