-- What keeps totals, stock, statuses and their history true for every writer.

delimiter $$

drop trigger if exists orders_before_insert $$
create trigger orders_before_insert before insert on orders
for each row
begin
    if new.order_status <> 'pending' then
        call refuse('state', concat('A new order is pending, not ', new.order_status, '.'));
    end if;
    set new.goods_amount = 0, new.status_changed_at = new.ordered_at;
end $$

drop trigger if exists orders_after_insert $$
create trigger orders_after_insert after insert on orders
for each row
begin
    insert into order_status_history (order_id, status_sequence, order_status, changed_at)
    values (new.order_id, 1, new.order_status, new.status_changed_at);
    call log_change('orders', new.order_id, 'insert');
end $$

drop trigger if exists orders_before_update $$
create trigger orders_before_update before update on orders
for each row
begin
    if new.order_status <> old.order_status then
        if not exists (
            select 1
            from order_status_transitions
            where from_status = old.order_status and to_status = new.order_status
        ) then
            call refuse('state', concat(
                'Order ', old.order_id, ' is ', old.order_status, ' and cannot become ', new.order_status, '.'
            ));
        end if;
        if new.status_changed_at = old.status_changed_at then
            set new.status_changed_at = utc_timestamp(6);
        end if;
        if new.status_changed_at < old.status_changed_at then
            call refuse('value', concat(
                'Order ', old.order_id, ' became ', old.order_status, ' after the time given for its next status.'
            ));
        end if;
    end if;
    if new.order_id <> old.order_id or new.ordered_at <> old.ordered_at then
        call refuse('state', concat('Number and time of order ', old.order_id, ' cannot change.'));
    end if;
    if new.goods_amount <> old.goods_amount and new.goods_amount <> (
        select coalesce(sum(line_amount), 0) from order_items where order_id = old.order_id
    ) then
        call refuse('state', 'The goods amount of an order is the sum of its lines: change the lines.');
    end if;
end $$

drop trigger if exists orders_after_update $$
create trigger orders_after_update after update on orders
for each row
begin
    declare v_status_sequence int;
    if new.order_status <> old.order_status then
        -- Not insert ... select: MariaDB would hold the lock of the next number to the end of the statement.
        set v_status_sequence = (
            select 1 + max(status_sequence) from order_status_history where order_id = new.order_id
        );
        insert into order_status_history (order_id, status_sequence, order_status, changed_at)
        values (new.order_id, v_status_sequence, new.order_status, new.status_changed_at);
        if (select holds_stock from order_statuses where order_status = old.order_status)
            and not (select holds_stock from order_statuses where order_status = new.order_status)
        then
            update stock
            inner join (
                select product_id, sum(quantity) as quantity
                from order_items
                where order_id = new.order_id
                group by product_id
            ) as freed
                on stock.product_id = freed.product_id
            set stock.quantity_on_hand = stock.quantity_on_hand + freed.quantity;
        end if;
    end if;
    call log_change('orders', new.order_id, 'update');
end $$

-- An order that was paid cannot go: its payments, shipments and returns hold it.
drop trigger if exists orders_before_delete $$
create trigger orders_before_delete before delete on orders
for each row delete from order_status_history where order_id = old.order_id $$

drop trigger if exists orders_after_delete $$
create trigger orders_after_delete after delete on orders
for each row call log_change('orders', old.order_id, 'delete') $$

drop trigger if exists order_status_history_before_update $$
create trigger order_status_history_before_update before update on order_status_history
for each row call refuse('state', 'The history of an order cannot be rewritten.') $$

drop procedure if exists check_order_is_open $$
create procedure check_order_is_open(in p_order_id bigint)
    comment 'Refuses to touch the lines of an order that is no longer pending'
begin
    declare v_order_status varchar(20);
    select order_status into v_order_status from orders where order_id = p_order_id;
    if v_order_status <> 'pending' then
        call refuse('state', concat(
            'Order ', p_order_id, ' is ', v_order_status, ': only lines of a pending order can change.'
        ));
    end if;
