//! Session Lab: a small web portal under an insecure and a hardened policy, side by side, for
//! teaching how web sessions are attacked and defended.
//!
//! **Never expose it to the internet.** Half of it is vulnerable on purpose. It listens on this
//! computer only, unless `--class` is given.
//!
//! # The idea
//!
//! A *defence* is a switch with a weak and a strong arm. A *policy* is a set of switches, and a
//! *variant* is a policy with a name in the address, such as `insecure` or `without-rotation`. The
//! portal is written once. Where a defence matters, the code asks the policy, and the two arms are
//! next to each other in one `match`, in one file of [`defences`]. That file is the lesson. An
//! *attack* is a program, and the *matrix* runs every attack against every variant.
//!
//! `docs/ARCHITECTURE.md` tells this at length and answers "where is …". `docs/GLOSSARY.md` defines
//! every word of the lab's own.
//!
//! # The layout
//!
//! The modules below are in the order in which they may use each other: a module imports only those
//! above it in this file, and `tests/layers` fails otherwise. It is also the order in which to read
//! them. There are five groups:
//!
//! 1. **What an answer depends on.** [`defences`] decide from plain facts and know nothing of HTTP.
//! 2. **What the server remembers.** [`base`] has time, events and keys. [`storage`] keeps records.
//!    [`session`] and [`jwt`] are the two engines that the course compares.
//! 3. **What is attacked.** [`client`] and [`web`] are what all sites share. [`portal`] is the
//!    application. [`same_site`] is an experiment beside it.
//! 4. **Who attacks.** [`browser`] drives a real browser, [`attacks`] are the programs, [`attacker`] is
//!    the attacker's own site and the café.
//! 5. **The course around it.** [`worksheets`] check what students do, [`classroom`] brings a class
//!    and its teacher together, [`lab`] shows it, [`app`] starts everything, [`cli`] is the command line.
//!
//! # One request, followed through
//!
//! 1. [`web::request_router`] checks the host, takes bench and variant off the path and stores them
//!    as the request's [`web::context`].
//! 2. [`portal::Visitor`] is the session that the cookie opens under the policy. A handler that changes
//!    something takes a `Checked` body (`src/portal/body.rs`), which exists only after the checks of
//!    origin, type and token.
//! 3. The verbs of [`session`] do the work in one commit on [`storage`]. The commit also writes the
//!    journal.
//! 4. [`session::cookie`] writes the `Set-Cookie` line, [`web::answer`] the headers.
//!
//! # Where to start reading
//!
//! [`defences::rotation`], then [`session::sign_in`], then [`portal`].

// The switches: one file each, with the weak and the strong arm side by side; and the policies.
pub mod defences;

// What every layer above needs: time, events, addresses, keys, certificates, start errors.
pub mod base;

// Where records are kept: one contract, and its three stores (memory, files, Redis).
pub mod storage;

// The session engine: recognise, sign in, rotate, end; the cookie line; one student's bench.
pub mod session;

// Tokens: issue, verify, refresh and revoke; the ring of keys.
pub mod jwt;

// The HTTP client by which the lab acts on its own portal. It keeps the raw bytes.
pub mod client;

// What all sites share: host check, request context, headers, problems, templates.
pub mod web;

// The application under attack, written once for all variants.
pub mod portal;

// The SameSite experiment: five cookies, and every way to make a browser send them.
pub mod same_site;

// The installed Chromium or Chrome, for what only a browser decides.
pub mod browser;

// The attacks: one program each; the matrix that runs them; what defences cost; the audit.
pub mod attacks;

// The attacker's own site and the sibling of the portal: the pages that attack, the catcher, and the
// café, which shows the bytes on an open network.
pub mod attacker;

// The sheets of `labs/`: read, checked against the journal, reported; the catalogue.
pub mod worksheets;

// A class: what a student's own lab reports, and the desk at which a teacher sees and leads.
pub mod classroom;

// The lab's own pages, grouped by what a student does: learn, attack, inspect, build.
pub mod lab;

// Settings, listeners, start and stop.
pub mod app;

// The command line: subcommands, manual, completions, store statistics, the doctor.
pub mod cli;
