-- From one flat table of sales to customers, addresses, categories, products, orders, lines and returns.

delimiter $$

drop procedure if exists check_flat_sales $$
create procedure check_flat_sales()
    comment 'Refuses the first row of flat_sales or flat_returns that cannot be trusted'
begin
    declare v_file_line bigint;
    declare v_problem varchar(90);
    if not exists (select 1 from flat_sales) then
        call refuse('value', 'The table flat_sales is empty: put a sales file into it first.');
    end if;
    select judged.file_line, judged.problem into v_file_line, v_problem
    from (
        select
            file_line,
            case
                when trim(coalesce(order_id, '')) = '' or char_length(order_id) > 50
                    then 'order_id is empty or longer than 50 characters'
                when trim(coalesce(customer_id, '')) = '' or char_length(customer_id) > 50
                    then 'customer_id is empty or longer than 50 characters'
                when trim(coalesce(product_id, '')) = '' or char_length(product_id) > 50
                    then 'product_id is empty or longer than 50 characters'
                when trim(coalesce(product_name, '')) = '' or char_length(product_name) > 300
                    then 'product_name is empty or longer than 300 characters'
                when trim(coalesce(category, '')) = '' or char_length(category) > 100
                    then 'category is empty or longer than 100 characters'
                when trim(coalesce(sub_category, '')) = '' or char_length(sub_category) > 100
                    then 'sub_category is empty or longer than 100 characters'
                when trim(coalesce(city, '')) = '' or char_length(city) > 100
                    then 'city is empty or longer than 100 characters'
                when trim(coalesce(country, '')) = '' or char_length(country) > 100
                    then 'country is empty or longer than 100 characters'
                when char_length(state) > 100
                    then 'state is longer than 100 characters'
                when char_length(postal_code) > 20
                    then 'postal_code is longer than 20 characters'
                when trim(coalesce(customer_name, '')) = ''
                    or char_length(customer_name) > 200
                    then 'customer_name is empty or longer than 200 characters'
                when char_length(ship_mode) > 30
                    then 'ship_mode is longer than 30 characters'
                when coalesce(segment, '') not in ('Consumer', 'Corporate', 'Home Office')
                    then 'segment is none of Consumer, Corporate, Home Office'
                when day_or_null(order_date) is null
                    then 'order_date is no day: give month/day/year or yyyy-mm-dd'
                when day_or_null(ship_date) is null
                    then 'ship_date is no day: give month/day/year or yyyy-mm-dd'
                when day_or_null(ship_date) < day_or_null(order_date)
                    then 'ship_date is before order_date'
                when coalesce(sales, '') not regexp '^[0-9]{1,10}([.][0-9]{1,30})?$'
                    then 'sales is no amount'
                when coalesce(quantity, '') not regexp '^0*[1-9][0-9]{0,4}$'
                    then 'quantity is no whole number above 0'
                when coalesce(discount, '') not regexp '^(0([.][0-9]{1,30})?|1([.]0{1,30})?)$'
                    then 'discount is no rate from 0 to 1'
            end as problem
        from flat_sales
    ) as judged
    where judged.problem is not null
    order by judged.file_line
    limit 1;
    if v_file_line is not null then
        call refuse('value', concat('Line ', v_file_line, ' of flat_sales: ', v_problem, '.'));
    end if;
    select flat_returns.file_line into v_file_line
    from flat_returns
    left join flat_sales
        on flat_returns.order_id = flat_sales.order_id
    where flat_sales.order_id is null or lower(coalesce(flat_returns.returned, '')) <> 'yes'
    order by flat_returns.file_line
    limit 1;
    if v_file_line is not null then
        call refuse('value', concat(
            'Line ', v_file_line, ' of flat_returns: its order is not in flat_sales, or returned is not Yes.'
        ));
    end if;
    select min(flat_sales.file_line) into v_file_line
    from flat_sales
    inner join orders
        on flat_sales.order_id = orders.external_id;
    if v_file_line is not null then
        call refuse('state', concat('Line ', v_file_line, ' of flat_sales: the shop has this order already.'));
    end if;
end $$

drop procedure if exists add_flat_customers $$
create procedure add_flat_customers()
    comment 'Makes the customers of flat_lines that are new, with every address they had goods sent to'
