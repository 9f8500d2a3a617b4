-- The star schema and three of the marts for the demo shop alone, written by hand for DuckDB in one script.
-- Reads the raw tables raw.shop_* and the seeds in schema reference; writes the schemas hand_core and hand_marts.
-- It is the yardstick for `dbt run` of these relations: same columns, same rows. What the dbt project needs for other
-- sources, other databases and other settings is left out, and a step is kept in a table only when it is read twice.

create schema if not exists hand_core;
create schema if not exists hand_marts;

-- ---------------------------------------------------------------------------------------------------- vocabulary

create or replace temp macro clean(x) as nullif(trim(regexp_replace(x, '\s+', ' ', 'g')), '');
create or replace temp macro is_blank(x) as coalesce(trim(x), '') = '';
create or replace temp macro is_unreadable(x, parsed) as parsed is null and not is_blank(x);

create or replace temp macro to_moment(x) as try_cast(
    case
        when regexp_full_match(x, '[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?Z?)?')
            then rtrim(x, 'Z')
    end as timestamp
);
create or replace temp macro to_day(x) as try_cast(
    case when regexp_full_match(x, '[0-9]{4}-[0-9]{2}-[0-9]{2}([ T].*)?') then substr(x, 1, 10) end as date
);
create or replace temp macro to_us_day(x) as
    case when regexp_full_match(x, '[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}') then try_strptime(x, '%m/%d/%Y')::date end;
create or replace temp macro to_amount(x) as try_cast(
    case when regexp_full_match(trim(x), '[+-]?([0-9]{1,14}([.][0-9]*)?|[.][0-9]+)') then trim(x) end as decimal(18, 4)
);
create or replace temp macro to_integer(x) as try_cast(
    case when regexp_full_match(trim(x), '[+-]?[0-9]{1,15}([.]0*)?') then trim(x) end as bigint
);
create or replace temp macro to_truth(x) as case
    when lower(trim(x)) in ('true', 'yes', 'y', 't', '1') then true
    when lower(trim(x)) in ('false', 'no', 'n', 'f', '0') then false
