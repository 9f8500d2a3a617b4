-- Goods that come back: by category, some weeks after delivery, often not all units of the line.
create table order_returns as
with

first_returns as (

    select
        line_id,
        order_id,
        line_number,
        category_name,
        quantity as sold,
        order_lines.quantity * unit_price - line_discount as line_net,
        delivered_at,
        case
            when quantity = 1
                or uniform('whole line', line_id) < getvariable('full_line_return_share')
                then quantity
            else uniform_integer('units back', line_id, 1, quantity - 1)
        end as units,
        -- sooner rather than later
        delivered_at + 86400 + floor(
            86400 * (getvariable('return_days') - 1) * pow(uniform('days kept', line_id), 2)
        )::bigint as returned_at
    from order_lines
    inner join product_offers using (product_id)
    inner join category_parameters using (category_name)
    where delivered_at is not null and uniform('comes back', line_id) < return_rate

),

all_returns as (

    select
        *,
        1 as return_number
    from first_returns
    union all
    select
        * replace (
            sold - units as units,
            returned_at + 60 + floor(uniform('days kept, second', line_id) * (
                delivered_at + 86400 * getvariable('return_days') - returned_at
            ))::bigint as returned_at
        ),
        2
    from first_returns
    where units < sold
        and uniform('second return', line_id) < getvariable('second_return_share')

),

happened as (

    select
        all_returns.*,
        order_money.units as units_sold,
        tax,
        taxable_goods,
        shipping,
        uniform('reason', line_id * 4 + return_number) as reason_chance,
        sum(all_returns.units) over (
            partition by order_id order by returned_at, line_id, return_number
        ) as units_back
    from all_returns
    inner join order_money using (order_id)
    where returned_at <= getvariable('data_end')

)

select
    order_id,
    line_number,
    units,
    returned_at,
    units_back = units_sold as completes_order,
    case
        when reason_chance < size_share then 'wrong_size'
        when reason_chance < size_share + quality_share then 'not_as_described'
        when reason_chance < size_share + quality_share + defect_share then 'defective'
        when reason_chance < size_share + quality_share + defect_share + mind_share
            then 'changed_mind'
        else 'arrived_late'
    end as return_reason,
    -- down to the cent, so that the parts never exceed the total
    case
        when line_net > 0
            then (tax::hugeint * line_net * units // (taxable_goods::hugeint * sold))::bigint
        else 0
    end as refunded_tax,
    case when units_back = units_sold then shipping else 0 end as refunded_shipping
from happened
inner join category_parameters using (category_name)
order by returned_at, line_id, return_number;

create view raw_returns as
select
    (order_returns.rowid + 1)::varchar as return_id,
    order_id::varchar as order_id,
    line_number::varchar as line_number,
    units::varchar as quantity,
    return_reason,
    money_text(refunded_tax) as refunded_tax_amount,
    money_text(refunded_shipping) as refunded_shipping_amount,
    utc_text(returned_at) as returned_at
from order_returns;
