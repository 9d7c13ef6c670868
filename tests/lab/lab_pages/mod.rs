//! The lab's own pages.
