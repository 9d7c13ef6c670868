//! A class: its two sides over real sockets.

mod desk;
