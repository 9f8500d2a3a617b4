-- Orders, their lines, what became of them: statuses, payments, shipments, returns.

create table if not exists order_statuses (
    order_status varchar(20) not null,
    -- Units of an order that holds no stock are on the shelf again.
    holds_stock boolean not null,
    description varchar(100) not null,
    constraint order_statuses_pk primary key (order_status)
);

insert ignore into order_statuses (order_status, holds_stock, description) values
    ('pending', true, 'Placed, not paid yet'),
    ('failed', false, 'Payment refused'),
    ('cancelled', false, 'Called off before it left'),
    ('confirmed', true, 'Paid'),
    ('processing', true, 'Being packed'),
    ('shipped', true, 'On its way'),
    ('delivered', true, 'Arrived'),
    ('partially_returned', true, 'Some goods came back'),
    ('returned', true, 'All goods came back');

-- The only ways an order can go.
create table if not exists order_status_transitions (
    from_status varchar(20) not null,
    to_status varchar(20) not null,
    constraint order_status_transitions_pk primary key (from_status, to_status),
    constraint order_status_transitions_from
        foreign key (from_status) references order_statuses (order_status),
    constraint order_status_transitions_to
        foreign key (to_status) references order_statuses (order_status)
);

insert ignore into order_status_transitions (from_status, to_status) values
    ('pending', 'confirmed'), ('pending', 'failed'), ('pending', 'cancelled'),
    ('confirmed', 'processing'), ('confirmed', 'cancelled'),
    ('processing', 'shipped'), ('processing', 'cancelled'),
    ('shipped', 'delivered'),
    ('delivered', 'partially_returned'), ('delivered', 'returned'),
    ('partially_returned', 'returned');

create table if not exists orders (
    order_id bigint not null auto_increment,
    -- Number of the order in the system the row came from, if it was not born here.
    external_id varchar(50),
    -- Empty for guests.
    customer_id bigint,
    ship_address_id bigint,
    ordered_at datetime(6) not null,
    order_status varchar(20) not null default 'pending',
    status_changed_at datetime(6) not null,
    -- Empty when an older system did not say.
    channel varchar(10),
    payment_method varchar(20),
    shipping_method varchar(30),
    promotion_code varchar(30),
    -- Sum of the lines, kept by triggers.
    goods_amount decimal(18, 4) not null default 0,
    order_discount_amount decimal(18, 2) not null default 0,
    shipping_amount decimal(18, 2) not null default 0,
    tax_amount decimal(18, 2) not null default 0,
    total_amount decimal(18, 4) generated always as
        (goods_amount - order_discount_amount + shipping_amount + tax_amount) stored,
    constraint orders_pk primary key (order_id),
    constraint orders_external_id unique (external_id),
    constraint orders_customer foreign key (customer_id) references customers (customer_id),
    constraint orders_ship_address foreign key (ship_address_id) references addresses (address_id),
    constraint orders_status foreign key (order_status) references order_statuses (order_status),
    constraint orders_channel check (channel in ('web', 'app', 'store', 'phone')),
    constraint orders_discount check (order_discount_amount >= 0),
    constraint orders_shipping check (shipping_amount >= 0),
    constraint orders_tax check (tax_amount >= 0),
    constraint orders_status_time check (status_changed_at >= ordered_at),
    index orders_ordered_at (ordered_at),
    index orders_status_changed_at (order_status, status_changed_at)
);

create table if not exists order_items (
    order_item_id bigint not null auto_increment,
    order_id bigint not null,
    line_number int not null,
    product_id bigint not null,
    quantity int not null,
    -- List price of one unit at the time of the order.
    unit_price decimal(18, 4) not null,
    line_discount_amount decimal(18, 4) not null default 0,
    line_amount decimal(18, 4)
        generated always as (quantity * unit_price - line_discount_amount) stored,
    constraint order_items_pk primary key (order_item_id),
    constraint order_items_line unique (order_id, line_number),
    constraint order_items_order foreign key (order_id) references orders (order_id),
    constraint order_items_product foreign key (product_id) references products (product_id),
    constraint order_items_line_number check (line_number > 0),
    constraint order_items_quantity check (quantity > 0),
    constraint order_items_price check (unit_price >= 0),
    constraint order_items_discount
        check (line_discount_amount >= 0 and line_discount_amount <= quantity * unit_price)
);

create table if not exists order_status_history (
    order_status_history_id bigint not null auto_increment,
    order_id bigint not null,
    status_sequence int not null,
    order_status varchar(20) not null,
    changed_at datetime(6) not null,
    constraint order_status_history_pk primary key (order_status_history_id),
    constraint order_status_history_sequence unique (order_id, status_sequence),
    constraint order_status_history_order foreign key (order_id) references orders (order_id),
    constraint order_status_history_status
        foreign key (order_status) references order_statuses (order_status)
);

create table if not exists payments (
    payment_id bigint not null auto_increment,
    order_id bigint not null,
    payment_method varchar(20) not null,
    payment_amount decimal(18, 2) not null,
    paid_at datetime(6) not null,
    constraint payments_pk primary key (payment_id),
    constraint payments_order foreign key (order_id) references orders (order_id),
    constraint payments_amount check (payment_amount >= 0)
);

create table if not exists shipments (
    shipment_id bigint not null auto_increment,
    order_id bigint not null,
    shipping_method varchar(30) not null,
    shipped_at datetime(6) not null,
    delivered_at datetime(6),
    constraint shipments_pk primary key (shipment_id),
    constraint shipments_one_each unique (order_id),
    constraint shipments_order foreign key (order_id) references orders (order_id),
    constraint shipments_delivery check (delivered_at >= shipped_at)
);

create table if not exists returns (
    return_id bigint not null auto_increment,
    order_id bigint not null,
    returned_at datetime(6) not null,
    constraint returns_pk primary key (return_id),
    constraint returns_order foreign key (order_id) references orders (order_id)
);

create table if not exists return_items (
    return_item_id bigint not null auto_increment,
    return_id bigint not null,
    order_item_id bigint not null,
    quantity int not null,
    return_reason varchar(30) not null,
    refunded_tax_amount decimal(18, 2) not null default 0,
    refunded_shipping_amount decimal(18, 2) not null default 0,
    constraint return_items_pk primary key (return_item_id),
    constraint return_items_once unique (return_id, order_item_id),
    constraint return_items_return foreign key (return_id) references returns (return_id),
    constraint return_items_order_item
        foreign key (order_item_id) references order_items (order_item_id),
    constraint return_items_quantity check (quantity > 0),
    constraint return_items_tax check (refunded_tax_amount >= 0),
    constraint return_items_shipping check (refunded_shipping_amount >= 0)
);