end;
create or replace temp macro local_time(x) as timezone('America/Chicago', timezone('UTC', x));
create or replace temp macro local_day(x) as local_time(x)::date;
create or replace temp macro hours_between(a, b) as (
    (case when b < a then -1 else 1 end) * ((abs(date_diff('second', a, b)) * 2 + 36) // 72) * 0.01
)::decimal(18, 2);
create or replace temp macro date_key(x) as (year(x) * 10000 + month(x) * 100 + day(x))::bigint;

-- Keys: the first 60 bits of the SHA-256 over the parts, each with its length in front ('-' for null).
create or replace temp macro part(x) as coalesce(length(x::varchar)::varchar || ':' || x::varchar, '-');
create or replace temp macro key_of(x) as ('0x' || substr(sha256(x), 1, 15))::bigint;
create or replace temp macro shop_key(x) as key_of('4:shop' || part(x));
create or replace temp macro place_key(country, region, state, city) as
    key_of('9:geography' || part(country) || part(region) || part(state) || part(city));

-- Exact quotients of decimals, rounded half away from zero.
create or replace temp macro quotient(n, d, factor) as
    (case when (n < 0) <> (d < 0) then -1 else 1 end)
    * ((
        (abs(n::decimal(28, 4)) * 10000)::hugeint * 2 * factor + (abs(d::decimal(28, 4)) * 10000)::hugeint
    ) // (2 * (abs(d::decimal(28, 4)) * 10000)::hugeint))::decimal(28, 0);
create or replace temp macro rate(n, d) as
    case when d <> 0 then (quotient(n, d, 1000000) * 0.000001::decimal(6, 6))::decimal(18, 6) end;

-- ------------------------------------------------------------------------------------------------- orders, judged
-- Rejections read 'reason column'. Of several good rows with one key the latest load counts.

create or replace temp table status_rows as
select
    rowid as raw_row,
    order_id as raw_order_id,
    order_status as raw_order_status,
    changed_at as raw_changed_at,
    status_sequence as raw_status_sequence,
    to_moment(changed_at) as changed_at_utc
from raw.shop_order_status_history;

create or replace temp table orders_judged as
with deliveries as (
    select
        raw_order_id,
        min(changed_at_utc) filter (raw_order_status = 'shipped') as shipped_at_utc,
        min(changed_at_utc) filter (raw_order_status = 'delivered') as delivered_at_utc
    from status_rows
    where raw_order_status in ('shipped', 'delivered')
    group by raw_order_id
),

typed as (
    select
        raw.*,
        raw.rowid as raw_row,
        clean(order_id) as id,
        to_moment(ordered_at) as ordered_at_utc,
        local_day(to_moment(ordered_at)) as order_date,
        lower(trim(order_status)) as source_order_status,
        to_amount(order_discount_amount) as order_discount,
        to_amount(shipping_amount) as shipping,
        to_amount(tax_amount) as tax,
        to_amount(total_amount) as header_total,
        clean(ship_country) as country,
        clean(ship_state) as state_text,
        local_day(deliveries.shipped_at_utc) as shipped_date,
        local_day(deliveries.delivered_at_utc) as delivered_date
    from raw.shop_orders as raw
    left join deliveries on raw.order_id = deliveries.raw_order_id
)

select
    typed.raw_row,
    typed.id as order_id,
    shop_key(typed.id) as order_key,
    clean(typed.customer_id) as customer_id,
    typed.ordered_at_utc,
    typed.order_date,
    status_map.order_status,
    typed.source_order_status,
    lower(trim(typed.channel)) as channel,
    lower(trim(typed.payment_method)) as payment_method,
    clean(typed.shipping_method) as shipping_method,
    upper(trim(typed.promotion_code)) as promotion_code,
    round(coalesce(typed.order_discount, 0), 2)::decimal(18, 4) as order_discount,
    typed.shipping,
    typed.tax,
    typed.header_total,
    typed.shipped_date,
    typed.delivered_date,
    typed.country,
    states.region,
    coalesce(states.state, typed.state_text) as state,
    clean(typed.ship_city) as city,
    case
        when is_blank(typed.order_id) then 'missing_key order_id'
        when is_blank(typed.ordered_at) then 'missing_value ordered_at'
        when is_blank(typed.order_status) then 'missing_value order_status'
        when typed.ordered_at_utc is null then 'invalid_date ordered_at'
        when is_unreadable(typed.order_discount_amount, typed.order_discount)
            then 'invalid_number order_discount_amount'
        when is_unreadable(typed.shipping_amount, typed.shipping) then 'invalid_number shipping_amount'
        when is_unreadable(typed.tax_amount, typed.tax) then 'invalid_number tax_amount'
        when is_unreadable(typed.total_amount, typed.header_total) then 'invalid_number total_amount'
        when coalesce(status_map.order_status, 'unknown') = 'unknown' then 'status_unmapped order_status'
        when typed.order_date > typed._loaded_at::date + 1 then 'future_date order_local_date'
        when typed.order_discount < 0 then 'price_negative order_discount_amount'
        when typed.shipping < 0 then 'price_negative shipping_amount'
        when typed.tax < 0 then 'price_negative tax_amount'
    end as rejection,
    row_number() over (
        partition by typed.id, rejection is null
        order by typed._loaded_at desc, typed._batch_id desc, typed._row_number desc
    ) = 1 as is_latest
from typed
left join reference.order_status_map as status_map on typed.source_order_status = status_map.raw_status
left join reference.states as states on typed.country = states.country and typed.state_text = states.state_text;

-- What the rows that name an order need to know of it: one row per order, accepted or not.
create or replace temp table order_lookup as
select
    order_id,
    any_value(order_key) filter (rejection is null) as order_key,
    any_value(customer_id) filter (rejection is null and is_latest) as customer_id,
    any_value(order_date) filter (rejection is null and is_latest) as order_date,
    any_value(shipped_date) filter (rejection is null and is_latest) as shipped_date,
    any_value(order_status) filter (rejection is null and is_latest) as order_status
from orders_judged
where order_id is not null
group by order_id;

create or replace temp macro order_rejection(order_id, lookup_id, order_key) as case
    when order_id is null or order_key is not null then null
    when lookup_id is not null then 'order_rejected order_id'
    else 'orphan_order order_id'
end;

-- ----------------------------------------------------------------------------------- what hangs on orders, judged

create or replace temp table order_items_judged as
with typed as (
    select
        *,
        rowid as raw_row,
        trim(order_id) as id,
        to_integer(line_number) as line,
        to_amount(quantity) as units,
        to_amount(unit_price) as price,
        to_amount(line_discount_amount) as line_discount
    from raw.shop_order_items
)

select
    typed.raw_row,
    typed.id as order_id,
    typed.line as line_number,
    trim(typed.product_id) as product_id,
    typed.units as quantity,
    typed.price as unit_price,
    coalesce(typed.line_discount, 0) as line_discount,
    orders.order_key,
    case
        when is_blank(typed.order_id) then 'missing_key order_id'
        when is_blank(typed.line_number) then 'missing_key line_number'
        when is_blank(typed.product_id) then 'missing_value product_id'
        when is_blank(typed.quantity) then 'missing_value quantity'
        when is_blank(typed.unit_price) then 'missing_value unit_price'
        when typed.line is null then 'invalid_number line_number'
        when typed.units is null then 'invalid_number quantity'
        when typed.price is null then 'invalid_number unit_price'
        when is_unreadable(typed.line_discount_amount, typed.line_discount) then 'invalid_number line_discount_amount'
        when orders.order_key is null then order_rejection(typed.id, orders.order_id, orders.order_key)
        when typed.units <= 0 then 'quantity_not_positive quantity'
        when typed.units <> floor(typed.units) then 'quantity_not_integral quantity'
        when typed.price < 0 then 'price_negative unit_price'
        when typed.line_discount < 0 then 'price_negative line_discount_amount'
    end as rejection,
    row_number() over (
        partition by typed.id, typed.line, rejection is null
        order by typed._loaded_at desc, typed._batch_id desc, typed._row_number desc
    ) = 1 as is_latest
from typed
left join order_lookup as orders on typed.id = orders.order_id;

create or replace temp table order_status_events_judged as
with typed as (
    select
        raw_row,
        trim(raw_order_id) as order_id,
        to_integer(raw_status_sequence) as event_sequence,
        lower(trim(raw_order_status)) as source_order_status,
        changed_at_utc,
        case
            when is_blank(raw_order_id) then 'missing_key order_id'
            when is_blank(raw_status_sequence) then 'missing_key status_sequence'
            when is_blank(raw_order_status) then 'missing_value order_status'
            when is_blank(raw_changed_at) then 'missing_value changed_at'
            when changed_at_utc is null then 'invalid_date changed_at'
            when event_sequence is null then 'invalid_number status_sequence'
        end as rejection
    from status_rows
),

judged as (
    select
        typed.* replace (
            case
                when typed.rejection is not null then typed.rejection
                when orders.order_key is null then order_rejection(typed.order_id, orders.order_id, orders.order_key)
                when coalesce(status_map.order_status, 'unknown') = 'unknown' then 'status_unmapped order_status'
            end as rejection
        ),
        orders.order_key,
        status_map.order_status
    from typed
    left join order_lookup as orders on typed.order_id = orders.order_id
    left join reference.order_status_map as status_map on typed.source_order_status = status_map.raw_status
),

-- Keys that come twice are few: only their rows are put in order.
repeated as (
    select
        judged.raw_row,
        row_number() over (
            partition by judged.order_key, judged.event_sequence
            order by raw._loaded_at desc, raw._batch_id desc, raw._row_number desc
        ) as recency
    from judged
    inner join raw.shop_order_status_history as raw on judged.raw_row = raw.rowid
    where
        judged.rejection is null
        and (judged.order_key, judged.event_sequence) in (
            select (order_key, event_sequence)
            from judged
            where rejection is null
            group by order_key, event_sequence
            having count(*) > 1
        )
)

select
    judged.raw_row,
    judged.order_key,
    judged.event_sequence,
    judged.order_status,
    judged.changed_at_utc,
    judged.rejection,
    coalesce(repeated.recency, 1) = 1 as is_latest
from judged
left join repeated on judged.raw_row = repeated.raw_row;

drop table status_rows;

create or replace temp table payments_judged as
with typed as (
    select
        *,
        rowid as raw_row,
        trim(payment_id) as id,
        trim(order_id) as paid_order_id,
        to_amount(payment_amount) as amount,
        to_moment(paid_at) as paid_at_utc
    from raw.shop_payments
)

select
    typed.raw_row,
    typed.id as payment_id,
    lower(trim(typed.payment_method)) as payment_method,
    typed.amount as payment_amount,
    local_day(typed.paid_at_utc) as paid_date,
    orders.order_key,
    case
        when is_blank(typed.payment_id) then 'missing_key payment_id'
        when is_blank(typed.order_id) then 'missing_value order_id'
        when is_blank(typed.payment_amount) then 'missing_value payment_amount'
        when is_unreadable(typed.paid_at, typed.paid_at_utc) then 'invalid_date paid_at'
        when typed.amount is null then 'invalid_number payment_amount'
        when orders.order_key is null then order_rejection(typed.paid_order_id, orders.order_id, orders.order_key)
        when typed.amount < 0 then 'price_negative payment_amount'
    end as rejection,
    row_number() over (
        partition by typed.id, rejection is null
        order by typed._loaded_at desc, typed._batch_id desc, typed._row_number desc
    ) = 1 as is_latest
from typed
left join order_lookup as orders on typed.paid_order_id = orders.order_id;

create or replace temp table returns_judged as
with typed as (
    select
        *,
        rowid as raw_row,
        clean(return_id) as id,
        clean(order_id) as returned_order_id,
        to_integer(line_number) as line,
        to_amount(quantity) as units,
        to_amount(refunded_tax_amount) as refunded_tax,
        to_amount(refunded_shipping_amount) as refunded_shipping,
        to_moment(returned_at) as returned_at_utc,
        local_day(to_moment(returned_at)) as return_date
    from raw.shop_returns
)

select
    typed.raw_row,
    typed.id as return_id,
    typed.line as line_number,
    typed.units::bigint as stated_units,
    coalesce(typed.refunded_tax, 0) as refunded_tax,
    coalesce(typed.refunded_shipping, 0) as refunded_shipping,
    clean(typed.return_reason) as return_reason,
    typed.returned_at_utc,
    typed.return_date,
    orders.order_key,
    case
        when is_blank(typed.return_id) then 'missing_key return_id'
        when is_blank(typed.order_id) then 'missing_key order_id'
        when is_blank(typed.line_number) then 'missing_key line_number'
        when is_blank(typed.quantity) then 'missing_value quantity'
        when is_blank(typed.returned_at) then 'missing_value returned_at'
        when typed.returned_at_utc is null then 'invalid_date returned_at'
        when typed.line is null then 'invalid_number line_number'
        when typed.units is null then 'invalid_number quantity'
        when is_unreadable(typed.refunded_tax_amount, typed.refunded_tax) then 'invalid_number refunded_tax_amount'
        when is_unreadable(typed.refunded_shipping_amount, typed.refunded_shipping)
            then 'invalid_number refunded_shipping_amount'
        when orders.order_key is null then order_rejection(typed.returned_order_id, orders.order_id, orders.order_key)
        when order_items.line_number is null then 'orphan_order_line line_number'
        when not statuses.is_return_allowed then 'return_on_unrecognised_order order_id'
        when typed.return_date < orders.order_date or typed.return_date < orders.shipped_date
            then 'return_before_order returned_at'
        when typed.units <= 0 then 'quantity_not_positive quantity'
        when typed.units <> floor(typed.units) then 'quantity_not_integral quantity'
    end as rejection,
    row_number() over (
        partition by typed.id, rejection is null
        order by typed._loaded_at desc, typed._batch_id desc, typed._row_number desc
    ) = 1 as is_latest
from typed
left join order_lookup as orders on typed.returned_order_id = orders.order_id
left join reference.order_statuses as statuses on orders.order_status = statuses.order_status
left join order_items_judged as order_items
    on
        orders.order_key = order_items.order_key
        and typed.line = order_items.line_number
        and order_items.rejection is null
        and order_items.is_latest;

create or replace temp table feedback_judged as
with typed as (
    select
        *,
        rowid as raw_row,
        clean(feedback_id) as id,
        clean(order_id) as rated_order_id,
        lower(trim(feedback_type)) as kind,
        to_amount(rating) as stars,
        to_moment(submitted_at) as submitted_at_utc
    from raw.shop_feedback
)

select
    typed.raw_row,
    typed.id as feedback_id,
    coalesce(clean(typed.customer_id), orders.customer_id) as customer_id,
    clean(typed.product_id) as product_id,
    typed.kind as feedback_type,
    typed.stars as rating,
    not is_blank(typed.comment) as has_comment,
    local_day(typed.submitted_at_utc) as submitted_date,
    orders.order_key,
    case
        when is_blank(typed.feedback_id) then 'missing_key feedback_id'
        when is_blank(typed.feedback_type) then 'missing_value feedback_type'
        when is_unreadable(typed.submitted_at, typed.submitted_at_utc) then 'invalid_date submitted_at'
        when is_unreadable(typed.rating, typed.stars) then 'invalid_number rating'
        when typed.rated_order_id is not null and orders.order_key is null
            then order_rejection(typed.rated_order_id, orders.order_id, orders.order_key)
        when typed.stars < 1 or typed.stars > 5 then 'rating_out_of_range rating'
        when typed.kind not in ('review', 'complaint', 'enquiry') then 'value_out_of_range feedback_type'
    end as rejection,
    row_number() over (
        partition by typed.id, rejection is null
        order by typed._loaded_at desc, typed._batch_id desc, typed._row_number desc
    ) = 1 as is_latest
from typed
left join order_lookup as orders on typed.rated_order_id = orders.order_id;

create or replace temp table support_tickets_judged as
with typed as (
    select
        *,
        rowid as raw_row,
        clean(ticket_id) as id,
        clean(order_id) as asked_order_id,
        lower(trim(severity)) as weight,
        to_moment(opened_at) as opened_at_utc,
        to_moment(first_response_at) as first_response_at_utc,
        to_moment(resolved_at) as resolved_at_utc
    from raw.shop_support_tickets
)

select
    typed.raw_row,
    typed.id as ticket_id,
    clean(typed.customer_id) as customer_id,
    lower(trim(typed.ticket_type)) as ticket_type,
    typed.weight as severity,
    typed.opened_at_utc,
    local_day(typed.opened_at_utc) as opened_date,
    typed.first_response_at_utc,
    typed.resolved_at_utc,
    orders.order_key,
    case
        when is_blank(typed.ticket_id) then 'missing_key ticket_id'
        when is_blank(typed.ticket_type) then 'missing_value ticket_type'
        when is_blank(typed.opened_at) then 'missing_value opened_at'
        when typed.opened_at_utc is null then 'invalid_date opened_at'
        when is_unreadable(typed.first_response_at, typed.first_response_at_utc) then 'invalid_date first_response_at'
        when is_unreadable(typed.resolved_at, typed.resolved_at_utc) then 'invalid_date resolved_at'
        when typed.asked_order_id is not null and orders.order_key is null
            then order_rejection(typed.asked_order_id, orders.order_id, orders.order_key)
        when typed.weight not in ('low', 'medium', 'high') then 'value_out_of_range severity'
        when typed.first_response_at_utc < typed.opened_at_utc then 'invalid_date first_response_at'
        when typed.resolved_at_utc < typed.opened_at_utc then 'invalid_date resolved_at'
    end as rejection,
    row_number() over (
        partition by typed.id, rejection is null
        order by typed._loaded_at desc, typed._batch_id desc, typed._row_number desc
    ) = 1 as is_latest
from typed
left join order_lookup as orders on typed.asked_order_id = orders.order_id;

-- ------------------------------------------------------------------- customers, products and subscriptions, judged

create or replace temp table customers_judged as
with typed as (
    select
        *,
        rowid as raw_row,
        clean(customer_id) as id,
        to_moment(registered_at) as registered_at_utc,
        to_moment(updated_at) as updated_at_utc,
        to_day(birth_date) as birth_day,
        to_amount(annual_income) as income,
        to_amount(spending_score) as score,
        to_truth(is_subscriber) as subscribes,
        clean(country) as country_name,
        clean(state) as state_text
    from raw.shop_customers
)

select
    typed.raw_row,
    typed.id as customer_id,
    clean(coalesce(typed.first_name, '') || ' ' || coalesce(typed.last_name, '')) as customer_name,
    lower(clean(typed.email)) as email,
    clean(typed.phone) as phone,
    clean(typed.street_address) as street_address,
    clean(typed.postal_code) as postal_code,
    coalesce(typed.birth_day, to_us_day(typed.birth_date)) as birth_date,
    clean(typed.gender) as gender,
    typed.income as annual_income,
    typed.score as spending_score,
    clean(typed.segment) as segment,
    coalesce(typed.subscribes, false) as is_subscriber,
    typed.country_name as country,
    states.region,
    coalesce(states.state, typed.state_text) as state,
    clean(typed.city) as city,
    typed.registered_at_utc,
    typed.updated_at_utc,
    case
        when is_blank(typed.customer_id) then 'missing_key customer_id'
        when is_unreadable(typed.birth_date, coalesce(typed.birth_day, to_us_day(typed.birth_date)))
            then 'invalid_date birth_date'
        when is_unreadable(typed.registered_at, typed.registered_at_utc) then 'invalid_date registered_at'
        when is_unreadable(typed.updated_at, typed.updated_at_utc) then 'invalid_date updated_at'
        when is_unreadable(typed.annual_income, typed.income) then 'invalid_number annual_income'
        when is_unreadable(typed.spending_score, typed.score) then 'invalid_number spending_score'
        when is_unreadable(typed.is_subscriber, typed.subscribes) then 'invalid_boolean is_subscriber'
    end as rejection,
    row_number() over (
        partition by typed.id, rejection is null
        order by typed._loaded_at desc, typed._batch_id desc, typed._row_number desc
    ) = 1 as is_latest
from typed
left join reference.states as states on typed.country_name = states.country and typed.state_text = states.state_text;

create or replace temp table customer_changes_judged as
with typed as (
    select
        *,
        rowid as raw_row,
        clean(customer_id) as id,
        to_integer(change_sequence) as sequence_number,
        to_moment(changed_at) as changed_at_utc,
        to_amount(annual_income) as income,
        to_amount(spending_score) as score,
        to_truth(is_subscriber) as subscribes,
        clean(country) as country_name,
        clean(state) as state_text
    from raw.shop_customer_change_log
)

select
    typed.raw_row,
    typed.id as customer_id,
    typed.sequence_number as change_sequence,
    typed.changed_at_utc,
    coalesce(lower(trim(typed.operation)) = 'delete', false) as is_deleted,
    clean(typed.gender) as gender,
    typed.income as annual_income,
    typed.score as spending_score,
    clean(typed.segment) as segment,
    coalesce(typed.subscribes, false) as is_subscriber,
    typed.country_name as country,
    states.region,
    coalesce(states.state, typed.state_text) as state,
    clean(typed.city) as city,
    case
        when is_blank(typed.customer_id) then 'missing_key customer_id'
        when is_blank(typed.change_sequence) then 'missing_key change_sequence'
        when is_blank(typed.changed_at) then 'missing_value changed_at'
        when is_unreadable(typed.birth_date, coalesce(to_day(typed.birth_date), to_us_day(typed.birth_date)))
            then 'invalid_date birth_date'
        when typed.changed_at_utc is null then 'invalid_date changed_at'
        when typed.sequence_number is null then 'invalid_number change_sequence'
        when is_unreadable(typed.annual_income, typed.income) then 'invalid_number annual_income'
        when is_unreadable(typed.spending_score, typed.score) then 'invalid_number spending_score'
        when is_unreadable(typed.is_subscriber, typed.subscribes) then 'invalid_boolean is_subscriber'
    end as rejection,
    row_number() over (
        partition by typed.id, typed.sequence_number, rejection is null
        order by typed._loaded_at desc, typed._batch_id desc, typed._row_number desc
    ) = 1 as is_latest
from typed
left join reference.states as states on typed.country_name = states.country and typed.state_text = states.state_text;

create or replace temp table products_judged as
with typed as (
    select
        raw.*,
        raw.rowid as raw_row,
        clean(raw.product_id) as id,
        clean(coalesce(parents.category_name, children.category_name)) as category,
        case when parents.category_id is not null then clean(children.category_name) end as sub_category,
        to_amount(raw.list_price) as price,
        to_amount(raw.unit_cost) as cost,
        to_truth(raw.is_gift_card) as gift_card,
        to_moment(raw.updated_at) as updated_at_utc
    from raw.shop_products as raw
    left join raw.shop_categories as children on raw.category_id = children.category_id
    left join raw.shop_categories as parents on children.parent_category_id = parents.category_id
)

select
    raw_row,
    id as product_id,
    clean(product_name) as product_name,
    category,
    sub_category,
    price as list_price,
    cost as unit_cost,
    coalesce(gift_card, false) as is_gift_card,
    updated_at_utc,
    case
        when is_blank(typed.product_id) then 'missing_key product_id'
        when is_unreadable(updated_at, updated_at_utc) then 'invalid_date updated_at'
        when is_unreadable(typed.list_price, price) then 'invalid_number list_price'
        when is_unreadable(typed.unit_cost, cost) then 'invalid_number unit_cost'
        when is_unreadable(typed.is_gift_card, gift_card) then 'invalid_boolean is_gift_card'
    end as rejection,
    row_number() over (
        partition by id, rejection is null order by _loaded_at desc, _batch_id desc, _row_number desc
    ) = 1 as is_latest
from typed;

create or replace temp table product_changes_judged as
with typed as (
    select
        *,
        rowid as raw_row,
        clean(product_id) as id,
        to_integer(price_sequence) as change_sequence,
        to_moment(valid_from) as changed_at_utc,
        to_amount(list_price) as price,
        to_amount(unit_cost) as cost
    from raw.shop_product_prices
)

select
    raw_row,
    id as product_id,
    change_sequence,
    changed_at_utc,
    price as list_price,
    cost as unit_cost,
    case
        when is_blank(typed.product_id) then 'missing_key product_id'
        when is_blank(price_sequence) then 'missing_key price_sequence'
        when is_blank(valid_from) then 'missing_value valid_from'
        when changed_at_utc is null then 'invalid_date valid_from'
        when change_sequence is null then 'invalid_number price_sequence'
        when is_unreadable(typed.list_price, price) then 'invalid_number list_price'
        when is_unreadable(typed.unit_cost, cost) then 'invalid_number unit_cost'
    end as rejection,
    row_number() over (
        partition by id, change_sequence, rejection is null
        order by _loaded_at desc, _batch_id desc, _row_number desc
    ) = 1 as is_latest
from typed;

create or replace temp table subscriptions_judged as
with typed as (
    select
        *,
        rowid as raw_row,
        clean(subscription_id) as id,
        to_amount(monthly_fee_amount) as fee,
        to_moment(started_at) as started_at_utc,
        to_moment(ended_at) as ended_at_utc
    from raw.shop_subscriptions
)

select
    raw_row,
    id as subscription_id,
    clean(typed.customer_id) as customer_id,
    clean(typed.plan_name) as plan_name,
    fee as monthly_fee,
    local_day(started_at_utc) as started_date,
    local_day(ended_at_utc) as ended_date,
    case
        when is_blank(typed.subscription_id) then 'missing_key subscription_id'
        when is_blank(typed.customer_id) then 'missing_key customer_id'
        when is_unreadable(started_at, started_at_utc) then 'invalid_date started_at'
        when is_unreadable(ended_at, ended_at_utc) then 'invalid_date ended_at'
        when is_unreadable(monthly_fee_amount, fee) then 'invalid_number monthly_fee_amount'
    end as rejection,
    row_number() over (
        partition by id, rejection is null order by _loaded_at desc, _batch_id desc, _row_number desc
    ) = 1 as is_latest
from typed;

-- ------------------------------------------------------------------------------------ quarantine and row accounts

create or replace table hand_core.ops_quarantine as
with rejected as (
    select
        'customers' as entity,
        'customers' as raw_table,
        judged.rejection,
        raw._batch_id,
        raw._source_file,
        raw._row_number,
        raw._loaded_at,
        to_json(struct_pack(*columns(raw.* exclude (_batch_id, _source_file, _row_number, _loaded_at)))) as raw_record
    from customers_judged as judged
    inner join raw.shop_customers as raw on judged.raw_row = raw.rowid
    where judged.rejection is not null or not judged.is_latest
    union all by name
    select
        'customer_changes' as entity,
        'customer_change_log' as raw_table,
        judged.rejection,
        raw._batch_id,
        raw._source_file,
        raw._row_number,
        raw._loaded_at,
        to_json(struct_pack(*columns(raw.* exclude (_batch_id, _source_file, _row_number, _loaded_at)))) as raw_record
    from customer_changes_judged as judged
    inner join raw.shop_customer_change_log as raw on judged.raw_row = raw.rowid
    where judged.rejection is not null or not judged.is_latest
    union all by name
    select
        'products' as entity,
        'products' as raw_table,
        judged.rejection,
        raw._batch_id,
        raw._source_file,
        raw._row_number,
        raw._loaded_at,
        to_json(struct_pack(*columns(raw.* exclude (_batch_id, _source_file, _row_number, _loaded_at)))) as raw_record
    from products_judged as judged
    inner join raw.shop_products as raw on judged.raw_row = raw.rowid
    where judged.rejection is not null or not judged.is_latest
    union all by name
    select
        'product_changes' as entity,
        'product_prices' as raw_table,
        judged.rejection,
        raw._batch_id,
        raw._source_file,
        raw._row_number,
        raw._loaded_at,
        to_json(struct_pack(*columns(raw.* exclude (_batch_id, _source_file, _row_number, _loaded_at)))) as raw_record
    from product_changes_judged as judged
    inner join raw.shop_product_prices as raw on judged.raw_row = raw.rowid
    where judged.rejection is not null or not judged.is_latest
    union all by name
    select
        'orders' as entity,
        'orders' as raw_table,
        judged.rejection,
        raw._batch_id,
        raw._source_file,
        raw._row_number,
        raw._loaded_at,
        to_json(struct_pack(*columns(raw.* exclude (_batch_id, _source_file, _row_number, _loaded_at)))) as raw_record
    from orders_judged as judged
    inner join raw.shop_orders as raw on judged.raw_row = raw.rowid
    where judged.rejection is not null or not judged.is_latest
    union all by name
    select
        'order_items' as entity,
        'order_items' as raw_table,
        judged.rejection,
        raw._batch_id,
        raw._source_file,
        raw._row_number,
        raw._loaded_at,
        to_json(struct_pack(*columns(raw.* exclude (_batch_id, _source_file, _row_number, _loaded_at)))) as raw_record
    from order_items_judged as judged
    inner join raw.shop_order_items as raw on judged.raw_row = raw.rowid
    where judged.rejection is not null or not judged.is_latest
    union all by name
    select
        'order_status_events' as entity,
        'order_status_history' as raw_table,
        judged.rejection,
        raw._batch_id,
        raw._source_file,
        raw._row_number,
        raw._loaded_at,
        to_json(struct_pack(*columns(raw.* exclude (_batch_id, _source_file, _row_number, _loaded_at)))) as raw_record
    from order_status_events_judged as judged
    inner join raw.shop_order_status_history as raw on judged.raw_row = raw.rowid
    where judged.rejection is not null or not judged.is_latest
    union all by name
    select
        'payments' as entity,
        'payments' as raw_table,
        judged.rejection,
        raw._batch_id,
        raw._source_file,
        raw._row_number,
        raw._loaded_at,
        to_json(struct_pack(*columns(raw.* exclude (_batch_id, _source_file, _row_number, _loaded_at)))) as raw_record
    from payments_judged as judged
    inner join raw.shop_payments as raw on judged.raw_row = raw.rowid
    where judged.rejection is not null or not judged.is_latest
    union all by name
    select
        'returns' as entity,
        'returns' as raw_table,
        judged.rejection,
        raw._batch_id,
        raw._source_file,
        raw._row_number,
        raw._loaded_at,
        to_json(struct_pack(*columns(raw.* exclude (_batch_id, _source_file, _row_number, _loaded_at)))) as raw_record
    from returns_judged as judged
    inner join raw.shop_returns as raw on judged.raw_row = raw.rowid
    where judged.rejection is not null or not judged.is_latest
    union all by name
    select
        'feedback' as entity,
        'feedback' as raw_table,
        judged.rejection,
        raw._batch_id,
        raw._source_file,
        raw._row_number,
        raw._loaded_at,
        to_json(struct_pack(*columns(raw.* exclude (_batch_id, _source_file, _row_number, _loaded_at)))) as raw_record
    from feedback_judged as judged
    inner join raw.shop_feedback as raw on judged.raw_row = raw.rowid
    where judged.rejection is not null or not judged.is_latest
    union all by name
    select
        'support_tickets' as entity,
        'support_tickets' as raw_table,
        judged.rejection,
        raw._batch_id,
        raw._source_file,
        raw._row_number,
        raw._loaded_at,
        to_json(struct_pack(*columns(raw.* exclude (_batch_id, _source_file, _row_number, _loaded_at)))) as raw_record
    from support_tickets_judged as judged
    inner join raw.shop_support_tickets as raw on judged.raw_row = raw.rowid
    where judged.rejection is not null or not judged.is_latest
    union all by name
    select
        'subscriptions' as entity,
        'subscriptions' as raw_table,
        judged.rejection,
        raw._batch_id,
        raw._source_file,
        raw._row_number,
        raw._loaded_at,
        to_json(struct_pack(*columns(raw.* exclude (_batch_id, _source_file, _row_number, _loaded_at)))) as raw_record
    from subscriptions_judged as judged
    inner join raw.shop_subscriptions as raw on judged.raw_row = raw.rowid
    where judged.rejection is not null or not judged.is_latest
)

select
    'shop' as source_system,
    rejected.entity,
    rejected.raw_table,
    rejected._batch_id as batch_id,
    rejected._source_file as source_file,
    rejected._row_number as source_row_number,
    if(rejected.rejection is null, 'duplicate', 'quarantined') as row_outcome,
    reasons.reason_code,
    nullif(split_part(rejected.rejection, ' ', 2), '') as rejected_column,
    reasons.description as reason,
    reasons.fix,
    rejected.raw_record::varchar as raw_record,
    rejected._loaded_at as loaded_at
from rejected
left join reference.quarantine_reasons as reasons
    on coalesce(split_part(rejected.rejection, ' ', 1), 'duplicate_row') = reasons.reason_code;

create or replace table hand_core.ops_row_counts as
with raw_rows as (
    select 'customers' as raw_table, _batch_id as batch_id, count(*) as raw_count
    from raw.shop_customers group by all
    union all
    select 'customer_change_log' as raw_table, _batch_id as batch_id, count(*) as raw_count
    from raw.shop_customer_change_log group by all
    union all
    select 'products' as raw_table, _batch_id as batch_id, count(*) as raw_count
    from raw.shop_products group by all
    union all
    select 'product_prices' as raw_table, _batch_id as batch_id, count(*) as raw_count
    from raw.shop_product_prices group by all
    union all
    select 'orders' as raw_table, _batch_id as batch_id, count(*) as raw_count
    from raw.shop_orders group by all
    union all
    select 'order_items' as raw_table, _batch_id as batch_id, count(*) as raw_count
    from raw.shop_order_items group by all
    union all
    select 'order_status_history' as raw_table, _batch_id as batch_id, count(*) as raw_count
    from raw.shop_order_status_history group by all
    union all
    select 'payments' as raw_table, _batch_id as batch_id, count(*) as raw_count
    from raw.shop_payments group by all
    union all
    select 'returns' as raw_table, _batch_id as batch_id, count(*) as raw_count
    from raw.shop_returns group by all
    union all
    select 'feedback' as raw_table, _batch_id as batch_id, count(*) as raw_count
    from raw.shop_feedback group by all
    union all
    select 'support_tickets' as raw_table, _batch_id as batch_id, count(*) as raw_count
    from raw.shop_support_tickets group by all
    union all
    select 'subscriptions' as raw_table, _batch_id as batch_id, count(*) as raw_count
    from raw.shop_subscriptions group by all
),

rejected as (
    select
        raw_table,
        batch_id,
        count(*) filter (row_outcome = 'quarantined') as quarantined_count,
        count(*) filter (row_outcome = 'duplicate') as duplicate_count
    from hand_core.ops_quarantine
    group by all
)

select
    'shop' as source_system,
    raw_rows.raw_table,
    raw_rows.batch_id,
    raw_rows.raw_count,
    raw_rows.raw_count - coalesce(rejected.quarantined_count, 0) - coalesce(rejected.duplicate_count, 0)
        as accepted_count,
    coalesce(rejected.quarantined_count, 0) as quarantined_count,
    coalesce(rejected.duplicate_count, 0) as duplicate_count
from raw_rows
left join rejected using (raw_table, batch_id);

-- ------------------------------------------------------------------------------------------- the days that matter

create or replace table hand_core.run_context as
with events as (
    select order_date as event_date, order_date from orders_judged where rejection is null and is_latest
    union all by name
    select return_date as event_date from returns_judged where rejection is null and is_latest
    union all by name
    select paid_date as event_date from payments_judged where rejection is null and is_latest
    union all by name
    select submitted_date as event_date from feedback_judged where rejection is null and is_latest
    union all by name
    select opened_date as event_date from support_tickets_judged where rejection is null and is_latest
)

select
    1::bigint as run_context_key,
    coalesce(max(order_date), date '1900-01-01') as as_of_date,
    coalesce(min(event_date), max(order_date), date '1900-01-01') as first_event_date,
    coalesce(max(event_date), max(order_date), date '1900-01-01') as last_event_date,
    coalesce(min(order_date), max(order_date), date '1900-01-01') as first_order_date,
    count(order_date) > 0 as has_orders
from events;

set variable as_of_date = (select as_of_date from hand_core.run_context);

create or replace table hand_core.dim_dates as
with days as (
    select unnest(generate_series(
        (first_event_date - interval 12 months)::date,
        greatest(last_event_date, (as_of_date + interval 24 months)::date),
        interval 1 day
    ))::date as calendar_date
    from hand_core.run_context
    union
    select date '1900-01-01'
),

weeks as (
    select
        calendar_date,
        isodow(calendar_date) as day_of_week,
        date_trunc('week', calendar_date)::date as week_start_date,
        isoyear(calendar_date) as iso_year,
        -- The fiscal year is the calendar year here, so that its weeks are the ISO weeks.
        week(calendar_date) as iso_week,
        least((iso_week - 1) // 13, 3) as week_quarter
    from days
)

select
    date_key(calendar_date) as date_key,
    calendar_date,
    year(calendar_date) as calendar_year,
    quarter(calendar_date) as quarter_of_year,
    month(calendar_date) as month_of_year,
    monthname(calendar_date) as month_name,
    day(calendar_date) as day_of_month,
    day_of_week,
    dayname(calendar_date) as day_name,
    iso_year,
    iso_week,
    year(calendar_date) as fiscal_year,
    quarter(calendar_date) as fiscal_quarter,
    month(calendar_date) as fiscal_month,
    iso_year as fiscal_week_year,
    iso_week as fiscal_week,
    case
        when iso_week = 53 then 12
        else 3 * week_quarter + least((iso_week - 13 * week_quarter - 1) // 4 + 1, 3)
    end as fiscal_445_period,
    date_trunc('month', calendar_date)::date as month_start_date,
    last_day(calendar_date) as month_end_date,
    week_start_date,
    day_of_week >= 6 as is_weekend,
    calendar_date = date '1900-01-01' as is_unknown,
    calendar_date > getvariable('as_of_date') as is_future
from weeks;

-- --------------------------------------------------------------------------------------- products and their history

create or replace temp table products as
select
    shop_key(product_id) as product_key,
    product_id,
    coalesce(judged.product_name, product_id) as product_name,
    coalesce(judged.category, 'Uncategorised') as category,
    coalesce(judged.sub_category, judged.category, 'Uncategorised') as sub_category,
    judged.list_price,
    judged.unit_cost,
    coalesce(judged.is_gift_card, false) as is_gift_card,
    judged.updated_at_utc,
    judged.raw_row is null as is_inferred
from (
    select product_id from order_items_judged where rejection is null and is_latest
    union
    select product_id from products_judged where rejection is null and is_latest
)
left join (from products_judged where rejection is null and is_latest) as judged using (product_id);

create or replace table hand_core.dim_products as
select
    product_key,
    'shop' as source_system,
    product_id,
    product_id as product_code,
    product_name,
    category,
    sub_category,
    list_price,
    unit_cost,
    is_gift_card,
    is_inferred
from products
union all
select -1, 'all', 'Unknown', 'Unknown', 'Unknown', 'Uncategorised', 'Uncategorised', null, null, false, false;

-- Of changes at one instant the last counts; today's row is the last change; a change that changes nothing is no
-- version; the first version reaches back to 1900.
create or replace table hand_core.dim_products_history as
with logged as (
    select
        products.product_key,
        changes.changed_at_utc,
        changes.change_sequence,
        products.category,
        products.sub_category,
        changes.list_price,
        changes.unit_cost
    from product_changes_judged as changes
    inner join products using (product_id)
    where changes.rejection is null and changes.is_latest
),

events as (
    from logged
    union all
    select
        products.product_key,
        coalesce(
            greatest(max(logged.changed_at_utc), any_value(products.updated_at_utc)), timestamp '1900-01-01'
        ),
        9223372036854775807,
        any_value(products.category),
        any_value(products.sub_category),
        any_value(products.list_price),
        any_value(products.unit_cost)
    from products
    left join logged using (product_key)
    group by products.product_key
),

last_at_instant as (
    from events
    qualify row_number() over (partition by product_key, changed_at_utc order by change_sequence desc) = 1
),

changed as (
    select
        *,
        hash(category, sub_category, list_price, unit_cost) as attributes
    from last_at_instant
    qualify attributes is distinct from lag(attributes) over (partition by product_key order by changed_at_utc)
),

numbered as (
    select
        *,
        row_number() over product as version_number,
        lead(changed_at_utc) over product as next_changed_at_utc
    from changed
    window product as (partition by product_key order by changed_at_utc)
)

select
    key_of(part(product_key) || part(version_number)) as product_history_key,
    product_key,
    version_number,
    category,
    sub_category,
    list_price,
    unit_cost,
    next_changed_at_utc is null as is_current,
    if(version_number = 1, timestamp '1900-01-01', changed_at_utc) as valid_from,
    coalesce(next_changed_at_utc, timestamp '9999-12-31') as valid_to
from numbered
union all
select -1, -1, 1, 'Uncategorised', 'Uncategorised', null, null, true, timestamp '1900-01-01', timestamp '9999-12-31';

-- -------------------------------------------------------------------------------------- customers and their history

create or replace temp table customers as
select
    shop_key(customer_id) as customer_key,
    customer_id,
    judged.* exclude (raw_row, customer_id, is_subscriber, rejection, is_latest),
    coalesce(judged.is_subscriber, false) as is_subscriber,
    judged.raw_row is null as is_inferred
from (
    select customer_id from orders_judged where rejection is null and is_latest and customer_id is not null
    union
    select customer_id from customers_judged where rejection is null and is_latest
)
left join (from customers_judged where rejection is null and is_latest) as judged using (customer_id);

create or replace table hand_core.dim_customers_pii as
select customer_key, customer_name, email, phone, street_address, postal_code, city, birth_date
from customers;

create or replace table hand_core.dim_customers as
with aged as (
    select
        *,
        -- Years completed: a birthday still to come this year does not count.
        year(getvariable('as_of_date')) - year(birth_date)
        - if(strftime(getvariable('as_of_date'), '%m%d') < strftime(birth_date, '%m%d'), 1, 0) as age
    from customers
),

age_quantiles as (
    select
        age,
        1 + (8 * (sum(count(*)) over (order by age) - count(*)) + 4 * count(*))
        // (2 * sum(count(*)) over ()) as age_quantile
    from aged
    where age between 13 and 110
    group by age
),

deletions as (
    select
        customer_id,
        max(change_sequence) filter (is_deleted) = max(change_sequence) as is_erased
    from customer_changes_judged
    where rejection is null and is_latest
    group by customer_id
)

select
    aged.customer_key,
    if(
        coalesce(aged.country, aged.region, aged.state, aged.city) is null,
        -1,
        place_key(aged.country, aged.region, aged.state, aged.city)
    ) as geography_key,
    'shop' as source_system,
    aged.customer_id,
    coalesce(aged.gender, 'Unknown') as gender,
    coalesce(['Young Adult', 'Adult', 'Middle-aged', 'Senior'][age_quantiles.age_quantile::int], 'Unknown')
        as age_group,
    case
        when aged.annual_income is null then 'Unknown'
        when aged.annual_income < 30000 then 'Under 30,000'
        when aged.annual_income < 60000 then '30,000 to 59,999'
        when aged.annual_income < 90000 then '60,000 to 89,999'
        else '90,000 and more'
    end as income_band,
    coalesce(aged.segment, 'Unknown') as segment,
    'Unknown' as loyalty_declared,
    coalesce(aged.region, 'Unknown') as region,
    coalesce(aged.state, 'Unknown') as state,
    age_quantiles.age,
    aged.annual_income::decimal(18, 2) as annual_income,
    aged.spending_score::decimal(18, 2) as spending_score,
    null::bigint as previous_purchase_count,
    null::integer as purchase_frequency_days,
    aged.is_subscriber,
    aged.is_inferred,
    coalesce(deletions.is_erased, false) as is_erased,
    false as is_reserved,
    aged.registered_at_utc::date as registered_date
from aged
left join age_quantiles using (age)
left join deletions using (customer_id)
union all
select
    reserved.*, 'Unknown', 'Unknown', 'Unknown', null, null, null, null, null, false, false, false, true, null
from (
    values
    (-1, -1, 'all', 'Unknown', 'Unknown', 'Unknown', 'Unknown', 'Unknown'),
    (-2, -1, 'all', 'Guest', 'Unknown', 'Unknown', 'Unknown', 'Guest')
) as reserved;

create or replace temp table customer_versions as
with logged as (
    select
        customers.customer_key,
        changes.changed_at_utc,
        changes.change_sequence,
        changes.gender,
        changes.annual_income,
        changes.spending_score,
        changes.segment,
        changes.is_subscriber,
        changes.country,
        changes.region,
        changes.state,
        changes.city
    from customer_changes_judged as changes
    inner join customers using (customer_id)
    where changes.rejection is null and changes.is_latest and not changes.is_deleted
),

events as (
    from logged
    union all
    select
        customers.customer_key,
        coalesce(greatest(latest.changed_at_utc, customers.updated_at_utc), timestamp '1900-01-01'),
        9223372036854775807,
        customers.gender,
        customers.annual_income,
        customers.spending_score,
        customers.segment,
        customers.is_subscriber,
        customers.country,
        customers.region,
        customers.state,
        customers.city
    from customers
    left join (
        select customer_key, max(changed_at_utc) as changed_at_utc from logged group by customer_key
    ) as latest using (customer_key)
),

last_at_instant as (
    from events
    qualify row_number() over (partition by customer_key, changed_at_utc order by change_sequence desc) = 1
),

changed as (
    select
        *,
        hash(gender, annual_income, spending_score, segment, is_subscriber, country, region, state, city) as attributes
    from last_at_instant
    qualify attributes is distinct from lag(attributes) over (partition by customer_key order by changed_at_utc)
),

numbered as (
    select
        *,
        row_number() over customer as version_number,
        lead(changed_at_utc) over customer as next_changed_at_utc
    from changed
    window customer as (partition by customer_key order by changed_at_utc)
)

select
    key_of(part(customer_key) || part(version_number)) as customer_history_key,
    customer_key,
    version_number,
    coalesce(gender, 'Unknown') as gender,
    coalesce(segment, 'Unknown') as segment,
    coalesce(country, 'Unknown') as country,
    coalesce(region, 'Unknown') as region,
    coalesce(state, 'Unknown') as state,
    coalesce(city, 'Unknown') as city,
    annual_income::decimal(18, 2) as annual_income,
    spending_score::decimal(18, 2) as spending_score,
    is_subscriber,
    next_changed_at_utc is null as is_current,
    if(version_number = 1, timestamp '1900-01-01', changed_at_utc) as valid_from,
    coalesce(next_changed_at_utc, timestamp '9999-12-31') as valid_to
from numbered;

create or replace table hand_core.dim_customers_history as
from customer_versions
union all
select
    reserved.*, 'Unknown', 'Unknown', 'Unknown', 'Unknown', null, null, false, true,
    timestamp '1900-01-01', timestamp '9999-12-31'
from (values (-1, -1, 1, 'Unknown', 'Unknown'), (-2, -2, 1, 'Unknown', 'Guest')) as reserved;

-- ----------------------------------------------------------------------------------------------- small dimensions

create or replace table hand_core.dim_order_statuses as
select
    key_of('12:order_status' || part(order_status)) as order_status_key,
    order_status,
    description,
    funnel_step,
    is_recognised,
    is_return_allowed
from reference.order_statuses
union all
select -1, 'unknown', 'Not told', 0, false, false;

create or replace table hand_core.dim_channels as
select key_of('7:channel' || part(channel)) as channel_key, channel
from (select distinct channel from orders_judged where rejection is null and is_latest and channel is not null)
union all
select -1, 'Unknown';

create or replace table hand_core.dim_payment_methods as
select key_of('14:payment_method' || part(payment_method)) as payment_method_key, payment_method
from (
    select payment_method from orders_judged where rejection is null and is_latest and payment_method is not null
    union
    select payment_method from payments_judged where rejection is null and is_latest and payment_method is not null
)
union all
select -1, 'Unknown';

create or replace table hand_core.dim_promotions as
select key_of('9:promotion' || part(promotion_code)) as promotion_key, promotion_code
from (
    select distinct promotion_code
    from orders_judged
    where rejection is null and is_latest and promotion_code is not null
)
union all
select -3, 'No promotion';

create or replace table hand_core.dim_return_reasons as
select key_of('13:return_reason' || part(return_reason)) as return_reason_key, return_reason
from (
    select distinct return_reason
    from returns_judged
    where rejection is null and is_latest and return_reason is not null
)
union all
select -1, 'Unknown';

create or replace temp table places as
select
    place_key(country, region, state, city) as geography_key,
    country,
    region,
    state,
    city
from (
    select country, region, state, city from orders_judged where rejection is null and is_latest
    union
    select country, region, state, city from customers
)
where coalesce(country, region, state, city) is not null;

create or replace table hand_core.dim_geography as
select
    places.geography_key,
    coalesce(places.country, 'Unknown') as country,
    coalesce(places.region, 'Unknown') as region,
    coalesce(places.state, 'Unknown') as state,
    coalesce(places.city, 'Unknown') as city,
    null::varchar as region_manager_name,
    coalesce(states.latitude, countries.latitude)::decimal(9, 4) as latitude,
    coalesce(states.longitude, countries.longitude)::decimal(9, 4) as longitude
from places
left join (select distinct country, state, latitude, longitude from reference.states) as states using (country, state)
left join reference.countries as countries using (country)
union all
select -1, 'Unknown', 'Unknown', 'Unknown', 'Unknown', null, null, null;

create or replace table hand_core.bridge_geography_levels as
with places as (
    select
        geography_key,
        levels.place_level,
        country,
        if(levels.depth >= 2, region, 'All') as region,
        if(levels.depth >= 3, state, 'All') as state,
        if(levels.depth >= 4, city, 'All') as city,
        if(levels.depth >= 2, region_manager_name, null) as region_manager_name,
        latitude,
        longitude,
        state in (select state from reference.states where states.country = geography.country) as is_state_known
    from hand_core.dim_geography as geography
    cross join (values ('country', 1), ('region', 2), ('state', 3), ('city', 4)) as levels (place_level, depth)
),

middles as (
    select
        place_level,
        country,
        region,
        state,
        city,
        sum(latitude) filter (is_state_known) as latitudes,
        sum(longitude) filter (is_state_known) as longitudes,
        count(latitude) filter (is_state_known) as states,
        max(latitude) as own_latitude,
        max(longitude) as own_longitude
    from (select distinct * exclude (geography_key, region_manager_name) from places)
    group by all
)

select
    places.* exclude (latitude, longitude, is_state_known),
    if(states > 0, quotient(latitudes, states, 10000) * 0.0001, own_latitude)::decimal(9, 4) as latitude,
    if(states > 0, quotient(longitudes, states, 10000) * 0.0001, own_longitude)::decimal(9, 4) as longitude
from places
inner join middles using (place_level, country, region, state, city);

-- ------------------------------------------------------------------------------------------------------- order lines

create or replace temp table orders as
select
    orders.* exclude (raw_row, rejection, is_latest),
    coalesce(versions.customer_key, -2) as customer_key,
    coalesce(versions.customer_history_key, -2) as customer_history_key,
    coalesce(versions.is_subscriber, false) as is_subscriber_at_order,
    coalesce(places.geography_key, -1) as geography_key,
    statuses.order_status_key,
    coalesce(channels.channel_key, -1) as channel_key,
    coalesce(payment_methods.payment_method_key, -1) as payment_method_key,
    coalesce(promotions.promotion_key, -3) as promotion_key,
    statuses.is_recognised,
    orders.order_date > getvariable('as_of_date') as is_future,
    statuses.is_recognised and orders.order_date <= getvariable('as_of_date') as is_counted
from (
    select orders_judged.*, customers.customer_key as named_customer_key
    from orders_judged
    left join customers using (customer_id)
    where rejection is null and is_latest
) as orders
asof left join customer_versions as versions
    on orders.named_customer_key = versions.customer_key and orders.ordered_at_utc >= versions.valid_from
inner join hand_core.dim_order_statuses as statuses on orders.order_status = statuses.order_status
left join hand_core.dim_channels as channels on orders.channel = channels.channel
left join hand_core.dim_payment_methods as payment_methods on orders.payment_method = payment_methods.payment_method
left join hand_core.dim_promotions as promotions on orders.promotion_code = promotions.promotion_code
left join places
    on
        orders.country is not distinct from places.country
        and orders.region is not distinct from places.region
        and orders.state is not distinct from places.state
        and orders.city is not distinct from places.city;

-- Value of each line. An order discount goes to the lines in proportion to their value after line discounts, in full
-- cents; the cents left over go to the largest remainders, ties to the lower line number.
create or replace temp table lines as
with valued as (
    select
        order_key,
        order_id,
        line_number,
        product_id,
        quantity::bigint as ordered_units,
        unit_price,
        (quantity * unit_price)::decimal(18, 4) as gross_amount,
        line_discount as stated_discount,
        (greatest(quantity * unit_price - line_discount, 0) * 10000)::bigint as line_weight
    from order_items_judged
    where rejection is null and is_latest
),

weighed as (
    select
        valued.order_key,
        valued.line_number,
        valued.line_weight,
        sum(valued.line_weight) over (partition by valued.order_key)::bigint as order_weight,
        if(
            orders.order_discount * 10000 > order_weight,
            floor(order_weight / 100.0),
            orders.order_discount * 100
        )::bigint as discount_cents
    from valued
    inner join orders using (order_key)
    where orders.order_discount > 0
),

shared as (
    select
        order_key,
        line_number,
        discount_cents,
        (discount_cents::hugeint * line_weight // order_weight)::bigint as floor_cents,
        (discount_cents::hugeint * line_weight % order_weight)::bigint as remainder
    from weighed
    where order_weight > 0
),

allocated as (
    select
        order_key,
        line_number,
        (0.01 * (
            floor_cents
            + (
                row_number() over (partition by order_key order by remainder desc, line_number)
                <= discount_cents - sum(floor_cents) over (partition by order_key)
            )::int
        ))::decimal(18, 4) as allocation
    from shared
)

select
    valued.* exclude (stated_discount, line_weight),
    least(valued.stated_discount, valued.gross_amount) as line_discount,
    greatest(valued.stated_discount - valued.gross_amount, 0)::decimal(18, 4) as line_discount_excess,
    coalesce(allocated.allocation, 0) as order_discount_allocation,
    valued.gross_amount - least(valued.stated_discount, valued.gross_amount) - coalesce(allocated.allocation, 0)
        as ordered_amount
from valued
left join allocated using (order_key, line_number);

-- ---------------------------------------------------------------------------------------------------------- returns
-- Several returns of one line: the value of all units returned so far is rounded, and each return is the difference.

create or replace table hand_core.fct_returns as
with counted as (
    select
        returns.*,
        lines.product_id,
        lines.ordered_units,
        lines.ordered_amount,
        sum(returns.stated_units) over (
            partition by returns.order_key, returns.line_number
            order by returns.return_date, returns.returned_at_utc, returns.return_id
            rows unbounded preceding
        ) as stated_so_far,
        least(stated_so_far, lines.ordered_units)::bigint as units_so_far,
        least(stated_so_far - returns.stated_units, lines.ordered_units)::bigint as units_before
    from returns_judged as returns
    inner join lines using (order_key, line_number)
    where returns.rejection is null and returns.is_latest
),

valued as (
    select
        *,
        units_so_far - units_before as returned_units,
        if(
            units_so_far = ordered_units,
            ordered_amount,
            quotient(ordered_amount * units_so_far, ordered_units, 100) * 0.01
        )
        - if(
            units_before = ordered_units,
            ordered_amount,
            quotient(ordered_amount * units_before, ordered_units, 100) * 0.01
        ) as returned_amount,
        return_date <= getvariable('as_of_date') as is_past
    from counted
)

select
    key_of(
        '4:shop' || part(valued.return_id) || '1:1' || part(valued.order_key) || part(valued.line_number)
    ) as return_line_key,
    'shop' as source_system,
    valued.return_id,
    valued.order_key,
    valued.line_number,
    orders.customer_key,
    orders.customer_history_key,
    products.product_key,
    orders.geography_key,
    orders.channel_key,
    coalesce(reasons.return_reason_key, -1) as return_reason_key,
    date_key(orders.order_date) as order_date_key,
    date_key(valued.return_date) as return_date_key,
    valued.returned_units,
    valued.stated_units - valued.returned_units as excess_units,
    valued.returned_amount::decimal(18, 4) as returned_amount,
    if(orders.is_counted and valued.is_past and not products.is_gift_card, valued.returned_amount, 0)::decimal(18, 4)
        as returns,
    valued.refunded_tax::decimal(18, 4) as refunded_tax,
    valued.refunded_shipping::decimal(18, 4) as refunded_shipping,
    true as is_order_linked,
    orders.is_counted and valued.is_past as is_counted,
    true as is_dated,
    orders.order_date,
    valued.return_date,
    valued.returned_at_utc
from valued
inner join orders using (order_key)
inner join products using (product_id)
left join hand_core.dim_return_reasons as reasons using (return_reason);

-- ------------------------------------------------------------------------------------------------------------ sales

create or replace table hand_core.fct_sales as
with returned as (
    select
        order_key,
        line_number,
        sum(returned_units)::bigint as returned_units,
        sum(returned_amount)::decimal(18, 4) as returned_amount
    from hand_core.fct_returns
    where is_counted
    group by all
),

sold as (
    select
        lines.*,
        orders.* exclude (order_key, order_id),
        products.product_key,
        products.is_gift_card,
        orders.is_counted and not products.is_gift_card as is_sale,
        coalesce(returned.returned_units, 0) as units_back,
        coalesce(returned.returned_amount, 0) as amount_back,
        lines.ordered_units - coalesce(returned.returned_units, 0) as units_kept
    from lines
    inner join orders using (order_key)
    inner join products using (product_id)
    left join returned using (order_key, line_number)
)

select
    'shop' as source_system,
    sold.order_id,
    sold.line_number,
    sold.order_key,
    sold.customer_key,
    sold.customer_history_key,
    sold.product_key,
    versions.product_history_key,
    sold.geography_key,
    sold.order_status_key,
    sold.channel_key,
    sold.payment_method_key,
    sold.promotion_key,
    date_key(sold.order_date) as order_date_key,
    null::varchar as item_size,
    null::varchar as item_color,
    sold.ordered_units,
    sold.unit_price,
    sold.ordered_amount::decimal(18, 4) as ordered_amount,
    if(sold.is_sale, sold.ordered_units, 0) as units_sold,
    if(sold.is_sale, sold.gross_amount, 0)::decimal(18, 4) as gross_sales,
    if(sold.is_sale, sold.line_discount, 0)::decimal(18, 4) as line_discount,
    if(sold.is_sale, sold.order_discount_allocation, 0)::decimal(18, 4) as order_discount_allocation,
    if(sold.is_sale, sold.line_discount + sold.order_discount_allocation, 0)::decimal(18, 4) as discounts,
    sold.line_discount_excess,
    if(sold.is_sale, sold.ordered_amount, 0)::decimal(18, 4) as sales_after_discount,
    if(sold.is_counted and sold.is_gift_card, sold.ordered_amount, 0)::decimal(18, 4) as gift_card_sales,
    if(sold.is_sale, sold.units_back, 0) as returned_units,
    if(sold.is_sale, sold.amount_back, 0)::decimal(18, 4) as returns_by_order_date,
    if(sold.is_sale, sold.ordered_amount - sold.amount_back, 0)::decimal(18, 4) as net_sales_by_order_date,
    if(sold.is_sale, sold.units_kept, 0) as kept_units,
    -- The cost of one unit times the units kept needs no rounding here: this source states the cost per unit.
    if(sold.is_sale, sold.units_kept * versions.unit_cost, 0)::decimal(18, 4) as cost_of_kept_units,
    sold.is_counted,
    sold.is_recognised,
    sold.is_future,
    true as is_dated,
    getvariable('as_of_date') - sold.order_date > 30 as is_mature,
    sold.is_gift_card,
    sold.is_subscriber_at_order,
    sold.order_date,
    sold.ordered_at_utc
from sold
asof left join hand_core.dim_products_history as versions
    on sold.product_key = versions.product_key and sold.ordered_at_utc >= versions.valid_from;

create or replace table hand_core.fct_orders as
with line_totals as (
    select
        order_key,
        count(*) as line_count,
        sum(ordered_units)::bigint as ordered_units,
        sum(ordered_amount) as ordered_amount,
        sum(units_sold)::bigint as units_sold,
        sum(gross_sales) as gross_sales,
        sum(discounts) as discounts,
        sum(sales_after_discount) as sales_after_discount,
        sum(gift_card_sales) as gift_card_sales,
        sum(returned_units)::bigint as returned_units,
        sum(returns_by_order_date) as returns_by_order_date,
        sum(net_sales_by_order_date) as net_sales_by_order_date,
        sum(kept_units)::bigint as kept_units,
        sum(cost_of_kept_units) as cost_of_kept_units,
        count(cost_of_kept_units) as lines_with_cost,
        sum(net_sales_by_order_date) filter (cost_of_kept_units is not null) as net_sales_with_cost
    from hand_core.fct_sales
    group by order_key
),

refunds as (
    select
        order_key,
        sum(refunded_tax) as refunded_tax,
        sum(refunded_shipping) as refunded_shipping
    from hand_core.fct_returns
    where is_counted
    group by order_key
),

joined as (
    select
        orders.*,
        coalesce(columns(line_totals.* exclude (order_key)), 0),
        if(orders.is_counted, coalesce(orders.tax, 0), 0) as tax_charged,
        if(orders.is_counted, coalesce(orders.shipping, 0), 0) as shipping_charged,
        if(orders.is_counted, coalesce(refunds.refunded_tax, 0), 0) as refunded_tax,
        if(orders.is_counted, coalesce(refunds.refunded_shipping, 0), 0) as refunded_shipping,
        orders.order_status = 'cancelled' and not orders.is_future as is_cancelled,
        if(
            orders.is_counted and orders.customer_key > 0,
            row_number() over (
                partition by orders.customer_key, orders.is_counted
                order by orders.order_date, orders.ordered_at_utc, orders.order_id
            ),
            null
        ) as customer_order_number
    from orders
    left join line_totals using (order_key)
    left join refunds using (order_key)
)

select
    order_key,
    'shop' as source_system,
    order_id,
    customer_key,
    customer_history_key,
    geography_key,
    order_status_key,
    channel_key,
    payment_method_key,
    promotion_key,
    date_key(order_date) as order_date_key,
    source_order_status,
    shipping_method,
    null::varchar as season,
    hour(local_time(ordered_at_utc)) as order_hour,
    line_count,
    ordered_units,
    ordered_amount::decimal(18, 4) as ordered_amount,
    units_sold,
    gross_sales::decimal(18, 4) as gross_sales,
    discounts::decimal(18, 4) as discounts,
    sales_after_discount::decimal(18, 4) as sales_after_discount,
    gift_card_sales::decimal(18, 4) as gift_card_sales,
    returned_units,
    returns_by_order_date::decimal(18, 4) as returns_by_order_date,
    net_sales_by_order_date::decimal(18, 4) as net_sales_by_order_date,
    kept_units,
    tax_charged::decimal(18, 4) as tax,
    shipping_charged::decimal(18, 4) as shipping,
    refunded_tax::decimal(18, 4) as refunded_tax,
    refunded_shipping::decimal(18, 4) as refunded_shipping,
    (net_sales_by_order_date + tax_charged + shipping_charged - refunded_tax - refunded_shipping)::decimal(18, 4)
        as total_sales_by_order_date,
    if(lines_with_cost > 0, net_sales_with_cost - cost_of_kept_units, null)::decimal(18, 4) as gross_margin,
    net_sales_with_cost::decimal(18, 4) as net_sales_with_cost,
    if(is_cancelled, ordered_amount, 0)::decimal(18, 4) as cancelled_value,
    header_total as header_total_amount,
    customer_order_number,
    is_recognised,
    is_future,
    is_counted,
    is_counted and kept_units > 0 as is_qualifying,
    is_cancelled,
    coalesce(customer_order_number = 1, false) as is_first_order,
    line_count > 0 as has_lines,
    discounts > 0 as is_discounted,
    coalesce(abs(header_total - ordered_amount - coalesce(joined.tax, 0) - coalesce(joined.shipping, 0)) > 0.01, false)
        as is_header_mismatch,
    is_subscriber_at_order,
    true as is_dated,
    order_date,
    shipped_date,
    delivered_date,
    ordered_at_utc
from joined;

-- ------------------------------------------------------------------------------------------------------ other facts

create or replace table hand_core.fct_payments as
select
    shop_key(payments.payment_id) as payment_key,
    'shop' as source_system,
    payments.payment_id,
    payments.order_key,
    coalesce(methods.payment_method_key, -1) as payment_method_key,
    date_key(coalesce(payments.paid_date, date '1900-01-01')) as paid_date_key,
    payments.payment_amount,
    1::bigint as installment_count,
    coalesce(payments.paid_date, date '1900-01-01') as paid_date
from payments_judged as payments
left join hand_core.dim_payment_methods as methods using (payment_method)
where payments.rejection is null and payments.is_latest;

create or replace table hand_core.fct_order_status_events as
select
    events.order_key,
    events.event_sequence,
    'shop' as source_system,
    statuses.order_status_key,
    hours_between(
        events.changed_at_utc, lead(events.changed_at_utc) over one_order
    ) as hours_in_status,
    lead(events.event_sequence) over one_order is null as is_latest,
    events.changed_at_utc
from order_status_events_judged as events
inner join hand_core.dim_order_statuses as statuses using (order_status)
where events.rejection is null and events.is_latest
window one_order as (partition by events.order_key order by events.event_sequence);

create or replace table hand_core.fct_feedback as
with rated as (
    select
        feedback.*,
        products.product_key,
        coalesce(products.category, 'Uncategorised') as category
    from feedback_judged as feedback
    left join products using (product_id)
    where feedback.rejection is null and feedback.is_latest
),

-- The median of the category, or of all reviews, stands in for the rating that a review lacks.
medians as (
    select
        category,
        grouping(category) = 1 as is_overall,
        array_agg(rating order by rating) as ratings,
        (ratings[(len(ratings) + 1) // 2] + ratings[len(ratings) // 2 + 1]) / 2 as median_rating
    from rated
    where feedback_type = 'review' and rating is not null
    group by grouping sets ((category), ())
)

select
    shop_key(rated.feedback_id) as feedback_key,
    'shop' as source_system,
    rated.feedback_id,
    coalesce(rated.order_key, -1) as order_key,
    coalesce(customers.customer_key, -1) as customer_key,
    coalesce(rated.product_key, -1) as product_key,
    date_key(coalesce(rated.submitted_date, date '1900-01-01')) as submitted_date_key,
    rated.feedback_type,
    rated.rating::decimal(18, 2) as rating,
    coalesce(
        rated.rating,
        if(rated.feedback_type = 'review', coalesce(of_category.median_rating, overall.median_rating), null)
    )::decimal(18, 2) as rating_imputed,
    rated.rating is null and rating_imputed is not null as is_review_rating_imputed,
    rated.has_comment,
    coalesce(rated.submitted_date > getvariable('as_of_date'), false) as is_future,
    coalesce(rated.submitted_date, date '1900-01-01') as submitted_date
from rated
left join customers using (customer_id)
left join medians as of_category on rated.category = of_category.category and not of_category.is_overall
left join medians as overall on overall.is_overall;

create or replace table hand_core.fct_support_tickets as
select
    shop_key(tickets.ticket_id) as ticket_key,
    'shop' as source_system,
    tickets.ticket_id,
    coalesce(tickets.order_key, -1) as order_key,
    coalesce(customers.customer_key, -1) as customer_key,
    date_key(tickets.opened_date) as opened_date_key,
    tickets.ticket_type,
    coalesce(tickets.severity, 'unknown') as severity,
    hours_between(tickets.opened_at_utc, tickets.first_response_at_utc)
        as first_response_hours,
    hours_between(tickets.opened_at_utc, tickets.resolved_at_utc)
        as resolution_hours,
    if(tickets.resolved_at_utc is null, getvariable('as_of_date') - tickets.opened_date, null) as open_days,
    tickets.resolved_at_utc is not null as is_resolved,
    tickets.ticket_type = 'complaint' as is_complaint,
    tickets.opened_date > getvariable('as_of_date') as is_future,
    tickets.opened_date,
    tickets.opened_at_utc,
    tickets.first_response_at_utc,
    tickets.resolved_at_utc
from support_tickets_judged as tickets
left join customers using (customer_id)
where tickets.rejection is null and tickets.is_latest;

create or replace table hand_core.fct_subscriptions as
select
    shop_key(subscriptions.subscription_id) as subscription_key,
    'shop' as source_system,
    subscriptions.subscription_id,
    coalesce(customers.customer_key, -1) as customer_key,
    coalesce(subscriptions.plan_name, 'Unknown') as plan_name,
    subscriptions.monthly_fee::decimal(18, 2) as monthly_fee_amount,
    coalesce(subscriptions.started_date <= getvariable('as_of_date'), true)
    and coalesce(subscriptions.ended_date >= getvariable('as_of_date'), true) as is_running,
    coalesce(subscriptions.started_date, date '1900-01-01') as started_date,
    subscriptions.ended_date
from subscriptions_judged as subscriptions
left join customers using (customer_id)
where subscriptions.rejection is null and subscriptions.is_latest;

-- ----------------------------------------------------------------------------------------------------- sliced facts

create or replace table hand_core.fct_sales_sliced as
with named as (
    select
        orders.*,
        geography.region,
        versions.segment,
        channels.channel
    from hand_core.fct_orders as orders
    inner join hand_core.dim_geography as geography using (geography_key)
    inner join hand_core.dim_customers_history as versions using (customer_history_key)
    inner join hand_core.dim_channels as channels using (channel_key)
    where orders.is_counted
),

by_order as (
    select
        unnest(['all', 'source_system', 'region', 'segment', 'channel']) as slice_type,
        unnest(['All sales', source_system, region, segment, channel]) as slice_name,
        order_key,
        customer_key,
        order_date,
        units_sold,
        gross_sales,
        discounts,
        sales_after_discount,
        gift_card_sales,
        returned_units,
        returns_by_order_date,
        net_sales_by_order_date,
        tax,
        shipping,
        refunded_tax,
        refunded_shipping
    from named
)

from by_order
union all
select
    'category',
    versions.category,
    sales.order_key,
    any_value(sales.customer_key),
    any_value(sales.order_date),
    sum(sales.units_sold)::bigint,
    sum(sales.gross_sales)::decimal(18, 4),
    sum(sales.discounts)::decimal(18, 4),
    sum(sales.sales_after_discount)::decimal(18, 4),
    sum(sales.gift_card_sales)::decimal(18, 4),
    sum(sales.returned_units)::bigint,
    sum(sales.returns_by_order_date)::decimal(18, 4),
    sum(sales.net_sales_by_order_date)::decimal(18, 4),
    null,
    null,
    null,
    null
from hand_core.fct_sales as sales
inner join hand_core.dim_products_history as versions using (product_history_key)
where sales.is_counted
group by sales.order_key, versions.category;

create or replace table hand_core.fct_returns_sliced as
select
    unnest(['all', 'source_system', 'region', 'segment', 'channel', 'category']) as slice_type,
    unnest([
        'All sales', returns.source_system, geography.region, customer_versions.segment, channels.channel,
        product_versions.category
    ]) as slice_name,
    returns.return_line_key,
    returns.return_date,
    returns.returned_units,
    returns.returns,
    0::decimal(18, 4) as unlinked_returns
from hand_core.fct_returns as returns
inner join hand_core.dim_geography as geography using (geography_key)
inner join hand_core.dim_customers_history as customer_versions using (customer_history_key)
inner join hand_core.dim_channels as channels using (channel_key)
inner join hand_core.fct_sales as sales
    on returns.order_key = sales.order_key and returns.line_number = sales.line_number
inner join hand_core.dim_products_history as product_versions using (product_history_key)
where returns.is_counted;

-- ------------------------------------------------------------------------------------------------------------ marts

create or replace table hand_marts.mart_customer_rfm as
with measured as (
    select
        customer_key,
        count(*) filter (is_counted) as orders_recognised,
        count(*) filter (is_qualifying) as orders_qualifying,
        max(order_date) filter (is_qualifying) as last_order_date,
        count(*) filter (is_in_window) as frequency,
        count(distinct order_date) filter (is_in_window) as purchase_days,
        coalesce(sum(net_sales_by_order_date) filter (is_in_window), 0) as monetary
    from (
        select *, is_qualifying and order_date > getvariable('as_of_date') - 365 as is_in_window
        from hand_core.fct_orders
        where customer_key > 0
    )
    group by customer_key
),

scored as (
    select
        customer_key,
        'quantile_1' as method_version,
        1 + (10 * (rank() over (order by last_order_date) - 1) + 5 * count(*) over (partition by last_order_date))
        // (2 * count(*) over ()) as recency_score,
        1 + (10 * (rank() over (order by frequency) - 1) + 5 * count(*) over (partition by frequency))
        // (2 * count(*) over ()) as frequency_score,
        1 + (10 * (rank() over (order by monetary) - 1) + 5 * count(*) over (partition by monetary))
        // (2 * count(*) over ()) as monetary_score,
        recency_score || '' || frequency_score || '' || monetary_score as rfm_cell
    from measured
    where frequency > 0

    union all

    -- By fixed bounds: the highest score whose bound the value reaches.
    select
        measured.customer_key,
        bounds.method_version,
        coalesce(max(score) filter (
            metric = 'recency' and getvariable('as_of_date') - last_order_date <= min_value
        ), 1) as recency_score,
        coalesce(max(score) filter (metric = 'frequency' and frequency >= min_value), 1) as frequency_score,
        coalesce(max(score) filter (metric = 'monetary' and monetary >= min_value), 1) as monetary_score,
        recency_score || '' || frequency_score || '' || monetary_score as rfm_cell
    from measured
    cross join reference.rfm_thresholds as bounds
    where frequency > 0
    group by 1, 2
)

select
    customers.customer_key,
    getvariable('as_of_date') as as_of_date,
    methods.method_version,
    customers.source_system,
    case
        when scored.customer_key is not null then segments.rfm_segment
        when measured.orders_qualifying > 0 then 'Dormant'
        else 'Prospect'
    end as rfm_segment,
    scored.rfm_cell,
    scored.recency_score,
    scored.frequency_score,
    scored.monetary_score,
    getvariable('as_of_date') - measured.last_order_date as recency_days,
    coalesce(measured.frequency, 0) as frequency,
    coalesce(measured.purchase_days, 0) as purchase_days,
    coalesce(measured.monetary, 0)::decimal(18, 4) as monetary,
    coalesce(measured.orders_recognised, 0) as orders_recognised,
    coalesce(measured.orders_qualifying, 0) as orders_qualifying,
    coalesce(measured.orders_qualifying = 0 and measured.orders_recognised > 0, false) as has_only_returned_orders
from hand_core.dim_customers as customers
cross join (
    select 'quantile_1' as method_version
    union
    select method_version from reference.rfm_thresholds
) as methods
left join measured using (customer_key)
left join scored using (customer_key, method_version)
left join reference.rfm_segments as segments on scored.rfm_cell = segments.rfm_cell::varchar
where not customers.is_reserved;

create or replace table hand_core.fct_sales_by_month as
with sales as (
    select
        slice_type,
        slice_name,
        date_trunc('month', order_date)::date as month_start_date,
        sum(units_sold) as units_sold,
        sum(gross_sales) as gross_sales,
        sum(discounts) as discounts,
        sum(sales_after_discount) as sales_after_discount,
        sum(returns_by_order_date) as returns_by_order_date,
        sum(net_sales_by_order_date) as net_sales_by_order_date,
        sum(tax) as tax,
        sum(shipping) as shipping,
        sum(refunded_tax) + sum(refunded_shipping) as refunded,
        count(*) as orders,
        count(distinct customer_key) filter (customer_key > 0) as customers,
        coalesce(sum(sales_after_discount) filter (day(order_date) <= day(getvariable('as_of_date'))), 0)
            as first_days_sales
    from hand_core.fct_sales_sliced
    group by all
),

returns as (
    select
        slice_type,
        slice_name,
        date_trunc('month', return_date)::date as month_start_date,
        sum(returns) as returns,
        coalesce(sum(returns) filter (day(return_date) <= day(getvariable('as_of_date'))), 0) as first_days_returns
    from hand_core.fct_returns_sliced
    group by all
),

members as (
    select slice_type, slice_name, min(month_start_date) as first_month
    from (
        select slice_type, slice_name, month_start_date from sales
        union all
        select slice_type, slice_name, month_start_date from returns
    )
    group by all
),

measured as (
    select
        month_start_date,
        slice_type,
        slice_name,
        coalesce(sales.units_sold, 0) as units_sold,
        coalesce(sales.gross_sales, 0) as gross_sales,
        coalesce(sales.discounts, 0) as discounts,
        coalesce(sales.sales_after_discount, 0) as sales_after_discount,
        coalesce(returns.returns, 0) as returns,
        coalesce(sales.returns_by_order_date, 0) as returns_by_order_date,
        coalesce(sales.sales_after_discount, 0) - coalesce(returns.returns, 0) as net_sales,
        coalesce(sales.net_sales_by_order_date, 0) as net_sales_by_order_date,
        if(slice_type <> 'category', coalesce(sales.tax, 0), null) as tax,
        if(slice_type <> 'category', coalesce(sales.shipping, 0), null) as shipping,
        if(
            slice_type <> 'category',
            coalesce(sales.net_sales_by_order_date + sales.tax + sales.shipping - sales.refunded, 0),
            null
        ) as total_sales_by_order_date,
        coalesce(sales.orders, 0) as orders,
        coalesce(sales.customers, 0) as customers,
        coalesce(sales.first_days_sales, 0) - coalesce(returns.first_days_returns, 0) as first_days_net_sales,
        last_day(month_start_date) <= getvariable('as_of_date') as is_complete,
        month_start_date < members.first_month as is_prelaunch
    from (
        select unnest(generate_series(
            min(first_month), date_trunc('month', getvariable('as_of_date'))::date, interval 1 month
        ))::date as month_start_date
        from members
    )
    cross join members
    left join sales using (slice_type, slice_name, month_start_date)
    left join returns using (slice_type, slice_name, month_start_date)
)

select
    month_start_date,
    slice_type,
    slice_name,
    units_sold::bigint as units_sold,
    gross_sales::decimal(18, 4) as gross_sales,
    discounts::decimal(18, 4) as discounts,
    sales_after_discount::decimal(18, 4) as sales_after_discount,
    returns::decimal(18, 4) as returns,
    returns_by_order_date::decimal(18, 4) as returns_by_order_date,
    net_sales::decimal(18, 4) as net_sales,
    net_sales_by_order_date::decimal(18, 4) as net_sales_by_order_date,
    first_days_net_sales::decimal(18, 4) as first_days_net_sales,
    tax::decimal(18, 4) as tax,
    shipping::decimal(18, 4) as shipping,
    total_sales_by_order_date::decimal(18, 4) as total_sales_by_order_date,
    orders,
    customers,
    is_complete,
    is_prelaunch,
    false as is_undated
from measured;

-- A month of a slice is distinguished from its prior month and year by its place in a gapless calendar.
create or replace table hand_marts.mart_sales_monthly as
with compared as (
    select
        *,
        lag(net_sales) over slice as prior_net_sales,
        lag(net_sales, 12) over slice as prior_year_net_sales,
        if(not is_complete, lag(first_days_net_sales) over slice, null) as same_days_prior,
        max(sales_after_discount) filter (slice_type = 'all') over (partition by month_start_date) as all_sales,
        sum(net_sales) over (
            partition by slice_type, slice_name, date_trunc('quarter', month_start_date) order by month_start_date
        ) as net_sales_quarter_to_date,
        sum(net_sales) over (
            partition by slice_type, slice_name, year(month_start_date) order by month_start_date
        ) as net_sales_year_to_date,
        if(is_complete, row_number() over slice, 0) as complete_months,
        sum(net_sales) over (slice rows 2 preceding) as sum_3_months,
        sum(net_sales) over (slice rows 5 preceding) as sum_6_months,
        sum(net_sales) over (slice rows 11 preceding) as sum_12_months
    from hand_core.fct_sales_by_month
    window slice as (partition by slice_type, slice_name order by month_start_date)
),

judged as (
    select
        *,
        case
            when is_prelaunch then 'prelaunch'
            when not is_complete then 'partial'
            when prior_net_sales is null then 'no_prior'
            when prior_net_sales = 0 then 'zero_prior'
            when prior_net_sales < 0 then 'negative_prior'
            else 'ok'
        end as growth_status,
        case
            when is_prelaunch then 'prelaunch'
            when not is_complete then 'partial'
            when prior_year_net_sales is null then 'no_prior'
            when prior_year_net_sales = 0 then 'zero_prior'
            when prior_year_net_sales < 0 then 'negative_prior'
            else 'ok'
        end as yearly_growth_status
    from compared
)

select
    month_start_date,
    slice_type,
    slice_name,
    units_sold::bigint as units_sold,
    gross_sales::decimal(18, 4) as gross_sales,
    discounts::decimal(18, 4) as discounts,
    sales_after_discount::decimal(18, 4) as sales_after_discount,
    returns::decimal(18, 4) as returns,
    returns_by_order_date::decimal(18, 4) as returns_by_order_date,
    net_sales::decimal(18, 4) as net_sales,
    net_sales_by_order_date::decimal(18, 4) as net_sales_by_order_date,
    tax::decimal(18, 4) as tax,
    shipping::decimal(18, 4) as shipping,
    total_sales_by_order_date::decimal(18, 4) as total_sales_by_order_date,
    orders,
    customers,
    rate(judged.sales_after_discount, judged.orders) as average_order_value,
    if(
        all_sales <> 0,
        (
            quotient(judged.sales_after_discount, all_sales, 10000000000) * 0.0000000001::decimal(10, 10)
        )::decimal(18, 10),
        null
    ) as share_of_total,
    net_sales_quarter_to_date::decimal(18, 4) as net_sales_quarter_to_date,
    net_sales_year_to_date::decimal(18, 4) as net_sales_year_to_date,
    if(complete_months >= 3, rate(judged.sum_3_months, 3), null) as moving_average_3_months,
    if(complete_months >= 6, rate(judged.sum_6_months, 6), null) as moving_average_6_months,
    if(complete_months >= 12, rate(judged.sum_12_months, 12), null) as moving_average_12_months,
    prior_net_sales::decimal(18, 4) as prior_net_sales,
    (judged.net_sales - judged.prior_net_sales)::decimal(18, 4) as month_over_month_change,
    if(growth_status = 'ok', rate(judged.net_sales - judged.prior_net_sales, judged.prior_net_sales), null)
        as month_over_month_growth,
    growth_status,
    same_days_prior::decimal(18, 4) as same_days_prior,
    if(
        judged.same_days_prior > 0,
        rate(judged.net_sales - judged.same_days_prior, judged.same_days_prior),
        null
    ) as same_days_growth,
    prior_year_net_sales::decimal(18, 4) as prior_year_net_sales,
    if(
        yearly_growth_status = 'ok',
        rate(judged.net_sales - judged.prior_year_net_sales, judged.prior_year_net_sales),
        null
    ) as year_over_year_growth,
    yearly_growth_status,
    is_complete,
    is_prelaunch,
    false as is_undated
from judged;

create or replace table hand_core.fct_period_totals as
with customer_months as (
    select
        date_trunc('month', order_date)::date as month_start_date,
        customer_key,
        count(*) filter (is_counted) as orders,
        count(*) filter (is_counted and customer_key > 0) as customer_orders,
        count(*) filter (is_cancelled) as cancelled_orders,
        count(*) filter (is_qualifying) as qualifying_orders,
        sum(units_sold) as units_sold,
        sum(sales_after_discount) as sales_after_discount,
        sum(net_sales_by_order_date) as net_sales_by_order_date,
        sum(net_sales_with_cost) as net_sales_with_cost,
        sum(gross_margin) as gross_margin,
        coalesce(sum(sales_after_discount) filter (getvariable('as_of_date') - order_date > 30), 0) as mature_sales,
        coalesce(sum(returns_by_order_date) filter (getvariable('as_of_date') - order_date > 30), 0) as mature_returns
    from hand_core.fct_orders
    where not is_future
    group by all
),

customer_periods as (
    select
        case grouping(month_start_date, date_trunc('year', month_start_date))
            when 3 then 'all'
            when 2 then 'year'
            else 'month'
        end as period_type,
        coalesce(month_start_date, date_trunc('year', month_start_date), date '1900-01-01')::date as period_start_date,
        customer_key,
        sum(columns(* exclude (month_start_date, customer_key)))
    from customer_months
    group by grouping sets (
        (customer_key, month_start_date), (customer_key, date_trunc('year', month_start_date)), (customer_key)
    )
),

totals as (
    select
        period_type,
        period_start_date,
        sum(orders) as orders,
        sum(customer_orders) as customer_orders,
        sum(cancelled_orders) as cancelled_orders,
        sum(qualifying_orders) as qualifying_orders,
        count(*) filter (customer_key > 0 and orders > 0) as customers,
        count(*) filter (customer_key > 0 and qualifying_orders >= 1) as qualifying_customers,
        count(*) filter (customer_key > 0 and qualifying_orders >= 2) as repeat_customers,
        sum(units_sold) as units_sold,
        sum(sales_after_discount) as sales_after_discount,
        sum(net_sales_by_order_date) as net_sales_by_order_date,
        sum(net_sales_by_order_date) filter (customer_key = -2) as guest_net_sales,
        sum(net_sales_with_cost) as net_sales_with_cost,
        sum(gross_margin) as gross_margin,
        sum(mature_sales) as mature_sales,
        sum(mature_returns) as mature_returns
    from customer_periods
    group by all
),

returned as (
    select
        case grouping(month_start_date, date_trunc('year', month_start_date))
            when 3 then 'all'
            when 2 then 'year'
            else 'month'
        end as period_type,
        coalesce(month_start_date, date_trunc('year', month_start_date), date '1900-01-01')::date as period_start_date,
        sum(returns) as returns
    from (
        select date_trunc('month', return_date)::date as month_start_date, returns
        from hand_core.fct_returns
        where is_counted
    )
    group by grouping sets ((month_start_date), (date_trunc('year', month_start_date)), ())
),

periods as (
    select 'month' as period_type, unnest(generate_series(
        date_trunc('month', first_order_date)::date, date_trunc('month', as_of_date)::date, interval 1 month
    ))::date as period_start_date, last_day(period_start_date) <= as_of_date as is_complete
    from hand_core.run_context
    union all
    select 'year', unnest(generate_series(
        date_trunc('year', first_order_date)::date, date_trunc('year', as_of_date)::date, interval 1 year
    ))::date as period_start_date, (period_start_date + interval 1 year)::date - 1 <= as_of_date
    from hand_core.run_context
    union all
    select 'all', date '1900-01-01', true
),

combined as (
    select
        period_type,
        period_start_date,
        periods.is_complete,
        coalesce(columns(totals.* exclude (period_type, period_start_date)), 0),
        coalesce(returned.returns, 0) as returns
    from periods
    left join totals using (period_type, period_start_date)
    left join returned using (period_type, period_start_date)
)

select
    period_type,
    period_start_date,
    orders::bigint as orders,
    customer_orders::bigint as customer_orders,
    cancelled_orders::bigint as cancelled_orders,
    qualifying_orders::bigint as qualifying_orders,
    units_sold::bigint as units_sold,
    customers::bigint as customers,
    qualifying_customers::bigint as qualifying_customers,
    repeat_customers::bigint as repeat_customers,
    sales_after_discount::decimal(18, 4) as sales_after_discount,
    net_sales_with_cost::decimal(18, 4) as net_sales_with_cost,
    gross_margin::decimal(18, 4) as gross_margin,
    mature_sales::decimal(18, 4) as mature_sales,
    mature_returns::decimal(18, 4) as mature_returns,
    returns::decimal(18, 4) as returns,
    net_sales_by_order_date::decimal(18, 4) as net_sales_by_order_date,
    guest_net_sales::decimal(18, 4) as guest_net_sales,
    is_complete
from combined;

create or replace table hand_marts.mart_kpi as
with valued as (
    select
        period_type,
        period_start_date,
        is_complete,
        unnest([
            'net_sales', 'sales_after_discount', 'orders', 'customers', 'units_sold', 'average_order_value',
            'average_order_value_net', 'units_per_order', 'average_selling_price', 'purchase_frequency',
            'simple_customer_value', 'repeat_rate', 'return_rate_value', 'cancellation_rate', 'gross_margin_rate',
            'guest_share'
        ]) as kpi_id,
        unnest([
            (sales_after_discount - returns)::decimal(28, 6),
            sales_after_discount::decimal(28, 6),
            orders::decimal(28, 6),
            customers::decimal(28, 6),
            units_sold::decimal(28, 6),
            rate(combined.sales_after_discount, combined.orders)::decimal(28, 6),
            rate(combined.net_sales_by_order_date, combined.orders)::decimal(28, 6),
            rate(combined.units_sold, combined.orders)::decimal(28, 6),
            rate(combined.sales_after_discount, combined.units_sold)::decimal(28, 6),
            rate(combined.customer_orders, combined.customers)::decimal(28, 6),
            (
                rate(combined.sales_after_discount, combined.orders)
                * rate(combined.customer_orders, combined.customers)
            )::decimal(28, 6),
            rate(combined.repeat_customers, combined.qualifying_customers)::decimal(28, 6),
            rate(combined.mature_returns, combined.mature_sales)::decimal(28, 6),
            rate(combined.cancelled_orders, combined.cancelled_orders + combined.orders)::decimal(28, 6),
            rate(combined.gross_margin, combined.net_sales_with_cost)::decimal(28, 6),
            rate(combined.guest_net_sales, combined.net_sales_by_order_date)::decimal(28, 6)
        ]) as kpi_value
    from hand_core.fct_period_totals as combined
)

select
    kpi_id,
    valued.period_type,
    valued.period_start_date,
    kpis.kpi_name,
    kpis.unit,
    valued.kpi_value,
    if(
        valued.period_type = 'all',
        null,
        lag(valued.kpi_value) over (partition by kpi_id, valued.period_type order by valued.period_start_date)
    ) as prior_value,
    kpis.target_value::decimal(28, 6) as target_value,
    case
        when valued.kpi_value is null then 'not_available'
        when kpis.target_value is null then 'no_target'
        when kpis.better = 'up' and valued.kpi_value >= kpis.target_value then 'met'
        when kpis.better = 'down' and valued.kpi_value <= kpis.target_value then 'met'
        else 'missed'
    end as kpi_status,
    valued.is_complete
from valued
inner join reference.kpis as kpis using (kpi_id);
