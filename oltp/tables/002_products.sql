-- What is sold: categories of two levels, products, their prices over time, their stock.

create table if not exists categories (
    category_id bigint not null auto_increment,
    category_name varchar(100) not null,
    parent_category_id bigint,
    -- A name occurs once below each parent; 0 stands for the top.
    parent_or_top bigint generated always as (coalesce(parent_category_id, 0)) virtual,
    constraint categories_pk primary key (category_id),
    constraint categories_name unique (parent_or_top, category_name),
    constraint categories_parent
        foreign key (parent_category_id) references categories (category_id)
);

create table if not exists products (
    product_id bigint not null auto_increment,
    -- Number of the product in the system the row came from, if it was not born here.
    external_id varchar(50),
    product_name varchar(300) not null,
    category_id bigint not null,
    list_price decimal(18, 4) not null,
    -- Empty when not known.
    unit_cost decimal(18, 4),
    is_gift_card boolean not null default false,
    updated_at datetime(6) not null,
    constraint products_pk primary key (product_id),
    index products_external_id (external_id),
    constraint products_category foreign key (category_id) references categories (category_id),
    constraint products_price check (list_price >= 0),
    constraint products_cost check (unit_cost >= 0)
);

create table if not exists product_prices (
    product_price_id bigint not null auto_increment,
    product_id bigint not null,
    price_sequence int not null,
    valid_from datetime(6) not null,
    list_price decimal(18, 4) not null,
    unit_cost decimal(18, 4),
    constraint product_prices_pk primary key (product_price_id),
    constraint product_prices_sequence unique (product_id, price_sequence),
    constraint product_prices_product foreign key (product_id) references products (product_id),
    constraint product_prices_price check (list_price >= 0),
    constraint product_prices_cost check (unit_cost >= 0)
);

-- Units on hand = opening quantity - units sold + units returned, always. Stocktaking changes the opening quantity.
create table if not exists stock (
    product_id bigint not null,
    opening_quantity bigint not null,
    quantity_on_hand bigint not null,
    reorder_level bigint not null default 0,
    constraint stock_pk primary key (product_id),
    constraint stock_product foreign key (product_id) references products (product_id),
    constraint stock_opening check (opening_quantity >= 0),
    constraint stock_is_not_oversold check (quantity_on_hand >= 0),
    constraint stock_reorder_level check (reorder_level >= 0)
);
