-- What customers say and ask, and the answers. Each procedure is one transaction of its own.

delimiter $$

drop procedure if exists check_order_of $$
create procedure check_order_of(in p_customer_id bigint, in p_order_id bigint)
    comment 'Refuses an order that is not one of the customer; NULL is fine'
begin
    if p_order_id is not null and not exists (
        select 1 from orders where order_id = p_order_id and customer_id = p_customer_id
    ) then
        call refuse('unknown', concat('Customer ', p_customer_id, ' has no order ', p_order_id, '.'));
    end if;
end $$

drop procedure if exists submit_feedback $$
create procedure submit_feedback(
    in p_request_id longtext,
    in p_customer_id bigint,
    in p_order_id bigint,
    in p_product_id bigint,
    in p_feedback_type longtext,
    in p_rating decimal(30, 4),
    in p_comment longtext,
    out p_feedback_id bigint
)
    comment 'Takes a review, complaint or enquiry; order, product, rating and comment may be NULL'
begin
    declare v_is_repeated boolean;
    declare exit handler for sqlexception begin rollback; resignal; end;
    set transaction isolation level read committed;
    start transaction;
    call claim_request(p_request_id, 'submit_feedback', cast(json_array(
        p_customer_id, p_order_id, p_product_id, p_feedback_type, p_rating, p_comment
    ) as char), v_is_repeated, p_feedback_id);
    if not v_is_repeated then
        call check_customer(p_customer_id);
        call check_order_of(p_customer_id, p_order_id);
        if p_product_id is not null
            and not exists (select 1 from products where product_id = p_product_id) then
            call refuse('unknown', concat('There is no product ', p_product_id, '.'));
        end if;
        call check_choice('feedback type', p_feedback_type, 'review,complaint,enquiry');
        if p_rating is not null and p_rating not in (1, 2, 3, 4, 5) then
            call refuse('value', concat('The rating is ', p_rating, ': give 1 to 5 stars, or NULL.'));
        end if;
        if char_length(p_comment) > 5000 then
            call refuse('value', concat(
                'The comment has ', char_length(p_comment), ' characters: give at most 5000.'
            ));
        end if;
        insert into feedback (
            customer_id, order_id, product_id, feedback_type, rating, comment, submitted_at
        ) values (
            p_customer_id, p_order_id, p_product_id, p_feedback_type, p_rating, p_comment,
            utc_timestamp(6)
        );
        set p_feedback_id = last_insert_id();
        call finish_request(p_request_id, p_feedback_id);
    end if;
    commit;
end $$

drop procedure if exists open_ticket $$
create procedure open_ticket(
    in p_request_id longtext,
    in p_customer_id bigint,
    in p_order_id bigint,
    in p_ticket_type longtext,
    in p_severity longtext,
    in p_note longtext,
    out p_ticket_id bigint
)
    comment 'Opens a support ticket, about an order or about none'
begin
    declare v_is_repeated boolean;
    declare v_now datetime(6);
    declare exit handler for sqlexception begin rollback; resignal; end;
    set transaction isolation level read committed;
    start transaction;
    call claim_request(p_request_id, 'open_ticket', cast(json_array(
        p_customer_id, p_order_id, p_ticket_type, p_severity, p_note
    ) as char), v_is_repeated, p_ticket_id);
    if not v_is_repeated then
        call check_customer(p_customer_id);
        call check_order_of(p_customer_id, p_order_id);
        call check_choice('ticket type', p_ticket_type, 'complaint,enquiry,technical');
        call check_choice('severity', p_severity, 'low,medium,high');
        if char_length(p_note) > 5000 then
            call refuse('value', concat(
                'The note has ', char_length(p_note), ' characters: give at most 5000.'
            ));
        end if;
        set v_now = utc_timestamp(6);
        insert into support_tickets (customer_id, order_id, ticket_type, severity, opened_at)
        values (p_customer_id, p_order_id, p_ticket_type, p_severity, v_now);
        set p_ticket_id = last_insert_id();
        insert into ticket_events (ticket_id, event_type, note, occurred_at)
        values (p_ticket_id, 'opened', p_note, v_now);
        call finish_request(p_request_id, p_ticket_id);
    end if;
    commit;
end $$

drop procedure if exists resolve_ticket $$
create procedure resolve_ticket(
    in p_request_id longtext, in p_ticket_id bigint, in p_note longtext
)
    comment 'Resolves a ticket; a ticket nobody answered before is answered with it'
begin
    declare v_is_repeated boolean;
    declare v_result_id bigint;
    declare v_found_ticket_id bigint;
    declare v_resolved_at, v_now datetime(6);
    declare exit handler for sqlexception begin rollback; resignal; end;
    set transaction isolation level read committed;
    start transaction;
    call claim_request(p_request_id, 'resolve_ticket', cast(json_array(
        p_ticket_id, p_note
    ) as char), v_is_repeated, v_result_id);
    if not v_is_repeated then
        select ticket_id, resolved_at into v_found_ticket_id, v_resolved_at
        from support_tickets
        where ticket_id = p_ticket_id
        for update;
        if v_found_ticket_id is null then
            call refuse('unknown', concat('There is no ticket ', coalesce(p_ticket_id, 'NULL'), '.'));
        elseif v_resolved_at is not null then
            call refuse('state', concat('Ticket ', p_ticket_id, ' is resolved already.'));
        elseif char_length(p_note) > 5000 then
            call refuse('value', concat(
                'The note has ', char_length(p_note), ' characters: give at most 5000.'
            ));
        end if;
        set v_now = utc_timestamp(6);
        update support_tickets
        set first_response_at = coalesce(first_response_at, v_now), resolved_at = v_now
        where ticket_id = p_ticket_id;
        insert into ticket_events (ticket_id, event_type, note, occurred_at)
        values (p_ticket_id, 'resolved', p_note, v_now);
        call finish_request(p_request_id, p_ticket_id);
    end if;
    commit;
end $$

delimiter ;
