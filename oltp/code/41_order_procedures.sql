-- An order is placed, paid, shipped, delivered, or called off. Each procedure is one transaction of its own.

delimiter $$

drop procedure if exists lock_order $$
create procedure lock_order(in p_order_id bigint, out p_order_status varchar(20))
    comment 'Locks an order and gives its status; refuses one that does not exist'
begin
    set p_order_status = null;
    select order_status into p_order_status from orders where order_id = p_order_id for update;
    if p_order_status is null then
        call refuse('unknown', concat('There is no order ', coalesce(p_order_id, 'NULL'), '.'));
    end if;
end $$

drop procedure if exists check_lines $$
create procedure check_lines(in p_lines longtext)
    comment 'Refuses lines that are not JSON, too many, or of which one is impossible by itself'
begin
    declare v_line_number int;
    declare v_value varchar(40);
    if p_lines is null or not json_valid(p_lines) or p_lines not regexp '^[[:space:]]*\\[' then
        call refuse('value', 'The lines are not a JSON array of objects.');
    end if;
    if json_length(p_lines) not between 1 and 200 then
        call refuse('value', concat('There are ', json_length(p_lines), ' lines: give 1 to 200.'));
    end if;
    select given.line_number, left(coalesce(given.quantity, 'nothing'), 30)
    into v_line_number, v_value
    from json_table(p_lines, '$[*]' columns (
        line_number for ordinality, quantity longtext path '$.quantity' error on error
    )) as given
    where coalesce(given.quantity, '') not regexp '^0*[1-9][0-9]{0,4}$'
    order by given.line_number
    limit 1;
    if v_line_number is not null then
        call refuse('value', concat(
            'Entry ', v_line_number, ' asks for ', v_value, ' units: give a whole number from 1 to 99999.'
        ));
    end if;
end $$

drop procedure if exists check_products $$
create procedure check_products(in p_lines longtext)
    comment 'Refuses unknown products and impossible discounts in the lines of an order'
begin
    declare v_line_number int;
    declare v_value varchar(40);
    select given.line_number, left(coalesce(given.product_id, 'NULL'), 30)
    into v_line_number, v_value
    from json_table(p_lines, '$[*]' columns (
        line_number for ordinality, product_id longtext path '$.product_id' error on error
    )) as given
    left join stock
        on stock.product_id = case
            when given.product_id regexp '^[0-9]{1,18}$' then cast(given.product_id as signed)
        end
    where stock.product_id is null
    order by given.line_number
    limit 1;
    if v_line_number is not null then
        call refuse('unknown', concat('Entry ', v_line_number, ': there is no product ', v_value, '.'));
    end if;
    select given.line_number, left(given.discount_amount, 30)
    into v_line_number, v_value
    from json_table(p_lines, '$[*]' columns (
        line_number for ordinality,
        product_id bigint path '$.product_id',
        quantity int path '$.quantity',
        discount_amount longtext path '$.discount_amount' error on error
    )) as given
    inner join products
        on given.product_id = products.product_id
    where case
        when given.discount_amount is null then false
        when given.discount_amount not regexp '^[0-9]{1,8}([.][0-9]{1,2})?$' then true
        else cast(given.discount_amount as decimal(18, 4)) > given.quantity * products.list_price
    end
    order by given.line_number
    limit 1;
    if v_line_number is not null then
        call refuse('value', concat(
            'Entry ', v_line_number, ' has a discount of ', v_value, ': give 0 up to the price of its units.'
        ));
    end if;
end $$

-- Always in the order of the product number, so that two orders never wait for each other.
drop procedure if exists lock_stock $$
create procedure lock_stock(in p_lines longtext)
    comment 'Locks the stock of the products ordered; refuses what is not there'
begin
    declare v_is_done boolean default false;
    declare v_product_id, v_wanted, v_quantity_on_hand bigint;
    declare wanted_products cursor for
        select given.product_id, sum(given.quantity)
        from json_table(p_lines, '$[*]' columns (
            product_id bigint path '$.product_id', quantity int path '$.quantity'
        )) as given
        group by given.product_id
        order by given.product_id;
    declare continue handler for not found set v_is_done = true;
    open wanted_products;
    each_product: loop
        fetch wanted_products into v_product_id, v_wanted;
        if v_is_done then
            leave each_product;
        end if;
        select quantity_on_hand into v_quantity_on_hand
        from stock
        where product_id = v_product_id
        for update;
        if v_quantity_on_hand < v_wanted then
            call refuse('stock', concat(
                'Product ', v_product_id, ' has ', v_quantity_on_hand, ' units left, not ', v_wanted, '.'
            ));
        end if;
    end loop;
    close wanted_products;
