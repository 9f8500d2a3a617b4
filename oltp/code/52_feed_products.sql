-- Products in the feed: see 50_feed_cut.sql.

create or replace view shop_categories as
select
    given.category_id,
    given.category_name,
    given.parent_category_id,
    cast(null as char(1)) as _other_columns,
    feed_cut.cut_at as _loaded_at,
    'categories' as _source_file,
    'live' as _batch_id,
    contents.row_key as _row_number
from (
    select
        row_key,
        row_content
    from category_rows
    where row_key not in (select row_key from changed_after_cut where table_name = 'categories')
    union all
    select
        row_key,
        row_content
    from restored_rows
    where table_name = 'categories'
) as contents
cross join feed_cut
cross join json_table(contents.row_content, '$' columns (
    category_id varchar(300) path '$.category_id',
    category_name varchar(300) path '$.category_name',
    parent_category_id varchar(300) path '$.parent_category_id'
)) as given;

create or replace view shop_products as
select
    given.product_id,
    given.product_name,
    given.category_id,
    given.list_price,
    given.unit_cost,
    given.is_gift_card,
    given.updated_at,
    cast(null as char(1)) as _other_columns,
    feed_cut.cut_at as _loaded_at,
    'products' as _source_file,
    'live' as _batch_id,
    contents.row_key as _row_number
from (
    select
        row_key,
        row_content
    from product_rows
    where row_key not in (select row_key from changed_after_cut where table_name = 'products')
    union all
    select
        row_key,
        row_content
    from restored_rows
    where table_name = 'products'
) as contents
cross join feed_cut
cross join json_table(contents.row_content, '$' columns (
    product_id varchar(300) path '$.product_id',
    product_name text path '$.product_name',
    category_id varchar(300) path '$.category_id',
    list_price varchar(300) path '$.list_price',
    unit_cost varchar(300) path '$.unit_cost',
    is_gift_card varchar(300) path '$.is_gift_card',
    updated_at varchar(300) path '$.updated_at'
)) as given;

create or replace view shop_product_prices as
select
    given.product_id,
    given.price_sequence,
    given.valid_from,
    given.list_price,
    given.unit_cost,
    cast(null as char(1)) as _other_columns,
    feed_cut.cut_at as _loaded_at,
    'product_prices' as _source_file,
    'live' as _batch_id,
    contents.row_key as _row_number
from (
    select
        row_key,
        row_content
    from product_price_rows
    where row_key not in (select row_key from changed_after_cut where table_name = 'product_prices')
    union all
    select
        row_key,
        row_content
    from restored_rows
    where table_name = 'product_prices'
) as contents
cross join feed_cut
cross join json_table(contents.row_content, '$' columns (
    product_id varchar(300) path '$.product_id',
    price_sequence varchar(300) path '$.price_sequence',
    valid_from varchar(300) path '$.valid_from',
    list_price varchar(300) path '$.list_price',
    unit_cost varchar(300) path '$.unit_cost'
)) as given;
