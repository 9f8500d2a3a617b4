-- Customers in the feed: see 50_feed_cut.sql.

create or replace view shop_customers as
select
    given.customer_id,
    given.first_name,
    given.last_name,
    given.email,
    given.phone,
    given.street_address,
    given.city,
    given.state,
    given.postal_code,
    given.country,
    given.gender,
    given.birth_date,
    given.annual_income,
    given.spending_score,
    given.segment,
    given.is_subscriber,
    given.registered_at,
    given.updated_at,
    cast(null as char(1)) as _other_columns,
    feed_cut.cut_at as _loaded_at,
    'customers' as _source_file,
    'live' as _batch_id,
    contents.row_key as _row_number
from (
    select
        row_key,
        row_content
    from customer_rows
    where row_key not in (select row_key from changed_after_cut where table_name = 'customers')
    union all
    select
        row_key,
        row_content
    from restored_rows
    where table_name = 'customers'
) as contents
cross join feed_cut
cross join json_table(contents.row_content, '$' columns (
    customer_id varchar(300) path '$.customer_id',
    first_name varchar(300) path '$.first_name',
    last_name varchar(300) path '$.last_name',
    email varchar(300) path '$.email',
    phone varchar(300) path '$.phone',
    street_address varchar(300) path '$.street_address',
    city varchar(300) path '$.city',
    state varchar(300) path '$.state',
    postal_code varchar(300) path '$.postal_code',
    country varchar(300) path '$.country',
    gender varchar(300) path '$.gender',
    birth_date varchar(300) path '$.birth_date',
    annual_income varchar(300) path '$.annual_income',
    spending_score varchar(300) path '$.spending_score',
    segment varchar(300) path '$.segment',
    is_subscriber varchar(300) path '$.is_subscriber',
    registered_at varchar(300) path '$.registered_at',
    updated_at varchar(300) path '$.updated_at'
)) as given;

create or replace view shop_customer_change_log as
select
    concat(change_log.change_sequence, '') as change_sequence,
    concat(change_log.changed_at, '') as changed_at,
    change_log.operation,
    concat(change_log.row_key, '') as customer_id,
    given.gender,
    given.birth_date,
    given.annual_income,
    given.spending_score,
    given.segment,
    given.is_subscriber,
    given.city,
    given.state,
    given.postal_code,
    given.country,
    cast(null as char(1)) as _other_columns,
    feed_cut.cut_at as _loaded_at,
    'customer_change_log' as _source_file,
    'live' as _batch_id,
    change_log.change_sequence as _row_number
from change_log
cross join feed_cut
cross join json_table(coalesce(change_log.after_row, '{}'), '$' columns (
    gender varchar(300) path '$.gender',
    birth_date varchar(300) path '$.birth_date',
    annual_income varchar(300) path '$.annual_income',
    spending_score varchar(300) path '$.spending_score',
    segment varchar(300) path '$.segment',
    is_subscriber varchar(300) path '$.is_subscriber',
    city varchar(300) path '$.city',
    state varchar(300) path '$.state',
    postal_code varchar(300) path '$.postal_code',
    country varchar(300) path '$.country'
)) as given
where change_log.table_name = 'customers' and change_log.change_sequence <= feed_cut.change_sequence;

create or replace view shop_subscriptions as
select
    given.subscription_id,
    given.customer_id,
    given.plan_name,
    given.monthly_fee_amount,
    given.started_at,
    given.ended_at,
    cast(null as char(1)) as _other_columns,
    feed_cut.cut_at as _loaded_at,
    'subscriptions' as _source_file,
    'live' as _batch_id,
    contents.row_key as _row_number
from (
    select
        row_key,
        row_content
    from subscription_rows
    where row_key not in (select row_key from changed_after_cut where table_name = 'subscriptions')
    union all
    select
        row_key,
        row_content
    from restored_rows
    where table_name = 'subscriptions'
) as contents
cross join feed_cut
cross join json_table(contents.row_content, '$' columns (
    subscription_id varchar(300) path '$.subscription_id',
    customer_id varchar(300) path '$.customer_id',
    plan_name varchar(300) path '$.plan_name',
    monthly_fee_amount varchar(300) path '$.monthly_fee_amount',
    started_at varchar(300) path '$.started_at',
    ended_at varchar(300) path '$.ended_at'
)) as given;
