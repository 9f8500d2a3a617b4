{# Do customers come back? One row per month of first order: how many customers began then, and
   which share of them ordered again one, two, three, six and twelve months later. Read a column
   downwards to see whether newer customers stay better; NULL is a month that is not over yet. #}
select
    cohort_month,
    max(cohort_size) as customers,
    {%- for months in [1, 2, 3, 6, 12] %}
    max(
        case when months_since_first_order = {{ months }} and is_complete then retention_rate end
    ) as after_{{ months }}_month{{ 's' if months > 1 }},
    {%- endfor %}
    max(cumulative_net_sales_per_customer) as net_sales_per_customer_so_far
from {{ ref('mart_cohort_retention') }}
group by 1
order by 1
