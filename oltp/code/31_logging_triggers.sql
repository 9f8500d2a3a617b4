-- Every change of a row that the warehouse reads goes to the change log. Orders, their lines and returned
-- lines are logged in 30_order_triggers.sql, after what else happens there.

delimiter $$

drop trigger if exists customers_after_insert $$
create trigger customers_after_insert after insert on customers
for each row call log_change('customers', new.customer_id, 'insert') $$

drop trigger if exists customers_after_update $$
create trigger customers_after_update after update on customers
for each row call log_change('customers', new.customer_id, 'update') $$

drop trigger if exists customers_after_delete $$
create trigger customers_after_delete after delete on customers
for each row call log_change('customers', old.customer_id, 'delete') $$

-- Profile, home and subscription are part of the logged customer.
drop procedure if exists log_customer $$
create procedure log_customer(in p_customer_id bigint)
    comment 'Writes down that something that belongs to a customer changed'
begin
    if p_customer_id is not null then
        call log_change('customers', p_customer_id, 'update');
    end if;
end $$

drop trigger if exists customer_profiles_after_insert $$
create trigger customer_profiles_after_insert after insert on customer_profiles
for each row call log_customer(new.customer_id) $$

drop trigger if exists customer_profiles_after_update $$
create trigger customer_profiles_after_update after update on customer_profiles
for each row call log_customer(new.customer_id) $$

drop trigger if exists customer_profiles_after_delete $$
create trigger customer_profiles_after_delete after delete on customer_profiles
for each row call log_customer(old.customer_id) $$

drop trigger if exists addresses_after_insert $$
create trigger addresses_after_insert after insert on addresses
for each row call log_customer(new.home_of_customer_id) $$

drop trigger if exists addresses_before_update $$
create trigger addresses_before_update before update on addresses
for each row
begin
    if not (new.customer_id <=> old.customer_id) or new.city <> old.city
        or not (new.state <=> old.state) or new.country <> old.country
        or new.street_address <> old.street_address or new.postal_code <> old.postal_code
        or (new.street_address is not null and old.street_address is null)
        or (new.postal_code is not null and old.postal_code is null)
    then
        call refuse('state', 'An address never changes: add a new one and make it the home.');
    end if;
end $$

drop trigger if exists addresses_after_update $$
create trigger addresses_after_update after update on addresses
for each row
begin
    if new.is_home or old.is_home then
        call log_customer(new.customer_id);
    end if;
end $$

drop trigger if exists addresses_after_delete $$
create trigger addresses_after_delete after delete on addresses
for each row call log_customer(old.home_of_customer_id) $$

drop trigger if exists subscriptions_after_insert $$
create trigger subscriptions_after_insert after insert on subscriptions
for each row
begin
    call log_change('subscriptions', new.subscription_id, 'insert');
    call log_customer(new.customer_id);
end $$

drop trigger if exists subscriptions_after_update $$
create trigger subscriptions_after_update after update on subscriptions
for each row
begin
    call log_change('subscriptions', new.subscription_id, 'update');
    call log_customer(new.customer_id);
end $$

drop trigger if exists subscriptions_after_delete $$
create trigger subscriptions_after_delete after delete on subscriptions
for each row
begin
    call log_change('subscriptions', old.subscription_id, 'delete');
    call log_customer(old.customer_id);
end $$

drop trigger if exists categories_after_insert $$
create trigger categories_after_insert after insert on categories
for each row call log_change('categories', new.category_id, 'insert') $$

drop trigger if exists categories_after_update $$
create trigger categories_after_update after update on categories
for each row call log_change('categories', new.category_id, 'update') $$

drop trigger if exists categories_after_delete $$
create trigger categories_after_delete after delete on categories
for each row call log_change('categories', old.category_id, 'delete') $$

drop trigger if exists products_after_insert $$
create trigger products_after_insert after insert on products
for each row
begin
    call log_change('products', new.product_id, 'insert');
    insert into product_prices (product_id, price_sequence, valid_from, list_price, unit_cost)
    values (new.product_id, 1, new.updated_at, new.list_price, new.unit_cost);
end $$

-- A new price is a new row of the price history.
drop trigger if exists products_after_update $$
create trigger products_after_update after update on products
for each row
begin
    call log_change('products', new.product_id, 'update');
    if new.list_price <> old.list_price or not (new.unit_cost <=> old.unit_cost) then
        insert into product_prices (product_id, price_sequence, valid_from, list_price, unit_cost)
        select new.product_id, 1 + coalesce(max(price_sequence), 0), new.updated_at, new.list_price, new.unit_cost
        from product_prices
        where product_id = new.product_id;
    end if;
end $$

drop trigger if exists products_after_delete $$
create trigger products_after_delete after delete on products
for each row call log_change('products', old.product_id, 'delete') $$

drop trigger if exists product_prices_after_insert $$
create trigger product_prices_after_insert after insert on product_prices
for each row call log_change('product_prices', new.product_price_id, 'insert') $$

drop trigger if exists product_prices_before_update $$
create trigger product_prices_before_update before update on product_prices
for each row call refuse('state', 'A price that was valid cannot be rewritten: change the product.') $$

drop trigger if exists product_prices_after_delete $$
create trigger product_prices_after_delete after delete on product_prices
for each row call log_change('product_prices', old.product_price_id, 'delete') $$

drop trigger if exists order_status_history_after_insert $$
create trigger order_status_history_after_insert after insert on order_status_history
for each row call log_change('order_status_history', new.order_status_history_id, 'insert') $$

drop trigger if exists order_status_history_after_delete $$
create trigger order_status_history_after_delete after delete on order_status_history
for each row call log_change('order_status_history', old.order_status_history_id, 'delete') $$

drop trigger if exists payments_after_insert $$
create trigger payments_after_insert after insert on payments
for each row call log_change('payments', new.payment_id, 'insert') $$

drop trigger if exists payments_before_update $$
create trigger payments_before_update before update on payments
for each row call refuse('state', 'A payment cannot be rewritten.') $$

drop trigger if exists payments_before_delete $$
create trigger payments_before_delete before delete on payments
for each row call refuse('state', 'A payment cannot be deleted.') $$

drop trigger if exists feedback_after_insert $$
create trigger feedback_after_insert after insert on feedback
for each row call log_change('feedback', new.feedback_id, 'insert') $$

drop trigger if exists feedback_after_update $$
create trigger feedback_after_update after update on feedback
for each row call log_change('feedback', new.feedback_id, 'update') $$

drop trigger if exists feedback_after_delete $$
create trigger feedback_after_delete after delete on feedback
for each row call log_change('feedback', old.feedback_id, 'delete') $$

drop trigger if exists support_tickets_after_insert $$
create trigger support_tickets_after_insert after insert on support_tickets
for each row call log_change('support_tickets', new.ticket_id, 'insert') $$

drop trigger if exists support_tickets_after_update $$
create trigger support_tickets_after_update after update on support_tickets
for each row call log_change('support_tickets', new.ticket_id, 'update') $$

drop trigger if exists support_tickets_after_delete $$
create trigger support_tickets_after_delete after delete on support_tickets
for each row call log_change('support_tickets', old.ticket_id, 'delete') $$

delimiter ;
