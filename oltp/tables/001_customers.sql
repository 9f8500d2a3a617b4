-- Customers and what belongs to one: addresses, profile, subscriptions.
-- All times are UTC. A text column takes the collation of the database, which is binary.

create table if not exists customers (
    customer_id bigint not null auto_increment,
    -- Number of the customer in the system the row came from, if it was not born here.
    external_id varchar(50),
    -- Empty for firms without one, and once a customer was erased.
    first_name varchar(100),
    last_name varchar(100),
    email varchar(254),
    phone varchar(40),
    gender varchar(10),
    birth_date date,
    segment varchar(20) not null default 'Consumer',
    registered_at datetime(6) not null,
    updated_at datetime(6) not null,
    erased_at datetime(6),
    constraint customers_pk primary key (customer_id),
    constraint customers_external_id unique (external_id),
    constraint customers_email unique (email),
    constraint customers_gender check (gender in ('Female', 'Male', 'Other')),
    constraint customers_segment check (segment in ('Consumer', 'Corporate', 'Home Office')),
    constraint customers_birth_date check (birth_date >= '1900-01-01'),
    constraint customers_updated_at check (updated_at >= registered_at)
);

-- An address never changes: who moves gets a new one. Only erasing takes street and postal code away.
create table if not exists addresses (
    address_id bigint not null auto_increment,
    -- Empty for guests.
    customer_id bigint,
    street_address varchar(200),
    postal_code varchar(20),
    city varchar(100) not null,
    state varchar(100),
    country varchar(100) not null,
    is_home boolean not null default false,
    -- One home each.
    home_of_customer_id bigint generated always as (case when is_home then customer_id end) virtual,
    constraint addresses_pk primary key (address_id),
    constraint addresses_one_home unique (home_of_customer_id),
    constraint addresses_customer foreign key (customer_id) references customers (customer_id),
    index addresses_place (country, state, city)
);

create table if not exists customer_profiles (
    customer_id bigint not null,
    annual_income decimal(12, 2),
    spending_score decimal(5, 2),
    constraint customer_profiles_pk primary key (customer_id),
    constraint customer_profiles_customer
        foreign key (customer_id) references customers (customer_id),
    constraint customer_profiles_income check (annual_income >= 0),
    constraint customer_profiles_score check (spending_score between 1 and 100)
);

create table if not exists subscriptions (
    subscription_id bigint not null auto_increment,
    customer_id bigint not null,
    plan_name varchar(20) not null,
    monthly_fee_amount decimal(10, 2) not null,
    started_at datetime(6) not null,
    ended_at datetime(6),
    -- One running subscription each.
    running_for_customer_id bigint
        generated always as (case when ended_at is null then customer_id end) virtual,
    constraint subscriptions_pk primary key (subscription_id),
    constraint subscriptions_one_running unique (running_for_customer_id),
    constraint subscriptions_customer foreign key (customer_id) references customers (customer_id),
    constraint subscriptions_plan check (plan_name in ('basic', 'plus')),
    constraint subscriptions_fee check (monthly_fee_amount >= 0),
    constraint subscriptions_end check (ended_at >= started_at)
);
