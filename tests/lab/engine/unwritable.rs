//! A data folder that cannot be written, as a browser and curl meet it.