end $$

drop procedure if exists place_order $$
create procedure place_order(
    in p_request_id longtext,
    in p_customer_id bigint,
    in p_lines longtext,
    in p_channel longtext,
    in p_payment_method longtext,
    in p_shipping_method longtext,
    in p_promotion_code longtext,
    in p_order_discount_amount decimal(30, 4),
    in p_shipping_amount decimal(30, 4),
    in p_tax_amount decimal(30, 4),
    out p_order_id bigint
)
    comment 'Places an order of a customer, or of a guest (NULL); README.md shows the lines'
begin
    declare v_is_repeated boolean;
    declare v_now datetime(6);
    declare v_goods_amount decimal(18, 4);
    declare exit handler for sqlexception begin rollback; resignal; end;
    set transaction isolation level read committed;
    start transaction;
    call claim_request(p_request_id, 'place_order', cast(json_array(
        p_customer_id, p_lines, p_channel, p_payment_method, p_shipping_method, p_promotion_code,
        p_order_discount_amount, p_shipping_amount, p_tax_amount
    ) as char), v_is_repeated, p_order_id);
    if not v_is_repeated then
        if p_customer_id is not null then
            call check_customer(p_customer_id);
        end if;
        call check_choice('channel', p_channel, 'web,app,store,phone');
        call check_choice(
            'payment method', p_payment_method, 'credit_card,debit_card,paypal,bank_transfer,gift_card'
        );
        call check_choice('shipping method', p_shipping_method, 'standard,express,pickup');
        call check_text('promotion code', p_promotion_code, 30);
        call check_amount('order discount', p_order_discount_amount);
        call check_amount('shipping amount', p_shipping_amount);
        call check_amount('tax amount', p_tax_amount);
        call check_lines(p_lines);
        call check_products(p_lines);
        call lock_stock(p_lines);
        set v_now = utc_timestamp(6);
        insert into orders (
            customer_id, ship_address_id, ordered_at, status_changed_at, channel, payment_method,
            shipping_method, promotion_code, order_discount_amount, shipping_amount, tax_amount
        )
        select
            p_customer_id,
            (select address_id from addresses where home_of_customer_id = p_customer_id),
            v_now, v_now, p_channel, p_payment_method,
            p_shipping_method, p_promotion_code, p_order_discount_amount, p_shipping_amount, p_tax_amount;
        set p_order_id = last_insert_id();
        insert into order_items (
            order_id, line_number, product_id, quantity, unit_price, line_discount_amount
        )
        select
            p_order_id, given.line_number, products.product_id, given.quantity,
            products.list_price, coalesce(given.discount_amount, 0)
        from json_table(p_lines, '$[*]' columns (
            line_number for ordinality,
            product_id bigint path '$.product_id',
            quantity int path '$.quantity',
            discount_amount decimal(18, 2) path '$.discount_amount'
        )) as given
        inner join products
            on given.product_id = products.product_id
        order by given.line_number;
        select goods_amount into v_goods_amount from orders where order_id = p_order_id;
        if p_order_discount_amount > v_goods_amount then
            call refuse('value', concat(
                'The order discount is ', p_order_discount_amount, ', more than the goods cost.'
            ));
        end if;
        call finish_request(p_request_id, p_order_id);
    end if;
    commit;
end $$

drop procedure if exists pay_order $$
create procedure pay_order(
    in p_request_id longtext,
    in p_order_id bigint,
    in p_payment_method longtext,
    in p_payment_amount decimal(30, 4),
    out p_payment_id bigint
)
    comment 'Takes a payment, in full or in part; an order that is fully paid is confirmed'
