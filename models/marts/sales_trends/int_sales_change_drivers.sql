{# Grain: one row per month, slice_type and slice_name, for every month that has a month before. #}
with

months as (

    select
        *,
        sum(units_sold) over (partition by slice_type, month_start_date) as units_of_type
    from {{ ref('fct_sales_by_month') }}
    where not is_undated

),

compared as (

    select
        months.month_start_date,
        months.slice_type,
        months.slice_name,
        previous.net_sales as prior_net_sales,
        months.net_sales,
        cast(months.net_sales - previous.net_sales as {{ type_decimal(18, 4) }})
            as absolute_change,
        previous.units_sold as prior_units,
        months.units_sold as units,
        previous.sales_after_discount as prior_sales,
        months.sales_after_discount as sales,
        previous.returns - months.returns as returns_effect,
        cast(previous.units_of_type as {{ type_integer() }}) as prior_units_of_type,
        cast(months.units_of_type as {{ type_integer() }}) as units_of_type,
        months.is_complete
    from months
    inner join months as previous
        on
            {{ add_months('months.month_start_date', -1) }} = previous.month_start_date
            and months.slice_type = previous.slice_type
            and months.slice_name = previous.slice_name

),

-- What the prior sales would be with the units of now, and with the growth in units of all members.
valued as (

    select
        *,
        {{ safe_divide('(units * prior_sales)', 'prior_units', 4) }} as at_prior_price,
        {{ safe_divide('(units_of_type * prior_sales)', 'prior_units_of_type', 4) }}
            as at_prior_mix,
        {{ safe_divide(
            '((units_of_type - prior_units_of_type) * prior_sales)', 'prior_units_of_type', 4
        ) }} as volume_effect
    from compared

),

split as (

    select
        month_start_date,
        slice_type,
        slice_name,
        prior_net_sales,
        net_sales,
        absolute_change,
        case when prior_units > 0 then volume_effect else 0 end as volume_effect,
        case when prior_units > 0 then at_prior_price - at_prior_mix else 0 end as mix_effect,
        case when prior_units > 0 then sales - at_prior_price else 0 end as price_effect,
        case when prior_units > 0 then 0 else sales end as new_effect,
        returns_effect,
        is_complete
    from valued

),

final as (

    select
        split.month_start_date,
        split.slice_type,
        split.slice_name,
        split.prior_net_sales,
        split.net_sales,
        split.absolute_change,
        {{ safe_divide('split.absolute_change', 'totals.absolute_change') }} as share_of_change,
        cast(split.volume_effect as {{ type_decimal(18, 4) }}) as volume_effect,
        cast(split.mix_effect as {{ type_decimal(18, 4) }}) as mix_effect,
        cast(split.price_effect as {{ type_decimal(18, 4) }}) as price_effect,
        cast(split.new_effect as {{ type_decimal(18, 4) }}) as new_effect,
        cast(split.returns_effect as {{ type_decimal(18, 4) }}) as returns_effect,
        cast(
            split.absolute_change - split.volume_effect - split.mix_effect
            - split.price_effect - split.new_effect - split.returns_effect
            as {{ type_decimal(18, 4) }}
        ) as residual,
        split.is_complete
    from split
    inner join split as totals
        on
            split.month_start_date = totals.month_start_date
            and totals.slice_type = 'all'

)

select * from final