end $$

drop procedure if exists book_line $$
create procedure book_line(in p_order_id bigint, in p_product_id bigint, in p_units bigint)
    comment 'Takes units of a line from stock (or gives them back) and adds up the order again'
begin
    update stock set quantity_on_hand = quantity_on_hand - p_units where product_id = p_product_id;
    update orders
    set goods_amount = (
        select coalesce(sum(line_amount), 0) from order_items where order_id = p_order_id
    )
    where order_id = p_order_id;
end $$

drop trigger if exists order_items_before_insert $$
create trigger order_items_before_insert before insert on order_items
for each row call check_order_is_open(new.order_id) $$

drop trigger if exists order_items_after_insert $$
create trigger order_items_after_insert after insert on order_items
for each row
begin
    call book_line(new.order_id, new.product_id, new.quantity);
    call log_change('order_items', new.order_item_id, 'insert');
end $$

drop trigger if exists order_items_before_update $$
create trigger order_items_before_update before update on order_items
for each row
begin
    call check_order_is_open(old.order_id);
    if new.order_id <> old.order_id then
        call refuse('state', 'A line cannot move to another order.');
    end if;
end $$

drop trigger if exists order_items_after_update $$
create trigger order_items_after_update after update on order_items
for each row
begin
    call book_line(old.order_id, old.product_id, -old.quantity);
    call book_line(new.order_id, new.product_id, new.quantity);
    call log_change('order_items', new.order_item_id, 'update');
end $$

drop trigger if exists order_items_before_delete $$
create trigger order_items_before_delete before delete on order_items
for each row call check_order_is_open(old.order_id) $$

drop trigger if exists order_items_after_delete $$
create trigger order_items_after_delete after delete on order_items
for each row
begin
    call book_line(old.order_id, old.product_id, -old.quantity);
    call log_change('order_items', old.order_item_id, 'delete');
end $$

drop trigger if exists return_items_before_insert $$
create trigger return_items_before_insert before insert on return_items
for each row
begin
    declare v_line_number, v_sold, v_returned int;
    select order_items.line_number, order_items.quantity
    into v_line_number, v_sold
    from order_items
    inner join returns on order_items.order_id = returns.order_id
    where order_items.order_item_id = new.order_item_id and returns.return_id = new.return_id;
    if v_sold is null then
        call refuse('unknown', 'The returned line belongs to another order.');
    end if;
    select coalesce(sum(quantity), 0) into v_returned
    from return_items
    where order_item_id = new.order_item_id;
    if v_returned + new.quantity > v_sold then
        call refuse('state', concat(
            'Line ', v_line_number, ' has ', v_sold - v_returned, ' units left to return, not ', new.quantity, '.'
        ));
    end if;
end $$

drop trigger if exists return_items_after_insert $$
create trigger return_items_after_insert after insert on return_items
for each row
begin
    update stock
    set quantity_on_hand = quantity_on_hand + new.quantity
    where product_id = (
        select product_id from order_items where order_item_id = new.order_item_id
    );
    call log_change('return_items', new.return_item_id, 'insert');
end $$

drop trigger if exists return_items_before_update $$
create trigger return_items_before_update before update on return_items
for each row call refuse('state', 'A return cannot be rewritten: record another one.') $$

drop trigger if exists return_items_before_delete $$
create trigger return_items_before_delete before delete on return_items
for each row call refuse('state', 'A return cannot be taken back: place a new order.') $$

-- Stocktaking: who corrects the opening quantity moves the units on hand along.
drop trigger if exists stock_before_update $$
create trigger stock_before_update before update on stock
for each row
begin
    if new.opening_quantity <> old.opening_quantity then
        set new.quantity_on_hand =
            old.quantity_on_hand + new.opening_quantity - old.opening_quantity;
    end if;
end $$

drop trigger if exists stock_before_insert $$
create trigger stock_before_insert before insert on stock
for each row set new.quantity_on_hand = new.opening_quantity $$

delimiter ;