begin
    declare v_is_repeated boolean;
    declare v_order_status varchar(20);
    declare v_open_amount decimal(18, 2);
    declare exit handler for sqlexception begin rollback; resignal; end;
    set transaction isolation level read committed;
    start transaction;
    call claim_request(p_request_id, 'pay_order', cast(json_array(
        p_order_id, p_payment_method, p_payment_amount
    ) as char), v_is_repeated, p_payment_id);
    if not v_is_repeated then
        call lock_order(p_order_id, v_order_status);
        call check_choice(
            'payment method', p_payment_method, 'credit_card,debit_card,paypal,bank_transfer,gift_card'
        );
        call check_amount('payment', p_payment_amount);
        if v_order_status <> 'pending' then
            call refuse('state', concat(
                'Order ', p_order_id, ' is ', v_order_status, ': only a pending order can be paid.'
            ));
        end if;
        select round(orders.total_amount, 2) - coalesce((
            select sum(payment_amount) from payments where payments.order_id = orders.order_id
        ), 0)
        into v_open_amount
        from orders
        where order_id = p_order_id;
        if p_payment_amount > v_open_amount or (p_payment_amount = 0 and v_open_amount > 0) then
            call refuse('value', concat(
                'Order ', p_order_id, ' has ', v_open_amount, ' to pay, not ', round(p_payment_amount, 2), '.'
            ));
        end if;
        insert into payments (order_id, payment_method, payment_amount, paid_at)
        values (p_order_id, p_payment_method, p_payment_amount, utc_timestamp(6));
        set p_payment_id = last_insert_id();
        if p_payment_amount = v_open_amount then
            update orders set order_status = 'confirmed' where order_id = p_order_id;
        end if;
        call finish_request(p_request_id, p_payment_id);
    end if;
    commit;
end $$

drop procedure if exists ship_order $$
create procedure ship_order(
    in p_request_id longtext, in p_order_id bigint, out p_shipment_id bigint
)
    comment 'Packs a confirmed order and sends it'
begin
    declare v_is_repeated boolean;
    declare v_order_status varchar(20);
    declare exit handler for sqlexception begin rollback; resignal; end;
    set transaction isolation level read committed;
    start transaction;
    call claim_request(
        p_request_id, 'ship_order', cast(json_array(p_order_id) as char), v_is_repeated,
        p_shipment_id
    );
    if not v_is_repeated then
        call lock_order(p_order_id, v_order_status);
        if v_order_status not in ('confirmed', 'processing') then
            call refuse('state', concat(
                'Order ', p_order_id, ' is ', v_order_status, ': only a paid order can be shipped, and once.'
            ));
        end if;
        if v_order_status = 'confirmed' then
            update orders set order_status = 'processing' where order_id = p_order_id;
        end if;
        update orders set order_status = 'shipped' where order_id = p_order_id;
        insert into shipments (order_id, shipping_method, shipped_at)
        select order_id, shipping_method, status_changed_at
        from orders
        where order_id = p_order_id;
        set p_shipment_id = last_insert_id();
        call finish_request(p_request_id, p_shipment_id);
    end if;
    commit;
end $$

drop procedure if exists deliver_order $$
create procedure deliver_order(in p_request_id longtext, in p_order_id bigint)
    comment 'Notes that a shipped order has arrived'
begin
    declare v_is_repeated boolean;
    declare v_result_id bigint;
    declare v_order_status varchar(20);
    declare exit handler for sqlexception begin rollback; resignal; end;
    set transaction isolation level read committed;
    start transaction;
    call claim_request(
        p_request_id, 'deliver_order', cast(json_array(p_order_id) as char), v_is_repeated,
        v_result_id
    );
    if not v_is_repeated then
        call lock_order(p_order_id, v_order_status);
        if v_order_status <> 'shipped' then
            call refuse('state', concat(
                'Order ', p_order_id, ' is ', v_order_status, ': only a shipped order can arrive.'
            ));
        end if;
        update orders set order_status = 'delivered' where order_id = p_order_id;
        update shipments
        set delivered_at = (select status_changed_at from orders where order_id = p_order_id)
        where order_id = p_order_id;
        call finish_request(p_request_id, p_order_id);
    end if;
    commit;
end $$

drop procedure if exists cancel_order $$
create procedure cancel_order(in p_request_id longtext, in p_order_id bigint)
    comment 'Calls an order off before it leaves; its units go back to stock'
begin
    declare v_is_repeated boolean;
    declare v_result_id bigint;
    declare v_order_status varchar(20);
    declare exit handler for sqlexception begin rollback; resignal; end;
    set transaction isolation level read committed;
    start transaction;
    call claim_request(
        p_request_id, 'cancel_order', cast(json_array(p_order_id) as char), v_is_repeated,
        v_result_id
    );
    if not v_is_repeated then
        call lock_order(p_order_id, v_order_status);
        if v_order_status not in ('pending', 'confirmed', 'processing') then
            call refuse('state', concat(
                'Order ', p_order_id, ' is ', v_order_status, ': it cannot be cancelled any more.'
            ));
        end if;
        update orders set order_status = 'cancelled' where order_id = p_order_id;
        call finish_request(p_request_id, p_order_id);
    end if;
    commit;
end $$

delimiter ;
