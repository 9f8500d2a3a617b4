-- Every figure planted in the demo shop stands here and nowhere else.
-- docs/demo_shop.md explains them; planted_truth.json repeats them beside the data.
-- `seed` and `orders` are set by the caller.

-- Calendar
set variable opening_date = date '2021-01-01';
set variable closing_date = date '2024-06-30';
set variable time_zone = 'America/Chicago';

-- Customers and their buying (BG/NBD, in weeks of business time). With r = 1 and a = 1 the draws
-- have closed inverses, on which 06_customers.sql relies: these two are stated, not adjustable.
set variable yearly_growth = 1.25;           -- new customers, one year over the year before
set variable never_ordering_share = 0.08;    -- registered customers who never order
set variable guest_share = 0.05;             -- orders without a customer
set variable orders_per_customer = 5.78;     -- expectation that follows from the lines below
set variable rate_shape = 1;                 -- r: the orders per week are gamma(r, alpha)
set variable rate_scale = 4.5;               -- alpha, weeks
set variable dropout_alpha = 1;              -- a: the chance to leave is beta(a, b)
set variable dropout_beta = 4;               -- b

-- Baskets
set variable basket_shape = 2;               -- the basket factor is gamma(shape), scaled to mean 1
set variable extra_lines = 1.62;             -- lines beyond the first at basket factor 1
set variable extra_units = 0.5;              -- units beyond the first on a line, likewise
set variable popularity_power = 2.2;         -- product rank = count * uniform ^ power
set variable gift_card_share = 0.012;        -- picks that are a gift card
set variable companion_share = 0.15;         -- second picks that are the first one's companion
set variable line_discount_share = 0.06;     -- lines with a discount of their own

-- Promotions
set variable promotion_uplift = 1.25;        -- units of an order with a promotion over one without
set variable welcome_take_up = 0.35;         -- first orders with WELCOME10
set variable campaign_take_up = 0.48;        -- other orders during a campaign that use its code

-- Prices
set variable yearly_price_rise = 0.03;
set variable unknown_cost_share = 0.03;      -- products without a known cost

-- Orders on their way
set variable cancelled_share = 0.04;
set variable failed_share = 0.015;
set variable late_share = 0.08;              -- parcels that take 8 to 14 days more
set variable late_after_hours = 192;         -- so that the data show what is "late"
set variable split_payment_share = 0.06;
set variable gift_address_share = 0.06;      -- orders sent to an address that is not the buyer's

-- Returns (rates per category: see category_parameters)
set variable return_days = 40;               -- longest time between delivery and return
set variable full_line_return_share = 0.75;  -- returns of lines of 2 or more units that take all
set variable second_return_share = 0.2;      -- partial returns followed by the rest of the line

-- Subscriptions: the quantile of the buying rate moves the chance from floor to floor + slope
set variable subscription_floor = 0.05;
set variable subscription_slope = 0.40;
set variable subscription_end_share = 0.40;

-- Changes of customers
set variable move_share = 0.08;
set variable income_change_share = 0.10;
set variable segment_change_share = 0.03;
set variable double_change_share = 0.02;     -- two changes in one instant
set variable empty_change_share = 0.03;      -- updates that change nothing
set variable missing_gender_share = 0.03;
set variable missing_birth_date_share = 0.02;
set variable missing_income_share = 0.02;

-- Feedback
set variable review_share = 0.30;            -- delivered orders of known customers
set variable missing_rating_share = 0.08;
set variable late_rating_penalty = 0.8;      -- stars
set variable complaint_share = 0.02;
set variable enquiry_share = 0.03;           -- customers

-- Support tickets
set variable ticket_share = 0.03;            -- orders neither late nor returned
set variable late_ticket_odds_ratio = 4.0;
set variable returned_ticket_odds_ratio = 3.0;
set variable technical_ticket_share = 0.02;  -- customers with a ticket about no order
set variable unresolved_share = 0.02;        -- tickets nobody ever closes

-- Twelve values with mean 1, seven values with mean 1, and hour weights (any scale).
create table month_parameters as
select
    unnest(range(1, 13)) as month_number,
    unnest([0.85, 0.80, 0.90, 0.93, 0.97, 0.94, 0.90, 0.93, 0.96, 1.02, 1.35, 1.45])
        as seasonal_index;

create table weekday_parameters as
select
    unnest(range(1, 8)) as iso_weekday,
    unnest([1.00, 0.95, 0.95, 0.98, 1.02, 1.05, 1.05]) as weekday_index;

create table hour_parameters as
select
    unnest(range(24)) as local_hour,
    unnest([
        2, 1, 1, 1, 1, 2, 4, 8, 14, 20, 26, 30, 34, 34, 32, 32, 34, 40, 50, 60, 62, 50, 30, 12
    ]) as hour_weight;

-- A campaign runs every year between two days given as month * 100 + day.
create table promotion_parameters (promotion_code, discount_percent, opens_on, closes_on) as
values
    ('WELCOME10', 10, null, null),
    ('SPRING15', 15, 315, 430),
    ('SUMMER20', 20, 615, 731),
    ('BLACKFRIDAY25', 25, 1120, 1130),
    ('HOLIDAY10', 10, 1201, 1224);

create table category_parameters (
    category_name, return_rate, mean_rating, size_share, quality_share, defect_share, mind_share
) as
values
    -- shares of return reasons; what is left arrived too late
    ('Clothing', 0.14, 3.9, 0.50, 0.20, 0.05, 0.20),
    ('Footwear', 0.11, 4.0, 0.55, 0.15, 0.08, 0.17),
    ('Electronics', 0.07, 3.7, 0.00, 0.30, 0.45, 0.15),
    ('Sports', 0.06, 4.1, 0.20, 0.25, 0.20, 0.25),
    ('Home', 0.04, 4.2, 0.05, 0.35, 0.25, 0.25),
    ('Beauty', 0.02, 4.4, 0.00, 0.40, 0.15, 0.30),
    ('Gift Cards', 0.00, 4.5, 0.00, 0.00, 0.00, 0.00);

-- The five groups of the well-known mall customers data, in its proportions.
create table cluster_parameters (
    cluster_name, share_from, share_to, income_mean, income_spread, score_mean, score_spread
) as
values
    ('low income, low spending', 0.00, 0.12, 26000, 7000, 21, 8),
    ('low income, high spending', 0.12, 0.23, 26000, 6000, 79, 8),
    ('middle income, middle spending', 0.23, 0.63, 55000, 8000, 50, 6),
    ('high income, low spending', 0.63, 0.81, 88000, 12000, 18, 8),
    ('high income, high spending', 0.81, 1.00, 86000, 12000, 82, 8);
