-- The change log: how a change is written down, and what keeps it as it was.

delimiter $$

drop function if exists without_personal_data $$
create function without_personal_data(p_row longtext) returns longtext
    deterministic no sql
    comment 'A logged row with everything in it that identifies a person set to null'
    return case when p_row is not null then json_replace(
        p_row,
        '$.first_name', null, '$.last_name', null, '$.email', null, '$.phone', null,
        '$.street_address', null, '$.postal_code', null, '$.birth_date', null, '$.comment', null
    ) end $$

drop procedure if exists log_change $$
create procedure log_change(
    in p_table_name varchar(30), in p_row_key bigint, in p_operation varchar(10)
)
    comment 'Writes down a change of a row: before as last logged, after as it is now'
begin
    declare v_barrier_id tinyint;
    declare v_before_row, v_after_row longtext;
    select barrier_id into v_barrier_id from change_barrier lock in share mode;
    set v_before_row = (
        select after_row
        from change_log
        where table_name = p_table_name and row_key = p_row_key
        order by change_sequence desc
        limit 1
        lock in share mode
    );
    if p_operation <> 'delete' then
        case p_table_name
            when 'customers' then
                select row_content into v_after_row from customer_rows where row_key = p_row_key;
            when 'categories' then
                select row_content into v_after_row from category_rows where row_key = p_row_key;
            when 'products' then
                select row_content into v_after_row from product_rows where row_key = p_row_key;
            when 'product_prices' then
                select row_content into v_after_row from product_price_rows where row_key = p_row_key;
            when 'orders' then
                select row_content into v_after_row from order_rows where row_key = p_row_key;
            when 'order_items' then
                select row_content into v_after_row from order_item_rows where row_key = p_row_key;
            when 'order_status_history' then
                select row_content into v_after_row from order_status_history_rows where row_key = p_row_key;
            when 'payments' then
                select row_content into v_after_row from payment_rows where row_key = p_row_key;
            when 'return_items' then
                select row_content into v_after_row from return_item_rows where row_key = p_row_key;
            when 'subscriptions' then
                select row_content into v_after_row from subscription_rows where row_key = p_row_key;
            when 'feedback' then
                select row_content into v_after_row from feedback_rows where row_key = p_row_key;
            when 'support_tickets' then
                select row_content into v_after_row from support_ticket_rows where row_key = p_row_key;
        end case;
    end if;
    insert into change_log (
        table_name, row_key, operation, before_row, after_row, changed_at, changed_by
    ) values (
        p_table_name, p_row_key, p_operation, v_before_row, v_after_row, utc_timestamp(6),
        substring_index(user(), '@', 1)
    );
end $$

-- The log is append-only. The one change allowed is the erasing of personal data.
drop trigger if exists change_log_before_update $$
create trigger change_log_before_update before update on change_log
for each row
begin
    if new.change_sequence <> old.change_sequence or new.table_name <> old.table_name
        or new.row_key <> old.row_key or new.operation <> old.operation
        or new.changed_at <> old.changed_at or new.changed_by <> old.changed_by
        or not (new.before_row <=> without_personal_data(old.before_row))
        or not (new.after_row <=> without_personal_data(old.after_row))
    then
        call refuse('state', 'The change log is append-only: only personal data can be erased in it.');
    end if;
end $$

drop trigger if exists change_log_before_delete $$
create trigger change_log_before_delete before delete on change_log
for each row call refuse('state', 'The change log is append-only: nothing can be deleted from it.') $$

delimiter ;

create or replace view customer_change_log as
select
    change_sequence, row_key as customer_id, operation, before_row, after_row, changed_at, changed_by
from change_log
where table_name = 'customers';

create or replace view product_change_log as
select
    change_sequence, row_key as product_id, operation, before_row, after_row, changed_at, changed_by
from change_log
where table_name = 'products';

create or replace view order_change_log as
select
    change_sequence, row_key as order_id, operation, before_row, after_row, changed_at, changed_by
from change_log
where table_name = 'orders';

create or replace view order_item_change_log as
select
    change_sequence, row_key as order_item_id, operation, before_row, after_row, changed_at, changed_by
from change_log
where table_name = 'order_items';
