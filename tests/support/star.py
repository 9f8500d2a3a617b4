"""What of the core is published: facts and dimensions."""

STAR = {
    "dim_channels", "dim_customers", "dim_customers_history", "dim_dates", "dim_geography",
    "dim_order_statuses", "dim_payment_methods", "dim_products", "dim_products_history",
    "dim_promotions", "dim_return_reasons", "fct_customer_months", "fct_customer_totals",
    "fct_feedback", "fct_order_status_events", "fct_orders", "fct_payments", "fct_returns",
    "fct_sales", "fct_subscriptions", "fct_support_tickets",
}  # fmt: skip
