-- How a call is refused: a SQLSTATE by kind and one sentence. README.md lists the kinds.

delimiter $$

drop procedure if exists refuse $$
create procedure refuse(in p_kind varchar(20), in p_sentence longtext)
    comment 'Raises the SQLSTATE of a kind of refusal with a sentence'
begin
    -- A message of more than 128 characters is an error of its own.
    declare v_sentence varchar(128) default left(p_sentence, 128);
    case p_kind
        when 'value' then signal sqlstate '45001' set message_text = v_sentence;
        when 'unknown' then signal sqlstate '45002' set message_text = v_sentence;
        when 'state' then signal sqlstate '45003' set message_text = v_sentence;
        when 'stock' then signal sqlstate '45004' set message_text = v_sentence;
        when 'request' then signal sqlstate '45005' set message_text = v_sentence;
    end case;
end $$

drop procedure if exists check_text $$
create procedure check_text(in p_label varchar(30), in p_value longtext, in p_limit int)
    comment 'Refuses a text that is longer than its limit or holds control characters; NULL is fine'
begin
    if char_length(p_value) > p_limit then
        call refuse('value', concat(
            'The ', p_label, ' has ', char_length(p_value), ' characters: give at most ', p_limit, '.'
        ));
    elseif p_value regexp '[[:cntrl:]]' then
        call refuse('value', concat('The ', p_label, ' holds a control character: take it out.'));
    elseif trim(p_value) = '' then
        call refuse('value', concat('The ', p_label, ' is blank: give one, or NULL for none.'));
    end if;
end $$

drop procedure if exists check_name $$
create procedure check_name(in p_label varchar(30), in p_value longtext)
    comment 'Refuses what cannot be the name of a person; NULL is fine'
begin
    call check_text(p_label, p_value, 100);
    if p_value not regexp '^[\\p{L}\\p{M}][\\p{L}\\p{M} .’''-]*$' then
        call refuse('value', concat(
            'The ', p_label, ' may hold letters, blanks, points, hyphens and apostrophes, nothing else.'
        ));
    end if;
end $$

drop procedure if exists check_choice $$
create procedure check_choice(in p_label varchar(30), in p_value longtext, in p_choices varchar(200))
    comment 'Refuses a text that is none of the choices, which commas divide; NULL is refused, too'
begin
    if p_value is null or p_value like '%,%' or find_in_set(p_value, p_choices) = 0 then
        call refuse('value', concat(
            'The ', p_label, ' is ', coalesce(concat('''', left(p_value, 20), ''''), 'NULL'),
            ': choose from ', p_choices, '.'
        ));
    end if;
end $$

drop procedure if exists check_amount $$
create procedure check_amount(in p_label varchar(30), in p_value decimal(30, 4))
    comment 'Refuses an amount of money that is missing, negative, too large or has fractions of a cent'
begin
    if p_value is null or p_value < 0 or p_value > 10000000 or p_value <> round(p_value, 2) then
        call refuse('value', concat(
            'The ', p_label, ' is ', coalesce(p_value, 'NULL'), ': give 0 to 10000000 with at most two decimals.'
        ));
    end if;
end $$

drop function if exists day_or_null $$
create function day_or_null(p_text text) returns date
    deterministic no sql
    comment 'A day written month/day/year or yyyy-mm-dd; NULL when it is none'
begin
    declare v_year, v_month, v_day int;
    if p_text regexp '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' then
        set v_year = left(p_text, 4), v_month = substr(p_text, 6, 2), v_day = right(p_text, 2);
    elseif p_text regexp '^[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}$' then
        set
            v_year = right(p_text, 4),
            v_month = substring_index(p_text, '/', 1),
            v_day = substring_index(substring_index(p_text, '/', 2), '/', -1);
    else
        return null;
    end if;
    if v_year < 1900 or v_month not between 1 and 12 or v_day < 1
        or v_day > day(last_day(makedate(v_year, 1) + interval v_month - 1 month)) then
        return null;
    end if;
    return makedate(v_year, 1) + interval v_month - 1 month + interval v_day - 1 day;
end $$

-- The first thing each procedure does. A request that took effect already gives back its result and does
-- nothing more; a refused one left no trace and may be tried again.
drop procedure if exists claim_request $$
create procedure claim_request(
    in p_request_id longtext,
    in p_procedure_name varchar(64),
    in p_arguments longtext,
    out p_is_repeated boolean,
    out p_result_id bigint
)
    comment 'Writes down a request, or says that it took effect before and with what result'
begin
    declare v_procedure_name varchar(64);
    declare v_call_digest char(64);
    declare v_barrier_id tinyint;
    declare v_digest char(64) default sha2(coalesce(p_arguments, 'NULL'), 256);
    if p_request_id is null or char_length(p_request_id) > 64
        or p_request_id not regexp '^[A-Za-z0-9._:-]+$' then
        call refuse('value', 'The request id must be 1 to 64 letters, digits, points, hyphens or colons.');
    end if;
    set p_is_repeated = false, p_result_id = null;
    insert ignore into requests (request_id, procedure_name, call_digest, requested_at)
    values (p_request_id, p_procedure_name, v_digest, utc_timestamp(6));
    if row_count() = 0 then
        select procedure_name, call_digest, result_id
        into v_procedure_name, v_call_digest, p_result_id
        from requests
        where request_id = p_request_id
        lock in share mode;
        if v_procedure_name <> p_procedure_name or v_call_digest <> v_digest then
            call refuse('request', concat(
                'The request id was used for another call of ', v_procedure_name, ': take a new id.'
            ));
        end if;
        set p_is_repeated = true;
    else
        select barrier_id into v_barrier_id from change_barrier lock in share mode;
    end if;
end $$

drop procedure if exists finish_request $$
create procedure finish_request(in p_request_id varchar(64), in p_result_id bigint)
    comment 'Writes down what a request resulted in'
begin
    update requests set result_id = p_result_id where request_id = p_request_id;
end $$

delimiter ;
