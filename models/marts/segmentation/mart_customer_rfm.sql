{# Grain: one row per customer and method version, at as_of_date. #}
{%- set metrics = [
    ['recency', 'recency_days', '<='], ['frequency', 'frequency', '>='],
    ['monetary', 'monetary', '>=']
] %}
{%- set bounds = [] %}
{%- for metric, value, comparison in metrics %}
{%- for score in range(2, 6) %}
{%- do bounds.append(
    "max(case when metric = '" ~ metric ~ "' and score = " ~ score ~ " then min_value end) as "
    ~ metric ~ "_" ~ score
) %}
{%- endfor %}
{%- endfor %}
with

customers as (

    select * from {{ ref('fct_customer_totals') }}

),

run_context as (

    select * from {{ ref('run_context') }}

),

segments as (

    select * from {{ ref('rfm_segments') }}

),

-- One row per version of the fixed bounds.
thresholds as (

    select
        method_version,
        {{ bounds | join(',\n        ') }}
    from {{ ref('rfm_thresholds') }}
    group by 1

),

methods as (

    select 'quantile_1' as method_version

    union all

    select method_version from thresholds

),

scored as (

    select
        customer_key,
        'quantile_1' as method_version,
        {{ quantile_score('recency_days', 'desc') }} as recency_score,
        {{ quantile_score('frequency', 'asc') }} as frequency_score,
        {{ quantile_score('monetary', 'asc') }} as monetary_score
    from customers
    where frequency > 0

    union all

    select
        customers.customer_key,
        thresholds.method_version,
        {%- for metric, value, comparison in metrics %}
        cast(
            case
                {%- for score in [5, 4, 3, 2] %}
                when customers.{{ value }} {{ comparison }} thresholds.{{ metric }}_{{ score }}
                    then {{ score }}
                {%- endfor %}
                else 1
            end as {{ type_integer() }}
        ) as {{ metric }}_score
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from customers
    cross join thresholds
    where customers.frequency > 0

),

celled as (

    select
        *,
        {{ rfm_cell() }} as rfm_cell
    from scored

),

final as (

    select
        customers.customer_key,
        run_context.as_of_date,
        methods.method_version,
        customers.source_system,
        case
            when celled.customer_key is not null then segments.rfm_segment
            when customers.recency_days is not null then 'Dormant'
            when customers.orders_qualifying > 0 then 'Undated'
            else 'Prospect'
        end as rfm_segment,
        celled.rfm_cell,
        celled.recency_score,
        celled.frequency_score,
        celled.monetary_score,
        customers.recency_days,
        customers.frequency,
        customers.purchase_days,
        customers.monetary,
        customers.orders_recognised,
        customers.orders_qualifying,
        customers.has_only_returned_orders
    from customers
    cross join run_context
    cross join methods
    left join celled
        on
            customers.customer_key = celled.customer_key
            and methods.method_version = celled.method_version
    left join segments
        on celled.rfm_cell = cast(segments.rfm_cell as {{ type_text(3) }})

)

select * from final
