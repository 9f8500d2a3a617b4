"""Products: how each sells, which lead, which are bought together; customers who lead."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations

from oracle.facts import Line, Order
from oracle.members import SOURCE, Customer, Product
from oracle.periods import year_of
from oracle.shop import Shop
from oracle.slices import Figures
from oracle.values import UNKNOWN_DATE, ZERO, Row, divide, known_total, month_of, total


def sum_lines(lines: Iterable[Line]) -> Figures:
    """Add lines up."""
    figures = Figures()
    for line in lines:
        figures.add(line.order, [line])
    return figures


def compute_product_performance(shop: Shop) -> Iterator[Row]:
    """Compute mart_product_performance."""
    lines: dict[int, list[Line]] = defaultdict(list)
    for line in shop.counted_lines:
        lines[line.product.key].append(line)
    sums = {product.key: sum_lines(lines[product.key]) for product in shop.products.values()}
    ranked = sorted(
        shop.products.values(),
        key=lambda product: (
            -sums[product.key].net_sales_by_order_date,
            -sums[product.key].units,
            product.key,
        ),
    )
    sum_of_all = total(
        figures.net_sales_by_order_date
        for figures in sums.values()
        if figures.net_sales_by_order_date > 0
    )
    before, in_category = ZERO, defaultdict[str, int](int)
    for rank, product in enumerate(ranked, 1):
        in_category[product.category] += 1
        figures = sums[product.key]
        net = figures.net_sales_by_order_date
        yield {
            "product_key": product.key,
            "source_system": SOURCE,
            "product_name": product.name,
            "category": product.category,
            "sub_category": product.sub_category,
            "list_price": product.list_price,
            "units_sold": figures.units,
            "gross_sales": figures.gross,
            "discounts": figures.discounts,
            "sales_after_discount": figures.sales,
            "returned_units": figures.returned_units,
            "returns_by_order_date": figures.returns_by_order_date,
            "net_sales_by_order_date": net,
            "gross_margin": known_total(line.margin for line in figures.lines),
            "orders": figures.order_count,
            "customers": figures.customer_count,
            "average_selling_price": divide(figures.sales, figures.units),
            "sales_rank": rank,
            "category_rank": in_category[product.category],
            "cumulative_share": divide(before, sum_of_all) if net > 0 else None,
            "abc_class": classify(before, sum_of_all) if net > 0 else "C",
            **describe_recent(shop, figures.lines),
            "is_gift_card": product.is_gift_card,
        }
        before += max(net, ZERO)


def classify(before: Decimal, sum_of_all: Decimal) -> str:
    """Classify a product by what those before it sold."""
    if 100 * before < 80 * sum_of_all:
        return "A"
    return "B" if 100 * before < 95 * sum_of_all else "C"


def describe_recent(shop: Shop, lines: list[Line]) -> Row:
    """Describe the last sales of a product, its trend and its returns."""
    mature = [line for line in lines if shop.is_mature(line.order)]
    days = [line.order.day for line in lines if line.order.is_dated]
    recent, prior = (
        total(
            line.net
            for line in lines
            if line.order.is_dated
            and shop.as_of - timedelta(oldest) < line.order.day <= shop.as_of - timedelta(newest)
        )
        for oldest, newest in ((90, 0), (180, 90))
    )
    return {
        "return_rate_units": divide(
            sum(line.returned_units for line in mature), sum(line.units for line in mature)
        ),
        "net_sales_last_90_days": recent,
        "net_sales_prior_90_days": prior,
        "trend_growth": divide(recent - prior, prior) if prior > 0 else None,
        "trend_status": "ok" if prior > 0 else "zero_prior" if prior == 0 else "negative_prior",
        "first_sale_date": min(days, default=None),
        "last_sale_date": max(days, default=None),
        "days_since_last_sale": (shop.as_of - max(days)).days if days else None,
    }


def compute_product_sales_monthly(shop: Shop) -> Iterator[Row]:
    """Compute mart_product_sales_monthly."""
    cells: dict[tuple[date, int], list[Line]] = defaultdict(list)
    for line in shop.counted_lines:
        cells[(month_of(line.order.day), line.product.key)].append(line)
    for (month, key), lines in cells.items():
        figures, product = sum_lines(lines), lines[0].product
        is_undated = month == UNKNOWN_DATE
        yield {
            "month_start_date": None if is_undated else month,
            "is_undated": is_undated,
            "product_key": key,
            "product_name": product.name,
            "category": product.category,
            "orders": figures.order_count,
            "units_sold": figures.units,
            "sales_after_discount": figures.sales,
            "returns_by_order_date": figures.returns_by_order_date,
            "net_sales_by_order_date": figures.net_sales_by_order_date,
        }


def list_years(order: Order) -> list[tuple[str, date]]:
    """List the periods of an order: all time and its year."""
    years = [("year", year_of(order.day))] if order.is_dated else []
    return [("all", UNKNOWN_DATE), *years]


def compute_top_products(shop: Shop) -> Iterator[Row]:
    """Compute mart_top_products and mart_top_products_by_year."""
    cells: dict[tuple[str, date, str], dict[Product, list[Line]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for line in shop.counted_lines:
        for kind, start in list_years(line.order):
            cells[(kind, start, line.category)][line.product].append(line)
    most = shop.settings.top_products
    for (kind, start, category), products in cells.items():
        sums = {product: sum_lines(lines) for product, lines in products.items()}
        sum_of_all = total(figures.net_sales_by_order_date for figures in sums.values())
        ranked = sorted(
            sums,
            key=lambda product: (
                -sums[product].net_sales_by_order_date,
                -sums[product].units,
                product.key,
            ),
        )
        for rank, product in enumerate(ranked[:most], 1):
            figures = sums[product]
            beyond = sums[ranked[most]] if rank == most and len(ranked) > most else None
            yield {
                "period_type": kind,
                "period_start_date": start,
                "category": category,
                "category_rank": rank,
                "product_key": product.key,
                "product_name": product.name,
                "units_sold": figures.units,
                "orders": figures.order_count,
                "net_sales_by_order_date": figures.net_sales_by_order_date,
                "share_of_category": divide(figures.net_sales_by_order_date, sum_of_all)
                if sum_of_all > 0
                else None,
                "is_tied_at_cut": beyond is not None
                and (beyond.net_sales_by_order_date, beyond.units)
                == (figures.net_sales_by_order_date, figures.units),
            }


def compute_top_customers(shop: Shop) -> Iterator[Row]:
    """Compute mart_top_customers and mart_top_customers_by_year."""
    cells: dict[tuple[str, date], dict[Customer, list[Order]]] = defaultdict(
        lambda: defaultdict(list)
    )
    sum_of_all: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
    for order in shop.counted:
        for period in list_years(order):
            sum_of_all[period] += order.net
            if order.customer:
                cells[period][order.customer].append(order)
    most = shop.settings.top_customers
    for (kind, start), customers in cells.items():
        nets = {
            person: total(order.net for order in orders) for person, orders in customers.items()
        }
        ranked = sorted(
            nets, key=lambda person: (-nets[person], -len(customers[person]), person.key)
        )
        for rank, person in enumerate(ranked[:most], 1):
            orders = customers[person]
            sales = total(order.sales for order in orders)
            is_last = rank == most and len(ranked) > most
            yield {
                "period_type": kind,
                "period_start_date": start,
                "customer_rank": rank,
                "customer_key": person.key,
                "region": person.place.region or "Unknown",
                "age_group": person.age_group,
                "segment": person.segment,
                "orders": len(orders),
                "units_sold": sum(order.units for order in orders),
                "sales_after_discount": sales,
                "net_sales_by_order_date": nets[person],
                "average_order_value": divide(sales, len(orders)),
                "share_of_total": divide(nets[person], sum_of_all[(kind, start)])
                if sum_of_all[(kind, start)] > 0
                else None,
                "is_tied_at_cut": is_last and nets[ranked[most]] == nets[person],
            }


def compute_product_affinity(shop: Shop) -> Iterator[Row]:
    """Compute mart_product_affinity."""
    names = {product.key: product.name for product in shop.products.values()}
    filled = [{line.product.key for line in order.lines} for order in shop.counted if order.lines]
    baskets = [basket for basket in filled if len(basket) <= shop.settings.max_basket_size]
    alone: dict[int, int] = defaultdict(int)
    pairs: dict[tuple[int, int], int] = defaultdict(int)
    for basket in baskets:
        for key in basket:
            alone[key] += 1
        for pair in combinations(sorted(basket), 2):
            pairs[pair] += 1
    for (a, b), both in pairs.items():
        if both < shop.settings.min_pair_orders:
            continue
        yield {
            "product_key_a": a,
            "product_key_b": b,
            "product_name_a": names[a],
            "product_name_b": names[b],
            "orders_with_both": both,
            "orders_with_a": alone[a],
            "orders_with_b": alone[b],
            "baskets": len(baskets),
            "excluded_baskets": len(filled) - len(baskets),
            "support": divide(both, len(baskets)),
            "confidence_a_to_b": divide(both, alone[a]),
            "confidence_b_to_a": divide(both, alone[b]),
            "lift": divide(both * len(baskets), alone[a] * alone[b]),
        }