begin
    insert into customers (
        external_id, first_name, last_name, segment, registered_at, updated_at
    )
    select
        customer_code,
        left(substring_index(min(customer_name), ' ', 1), 100),
        nullif(left(substr(
            min(customer_name), char_length(substring_index(min(customer_name), ' ', 1)) + 2
        ), 100), ''),
        min(segment),
        min(ordered_at),
        min(ordered_at)
    from flat_lines
    where customer_code not in (select external_id from customers where external_id is not null)
    group by customer_code
    order by min(file_line);
    update flat_lines
    inner join customers
        on flat_lines.customer_code = customers.external_id
    set flat_lines.customer_id = customers.customer_id;
    insert into addresses (customer_id, postal_code, city, state, country)
    select customer_id, postal_code, city, state, country
    from flat_lines
    group by customer_id, postal_code, city, state, country
    order by min(file_line);
    update flat_lines
    inner join addresses
        on flat_lines.customer_id = addresses.customer_id
        and flat_lines.postal_code <=> addresses.postal_code
        and flat_lines.city = addresses.city
        and flat_lines.state <=> addresses.state
        and flat_lines.country = addresses.country
        and addresses.street_address is null
    set flat_lines.address_id = addresses.address_id;
    -- Home is where the latest order went.
    create temporary table latest_addresses
    select customer_id, address_id
    from (
        select
            customer_id,
            address_id,
            row_number() over (partition by customer_id order by ordered_at desc, file_line desc) as recency
        from flat_lines
    ) as ranked
    where recency = 1;
    update addresses
    set is_home = true
    where address_id in (select address_id from latest_addresses)
        and customer_id not in (
            select customer_id
            from (select home_of_customer_id as customer_id from addresses) as homes
            where customer_id is not null
        );
    drop temporary table latest_addresses;
end $$

-- A number may stand for two products, so a product is number and name together.
drop procedure if exists add_flat_products $$
create procedure add_flat_products()
    comment 'Makes the categories and products of flat_lines that are new, and raises their opening stock by what is sold'
begin
    insert into categories (category_name)
    select category
    from flat_lines
    where category not in (select category_name from categories where parent_category_id is null)
    group by category
    order by min(file_line);
    insert into categories (category_name, parent_category_id)
    select flat_lines.sub_category, parents.category_id
    from flat_lines
    inner join categories as parents
        on flat_lines.category = parents.category_name and parents.parent_category_id is null
    left join categories as children
        on parents.category_id = children.parent_category_id
        and flat_lines.sub_category = children.category_name
    where children.category_id is null
    group by flat_lines.sub_category, parents.category_id
    order by min(flat_lines.file_line);
    insert into products (external_id, product_name, category_id, list_price, updated_at)
    select
        flat_lines.product_code,
        flat_lines.product_name,
        min(children.category_id),
        max(flat_lines.unit_price),
        min(flat_lines.ordered_at)
    from flat_lines
    inner join categories as parents
        on flat_lines.category = parents.category_name and parents.parent_category_id is null
    inner join categories as children
        on parents.category_id = children.parent_category_id
        and flat_lines.sub_category = children.category_name
    left join products
        on flat_lines.product_code = products.external_id
        and flat_lines.product_name = products.product_name
    where products.product_id is null
    group by flat_lines.product_code, flat_lines.product_name
    order by min(flat_lines.file_line);
    update flat_lines
    inner join products
        on flat_lines.product_code = products.external_id
        and flat_lines.product_name = products.product_name
    set flat_lines.product_id = products.product_id;
    insert into stock (product_id, opening_quantity, quantity_on_hand)
    select product_id, sum(quantity), sum(quantity)
    from flat_lines
    group by product_id
    on duplicate key update opening_quantity = opening_quantity + values(opening_quantity);
end $$

drop procedure if exists add_flat_orders $$
create procedure add_flat_orders()
    comment 'Places the orders of flat_lines, with their lines, and takes them to delivery'
begin
    insert into orders (
        external_id, customer_id, ship_address_id, ordered_at, status_changed_at, shipping_method
    )
    select
        order_code, min(customer_id), min(address_id), min(ordered_at), min(ordered_at), min(ship_mode)
    from flat_lines
    group by order_code
    order by min(ordered_at), min(file_line);
    update flat_lines
    inner join orders
        on flat_lines.order_code = orders.external_id
    set flat_lines.order_id = orders.order_id;
    insert into order_items (
        order_id, line_number, product_id, quantity, unit_price, line_discount_amount
    )
    select
        order_id,
        row_number() over (partition by order_id order by file_line),
        product_id,
        quantity,
        unit_price,
        quantity * unit_price - sales_amount
    from flat_lines
    order by file_line;
    create temporary table flat_orders (order_id bigint not null primary key, shipped_at datetime(6) not null)
    select order_id, max(shipped_at) as shipped_at
    from flat_lines
    group by order_id;
    -- The file has two days; the steps between take a minute each.
    update orders
    set order_status = 'confirmed', status_changed_at = ordered_at + interval 1 minute
    where order_id in (select order_id from flat_orders);
    update orders
    set order_status = 'processing', status_changed_at = ordered_at + interval 2 minute
    where order_id in (select order_id from flat_orders);
    update orders
    inner join flat_orders
        on orders.order_id = flat_orders.order_id
    set orders.order_status = 'shipped', orders.status_changed_at = flat_orders.shipped_at;
    insert into shipments (order_id, shipping_method, shipped_at, delivered_at)
    select
        orders.order_id, coalesce(orders.shipping_method, 'unknown'), flat_orders.shipped_at,
        flat_orders.shipped_at + interval 1 minute
    from orders
    inner join flat_orders
        on orders.order_id = flat_orders.order_id;
    update orders
    set order_status = 'delivered', status_changed_at = status_changed_at + interval 1 minute
    where order_id in (select order_id from flat_orders);
    drop temporary table flat_orders;
