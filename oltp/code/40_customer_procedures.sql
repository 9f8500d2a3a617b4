-- Customers come, change and go. Each procedure is one transaction of its own.

delimiter $$

drop procedure if exists check_customer $$
create procedure check_customer(in p_customer_id bigint)
    comment 'Locks a customer; refuses one that does not exist or was erased'
begin
    declare v_customer_id bigint;
    declare v_erased_at datetime(6);
    select customer_id, erased_at into v_customer_id, v_erased_at
    from customers
    where customer_id = p_customer_id
    for update;
    if v_customer_id is null then
        call refuse('unknown', concat('There is no customer ', coalesce(p_customer_id, 'NULL'), '.'));
    elseif v_erased_at is not null then
        call refuse('state', concat('Customer ', p_customer_id, ' was erased.'));
    end if;
end $$

drop procedure if exists check_contact $$
create procedure check_contact(
    in p_first_name longtext, in p_last_name longtext, in p_email longtext, in p_phone longtext,
    in p_birth_date date
)
    comment 'Refuses impossible names, addresses of e-mail, telephone numbers and birth dates'
begin
    call check_name('first name', p_first_name);
    call check_name('last name', p_last_name);
    call check_text('e-mail address', p_email, 254);
    if p_email not regexp '^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+([.][A-Za-z0-9-]+)+$' then
        call refuse('value', 'The e-mail address is not one: give name@domain.');
    end if;
    call check_text('telephone number', p_phone, 40);
    if p_phone not regexp '^[0-9+() .x-]+$' then
        call refuse('value', 'The telephone number may hold digits, blanks and + ( ) . - x, nothing else.');
    end if;
    if p_birth_date < '1900-01-01' or p_birth_date > utc_date() then
        call refuse('value', concat('The birth date ', p_birth_date, ' is not a day since 1900 that has been.'));
    end if;
end $$

drop procedure if exists check_profile $$
create procedure check_profile(
    in p_annual_income decimal(30, 4), in p_spending_score decimal(30, 4)
)
    comment 'Refuses impossible incomes and spending scores; NULL is fine'
begin
    if p_annual_income is not null then
        call check_amount('annual income', p_annual_income);
    end if;
    if p_spending_score not between 1 and 100 then
        call refuse('value', concat('The spending score is ', p_spending_score, ': give 1 to 100.'));
    end if;
end $$

drop procedure if exists add_home $$
create procedure add_home(
    in p_customer_id bigint, in p_street_address longtext, in p_postal_code longtext,
    in p_city longtext, in p_state longtext, in p_country longtext
)
    comment 'Gives a customer a new home address; the one before stays for the orders sent there'
begin
    call check_text('street address', p_street_address, 200);
    call check_text('postal code', p_postal_code, 20);
    call check_text('city', p_city, 100);
    call check_text('state', p_state, 100);
    call check_text('country', p_country, 100);
    if p_city is null or p_country is null then
        call refuse('value', 'An address needs city and country.');
    end if;
    update addresses set is_home = false where home_of_customer_id = p_customer_id;
    insert into addresses (
        customer_id, street_address, postal_code, city, state, country, is_home
    ) values (
        p_customer_id, p_street_address, p_postal_code, p_city, p_state, p_country, true
    );
end $$

drop procedure if exists register_customer $$
create procedure register_customer(
    in p_request_id longtext,
    in p_first_name longtext,
    in p_last_name longtext,
    in p_email longtext,
    in p_phone longtext,
    in p_gender longtext,
    in p_birth_date date,
    in p_segment longtext,
    in p_street_address longtext,
    in p_postal_code longtext,
    in p_city longtext,
    in p_state longtext,
    in p_country longtext,
    out p_customer_id bigint
)
    comment 'Makes a customer with a home address'
begin
    declare v_is_repeated boolean;
    declare v_now datetime(6);
    declare exit handler for sqlexception begin rollback; resignal; end;
    set transaction isolation level read committed;
    start transaction;
    call claim_request(p_request_id, 'register_customer', cast(json_array(
        p_first_name, p_last_name, p_email, p_phone, p_gender, p_birth_date, p_segment,
        p_street_address, p_postal_code, p_city, p_state, p_country
    ) as char), v_is_repeated, p_customer_id);
    if not v_is_repeated then
        if p_first_name is null or p_last_name is null or p_email is null then
            call refuse('value', 'A customer needs first name, last name and e-mail address.');
        end if;
        call check_contact(p_first_name, p_last_name, p_email, p_phone, p_birth_date);
        if p_gender is not null then
            call check_choice('gender', p_gender, 'Female,Male,Other');
        end if;
        call check_choice('segment', p_segment, 'Consumer,Corporate,Home Office');
        if exists (select 1 from customers where email = lower(p_email)) then
            call refuse('state', 'Another customer has this e-mail address.');
        end if;
        set v_now = utc_timestamp(6);
        insert into customers (
            first_name, last_name, email, phone, gender, birth_date, segment, registered_at,
            updated_at
        ) values (
            p_first_name, p_last_name, lower(p_email), p_phone, p_gender, p_birth_date, p_segment,
            v_now, v_now
        );
        set p_customer_id = last_insert_id();
        call add_home(
            p_customer_id, p_street_address, p_postal_code, p_city, p_state, p_country
        );
        call finish_request(p_request_id, p_customer_id);
    end if;
    commit;
