-- Goods come back. The procedure is one transaction of its own.

delimiter $$

drop procedure if exists record_return $$
create procedure record_return(
    in p_request_id longtext, in p_order_id bigint, in p_lines longtext, out p_return_id bigint
)
    comment 'Takes goods of a delivered order back; README.md shows the lines'
begin
    declare v_is_repeated boolean;
    declare v_order_status varchar(20);
    declare v_line_number int;
    declare v_units_left bigint;
    declare v_value varchar(40);
    declare v_now datetime(6);
    declare exit handler for sqlexception begin rollback; resignal; end;
    set transaction isolation level read committed;
    start transaction;
    call claim_request(
        p_request_id, 'record_return', cast(json_array(p_order_id, p_lines) as char),
        v_is_repeated, p_return_id
    );
    if not v_is_repeated then
        call lock_order(p_order_id, v_order_status);
        if v_order_status not in ('delivered', 'partially_returned') then
            call refuse('state', concat(
                'Order ', p_order_id, ' is ', v_order_status, ': only delivered goods can come back.'
            ));
        end if;
        call check_lines(p_lines);
        select given.entry_number, left(coalesce(given.line_number, 'NULL'), 30)
        into v_line_number, v_value
        from json_table(p_lines, '$[*]' columns (
            entry_number for ordinality, line_number longtext path '$.line_number' error on error
        )) as given
        left join order_items
            on order_items.order_id = p_order_id and order_items.line_number
                = case when given.line_number regexp '^[0-9]{1,9}$' then cast(given.line_number as signed) end
        where order_items.order_item_id is null
        order by given.entry_number
        limit 1;
        if v_line_number is not null then
            call refuse('unknown', concat(
                'Entry ', v_line_number, ': order ', p_order_id, ' has no line ', v_value, '.'
            ));
        end if;
        select given.entry_number, left(coalesce(given.return_reason, 'NULL'), 30)
        into v_line_number, v_value
        from json_table(p_lines, '$[*]' columns (
            entry_number for ordinality,
            return_reason longtext path '$.return_reason' error on error,
            refunded_tax_amount longtext path '$.refunded_tax_amount' error on error
        )) as given
        where coalesce(given.return_reason, '') not regexp '^[a-z_]{1,30}$'
            or coalesce(given.refunded_tax_amount, '0') not regexp '^[0-9]{1,8}([.][0-9]{1,2})?$'
        order by given.entry_number
        limit 1;
        if v_line_number is not null then
            call refuse('value', concat(
                'Entry ', v_line_number, ' (', v_value, ') lacks a reason in small letters or its tax is no amount.'
            ));
        end if;
        -- In stock order, as orders lock it.
        select count(*) into v_units_left
        from (
            select stock.product_id
            from stock
            where product_id in (select product_id from order_items where order_id = p_order_id)
            order by stock.product_id
            for update
        ) as locked;
        set v_now = utc_timestamp(6);
        insert into returns (order_id, returned_at) values (p_order_id, v_now);
        set p_return_id = last_insert_id();
        insert into return_items (
            return_id, order_item_id, quantity, return_reason, refunded_tax_amount
        )
        select
            p_return_id, order_items.order_item_id, given.quantity, given.return_reason,
            coalesce(given.refunded_tax_amount, 0)
        from (
            select
                line_number,
                sum(quantity) as quantity,
                min(return_reason) as return_reason,
                sum(refunded_tax_amount) as refunded_tax_amount
            from json_table(p_lines, '$[*]' columns (
                line_number int path '$.line_number',
                quantity int path '$.quantity',
                return_reason varchar(30) path '$.return_reason',
                refunded_tax_amount decimal(18, 2) path '$.refunded_tax_amount'
            )) as entries
            group by line_number
        ) as given
        inner join order_items
            on order_items.order_id = p_order_id and given.line_number = order_items.line_number;
        select
            (select sum(quantity) from order_items where order_id = p_order_id)
            - (
                select sum(return_items.quantity)
                from return_items
                inner join order_items on return_items.order_item_id = order_items.order_item_id
                where order_items.order_id = p_order_id
            )
        into v_units_left;
        if v_units_left = 0 then
            update orders
            set order_status = 'returned', status_changed_at = v_now
            where order_id = p_order_id;
        elseif v_order_status = 'delivered' then
            update orders
            set order_status = 'partially_returned', status_changed_at = v_now
            where order_id = p_order_id;
        end if;
        call finish_request(p_request_id, p_return_id);
    end if;
    commit;
end $$

delimiter ;