end $$

-- The file of returns names complete orders and no days: they count as returned the day they were shipped.
drop procedure if exists add_flat_returns $$
create procedure add_flat_returns()
    comment 'Returns every unit of the orders in flat_returns'
begin
    create temporary table flat_returned (order_id bigint not null primary key)
    select distinct orders.order_id
    from orders
    inner join flat_returns
        on orders.external_id = flat_returns.order_id;
    insert into returns (order_id, returned_at)
    select orders.order_id, orders.status_changed_at + interval 1 minute
    from orders
    inner join flat_returned
        on orders.order_id = flat_returned.order_id;
    insert into return_items (return_id, order_item_id, quantity, return_reason)
    select returns.return_id, order_items.order_item_id, order_items.quantity, 'not_stated'
    from returns
    inner join flat_returned
        on returns.order_id = flat_returned.order_id
    inner join order_items
        on returns.order_id = order_items.order_id;
    update orders
    set order_status = 'returned', status_changed_at = status_changed_at + interval 1 minute
    where order_id in (select order_id from flat_returned);
    drop temporary table flat_returned;
end $$

drop procedure if exists normalize_flat_sales $$
create procedure normalize_flat_sales(in p_request_id longtext, out p_order_count bigint)
    comment 'Brings the flat sales in flat_sales and flat_returns into the tables of the shop, all or nothing'
begin
    declare v_is_repeated boolean;
    declare exit handler for sqlexception
    begin
        rollback;
        drop temporary table if exists flat_lines, latest_addresses, flat_orders, flat_returned;
        resignal;
    end;
    set transaction isolation level read committed;
    start transaction;
    call claim_request(p_request_id, 'normalize_flat_sales', (
        select cast(json_array(count(*), sum(crc32(concat_ws('|', file_line, order_id, product_id, sales)))) as char)
        from flat_sales
    ), v_is_repeated, p_order_count);
    if not v_is_repeated then
        call check_flat_sales();
        create temporary table flat_lines (
            file_line bigint not null primary key,
            order_code varchar(50) not null,
            customer_code varchar(50) not null,
            product_code varchar(50) not null,
            ordered_at datetime(6) not null,
            shipped_at datetime(6) not null,
            customer_name varchar(200),
            segment varchar(20),
            ship_mode varchar(30),
            country varchar(100),
            city varchar(100),
            state varchar(100),
            postal_code varchar(20),
            category varchar(100),
            sub_category varchar(100),
            product_name varchar(300),
            quantity int,
            sales_amount decimal(18, 4),
            unit_price decimal(18, 4),
            customer_id bigint,
            address_id bigint,
            product_id bigint,
            order_id bigint,
            index (order_code),
            index (customer_code),
            index (product_code)
        );
        -- Noon UTC is the same day all over America and Europe. The unit price is rounded up to four decimals and
        -- the discount takes up the difference, so that a line is worth its sales to the last digit.
        insert into flat_lines
        select
            file_line, trim(order_id), trim(customer_id), trim(product_id),
            day_or_null(order_date) + interval 12 hour,
            day_or_null(ship_date) + interval 12 hour + interval 3 minute,
            trim(customer_name), segment, nullif(trim(ship_mode), ''),
            trim(country), trim(city), nullif(trim(state), ''), nullif(trim(postal_code), ''),
            trim(category), trim(sub_category), trim(product_name),
            cast(quantity as signed), cast(sales as decimal(18, 4)),
            ceiling(10000 * cast(sales as decimal(18, 4)) / (
                cast(quantity as signed)
                * case when cast(discount as decimal(6, 4)) = 1 then 1 else 1 - cast(discount as decimal(6, 4)) end
            )) / 10000,
            null, null, null, null
        from flat_sales;
        call add_flat_customers();
        call add_flat_products();
        call add_flat_orders();
        call add_flat_returns();
        select count(distinct order_id) into p_order_count from flat_lines;
        drop temporary table flat_lines;
        call finish_request(p_request_id, p_order_count);
    end if;
    commit;
end $$

delimiter ;