end $$

-- A key that is absent leaves its value alone; null clears it.
drop procedure if exists change_customer $$
create procedure change_customer(
    in p_request_id longtext, in p_customer_id bigint, in p_changes longtext
)
    comment 'Changes a customer: a JSON object of the values to change, see README.md for its keys'
begin
    declare v_is_repeated boolean;
    declare v_result_id bigint;
    declare v_unknown_key varchar(100);
    declare v_first_name, v_last_name, v_email, v_phone, v_gender, v_birth_date longtext;
    declare v_segment, v_annual_income, v_spending_score longtext;
    declare v_street_address, v_postal_code, v_city, v_state, v_country longtext;
    declare exit handler for sqlexception begin rollback; resignal; end;
    set transaction isolation level read committed;
    start transaction;
    call claim_request(p_request_id, 'change_customer', cast(json_array(
        p_customer_id, p_changes
    ) as char), v_is_repeated, v_result_id);
    if not v_is_repeated then
        call check_customer(p_customer_id);
        if p_changes is null or not json_valid(p_changes) or p_changes not regexp '^[[:space:]]*[{]'
            or json_length(p_changes) = 0 then
            call refuse('value', 'The changes are not a JSON object of values.');
        end if;
        select min(keys_given.key_name) into v_unknown_key
        from json_table(json_keys(p_changes), '$[*]' columns (
            key_name varchar(100) path '$'
        )) as keys_given
        where find_in_set(keys_given.key_name, concat(
            'first_name,last_name,email,phone,gender,birth_date,segment,annual_income,',
            'spending_score,street_address,postal_code,city,state,country'
        )) = 0;
        if v_unknown_key is not null then
            call refuse('value', concat(
                'A customer has no ''', left(v_unknown_key, 30), ''' that could be changed.'
            ));
        end if;

        -- What is not given stays as it is.
        select
            case
                when json_contains_path(p_changes, 'one', '$.first_name') then given.first_name
                else customers.first_name
            end,
            case
                when json_contains_path(p_changes, 'one', '$.last_name') then given.last_name
                else customers.last_name
            end,
            case
                when json_contains_path(p_changes, 'one', '$.email') then lower(given.email)
                else customers.email
            end,
            case
                when json_contains_path(p_changes, 'one', '$.phone') then given.phone
                else customers.phone
            end,
            case
                when json_contains_path(p_changes, 'one', '$.gender') then given.gender
                else customers.gender
            end,
            case
                when json_contains_path(p_changes, 'one', '$.birth_date') then given.birth_date
                else customers.birth_date
            end,
            case
                when json_contains_path(p_changes, 'one', '$.segment') then given.segment
                else customers.segment
            end,
            case
                when json_contains_path(p_changes, 'one', '$.annual_income') then given.annual_income
                else customer_profiles.annual_income
            end,
            case
                when json_contains_path(p_changes, 'one', '$.spending_score') then given.spending_score
                else customer_profiles.spending_score
            end,
            given.street_address, given.postal_code, given.city, given.state, given.country
        into
            v_first_name, v_last_name, v_email, v_phone, v_gender, v_birth_date, v_segment,
            v_annual_income, v_spending_score,
            v_street_address, v_postal_code, v_city, v_state, v_country
        from customers
        left join customer_profiles
            on customers.customer_id = customer_profiles.customer_id
        cross join json_table(p_changes, '$' columns (
            first_name longtext path '$.first_name' error on error,
            last_name longtext path '$.last_name' error on error,
            email longtext path '$.email' error on error,
            phone longtext path '$.phone' error on error,
            gender longtext path '$.gender' error on error,
            birth_date longtext path '$.birth_date' error on error,
            segment longtext path '$.segment' error on error,
            annual_income longtext path '$.annual_income' error on error,
            spending_score longtext path '$.spending_score' error on error,
            street_address longtext path '$.street_address' error on error,
            postal_code longtext path '$.postal_code' error on error,
            city longtext path '$.city' error on error,
            state longtext path '$.state' error on error,
            country longtext path '$.country' error on error
        )) as given
        where customers.customer_id = p_customer_id;

        if v_first_name is null and json_contains_path(p_changes, 'one', '$.first_name')
            or v_last_name is null and json_contains_path(p_changes, 'one', '$.last_name')
            or v_email is null and json_contains_path(p_changes, 'one', '$.email') then
            call refuse('value', 'A customer needs first name, last name and e-mail address.');
        end if;
        if v_birth_date is not null and day_or_null(v_birth_date) is null then
            call refuse('value', 'The birth date is not a day: give yyyy-mm-dd.');
        end if;
        if v_annual_income not regexp '^[0-9]{1,8}([.][0-9]{1,2})?$' then
            call refuse('value', 'The annual income is not an amount: give digits and at most two decimals.');
        end if;
        if v_spending_score not regexp '^[0-9]{1,3}([.][0-9]{1,2})?$' then
            call refuse('value', 'The spending score is not a number from 1 to 100.');
        end if;
        -- Names that came from elsewhere may be what the checks refuse: they stay as they are.
        call check_contact(
            case when json_contains_path(p_changes, 'one', '$.first_name') then v_first_name end,
            case when json_contains_path(p_changes, 'one', '$.last_name') then v_last_name end,
            case when json_contains_path(p_changes, 'one', '$.email') then v_email end,
            case when json_contains_path(p_changes, 'one', '$.phone') then v_phone end,
            case when json_contains_path(p_changes, 'one', '$.birth_date') then v_birth_date end
        );
        call check_profile(v_annual_income, v_spending_score);
        if v_gender is not null then
            call check_choice('gender', v_gender, 'Female,Male,Other');
        end if;
        call check_choice('segment', v_segment, 'Consumer,Corporate,Home Office');
        if exists (
            select 1 from customers where email = v_email and customer_id <> p_customer_id
        ) then
            call refuse('state', 'Another customer has this e-mail address.');
        end if;
        if v_annual_income is not null or v_spending_score is not null
            or json_contains_path(p_changes, 'one', '$.annual_income', '$.spending_score') then
            insert into customer_profiles (customer_id, annual_income, spending_score)
            values (p_customer_id, v_annual_income, v_spending_score)
            on duplicate key update
                annual_income = v_annual_income, spending_score = v_spending_score;
        end if;
        if json_contains_path(
            p_changes, 'one', '$.street_address', '$.postal_code', '$.city', '$.state', '$.country'
        ) then
            call add_home(
                p_customer_id, v_street_address, v_postal_code, v_city, v_state, v_country
            );
        end if;
        update customers
        set
            first_name = v_first_name,
            last_name = v_last_name,
            email = v_email,
            phone = v_phone,
            gender = v_gender,
            birth_date = v_birth_date,
            segment = v_segment,
            updated_at = utc_timestamp(6)
        where customer_id = p_customer_id;
        call finish_request(p_request_id, p_customer_id);
    end if;
    commit;
end $$

-- What the customer bought stays, and so does every figure; who the customer was is gone, from the log as well.
drop procedure if exists erase_customer $$
create procedure erase_customer(in p_request_id longtext, in p_customer_id bigint)
    comment 'Takes away everything that identifies a customer'
begin
    declare v_is_repeated boolean;
    declare v_result_id bigint;
    declare exit handler for sqlexception begin rollback; resignal; end;
    set transaction isolation level read committed;
    start transaction;
    call claim_request(
        p_request_id, 'erase_customer', cast(json_array(p_customer_id) as char), v_is_repeated,
        v_result_id
    );
    if not v_is_repeated then
        call check_customer(p_customer_id);
        update addresses
        set street_address = null, postal_code = null
        where customer_id = p_customer_id;
        update feedback set comment = null where customer_id = p_customer_id;
        update ticket_events
        set note = null
        where ticket_id in (
            select ticket_id from support_tickets where customer_id = p_customer_id
        );
        update customers
        set
            first_name = null,
            last_name = null,
            email = null,
            phone = null,
            birth_date = null,
            external_id = null,
            updated_at = utc_timestamp(6),
            erased_at = utc_timestamp(6)
        where customer_id = p_customer_id;
        update change_log
        set
            before_row = without_personal_data(before_row),
            after_row = without_personal_data(after_row)
        where table_name = 'customers' and row_key = p_customer_id;
        update change_log
        set
            before_row = without_personal_data(before_row),
            after_row = without_personal_data(after_row)
        where table_name = 'feedback' and row_key in (
            select feedback_id from feedback where customer_id = p_customer_id
        );
        call finish_request(p_request_id, p_customer_id);
    end if;
    commit;
end $$

delimiter ;
