-- Two accounts for the shop's own database on MySQL and MariaDB, each with the rights it needs and no more. Run as an
-- administrator, after replacing the passwords, and `shop` where the shop's database has another name. Run it again
-- after each `customer-trends oltp install`: that makes the procedures again, and rights on them go with the old ones.

-- Builds a warehouse from the shop: sees the feed and no table.
-- The name is that of mysql_users.sql, for a warehouse on the same server. Each warehouse needs an account of its
-- own: the state of the shop that an account sees is moved by every program that uses that account.
create user if not exists 'customer_trends_builder'@'%' identified by 'change this password';
grant select on `shop`.`shop_cut` to 'customer_trends_builder'@'%';
grant select on `shop`.`shop_changes` to 'customer_trends_builder'@'%';
grant select on `shop`.`shop_customers` to 'customer_trends_builder'@'%';
grant select on `shop`.`shop_customer_change_log` to 'customer_trends_builder'@'%';
grant select on `shop`.`shop_categories` to 'customer_trends_builder'@'%';
grant select on `shop`.`shop_products` to 'customer_trends_builder'@'%';
grant select on `shop`.`shop_product_prices` to 'customer_trends_builder'@'%';
grant select on `shop`.`shop_orders` to 'customer_trends_builder'@'%';
grant select on `shop`.`shop_order_items` to 'customer_trends_builder'@'%';
grant select on `shop`.`shop_order_status_history` to 'customer_trends_builder'@'%';
grant select on `shop`.`shop_payments` to 'customer_trends_builder'@'%';
grant select on `shop`.`shop_returns` to 'customer_trends_builder'@'%';
grant select on `shop`.`shop_feedback` to 'customer_trends_builder'@'%';
grant select on `shop`.`shop_support_tickets` to 'customer_trends_builder'@'%';
grant select on `shop`.`shop_subscriptions` to 'customer_trends_builder'@'%';
grant execute on procedure `shop`.`freeze_feed` to 'customer_trends_builder'@'%';

-- Works in the shop: calls the procedures, touches no table. For websites, tills and service desks.
create user if not exists 'shop_writer'@'%' identified by 'change this password, too';
grant execute on procedure `shop`.`register_customer` to 'shop_writer'@'%';
grant execute on procedure `shop`.`change_customer` to 'shop_writer'@'%';
grant execute on procedure `shop`.`erase_customer` to 'shop_writer'@'%';
grant execute on procedure `shop`.`place_order` to 'shop_writer'@'%';
grant execute on procedure `shop`.`pay_order` to 'shop_writer'@'%';
grant execute on procedure `shop`.`ship_order` to 'shop_writer'@'%';
grant execute on procedure `shop`.`deliver_order` to 'shop_writer'@'%';
grant execute on procedure `shop`.`cancel_order` to 'shop_writer'@'%';
grant execute on procedure `shop`.`record_return` to 'shop_writer'@'%';
grant execute on procedure `shop`.`submit_feedback` to 'shop_writer'@'%';
grant execute on procedure `shop`.`open_ticket` to 'shop_writer'@'%';
grant execute on procedure `shop`.`resolve_ticket` to 'shop_writer'@'%';
