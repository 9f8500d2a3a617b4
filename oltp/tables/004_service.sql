-- What customers say and ask.

create table if not exists feedback (
    feedback_id bigint not null auto_increment,
    customer_id bigint not null,
    order_id bigint,
    product_id bigint,
    feedback_type varchar(10) not null,
    rating tinyint,
    comment text,
    submitted_at datetime(6) not null,
    constraint feedback_pk primary key (feedback_id),
    constraint feedback_customer foreign key (customer_id) references customers (customer_id),
    constraint feedback_order foreign key (order_id) references orders (order_id),
    constraint feedback_product foreign key (product_id) references products (product_id),
    constraint feedback_type check (feedback_type in ('review', 'complaint', 'enquiry')),
    constraint feedback_rating check (rating between 1 and 5),
    index feedback_submitted_at (feedback_type, submitted_at)
);

create table if not exists support_tickets (
    ticket_id bigint not null auto_increment,
    customer_id bigint not null,
    order_id bigint,
    ticket_type varchar(10) not null,
    severity varchar(10) not null,
    opened_at datetime(6) not null,
    first_response_at datetime(6),
    resolved_at datetime(6),
    constraint support_tickets_pk primary key (ticket_id),
    constraint support_tickets_customer
        foreign key (customer_id) references customers (customer_id),
    constraint support_tickets_order foreign key (order_id) references orders (order_id),
    constraint support_tickets_type check (ticket_type in ('complaint', 'enquiry', 'technical')),
    constraint support_tickets_severity check (severity in ('low', 'medium', 'high')),
    constraint support_tickets_response check (first_response_at >= opened_at),
    constraint support_tickets_resolution check (resolved_at >= first_response_at),
    index support_tickets_unresolved (resolved_at, opened_at)
);

create table if not exists ticket_events (
    ticket_event_id bigint not null auto_increment,
    ticket_id bigint not null,
    event_type varchar(10) not null,
    note text,
    occurred_at datetime(6) not null,
    constraint ticket_events_pk primary key (ticket_event_id),
    constraint ticket_events_ticket foreign key (ticket_id) references support_tickets (ticket_id),
    constraint ticket_events_type check (event_type in ('opened', 'answered', 'resolved'))
);
