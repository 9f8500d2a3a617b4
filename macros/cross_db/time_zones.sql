{#- Wall-clock time in an IANA zone of a point in time given in UTC. -#}
{% macro utc_to_local(time, zone) -%}
    {{ return(adapter.dispatch('utc_to_local', 'customer_trends')(time, zone)) }}
{%- endmacro %}

{% macro default__utc_to_local(time, zone) -%}
    {{ exceptions.raise_compiler_error('utc_to_local has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__utc_to_local(time, zone) -%}
    timezone('{{ zone }}', timezone('UTC', {{ time }}))
{%- endmacro %}

{% macro mysql__utc_to_local(time, zone) -%}
    convert_tz({{ time }}, 'UTC', '{{ zone }}')
{%- endmacro %}

{% macro mariadb__utc_to_local(time, zone) -%}
    {{ return(customer_trends.mysql__utc_to_local(time, zone)) }}
{%- endmacro %}

{% macro spark__utc_to_local(time, zone) -%}
    convert_timezone('UTC', '{{ zone }}', cast({{ time }} as timestamp_ntz))
{%- endmacro %}

{#- The engine's own conversion to UTC, whatever it does where the clock jumps. -#}
{% macro _zone_to_utc(time, zone) -%}
    {{ return(adapter.dispatch('_zone_to_utc', 'customer_trends')(time, zone)) }}
{%- endmacro %}

{% macro default___zone_to_utc(time, zone) -%}
    {{ exceptions.raise_compiler_error('_zone_to_utc has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb___zone_to_utc(time, zone) -%}
    timezone('UTC', timezone('{{ zone }}', {{ time }}))
{%- endmacro %}

{#- For a time in a gap convert_tz gives the instant of the change; the minutes past it are added. -#}
{% macro mysql___zone_to_utc(time, zone) -%}
    {%- set engine_utc = "convert_tz(" ~ time ~ ", '" ~ zone ~ "', 'UTC')" -%}
    {%- set old_clock = add_hours(utc_to_local(add_hours(engine_utc, -1), zone), 1) -%}
    case
        when {{ utc_to_local(engine_utc, zone) }} = {{ time }} then {{ engine_utc }}
        else date_add({{ engine_utc }}, interval timestampdiff(microsecond, {{ old_clock }}, {{ time }}) microsecond)
    end
{%- endmacro %}

{% macro mariadb___zone_to_utc(time, zone) -%}
    {{ return(customer_trends.mysql___zone_to_utc(time, zone)) }}
{%- endmacro %}

{% macro spark___zone_to_utc(time, zone) -%}
    convert_timezone('{{ zone }}', 'UTC', cast({{ time }} as timestamp_ntz))
{%- endmacro %}

{#- UTC of a wall-clock time in an IANA zone. A time that occurs twice (clock set back) is the earlier
    instant; one that never occurs (clock set forward) is the instant the clock would have shown. -#}
{% macro local_to_utc(time, zone) -%}
    {%- if zone == 'UTC' -%}
    {{ time }}
    {%- else -%}
    {%- set engine_utc = _zone_to_utc(time, zone) -%}
    {%- set hour_before = add_hours(engine_utc, -1) -%}
    case
        when {{ utc_to_local(hour_before, zone) }} = {{ time }} then {{ hour_before }}
        else {{ engine_utc }}
    end
    {%- endif -%}
{%- endmacro %}

{#- True when a wall-clock time occurs twice or never because the clock was changed. -#}
{% macro is_clock_change(time, zone) -%}
    {%- if zone == 'UTC' -%}
    ({{ time }} is not null and 1 = 0)
    {%- else -%}
    {%- set engine_utc = _zone_to_utc(time, zone) -%}
    ({{ time }} is not null and (
        {{ utc_to_local(engine_utc, zone) }} <> {{ time }}
        or {{ utc_to_local(add_hours(engine_utc, -1), zone) }} = {{ time }}
        or {{ utc_to_local(add_hours(engine_utc, 1), zone) }} = {{ time }}
    ))
    {%- endif -%}
{%- endmacro %}
