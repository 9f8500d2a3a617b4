{# Grain: one row per returned order line and return row, with the units and the value that came
   back. The value of all units of a line returned so far is round(line value x units so far /
   units, 2), and the complete line value once all are back; each event is the difference to the one
   before, so that a full return equals the price paid. #}
with

returns as (

    select * from {{ ref('int_returns_screened') }}
    where row_outcome = 'accepted'

),

order_lines as (

    select * from {{ ref('int_order_items_priced') }}

),

linked as (

    select
        returns.source_system,
        returns.return_id,
        returns.return_line_number,
        returns.order_key,
        order_lines.line_number,
        order_lines.ordered_units,
        order_lines.ordered_amount,
        cast(
            coalesce(returns.quantity, order_lines.ordered_units) as {{ type_integer() }}
        ) as stated_units,
        returns.returned_local_date,
        returns.returned_at_utc
    from returns
    inner join order_lines
        on
            returns.order_key = order_lines.order_key
            and coalesce(returns.line_number, order_lines.line_number) = order_lines.line_number

),

counted as (

    select
        *,
        cast(sum(stated_units) over (
            partition by order_key, line_number
            order by
                case when returned_local_date is null then 1 else 0 end,
                returned_local_date,
                case when returned_at_utc is null then 1 else 0 end,
                returned_at_utc,
                return_id,
                return_line_number
            rows between unbounded preceding and current row
        ) as {{ type_integer() }}) as stated_units_so_far
    from linked

),

capped as (

    select
        *,
        case
            when stated_units_so_far > ordered_units then ordered_units
            else stated_units_so_far
        end as units_so_far,
        case
            when stated_units_so_far - stated_units > ordered_units then ordered_units
            else stated_units_so_far - stated_units
        end as units_before
    from counted

),

valued as (

    select
        *,
        case
            when units_so_far = ordered_units then ordered_amount
            else {{ safe_divide('ordered_amount * units_so_far', 'ordered_units', 2) }}
        end as amount_so_far,
        case
            when units_before = ordered_units then ordered_amount
            else {{ safe_divide('ordered_amount * units_before', 'ordered_units', 2) }}
        end as amount_before
    from capped

),

final as (

    select
        source_system,
        return_id,
        return_line_number,
        order_key,
        line_number,
        units_so_far - units_before as returned_units,
        stated_units - (units_so_far - units_before) as excess_units,
        cast(amount_so_far - amount_before as {{ type_decimal(18, 4) }}) as returned_amount
    from valued

)

select * from final
