{# The only place where dates are reckoned. Spans are half-open: [start, end). #}

{% macro add_days(day, days) -%}
    {{ return(adapter.dispatch('add_days', 'lasting_homes')(day, days)) }}
{%- endmacro %}

{# DuckDB adds whole days to a date with `+`, Spark through a function. #}
{% macro duckdb__add_days(day, days) -%}
    ({{ day }} + {{ days }})
{%- endmacro %}

{% macro default__add_days(day, days) -%}
    date_add({{ day }}, {{ days }})
{%- endmacro %}


{% macro days_between(first_day, last_day) -%}
    {{ return(adapter.dispatch('days_between', 'lasting_homes')(first_day, last_day)) }}
{%- endmacro %}

{# DuckDB names the unit and takes the earlier day first; Spark takes the later day first. #}
{% macro duckdb__days_between(first_day, last_day) -%}
    datediff('day', {{ first_day }}, {{ last_day }})
{%- endmacro %}

{% macro default__days_between(first_day, last_day) -%}
    datediff({{ last_day }}, {{ first_day }})
{%- endmacro %}


{# Keeps the day number or takes the month's last day (measures.md §1). #}
{% macro add_months(day, months) -%}
    {{ return(adapter.dispatch('add_months', 'lasting_homes')(day, months)) }}
{%- endmacro %}

{# DuckDB has no add_months; date plus interval gives a timestamp there, which is cast back. #}
{% macro duckdb__add_months(day, months) -%}
    cast({{ day }} + to_months({{ months }}) as date)
{%- endmacro %}

{% macro default__add_months(day, months) -%}
    add_months({{ day }}, {{ months }})
{%- endmacro %}


{# One row per first day of a month, `month_start`, between two months given as ISO text. #}
{% macro calendar_months(first_month, last_month) -%}
    {{ return(adapter.dispatch('calendar_months', 'lasting_homes')(first_month, last_month)) }}
{%- endmacro %}

{# DuckDB unnests a series of timestamps, Spark explodes a sequence of dates. #}
{% macro duckdb__calendar_months(first_month, last_month) -%}
    select cast(month_start as date) as month_start
    from
        generate_series(
            cast('{{ first_month }}' as date),
            cast('{{ last_month }}' as date),
            interval 1 month
        ) as months (month_start)
{%- endmacro %}

{% macro default__calendar_months(first_month, last_month) -%}
    select explode(
        sequence(cast('{{ first_month }}' as date), cast('{{ last_month }}' as date), interval 1 month)
    ) as month_start
{%- endmacro %}


{# The day on which an age is attained: born on 29 February, that is 1 March in a common year. #}
{% macro birthday(date_of_birth, age) -%}
    case
        when extract(month from {{ date_of_birth }}) = 2
            and extract(day from {{ date_of_birth }}) = 29
            and extract(day from {{ add_months(date_of_birth, age ~ ' * 12') }}) = 28
            then {{ add_days(add_months(date_of_birth, age ~ ' * 12'), 1) }}
        else {{ add_months(date_of_birth, age ~ ' * 12') }}
    end
{%- endmacro %}


{# Age in completed years on a day. #}
{% macro completed_years(date_of_birth, day) -%}
    (
        extract(year from {{ day }}) - extract(year from {{ date_of_birth }})
        - case
            when extract(month from {{ day }}) * 100 + extract(day from {{ day }})
                < extract(month from {{ date_of_birth }}) * 100 + extract(day from {{ date_of_birth }})
                then 1
            else 0
        end
    )
{%- endmacro %}


{# Stand-ins for "without a beginning" and "without an end", so that spans can be compared. #}
{% macro beginning_of_time() -%}
    cast('0001-01-01' as date)
{%- endmacro %}

{% macro end_of_time() -%}
    cast('9999-12-31' as date)
{%- endmacro %}


{#
    The day that lies some working days of England after a day, counted from the next one; Saturdays, Sundays and the
    days of the seed bank_holiday do not count (measures.md §1). `relation` has `number_column`, unique, and `day`.
    Gives (number_column, due_date). Reaches as far as `working_days` and a fortnight of holidays.
#}
{% macro working_days_after(relation, number_column, day, working_days) -%}
    select
        {{ number_column }},
        due_date
    from (
        select
            counted.{{ number_column }},
            counted.due_date,
            row_number() over (partition by counted.{{ number_column }} order by counted.due_date) as working_day
        from (
            select
                started.{{ number_column }},
                {{ add_days('started.' ~ day, 'steps.step') }} as due_date
            from {{ relation }} as started
            cross join (
                {%- for step in range(1, working_days * 2 + 15) %}
                select {{ step }} as step
                {{ 'union all' if not loop.last }}
                {%- endfor %}
            ) as steps
        ) as counted
        left join {{ ref('bank_holiday') }} as bank_holiday
            on counted.due_date = bank_holiday.holiday
        where
            bank_holiday.holiday is null
            and {{ day_of_week('counted.due_date') }} between 1 and 5
    ) as working_days
    where working_day = {{ working_days }}
{%- endmacro %}


{# The day of the week, Monday 1 to Sunday 7. #}
{% macro day_of_week(day) -%}
    {{ return(adapter.dispatch('day_of_week', 'lasting_homes')(day)) }}
{%- endmacro %}

{# DuckDB has the ISO number under a name of its own; Spark counts from Monday 0. #}
{% macro duckdb__day_of_week(day) -%}
    isodow({{ day }})
{%- endmacro %}

{% macro default__day_of_week(day) -%}
    (weekday({{ day }}) + 1)
{%- endmacro %}


{# Whether a row of a seed holds on a day: valid_from and valid_to are its first and last day, blank is without limit. #}
{% macro in_force(seed, day) -%}
    {{ day }} >= coalesce({{ seed }}.valid_from, {{ beginning_of_time() }})
    and {{ day }} <= coalesce({{ seed }}.valid_to, {{ end_of_time() }})
{%- endmacro %}


{# The first day of the calendar quarter that a day lies in. #}
{% macro first_of_quarter(day) -%}
    {{ return(adapter.dispatch('first_of_quarter', 'lasting_homes')(day)) }}
{%- endmacro %}

{# DuckDB cuts a date to a date, Spark to a timestamp. #}
{% macro duckdb__first_of_quarter(day) -%}
    date_trunc('quarter', {{ day }})
{%- endmacro %}

{% macro default__first_of_quarter(day) -%}
    cast(date_trunc('quarter', {{ day }}) as date)
{%- endmacro %}
