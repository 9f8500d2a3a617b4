-- What happened to which row, in what order, and which calls took effect.

-- One row per change of a row that the warehouse reads. The views customer_change_log, product_change_log,
-- order_change_log and order_item_change_log show the changes of one table.
create table if not exists change_log (
    change_sequence bigint not null auto_increment,
    table_name varchar(30) not null,
    row_key bigint not null,
    operation varchar(10) not null,
    -- The row before and after, as the views in code/10_row_views.sql show it.
    before_row longtext,
    after_row longtext,
    changed_at datetime(6) not null,
    changed_by varchar(100) not null,
    constraint change_log_pk primary key (change_sequence),
    constraint change_log_before_row check (json_valid(before_row)),
    constraint change_log_after_row check (json_valid(after_row)),
    constraint change_log_operation check (operation in ('insert', 'update', 'delete')),
    index change_log_row (table_name, row_key, change_sequence)
);

-- Who writes a change shares this row; who wants a moment without unfinished changes takes it alone.
create table if not exists change_barrier (
    barrier_id tinyint not null,
    constraint change_barrier_pk primary key (barrier_id),
    constraint change_barrier_one_row check (barrier_id = 1)
);

insert ignore into change_barrier (barrier_id) values (1);

-- Up to which change each reader sees the shop; the procedure freeze_feed moves it.
create table if not exists feed_cuts (
    reader varchar(100) not null,
    change_sequence bigint not null,
    cut_at datetime(6) not null,
    constraint feed_cuts_pk primary key (reader)
);

-- Calls that took effect: the same request again gives the same answer and changes nothing.
create table if not exists requests (
    request_id varchar(64) not null,
    procedure_name varchar(64) not null,
    call_digest char(64) not null,
    result_id bigint,
    requested_at datetime(6) not null,
    constraint requests_pk primary key (request_id)
);

-- Flat sales files as they came, for the procedure normalize_flat_sales. All text.
create table if not exists flat_sales (
    file_line bigint not null,
    order_id text,
    order_date text,
    ship_date text,
    ship_mode text,
    customer_id text,
    customer_name text,
    segment text,
    country text,
    city text,
    state text,
    postal_code text,
    product_id text,
    category text,
    sub_category text,
    product_name text,
    sales text,
    quantity text,
    discount text,
    profit text,
    constraint flat_sales_pk primary key (file_line)
);

create table if not exists flat_returns (
    file_line bigint not null,
    order_id text,
    returned text,
    constraint flat_returns_pk primary key (file_line)
);
