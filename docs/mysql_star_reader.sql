-- Lets the account customer_trends_reader of mysql_users.sql read the star, too: the public models of core. Run as an
-- administrator after the first build, because a right on a table that does not exist yet cannot be given. Replace
-- `customer_trends` where the profile's schema is another one.
-- The rights are on tables, not on the database: it also holds dim_customers_pii, with names and addresses, and
-- ops_quarantine, with rows as received. A right belongs to the name of a table: one that a build replaces keeps it.
grant select on `customer_trends_core`.dim_channels to 'customer_trends_reader'@'%';
grant select on `customer_trends_core`.dim_customers to 'customer_trends_reader'@'%';
grant select on `customer_trends_core`.dim_customers_history to 'customer_trends_reader'@'%';
grant select on `customer_trends_core`.dim_dates to 'customer_trends_reader'@'%';
grant select on `customer_trends_core`.dim_geography to 'customer_trends_reader'@'%';
grant select on `customer_trends_core`.dim_order_statuses to 'customer_trends_reader'@'%';
grant select on `customer_trends_core`.dim_payment_methods to 'customer_trends_reader'@'%';
grant select on `customer_trends_core`.dim_products to 'customer_trends_reader'@'%';
grant select on `customer_trends_core`.dim_products_history to 'customer_trends_reader'@'%';
grant select on `customer_trends_core`.dim_promotions to 'customer_trends_reader'@'%';
grant select on `customer_trends_core`.dim_return_reasons to 'customer_trends_reader'@'%';
grant select on `customer_trends_core`.fct_customer_months to 'customer_trends_reader'@'%';
grant select on `customer_trends_core`.fct_customer_totals to 'customer_trends_reader'@'%';
grant select on `customer_trends_core`.fct_feedback to 'customer_trends_reader'@'%';
grant select on `customer_trends_core`.fct_order_status_events to 'customer_trends_reader'@'%';
grant select on `customer_trends_core`.fct_orders to 'customer_trends_reader'@'%';
grant select on `customer_trends_core`.fct_payments to 'customer_trends_reader'@'%';
grant select on `customer_trends_core`.fct_returns to 'customer_trends_reader'@'%';
grant select on `customer_trends_core`.fct_sales to 'customer_trends_reader'@'%';
grant select on `customer_trends_core`.fct_subscriptions to 'customer_trends_reader'@'%';
grant select on `customer_trends_core`.fct_support_tickets to 'customer_trends_reader'@'%';
