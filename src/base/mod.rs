//! What every layer above needs and no layer owns: time, events, names and addresses, keys, and the
//! errors that keep the lab from starting.

pub mod addresses;
pub mod bench_name;
pub mod byte_order_mark;
pub mod clock;
pub mod encode;
pub mod event;
pub mod keys;
pub mod minute_count;
pub mod print;
pub mod private_file;
pub mod set_cookie;
pub mod shutdown;
pub mod site_names;
pub mod start_error;
pub mod tapped_stream;
pub mod text_file;
pub mod tls;
